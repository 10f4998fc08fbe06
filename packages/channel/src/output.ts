import { allocateBytes, writeCheckedLatin1 } from '@millrace/headers'
import type { Transport } from '@millrace/transport'
import type { Octets } from './octets.ts'

/** Pieces up to this size are copied next to the head: cheaper than one more entry for the system call. */
const COPY_BELOW = 4_096

/**
 * Collects what one turn sends, so that it leaves in one write: heads and small pieces side by side in one array,
 * large pieces as they are.
 *
 * @public
 */
export class Output {
  readonly #transport: Transport
  #bytes: Uint8Array | null = null
  #length = 0
  #parts: Uint8Array[] | null = null
  #partsLength = 0
  #handedOver = 0

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Octets waiting for {@link Output.flush}. */
  get length(): number {
    return this.#partsLength + this.#length
  }

  /** Octets that the transport got so far. */
  get handedOver(): number {
    return this.#handedOver
  }

  /**
   * Adds text of characters up to U+00FF, one octet for each: heads, chunk framing, content in ASCII.
   *
   * @param more - octets that are sure to follow
   */
  addText(text: string, more = 0): void {
    this.#reserve(text.length + more)
    this.#length = writeCheckedLatin1(this.#bytes as Uint8Array, text, this.#length)
  }

  /** Adds content. */
  addOctets(octets: Octets): void {
    if (typeof octets === 'string') this.addText(octets)
    else this.addBytes(octets)
  }

  /** Adds bytes; they are not changed by anybody afterwards. */
  addBytes(bytes: Uint8Array): void {
    if (bytes.length >= COPY_BELOW) {
      this.#closePart()
      this.#parts ??= []
      this.#parts.push(bytes)
      this.#partsLength += bytes.length
      return
    }
    this.#reserve(bytes.length)
    ;(this.#bytes as Uint8Array).set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Hands everything to the transport, in one call. */
  flush(): void {
    this.#handedOver += this.length
    if (this.#parts !== null) {
      this.#closePart()
      const parts = this.#parts
      this.#parts = null
      this.#partsLength = 0
      this.#transport.writeSequence(parts)
    } else if (this.#length > 0) {
      const bytes = view(this.#bytes as Uint8Array, this.#length)
      this.#bytes = null
      this.#length = 0
      this.#transport.write(bytes)
    }
  }

  /** Forgets what was not sent. */
  clear(): void {
    this.#bytes = null
    this.#length = 0
    this.#parts = null
    this.#partsLength = 0
  }

  /** Makes room. The first piece of a turn gets just its size, since most turns send one response; then it doubles. */
  #reserve(more: number): void {
    const needed = this.#length + more
    if (this.#bytes === null) {
      this.#bytes = allocateBytes(needed)
    } else if (this.#bytes.length < needed) {
      const larger = allocateBytes(Math.max(needed, this.#bytes.length * 2))
      larger.set(view(this.#bytes, this.#length))
      this.#bytes = larger
    }
  }

  #closePart(): void {
    if (this.#length === 0) return
    this.#parts ??= []
    this.#parts.push(view(this.#bytes as Uint8Array, this.#length))
    this.#partsLength += this.#length
    this.#bytes = null
    this.#length = 0
  }
}

function view(bytes: Uint8Array, length: number): Uint8Array {
  return length === bytes.length ? bytes : bytes.subarray(0, length)
}
