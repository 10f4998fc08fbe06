import type { MemoryTransportOptions } from './memory-transport-options.ts'

/** Runs the callbacks of a protocol one after another, never one inside another, and hands on what they throw. */
export class CallbackLoop {
  readonly #options: MemoryTransportOptions
  readonly #step: () => boolean
  readonly #failed: () => void
  #running = false
  #scheduled = false
  #failures: unknown[] = []

  /**
   * @param step - does the next thing that is due; `false` when there is none
   * @param failed - runs when a callback threw
   */
  constructor(options: MemoryTransportOptions, step: () => boolean, failed: () => void) {
    this.#options = options
    this.#step = step
    this.#failed = failed
  }

  /** Runs what is due until nothing is; inside a callback it leaves that to the call further out. */
  run(first?: () => void): void {
    this.#scheduled = false
    if (this.#running) return
    this.#running = true
    try {
      first?.()
      while (this.#step());
    } finally {
      this.#running = false
    }
    const failures = this.#failures.splice(0)
    if (failures.length > 0) throw failures[0]
  }

  /** Runs a callback: what it throws goes to whom it may concern, once the connection knows. */
  guard(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.#failed()
      if (this.#options.onProtocolError !== undefined) this.#options.onProtocolError(error)
      else if (this.#running) this.#failures.push(error)
      else throw error
    }
  }

  /** Something became due: lets it run later, when somebody sees to that. */
  wake(): void {
    if (this.#scheduled || this.#options.schedule === undefined) return
    this.#scheduled = true
    this.#options.schedule(() => this.run())
  }
}
