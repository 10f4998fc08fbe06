import { Simulation, simulationText, type SimulationReport } from '@millrace/testing'
import type { WatchedChannel } from './channels.ts'
import { HTTPPair, type World } from './http-pair.ts'

/** The simulation of one seed, as it came out. */
export interface HTTPReport extends SimulationReport {
  readonly exchanges: number
}

/**
 * Runs the simulation of a seed.
 *
 * @param change - makes channels into others, to see whether that is noticed
 */
export async function simulateHTTP(
  seed: number,
  connections: number,
  change: World['change'] = (channel): typeof WatchedChannel => channel,
): Promise<HTTPReport> {
  const world: World = { change, waiting: [], exchanges: 0 }
  const join = (connection: ConstructorParameters<typeof HTTPPair>[0]): HTTPPair =>
    new HTTPPair(connection, world)
  const report = await new Simulation({ seed, connections, join }).run()
  return { ...report, exchanges: world.exchanges }
}

/** What is wrong, how it came to that, and how to see it again. */
export function explain(report: HTTPReport): string {
  const { seed, connections } = report
  const again = `npm run simulate -- --from ${seed} --seeds 1 --connections ${connections}`
  return `${simulationText(report)}\nagain: ${again}`
}
