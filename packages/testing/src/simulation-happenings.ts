import type { SimulatedConnection } from './simulation-connection.ts'

/**
 * Something that may happen to a connection.
 *
 * @public
 */
export interface Happening {
  /** How the log calls it. */
  readonly name: string
  /** How often it happens, compared with the others of its table. */
  readonly weight: number
  /** Whether the connection may not survive it. */
  readonly breaks?: boolean
  happen(connection: SimulatedConnection): void
}

/**
 * What happens to a connection unless its pair says otherwise.
 *
 * @public
 */
export const HAPPENINGS: readonly Happening[] = [
  { name: 'deliver', weight: 50, happen: (connection) => connection.deliver() },
  { name: 'task', weight: 18, happen: (connection) => connection.runTask() },
  { name: 'take', weight: 18, happen: takeSome },
  { name: 'settle', weight: 2, happen: ({ transport }) => transport.settle() },
  { name: 'stall', weight: 1, happen: (connection) => connection.stall(duration(connection)) },
  { name: 'stop taking', weight: 1, happen: (connection) => connection.stopTaking(duration(connection)) },
  { name: 'end', weight: 2, breaks: true, happen: end },
  { name: 'reset', weight: 0.5, breaks: true, happen: (connection) => connection.reset() },
]

function takeSome(connection: SimulatedConnection): void {
  connection.take(1 + connection.chance.few(5_000))
}

function duration({ chance }: SimulatedConnection): number {
  return chance.below(chance.of(0.5) ? 100 : 1_000)
}

/** The client finishes sending: behind what it said, as a rule, or in the middle of it. */
function end(connection: SimulatedConnection): void {
  if (connection.inFlightBytes > 0 && connection.chance.of(0.3)) connection.breakOff()
  else connection.end()
}
