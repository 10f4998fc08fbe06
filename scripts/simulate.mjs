/**
 * `npm run simulate`: runs simulations of HTTP connections in bad weather and shows what is wrong with the first that fails.
 *
 * `npm run simulate -- --seeds 5000 --connections 50 --from 1` is a seed after another, each with so many connections;
 * `npm run simulate -- --seeds 1 --from 123` shows one again.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installDependencies } from './install.mjs'

const USAGE = 'npm run simulate -- [--seeds 1000] [--connections 50] [--from 1]'
const PROGRESS_MS = 10_000
const root = resolve(import.meta.dirname, '..')

/** The options, or why there are none. */
function readOptions() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      connections: { type: 'string', default: '50' },
      from: { type: 'string', default: '1' },
    },
  })
  const numbers = Object.entries(values).map(([name, text]) => {
    const number = Number(text)
    if (!Number.isSafeInteger(number) || number < 1)
      throw new Error(`--${name} must be 1 or more, not ${text}`)
    return [name, number]
  })
  return /** @type {Record<'seeds' | 'connections' | 'from', number>} */ (Object.fromEntries(numbers))
}

/** @param {number} startMs */
const secondsSince = (startMs) => ((performance.now() - startMs) / 1000).toFixed(1)

/**
 * @param {import('../packages/channel/test/simulation/run.ts')} run
 * @param {ReturnType<typeof readOptions>} options
 */
async function simulate({ simulateHTTP, explain }, { seeds, connections, from }) {
  const startMs = performance.now()
  const sum = { connections: 0, exchanges: 0, violations: 0 }
  let shownMs = startMs
  for (let seed = from; seed < from + seeds; seed += 1) {
    const report = await simulateHTTP(seed, connections)
    if (report.violations.length > 0)
      console.log(sum.violations === 0 ? explain(report) : `seed ${seed} fails, too`)
    sum.connections += report.connections
    sum.exchanges += report.exchanges
    sum.violations += report.violations.length
    if (performance.now() - shownMs < PROGRESS_MS) continue
    shownMs = performance.now()
    console.log(`… seed ${seed}, ${sum.connections} connections, ${secondsSince(startMs)} s`)
  }
  console.log(
    `${seeds} seeds, ${sum.connections} connections, ${sum.exchanges} exchanges, ` +
      `${sum.violations} violations, ${secondsSince(startMs)} s`,
  )
  return sum.violations === 0
}

/** Runs from source, as tests do: the simulation is TypeScript. @param {ReturnType<typeof readOptions>} options */
async function runFromSource(options) {
  const installed = await installDependencies(root)
  if (installed.code !== 0) throw new Error(installed.output)
  const { createViteServer } = await import('vitest/node')
  const server = await createViteServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { resolve: { conditions: ['@millrace/source', 'node', 'import', 'default'] } },
  })
  try {
    const run = await server.ssrLoadModule('/packages/channel/test/simulation/run.ts')
    return await simulate(/** @type {import('../packages/channel/test/simulation/run.ts')} */ (run), options)
  } finally {
    await server.close()
  }
}

try {
  const isGood = await runFromSource(readOptions())
  process.exitCode = isGood ? 0 : 1
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  process.exitCode = 1
}
