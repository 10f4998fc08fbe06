import type { Clock } from '@millrace/transport'

/** Runs the hooks of handlers, so that what one of them throws ends its own exchange and nothing else. */
export class HandlerCalls {
  readonly #clock: Clock
  readonly #onHandlerError: ((error: unknown) => void) | undefined
  readonly #abort: () => void

  /** @param abort - ends the exchange that is under way */
  constructor(clock: Clock, onHandlerError: ((error: unknown) => void) | undefined, abort: () => void) {
    this.#clock = clock
    this.#onHandlerError = onHandlerError
    this.#abort = abort
  }

  /** Runs a hook of the exchange that is under way. */
  run(hook: () => void): void {
    try {
      hook()
    } catch (error) {
      this.failed(error)
    }
  }

  /** Runs the last hook of an exchange that is over: the connection may belong to another one by now. */
  runLast(hook: () => void): void {
    try {
      hook()
    } catch (error) {
      this.#report(error)
    }
  }

  /** A hook of the exchange that is under way threw. */
  failed(error: unknown): void {
    this.#abort()
    this.#report(error)
  }

  #report(error: unknown): void {
    if (this.#onHandlerError !== undefined) {
      this.#onHandlerError(error)
      return
    }
    this.#clock.callLater(0, () => {
      throw error
    })
  }
}
