import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** A build tool that hangs must not hold a whole run: no step takes a quarter of this. */
const LONGEST_COMMAND_MS = 20 * 60_000

/**
 * @typedef {object} CommandResult
 * @property {number} code - the exit code; 1 when a signal ended the command or it could not be started
 * @property {string} output - everything it wrote, both streams in order, without colours
 */

/**
 * Runs a command of the repository to its end, without input, and collects what it writes.
 * The tools in `node_modules/.bin` are found by name, by the command and by what it starts.
 *
 * @param {string} root - the repository, and the working directory
 * @param {readonly string[]} command - program and arguments
 * @returns {Promise<CommandResult>}
 */
export function runCommand(root, command) {
  const [program = '', ...args] = command
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: toolEnvironment(root),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_COMMAND_MS,
    })
    let output = ''
    const collect = (/** @type {string} */ text) => {
      output += text
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }))
    child.on('close', (code, signal) => {
      if (signal !== null) output += `\nended by ${signal}\n`
      resolve({ code: code ?? 1, output: stripVTControlCharacters(output) })
    })
  })
}

/**
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
function toolEnvironment(root) {
  const { FORCE_COLOR: _, ...inherited } = process.env
  return {
    ...inherited,
    PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    NO_COLOR: '1',
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
  }
}
