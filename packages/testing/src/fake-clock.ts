import type { Clock, DelayedCall } from '@millrace/transport'

/**
 * Where a {@link FakeClock} begins.
 *
 * @public
 */
export interface FakeClockOptions {
  /** The first value of `now()`, in milliseconds. @defaultValue 0 */
  readonly nowMs?: number
  /** The first value of `wallTimeMs()`, in milliseconds since the Unix epoch. @defaultValue 784111777000, Sun, 06 Nov 1994 08:49:37 GMT */
  readonly wallTimeMs?: number
}

/** A callback that schedules itself with no delay never lets time pass: stop it with an error, not a hung test. */
const MAX_CALLS_PER_INSTANT = 10_000

/**
 * A clock that stands still until a test moves it.
 *
 * @public
 */
export class FakeClock implements Clock {
  #nowMs: number
  #wallOffsetMs: number
  #advancing = false
  /** In the order in which they will run: by due time, then by the order of scheduling. */
  readonly #calls: FakeCall[] = []

  constructor(options: FakeClockOptions = {}) {
    this.#nowMs = options.nowMs ?? 0
    this.#wallOffsetMs = (options.wallTimeMs ?? 784_111_777_000) - this.#nowMs
  }

  now(): number {
    return this.#nowMs
  }

  wallTimeMs(): number {
    return this.#nowMs + this.#wallOffsetMs
  }

  /** Makes the wall time jump, as when an operator sets the system's time; `now()` and what is due do not notice. */
  setWallTimeMs(wallTimeMs: number): void {
    this.#wallOffsetMs = wallTimeMs - this.#nowMs
  }

  /** How many calls are still to come. A test that ends a connection asserts 0: no timer is left behind. */
  get pending(): number {
    return this.#calls.length
  }

  /** When the calls still to come are due, as values of `now()`, soonest first. */
  get dueTimesMs(): number[] {
    return this.#calls.map((call) => call.dueMs)
  }

  callLater(delayMs: number, callback: () => void): DelayedCall {
    if (!(delayMs >= 0 && delayMs < Infinity))
      throw new RangeError('delayMs must be a finite number, 0 or more')
    const call = new FakeCall(this.#nowMs + delayMs, callback, (cancelled) => {
      this.#calls.splice(this.#calls.indexOf(cancelled), 1)
    })
    this.#calls.splice(this.#placeFor(call.dueMs), 0, call)
    return call
  }

  /**
   * Moves time on and runs what falls due, each call at its exact time, in order; calls scheduled by these calls
   * included. What a callback throws comes out here: the time is then that of the callback, and the rest still waits.
   *
   * @param durationMs - milliseconds, 0 or more; 0 runs what is due now
   * @throws {RangeError} when the duration is negative or not finite
   * @throws {Error} when called by a callback, or when callbacks keep scheduling each other without delay
   */
  advance(durationMs: number): void {
    if (!(durationMs >= 0 && durationMs < Infinity)) {
      throw new RangeError('durationMs must be a finite number, 0 or more')
    }
    if (this.#advancing) throw new Error('advance() was called by a callback of this clock')
    this.#advancing = true
    try {
      this.#runUntil(this.#nowMs + durationMs)
    } finally {
      this.#advancing = false
    }
  }

  #runUntil(endMs: number): void {
    let callsThisInstant = 0
    for (;;) {
      const call = this.#calls[0]
      if (call === undefined || call.dueMs > endMs) break
      callsThisInstant = call.dueMs > this.#nowMs ? 1 : callsThisInstant + 1
      if (callsThisInstant > MAX_CALLS_PER_INSTANT)
        throw new Error('callbacks keep scheduling calls without delay')
      this.#calls.shift()
      this.#nowMs = Math.max(this.#nowMs, call.dueMs)
      call.run()
    }
    this.#nowMs = endMs
  }

  /** After every call that is due at the same time or earlier. */
  #placeFor(dueMs: number): number {
    let low = 0
    let high = this.#calls.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#calls[middle]!.dueMs <= dueMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

class FakeCall implements DelayedCall {
  readonly dueMs: number
  readonly #callback: () => void
  readonly #remove: (call: FakeCall) => void
  #active = true

  constructor(dueMs: number, callback: () => void, remove: (call: FakeCall) => void) {
    this.dueMs = dueMs
    this.#callback = callback
    this.#remove = remove
  }

  get active(): boolean {
    return this.#active
  }

  cancel(): void {
    if (!this.#active) return
    this.#active = false
    this.#remove(this)
  }

  run(): void {
    this.#active = false
    this.#callback()
  }
}
