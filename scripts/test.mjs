/**
 * `npm test`: brings what is needed, then runs every check and every test.
 *
 * `npm test -- lint tests` runs the named steps only.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkFileSizes } from './check-file-sizes.mjs'
import { checkManifests } from './check-manifests.mjs'
import { checkPublicTypes } from './check-public-types.mjs'
import { checkStrayPaths } from './check-stray-paths.mjs'
import { installDependencies } from './install.mjs'
import { runCommand } from './run-command.mjs'
import { checkStep, commandResult, commandStep, runSteps } from './steps.mjs'
import { bringSystemPrograms } from './system-programs.mjs'
import { countTests } from './vitest-report.mjs'

/** @typedef {import('./steps.mjs').Step} Step */

const root = resolve(import.meta.dirname, '..')
const QUIETLY = ['--output-logs=errors-only', '--continue']
const sources = ['packages', 'apps', 'examples', 'scripts'].filter((folder) => existsSync(join(root, folder)))

/** @type {readonly Step[]} */
const preparation = [
  {
    name: 'install',
    required: true,
    run: async () => commandResult(await installDependencies(root)),
  },
]

/** @type {readonly Step[]} */
const steps = [
  {
    name: 'programs',
    required: true,
    run: async () => commandResult(await bringSystemPrograms(root)),
  },
  commandStep(root, 'build', ['turbo', 'run', 'build', ...QUIETLY]),
  // The packages' own `typecheck` is for work on one of them: all as one program take a fifth of the time.
  commandStep(root, 'types', [
    'turbo',
    'run',
    'typecheck',
    '--filter=//',
    '--filter=./examples/*',
    ...QUIETLY,
  ]),
  commandStep(root, 'lint', ['pnpm', 'run', 'lint']),
  commandStep(root, 'format', ['prettier', '--check', '--cache', '--log-level=warn', '.']),
  commandStep(root, 'unused', ['knip', '--no-config-hints']),
  commandStep(root, 'packages', ['turbo', 'run', 'lint:pkg', ...QUIETLY]),
  commandStep(root, 'api', ['turbo', 'run', 'api', ...QUIETLY]),
  checkStep(root, 'public-types', checkPublicTypes),
  commandStep(root, 'imports', [
    'depcruise',
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'err-long',
    ...sources,
  ]),
  checkStep(root, 'manifests', checkManifests),
  checkStep(root, 'file-sizes', checkFileSizes),
  checkStep(root, 'stray-paths', checkStrayPaths),
  ...(process.env['CI'] ? [] : [{ name: 'changesets', run: remindOfChangesets }]),
  { name: 'tests', run: runTests },
]

/** @returns {Promise<import('./steps.mjs').StepResult>} */
async function runTests() {
  const reportFile = join(root, 'node_modules/.millrace/vitest.json')
  rmSync(reportFile, { force: true }) // an old report must not speak for a run that wrote none
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const { code, output } = await runCommand(root, ['vitest', 'run', ...reporters])
  if (!existsSync(reportFile)) return { passed: 0, failed: 1, output }
  const { passed, failed } = countTests(JSON.parse(readFileSync(reportFile, 'utf8')), code)
  return { passed, failed, output, note: `${passed} of ${passed + failed}` }
}

/**
 * Says which changes still lack a changeset: a reminder, which adds nothing to the sum.
 *
 * @returns {Promise<import('./steps.mjs').StepResult>}
 */
async function remindOfChangesets() {
  const { code, output } = await runCommand(root, ['changeset', 'status'])
  return { passed: 0, failed: 0, output: '', warnings: code === 0 ? [] : output.trim().split('\n') }
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(
    `no such step: ${unknown.join(', ')}. There are: ${steps.map((step) => step.name).join(', ')}`,
  )
  process.exit(1)
}
const chosen = names.length === 0 ? steps : steps.filter((step) => names.includes(step.name))
const isGood = await runSteps([...preparation, ...chosen], console.log)
process.exitCode = isGood ? 0 : 1
