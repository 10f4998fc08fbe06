import type { Clock, DelayedCall } from '@millrace/transport'
import { CallQueue, MAX_TIMER_MS, type CallQueues } from './call-queue.ts'
import { reportError } from './report-error.ts'

/**
 * Where a {@link NodeClock} reports.
 *
 * @public
 */
export interface NodeClockOptions {
  /**
   * Takes what a callback threw; it runs in the callback's place, and what it throws itself ends the process.
   *
   * @defaultValue prints the error: one connection's mistake must not end all others
   */
  readonly onError?: (error: unknown) => void
}

/**
 * The time of this machine.
 *
 * Timers do not keep the process alive: they guard connections, and it is the connections that keep it alive. A call
 * never runs early, and delays of any length are kept. Calls of one delay share a timer of Node's: a server has many
 * connections, and few periods.
 *
 * @public
 */
export class NodeClock implements Clock {
  readonly #onError: (error: unknown) => void
  readonly #queues: CallQueues = new Map()

  constructor(options: NodeClockOptions = {}) {
    this.#onError = options.onError ?? reportError
  }

  now(): number {
    return performance.now()
  }

  wallTimeMs(): number {
    return Date.now()
  }

  /** @throws {RangeError} when the delay is negative or not finite */
  callLater(delayMs: number, callback: () => void): DelayedCall {
    if (!(delayMs >= 0 && delayMs < Infinity))
      throw new RangeError('delayMs must be a finite number, 0 or more')
    const periodMs = Math.min(Math.ceil(delayMs), MAX_TIMER_MS)
    let queue = this.#queues.get(periodMs)
    if (queue === undefined) {
      queue = new CallQueue(this.#queues, periodMs, this.#onError)
      this.#queues.set(periodMs, queue)
    }
    // In whole milliseconds, rounded up: small integers are no objects.
    return queue.add(Math.ceil(performance.now() + delayMs), callback)
  }
}

/**
 * A {@link NodeClock} to share.
 *
 * @public
 */
export const nodeClock: NodeClock = new NodeClock()
