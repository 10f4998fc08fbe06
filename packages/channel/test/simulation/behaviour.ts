import type { Exchange } from './exchange.ts'

/** What a misbehaving handler throws, to tell it from what the channel does wrong. */
export class StormError extends Error {}

/** Reads content, or writes a response; resolves when that is done, or can never be. */
export type Step = (exchange: Exchange) => void | Promise<void>

/** A row of a table of behaviours. */
export interface Behaviour {
  readonly name: string
  readonly weight: number
  /** It goes on beside the response, which does not wait for it. */
  readonly alongside?: boolean
  readonly run: Step
}
