import { setImmediate } from 'node:timers/promises'

/**
 * Lets a number of jobs run at a time; the others wait in the order they came.
 *
 * Each finished job gives the event loop a turn before the next begins, so that a queue of jobs with long
 * computations in them does not keep everything else waiting.
 */
export class ConcurrencyLimit {
  #free: number
  readonly #waiting: (() => void)[] = []

  /**
   * @param limit - the most jobs at a time
   * @throws {RangeError} when it is no positive integer
   */
  constructor(limit: number) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`Not a positive integer: ${limit}`)
    this.#free = limit
  }

  /** What `job` gives or throws, once there was room for it. */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await job()
    } finally {
      void this.#passOn()
    }
  }

  async #passOn(): Promise<void> {
    await setImmediate()
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
