import type { ConnectionLost } from '@millrace/transport'
import { createAbortController, type PlatformAbortSignal } from './abort-signal.ts'

/**
 * How an exchange ends, for whoever waits for it.
 *
 * @public
 */
export abstract class ExchangeEnd {
  #controller: ReturnType<typeof createAbortController> | null = null
  #waiting: ((reason: ConnectionLost | null) => void)[] | null = null
  #lost: ConnectionLost | null = null
  /** Whether the end of the exchange was told to those who wait for it. */
  #isSettled = false

  /** Why the exchange ended before its response was complete; `null` as long as it did not. */
  get lost(): ConnectionLost | null {
    return this.#lost
  }

  /** Aborts, with the {@link ConnectionLost} as its reason, when the exchange ends before the response is complete. */
  get signal(): PlatformAbortSignal {
    if (this.#controller === null) {
      this.#controller = createAbortController()
      if (this.#lost !== null) this.#controller.abort(this.#lost)
    }
    return this.#controller.signal
  }

  /** Resolves when the response is complete, with `null`, or when it never will be, with the reason. Never rejects. */
  notifyFinish(): Promise<ConnectionLost | null> {
    if (this.#isSettled) return Promise.resolve(this.#lost)
    return new Promise((resolve) => (this.#waiting ??= []).push(resolve))
  }

  /** The response left, or the connection was handed over. */
  settled(): void {
    this.#isSettled = true
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting !== null) for (const resolve of waiting) resolve(this.#lost)
  }

  /** The exchange can never be complete. Returns false when it is already. */
  protected lostBy(reason: ConnectionLost): boolean {
    if (this.#isSettled) return false
    this.#lost = reason
    return true
  }

  /** Tells everybody that it is lost. */
  protected tellLoss(): void {
    this.#controller?.abort(this.#lost)
    this.settled()
  }
}
