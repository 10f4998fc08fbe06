import type { Clock, DelayedCall } from '@millrace/transport'
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

/** The longest delay of a timer in Node: longer ones fire at once there. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * The time of this machine.
 *
 * Timers do not keep the process alive: they guard connections, and it is the connections that keep it alive. A call
 * never runs early, and delays of any length are kept.
 *
 * @public
 */
export class NodeClock implements Clock {
  readonly #onError: (error: unknown) => void

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
    return new TimerCall(performance.now() + delayMs, callback, this.#onError)
  }
}

class TimerCall implements DelayedCall {
  readonly #dueMs: number
  readonly #callback: () => void
  readonly #onError: (error: unknown) => void
  #timer: NodeJS.Timeout | null

  constructor(dueMs: number, callback: () => void, onError: (error: unknown) => void) {
    this.#dueMs = dueMs
    this.#callback = callback
    this.#onError = onError
    this.#timer = this.#arm(dueMs - performance.now())
  }

  get active(): boolean {
    return this.#timer !== null
  }

  cancel(): void {
    if (this.#timer === null) return
    clearTimeout(this.#timer)
    this.#timer = null
  }

  #arm(remainingMs: number): NodeJS.Timeout {
    const delayMs = Math.min(Math.ceil(remainingMs), MAX_TIMER_MS)
    return setTimeout(TimerCall.#due, delayMs, this).unref()
  }

  /** One function for all calls: a closure for each would cost more than the call. */
  static #due(call: TimerCall): void {
    call.#wake()
  }

  #wake(): void {
    // Node counts whole milliseconds and may fire a fraction early; a clamped delay has more to wait.
    const remainingMs = this.#dueMs - performance.now()
    if (remainingMs > 0) {
      this.#timer = this.#arm(remainingMs)
      return
    }
    this.#timer = null
    try {
      this.#callback()
    } catch (error) {
      this.#onError(error)
    }
  }
}

/**
 * A {@link NodeClock} to share: clocks have no state of their own.
 *
 * @public
 */
export const nodeClock: NodeClock = new NodeClock()
