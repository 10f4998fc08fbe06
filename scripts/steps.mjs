import { runCommand } from './run-command.mjs'

/**
 * @typedef {object} CheckResult
 * @property {readonly string[]} problems - one line each; none when all is well
 * @property {readonly string[]} [warnings] - shown, but no reason to fail
 *
 * @typedef {object} StepResult
 * @property {number} passed - what the step adds to the sum: 1 or, for tests, their number
 * @property {number} failed
 * @property {string} output - shown whole when something failed
 * @property {string} [note] - shown beside the step's name
 * @property {readonly string[]} [warnings] - shown always
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<StepResult>} run
 * @property {boolean} [required] - nothing that follows can run when this fails
 */

/**
 * A step that passes when a command exits with 0.
 *
 * @param {string} root
 * @param {string} name
 * @param {readonly string[]} command
 * @returns {Step}
 */
export function commandStep(root, name, command) {
  return { name, run: async () => commandResult(await runCommand(root, command)) }
}

/**
 * A step that passes when a check finds no problem.
 *
 * @param {string} root
 * @param {string} name
 * @param {(root: string) => CheckResult} check
 * @returns {Step}
 */
export function checkStep(root, name, check) {
  return {
    name,
    run: async () => {
      const { problems, warnings = [] } = check(root)
      return { ...verdict(problems.length === 0), output: problems.join('\n'), warnings }
    },
  }
}

/**
 * @param {import('./run-command.mjs').CommandResult} result
 * @returns {StepResult}
 */
export function commandResult({ code, output }) {
  return { ...verdict(code === 0), output }
}

/** @param {boolean} isGood */
function verdict(isGood) {
  return isGood ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/**
 * Runs the steps in order, prints a line for each and closes with the sum of all.
 * A step that fails does not keep the others from running, unless it is required.
 *
 * @param {readonly Step[]} steps
 * @param {(line: string) => void} print
 * @returns {Promise<boolean>} whether nothing failed
 */
export async function runSteps(steps, print) {
  const sum = { passed: 0, failed: 0 }
  for (const step of steps) {
    const result = await runStep(step, print)
    sum.passed += result.passed
    sum.failed += result.failed
    if (step.required && result.failed > 0) break
  }
  print(`${sum.passed} passed, ${sum.failed} failed`)
  return sum.failed === 0
}

/**
 * @param {Step} step
 * @param {(line: string) => void} print
 * @returns {Promise<StepResult>}
 */
async function runStep({ name, run }, print) {
  const startMs = performance.now()
  /** @type {StepResult} */
  const result = await run().catch((error) => ({
    ...verdict(false),
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }))
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
  const isGood = result.failed === 0
  const note = result.note === undefined ? '' : `  ${result.note}`
  print(`${isGood ? 'ok  ' : 'FAIL'}  ${name.padEnd(16)}${seconds.padStart(7)} s${note}`)
  for (const warning of result.warnings ?? []) print(`      ${warning}`)
  if (!isGood) print(result.output.trimEnd().replaceAll(/^/gm, '      '))
  return result
}
