import type { MemoryTransportOptions } from './memory-transport-options.ts'
import { MemoryTransport } from './memory-transport.ts'

/** A transport that complains of what is written behind the close: those octets are lost without a word. */
export class SimulatedTransport extends MemoryTransport {
  readonly #violated: (what: string) => void
  #closed = false

  constructor(options: MemoryTransportOptions, violated: (what: string) => void) {
    super(options)
    this.#violated = violated
  }

  override closeWrite(): void {
    this.#closed = true
    super.closeWrite()
  }

  override writeSequence(parts: readonly Uint8Array[]): void {
    // A producer may finish what it is sending; and behind a loss every method is free to do nothing.
    if (this.#closed && !this.hasProducer && this.lostReason === null && parts.some(isFilled))
      this.#violated('written behind the close')
    super.writeSequence(parts)
  }
}

function isFilled(bytes: Uint8Array): boolean {
  return bytes.length > 0
}
