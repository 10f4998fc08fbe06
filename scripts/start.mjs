/**
 * `npm start`: shows what Millrace is by serving `site/` with it.
 *
 * `npm start -- [directory] [options]` serves another directory and takes whatever `millrace-static` takes;
 * the environment variable `PORT` sets the port too.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installDependencies } from './install.mjs'
import { runCommand } from './run-command.mjs'

const root = resolve(import.meta.dirname, '..')
const APP = 'apps/static-server'

/**
 * @param {string} what
 * @param {Promise<import('./run-command.mjs').CommandResult>} work
 */
async function prepare(what, work) {
  const { code, output } = await work
  if (code === 0) return
  console.error(`${output}\n${what} failed`)
  process.exit(1)
}

await prepare('Installing', installDependencies(root))
// Takes a tenth of a second when everything is up to date.
const build = ['turbo', 'run', 'build', `--filter=./${APP}`, '--output-logs=errors-only']
await prepare('Building', runCommand(root, build))

const given = process.argv.slice(2)
const directory = given[0] === undefined || given[0].startsWith('-') ? [resolve(root, 'site')] : []
const command = resolve(root, APP, 'dist/main.js')
// The server runs in this process, so that Ctrl-C reaches it once and nothing else.
process.argv.splice(1, Infinity, command, ...directory, ...given)
await import(pathToFileURL(command).href)
