import type { Clock, DelayedCall } from '@millrace/transport'
import { checkPeriod } from './period.ts'

/**
 * How fast bytes must come, for {@link Deadlines.minimumRate}.
 *
 * @public
 */
export interface MinimumRate {
  /** Bytes for each second, more than 0, on average since the deadline was set. */
  readonly bytesPerSecond: number
  /** Milliseconds, 0 or more, that are given before any byte must have come: connections start slowly. */
  readonly graceMs: number
}

interface Deadline<Name extends string> {
  readonly name: Name
  readonly kind: 'absolute' | 'idle' | 'rate'
  /** What a touch gives anew, for `idle`; 0 otherwise. */
  readonly periodMs: number
  /** What each byte adds, for `rate`; 0 otherwise. */
  readonly msPerByte: number
  /** In time that is not paused: see `#nowMs`. Infinite while suspended. */
  dueMs: number
  /** What was left when it was suspended; `null` when it is not. */
  leftMs: number | null
}

/**
 * Any number of named deadlines over one timer.
 *
 * One inactivity timeout is not enough where a peer can keep a connection alive with a byte now and then: a head
 * needs an `absolute` deadline, a body an `idle` one and a `minimumRate`. All of them may run at the same time, and
 * setting, touching and cancelling them only stores a number, as long as the timer wakes early enough already.
 * So a timer may be left on the clock until {@link Deadlines.clear}: call it when the connection is lost.
 *
 * Each deadline expires once and is gone then. Setting one that is there already begins it afresh.
 *
 * @typeParam Name - the names that are used, as a union of literals, for the compiler to check
 * @public
 */
export class Deadlines<Name extends string = string> {
  readonly #clock: Clock
  readonly #onExpired: (name: Name) => void
  readonly #deadlines: Map<Name, Deadline<Name>> = new Map()
  readonly #onWake: () => void = () => this.#wake()

  /** The one timer; due at `#wakeAtMs`, at or before the first deadline. */
  #timer: DelayedCall | null = null
  #wakeAtMs = 0
  /** How long all pauses before this one lasted, and since when this one lasts. */
  #pausedMs = 0
  #pausedAtMs: number | null = null

  /**
   * @param onExpired - runs for each deadline that passes, the earliest first; that one is gone by then. Everything
   *   is allowed inside. What it throws goes to the clock; the other deadlines stay.
   */
  constructor(clock: Clock, onExpired: (name: Name) => void) {
    this.#clock = clock
    this.#onExpired = onExpired
  }

  /** How many deadlines are set. */
  get size(): number {
    return this.#deadlines.size
  }

  /** Whether time stands still. */
  get paused(): boolean {
    return this.#pausedAtMs !== null
  }

  /** Whether the deadline is set and has not passed. */
  has(name: Name): boolean {
    return this.#deadlines.has(name)
  }

  /**
   * Sets a deadline that nothing postpones.
   *
   * @param periodMs - milliseconds from now, 0 or more; 0 is over at the next turn of the clock
   * @throws {RangeError} when the period is negative, infinite or not a number
   */
  absolute(name: Name, periodMs: number): void {
    this.#set(name, 'absolute', checkPeriod(periodMs), 0)
  }

  /**
   * Sets a deadline that each {@link Deadlines.touch} lets begin again.
   *
   * @param periodMs - milliseconds without a touch, 0 or more
   * @throws {RangeError} when the period is negative, infinite or not a number
   */
  idle(name: Name, periodMs: number): void {
    this.#set(name, 'idle', checkPeriod(periodMs), 0)
  }

  /**
   * Sets a deadline that each byte of {@link Deadlines.progress} postpones by its share of a second. It passes once
   * the average since now, after the grace, is too low. A fast start counts: to end a long silence after it, set an
   * `idle` deadline too.
   *
   * @throws {RangeError} when the rate is not a finite number above 0, or the grace no period
   */
  minimumRate(name: Name, rate: MinimumRate): void {
    if (!(rate.bytesPerSecond > 0 && rate.bytesPerSecond < Infinity)) {
      throw new RangeError(`bytesPerSecond must be a finite number above 0: ${rate.bytesPerSecond}`)
    }
    this.#set(name, 'rate', checkPeriod(rate.graceMs), 1_000 / rate.bytesPerSecond)
  }

  /**
   * Tells an idle deadline of a sign of life. Nothing happens when it is not set, or has passed.
   *
   * @throws {TypeError} when the deadline is not an idle one
   */
  touch(name: Name): void {
    const deadline = this.#deadlines.get(name)
    if (deadline === undefined) return
    if (deadline.kind !== 'idle') throw new TypeError(`the deadline ${name} is not an idle one`)
    if (deadline.leftMs === null) deadline.dueMs = this.#nowMs() + deadline.periodMs
    else deadline.leftMs = deadline.periodMs
  }

  /**
   * Tells a minimum rate of bytes that came. Nothing happens when it is not set, or has passed.
   *
   * @param bytes - how many, 0 or more
   * @throws {TypeError} when the deadline is not a minimum rate
   * @throws {RangeError} when the count is negative, infinite or not a number
   */
  progress(name: Name, bytes: number): void {
    const deadline = this.#deadlines.get(name)
    if (deadline === undefined) return
    if (deadline.kind !== 'rate') throw new TypeError(`the deadline ${name} is not a minimum rate`)
    if (!(bytes >= 0 && bytes < Infinity))
      throw new RangeError(`bytes must be a finite number, 0 or more: ${bytes}`)
    if (deadline.leftMs === null) deadline.dueMs += bytes * deadline.msPerByte
    else deadline.leftMs += bytes * deadline.msPerByte
  }

  /**
   * Lets time stand still for one deadline: whoever is under it can do nothing about it now. Nothing happens when it is
   * not set, has passed, or is suspended already.
   */
  suspend(name: Name): void {
    const deadline = this.#deadlines.get(name)
    if (deadline === undefined || deadline.leftMs !== null) return
    deadline.leftMs = deadline.dueMs - this.#nowMs()
    deadline.dueMs = Infinity
  }

  /** Lets time go on for a suspended deadline: it has as long as it had, and what its bytes earned meanwhile. */
  proceed(name: Name): void {
    const deadline = this.#deadlines.get(name)
    if (deadline === undefined || deadline.leftMs === null) return
    deadline.dueMs = this.#nowMs() + deadline.leftMs
    deadline.leftMs = null
    if (this.#pausedAtMs === null) this.#sleepUntil(deadline.dueMs)
  }

  /** Forgets a deadline, if it is set. The timer stays, for the next one. */
  cancel(name: Name): void {
    this.#deadlines.delete(name)
  }

  /** Forgets all deadlines and cancels the timer: nothing is left on the clock. */
  clear(): void {
    this.#deadlines.clear()
    this.#stopTimer()
  }

  /** Lets time stand still for all deadlines, those set meanwhile included: when we are the ones who hold things up. */
  pause(): void {
    if (this.#pausedAtMs !== null) return
    this.#pausedAtMs = this.#clock.now()
    this.#stopTimer()
  }

  /** Lets time go on. Each deadline has as long as it had when it was paused. */
  resume(): void {
    if (this.#pausedAtMs === null) return
    this.#pausedMs += this.#clock.now() - this.#pausedAtMs
    this.#pausedAtMs = null
    this.#sleep()
  }

  #set(name: Name, kind: Deadline<Name>['kind'], periodMs: number, msPerByte: number): void {
    const dueMs = this.#nowMs() + periodMs
    this.#deadlines.set(name, { name, kind, periodMs, msPerByte, dueMs, leftMs: null })
    if (this.#pausedAtMs === null) this.#sleepUntil(dueMs)
  }

  /** Time without the pauses: all deadlines are measured on it, so that a pause need not move them. */
  #nowMs(): number {
    return (this.#pausedAtMs ?? this.#clock.now()) - this.#pausedMs
  }

  #stopTimer(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #sleep(): void {
    let firstMs = Infinity
    for (const { dueMs } of this.#deadlines.values()) if (dueMs < firstMs) firstMs = dueMs
    if (firstMs !== Infinity) this.#sleepUntil(firstMs)
  }

  #sleepUntil(dueMs: number): void {
    if (this.#timer !== null && this.#wakeAtMs <= dueMs) return
    this.#stopTimer()
    this.#wakeAtMs = dueMs
    // Whole milliseconds: most clocks have no finer timers, and a rest lost in rounding must not make it spin.
    this.#timer = this.#clock.callLater(Math.max(0, Math.ceil(dueMs - this.#nowMs())), this.#onWake)
  }

  #wake(): void {
    this.#timer = null
    const nowMs = this.#nowMs()
    // Only what is due now: what is set meanwhile, even with a period of 0, waits for the next turn.
    const due = [...this.#deadlines.values()].filter(({ dueMs }) => dueMs <= nowMs)
    due.sort((one, other) => one.dueMs - other.dueMs)
    try {
      for (const deadline of due) {
        const { name } = deadline
        // Cancelled, set afresh, touched or paused by the callback of one before it.
        if (this.paused || this.#deadlines.get(name) !== deadline || deadline.dueMs > nowMs) continue
        this.#deadlines.delete(name)
        this.#onExpired(name)
      }
    } finally {
      if (!this.paused) this.#sleep()
    }
  }
}
