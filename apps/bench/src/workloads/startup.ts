import { median } from '../median.ts'
import { PinnedProcess, SERVER_CORE } from '../pinned-process.ts'
import { NODE_HTTP, type Workload } from '../workload.ts'

/** Fresh processes in one round. */
const STARTS = 15

const PROGRAMS: Readonly<Record<string, string>> = {
  'node:net': 'node-net',
  [NODE_HTTP]: 'node-http',
  'millrace listen': 'listen',
  'millrace serve': 'serve',
}

/** From the start of a process to the line that says it listens. */
export const startupWorkloads: readonly Workload[] = [
  {
    name: 'start-up',
    contestants: Object.entries(PROGRAMS).map(([name, file]) => ({
      name,
      needs: ['taskset'],
      measure: async () => {
        const times: number[] = []
        for (let i = 0; i < STARTS; i += 1) times.push(await millisecondsToListen(file))
        return { milliseconds: median(times) }
      },
    })),
  },
]

async function millisecondsToListen(file: string): Promise<number> {
  const startedMs = performance.now()
  await using started = PinnedProcess.node(`startup/${file}`, [], SERVER_CORE)
  const port = Number(await started.line())
  const milliseconds = performance.now() - startedMs
  if (!(port > 0)) throw new Error(`startup/${file} does not listen`)
  return milliseconds
}
