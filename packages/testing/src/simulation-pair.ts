import type { ConnectionLost, Protocol } from '@millrace/transport'
import type { Happening } from './simulation-happenings.ts'

/**
 * The program at the far end of a simulated connection. It says something with `send`, `end` and `reset` of its
 * {@link SimulatedConnection}, inside these calls or at any other time.
 *
 * @public
 */
export interface SimulatedClient {
  /** The connection is there. */
  connectionMade?(): void
  /** The client took bytes that the protocol wrote. */
  dataReceived?(bytes: Uint8Array): void
  /** The protocol finished sending, and the client took everything. */
  readConnectionLost?(): void
  /** The connection is over, for both. */
  connectionLost?(reason: ConnectionLost): void
}

/**
 * What runs on one connection of a simulation: both ends, and what must be true of them. The checks report with
 * `violated` of their {@link SimulatedConnection}.
 *
 * @public
 */
export interface SimulatedPair {
  /** What is tested; it takes its time from the connection's `clock`. */
  readonly protocol: Protocol
  /** Who uses it. */
  readonly client: SimulatedClient
  /** What may happen to the connection. @defaultValue {@link HAPPENINGS} */
  readonly happenings?: readonly Happening[]
  /** Whether all that is on its way arrives before the client leaves. @defaultValue `false`: it is drawn by lot */
  readonly alwaysSettles?: boolean
  /** Runs after everything that happens to the connection: what is true at all times. */
  check?(): void
  /** Runs when nothing moves any more, if the connection is let to settle: all was delivered, taken and worked off. */
  checkSettled?(): void
  /** Runs when the client finished sending and everything settled, before any time passes: who is still there, and why? */
  checkLeft?(): void
  /** Runs when the client left or fell silent, took everything, and ten seconds passed. */
  checkWaited?(): void
  /** Runs when the connection is over and everybody had the time to notice. */
  checkEnd?(): void
  /** Whether an error that came out of the protocol, a timer or a task is one that was provoked. @defaultValue none is */
  excuses?(error: unknown): boolean
}
