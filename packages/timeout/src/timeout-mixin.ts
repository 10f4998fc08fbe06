import type { Clock, DelayedCall, Transport } from '@millrace/transport'
import { checkPeriod } from './period.ts'

/**
 * A class that may be extended: what a mixin takes. The arguments are the base's own affair.
 *
 * @public
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- TypeScript demands any[] of a mixin (TS2545)
export type Constructor<T> = abstract new (...args: any[]) => T

/**
 * What {@link TimeoutMixin} needs of its base: the transport to close.
 *
 * @public
 */
export interface TimeoutHost {
  readonly transport: Transport
}

/**
 * One inactivity timeout, as {@link TimeoutMixin} adds it.
 *
 * @public
 */
export interface Timeout {
  /**
   * Where time comes from. Set it once, before the first timeout.
   *
   * @throws {TypeError} when read before it was set, or set while a timeout is armed on another clock
   */
  clock: Clock
  /**
   * The period in milliseconds; `null` for none. Setting it arms nothing: it is what the next
   * {@link Timeout.resetTimeout} will count, or what `connectionMade` may hand to {@link Timeout.setTimeout}.
   */
  timeOut: number | null
  /**
   * Runs `callback` once, `delayMs` from now. Every timer of the mixin goes through it: override it to watch them.
   *
   * @param delayMs - milliseconds, 0 or more
   */
  callLater(delayMs: number, callback: () => void): DelayedCall
  /**
   * What time it is for a timeout that is armed or reset: `clock.now()`. Override it to ask the clock less often.
   *
   * @returns milliseconds, as the clock counts them
   */
  timeNow(): number
  /**
   * Arms the timeout, afresh if it was armed already; `null` cancels it, so that no timer is left on the clock.
   * Call it with `null` in `connectionLost`.
   *
   * @param periodMs - milliseconds, 0 or more. 0 is a period like any other, over at the next turn of the clock.
   * @returns the period until now
   * @throws {RangeError} when the period is negative, infinite or not a number
   */
  setTimeout(periodMs: number | null): number | null
  /** Lets the period begin again: call it at every sign of life. Nothing happens when none is armed. */
  resetTimeout(): void
  /**
   * Runs once, when the period is over and nothing reset it; by then no timeout is armed. Closes the connection,
   * unless overridden; everything is allowed, also to arm the next one.
   */
  timeoutConnection(): void
}

/**
 * Adds one inactivity timeout to a protocol.
 *
 * A reset is made at every read, and almost none of them matters. So a reset only stores the new deadline: the one
 * timer on the clock is left where it is, and when it wakes too early it sleeps on for the rest.
 *
 * @param Base - a class with a transport
 * @public
 */
export function TimeoutMixin<TBase extends Constructor<TimeoutHost>>(
  Base: TBase,
): TBase & Constructor<Timeout> {
  abstract class WithTimeout extends Base implements Timeout {
    timeOut: number | null = null

    #clock: Clock | null = null
    /**
     * When the period is over, on the clock; `null` when no timeout is armed. In whole milliseconds, rounded up: small
     * integers are no objects, and this one is stored at every read.
     */
    #deadlineMs: number | null = null
    /** The one timer. It is due at `#wakeAtMs`, at or before the deadline; rounded down, so that none is missed. */
    #timer: DelayedCall | null = null
    #wakeAtMs = 0
    #onWake: (() => void) | null = null

    get clock(): Clock {
      if (this.#clock === null)
        throw new TypeError('the protocol has no clock: set its clock before using timeouts')
      return this.#clock
    }

    set clock(clock: Clock) {
      if (this.#timer !== null && clock !== this.#clock) {
        throw new TypeError('a timeout is armed on the present clock: cancel it with setTimeout(null) first')
      }
      this.#clock = clock
    }

    callLater(delayMs: number, callback: () => void): DelayedCall {
      return this.clock.callLater(delayMs, callback)
    }

    timeNow(): number {
      return this.clock.now()
    }

    setTimeout(periodMs: number | null): number | null {
      const previousMs = this.timeOut
      if (periodMs === null) this.#disarm()
      else this.#arm(periodMs)
      this.timeOut = periodMs
      return previousMs
    }

    resetTimeout(): void {
      if (this.#deadlineMs !== null && this.timeOut !== null) this.#arm(this.timeOut)
    }

    timeoutConnection(): void {
      this.transport.loseConnection()
    }

    #arm(periodMs: number): void {
      const deadlineMs = Math.ceil(this.timeNow() + checkPeriod(periodMs))
      if (this.#timer === null || this.#wakeAtMs > deadlineMs) {
        this.#timer?.cancel()
        this.#sleep(periodMs, deadlineMs)
      }
      this.#deadlineMs = deadlineMs
    }

    #disarm(): void {
      this.#timer?.cancel()
      this.#timer = null
      this.#deadlineMs = null
    }

    #sleep(delayMs: number, wakeAtMs: number): void {
      this.#onWake ??= () => this.#wake()
      this.#wakeAtMs = Math.floor(wakeAtMs)
      this.#timer = this.callLater(delayMs, this.#onWake)
    }

    #wake(): void {
      this.#timer = null
      const deadlineMs = this.#deadlineMs
      if (deadlineMs === null) return
      const leftMs = deadlineMs - this.clock.now()
      if (leftMs > 0) {
        // Whole milliseconds: most clocks have no finer timers, and a rest lost in rounding must not make it spin.
        this.#sleep(Math.ceil(leftMs), deadlineMs)
        return
      }
      this.#deadlineMs = null
      this.timeoutConnection()
    }
  }
  return WithTimeout
}
