import { joinBytes } from './wire-text.ts'

/** What a client sent and the other end has not received. */
export class Flight {
  #bytes: Uint8Array = new Uint8Array(0)
  /** Whether the end of the client's direction comes behind the bytes. */
  ending = false

  get length(): number {
    return this.#bytes.length
  }

  append(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : joinBytes([this.#bytes, bytes])
  }

  /** Takes up to `maxBytes`: a view into a larger array, as real reads are. */
  cut(maxBytes: number): Uint8Array {
    const bytes = this.#bytes.subarray(0, maxBytes)
    this.#bytes = this.#bytes.subarray(bytes.length)
    return bytes
  }

  drop(): void {
    this.#bytes = new Uint8Array(0)
  }
}
