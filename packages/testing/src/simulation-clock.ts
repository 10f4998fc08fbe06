import type { Clock, DelayedCall } from '@millrace/transport'
import type { FakeClock } from './fake-clock.ts'

/** The clock of a simulation as one of its connections sees it: it knows which calls are this connection's. */
export class SimulatedClock implements Clock {
  readonly #clock: FakeClock
  readonly #run: (callback: () => void) => void
  #pending = 0

  /** @param run - runs a call that is due */
  constructor(clock: FakeClock, run: (callback: () => void) => void) {
    this.#clock = clock
    this.#run = run
  }

  /** How many calls of this connection are still to come. */
  get pending(): number {
    return this.#pending
  }

  now(): number {
    return this.#clock.now()
  }

  wallTimeMs(): number {
    return this.#clock.wallTimeMs()
  }

  callLater(delayMs: number, callback: () => void): DelayedCall {
    const call = this.#clock.callLater(delayMs, () => {
      this.#pending -= 1
      this.#run(callback)
    })
    this.#pending += 1
    const cancel = (): void => {
      if (call.active) this.#pending -= 1
      call.cancel()
    }
    return {
      cancel,
      get active() {
        return call.active
      },
    }
  }
}
