import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runCommand } from './run-command.mjs'

/**
 * The programs from outside npm that tests run against us. Any of `commands` will do.
 *
 * @typedef {{ commands: readonly string[], debianPackage: string, neededBy: string }} SystemProgram
 * @type {readonly SystemProgram[]}
 */
export const SYSTEM_PROGRAMS = [
  {
    commands: ['curl'],
    debianPackage: 'curl',
    neededBy: 'server, static-server and proxy: a client people use',
  },
  { commands: ['python3'], debianPackage: 'python3', neededBy: "server: Python's http.client" },
  {
    commands: ['ab'],
    debianPackage: 'apache2-utils',
    neededBy: 'server: ab -k, an HTTP/1.0 keep-alive client',
  },
  { commands: ['slowhttptest'], debianPackage: 'slowhttptest', neededBy: 'endurance: attacks by slow peers' },
  {
    commands: ['haproxy'],
    debianPackage: 'haproxy',
    neededBy: 'server: a proxy that speaks the PROXY protocol',
  },
  { commands: ['chromium'], debianPackage: 'chromium', neededBy: 'static-server: a page in a real browser' },
]

/**
 * Sees to it that every program is there: as root on Debian by installing it, elsewhere by saying what to install.
 *
 * @param {string} root
 * @returns {Promise<import('./run-command.mjs').CommandResult>} code 0 when all are there
 */
export async function bringSystemPrograms(root) {
  const wanted = missingPrograms(SYSTEM_PROGRAMS, process.env['PATH'] ?? '')
  if (wanted.length === 0) return { code: 0, output: '' }
  if (process.getuid?.() !== 0 || !isOnPath('apt-get', process.env['PATH'] ?? '')) {
    return { code: 1, output: wanted.map(describeMissing).join('') }
  }

  const update = await runCommand(root, ['apt-get', 'update'])
  if (update.code !== 0) return update
  const packages = wanted.map(({ debianPackage }) => debianPackage)
  const quietly = ['env', 'DEBIAN_FRONTEND=noninteractive']
  return await runCommand(root, [
    ...quietly,
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    ...packages,
  ])
}

/**
 * @param {readonly SystemProgram[]} programs
 * @param {string} path - as in the environment variable
 * @returns {SystemProgram[]} those of which no command is on `path`
 */
export function missingPrograms(programs, path) {
  return programs.filter(({ commands }) => !commands.some((command) => isOnPath(command, path)))
}

/**
 * @param {SystemProgram} program
 * @returns {string} one line that says what to install
 */
export function describeMissing({ commands, debianPackage, neededBy }) {
  return `missing program: ${commands.join(' or ')} (Debian package ${debianPackage}), needed by ${neededBy}\n`
}

/**
 * @param {string} command
 * @param {string} path
 */
function isOnPath(command, path) {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false // not in this folder, or not to be run
    }
  })
}
