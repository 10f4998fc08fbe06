import type { Violation } from './simulation-log.ts'

/**
 * What came of a simulation.
 *
 * @public
 */
export interface SimulationReport {
  readonly seed: number
  readonly connections: number
  /** What is wrong, in the order in which it was found; empty when all is well. */
  readonly violations: readonly Violation[]
  /** All that happened, in order: the number of the connection, then what. The same for the same seed. */
  readonly log: readonly string[]
}

/**
 * A report as text: what happened to the first connection of which something is wrong, then all that is wrong.
 *
 * @public
 */
export function simulationText(report: SimulationReport): string {
  const { seed, connections, violations, log } = report
  const first = violations[0]?.connection ?? 0
  const own = `#${first} `
  return [
    ...(first === 0 ? log : log.filter((line) => line.startsWith(own) || line.startsWith('#0 '))),
    `seed ${seed}, ${connections} connections, ${violations.length} violations`,
    ...violations.map(({ connection, what }) => `#${connection}: ${what}`),
  ].join('\n')
}
