import type { PushProducer } from '@millrace/transport'
import type { ClientExchange } from './client-exchange.ts'

/**
 * Writes what an iterable gives as the content of a request, as fast as the server takes it. The iterable is ended
 * early when no more content is wanted.
 */
export class ContentSource implements PushProducer {
  readonly #pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  readonly #exchange: ClientExchange
  #paused = false
  #stopped = false
  #wake: (() => void) | null = null

  constructor(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, exchange: ClientExchange) {
    this.#pieces = pieces
    this.#exchange = exchange
  }

  /** Writes all of it. @throws (rejects) what the iterable throws, or what is wrong with its pieces; the exchange is aborted */
  async run(): Promise<void> {
    const exchange = this.#exchange
    exchange.registerProducer(this)
    try {
      for await (const piece of this.#pieces) {
        if (this.#stopped) return
        exchange.write(piece)
        if (this.#paused) await new Promise<void>((resolve) => (this.#wake = resolve))
        if (this.#stopped) return
      }
      if (!this.#stopped) exchange.finish()
    } catch (error) {
      exchange.abort()
      throw error
    }
  }

  pauseProducing(): void {
    this.#paused = true
  }

  resumeProducing(): void {
    this.#paused = false
    this.#continue()
  }

  stopProducing(): void {
    this.#stopped = true
    this.#continue()
  }

  #continue(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
