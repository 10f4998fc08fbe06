import { allocateBytes, encodeLatin1, writeCheckedLatin1 } from '@millrace/headers'
import type { Transport } from '@millrace/transport'
import type { Octets } from './octets.ts'

/** Pieces up to this size are copied next to the head: cheaper than one more entry for the system call. */
const COPY_BELOW = 4_096

/**
 * Collects what one turn sends, so that it leaves in one write. As long as it is text (heads, chunk framing, content in
 * ASCII), it stays text; small pieces of bytes go into one array with the text around them, large ones stay as they are.
 *
 * @public
 */
export class Output {
  readonly #transport: Transport
  /** What was added since the last bytes. */
  #text = ''
  /** What was added before `#text`, if that ended with a small piece of bytes; written up to `#length`. */
  #bytes: Uint8Array | null = null
  #length = 0
  /** What was added before `#bytes`. */
  #parts: Uint8Array[] | null = null
  #partsLength = 0
  #handedOver = 0

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Octets waiting for {@link Output.flush}. */
  get length(): number {
    return this.#partsLength + this.#length + this.#text.length
  }

  /** Octets that the transport got so far. */
  get handedOver(): number {
    return this.#handedOver
  }

  /** Octets that were added so far, and not forgotten. */
  get written(): number {
    return this.#handedOver + this.length
  }

  /** Adds content, or text of characters up to U+00FF, one octet for each. */
  add(octets: Octets): void {
    if (typeof octets === 'string') this.#text += octets
    else if (octets.length < COPY_BELOW) this.#copy(octets)
    else this.#keep(octets)
  }

  /** Hands everything to the transport, in one call. */
  flush(): void {
    const { length } = this
    if (length === 0) return
    this.#handedOver += length
    if (this.#bytes === null && this.#parts === null) {
      const text = this.#text
      this.#text = ''
      if (this.#transport.writeLatin1 === undefined) this.#transport.write(encodeLatin1(text))
      else this.#transport.writeLatin1(text)
      return
    }
    this.#closePart()
    const parts = this.#parts as unknown as Uint8Array[]
    this.#parts = null
    this.#partsLength = 0
    this.#transport.writeSequence(parts)
  }

  /** Forgets what was not sent. */
  clear(): void {
    this.#text = ''
    this.#bytes = null
    this.#length = 0
    this.#parts = null
    this.#partsLength = 0
  }

  #copy(bytes: Uint8Array): void {
    this.#settleText(bytes.length)
    ;(this.#bytes as Uint8Array).set(bytes, this.#length)
    this.#length += bytes.length
  }

  #keep(bytes: Uint8Array): void {
    this.#closePart()
    this.#parts ??= []
    this.#parts.push(bytes)
    this.#partsLength += bytes.length
  }

  /** Makes bytes of the text, and room for `more`. The first array of a turn gets just its size; then it doubles. */
  #settleText(more: number): void {
    const text = this.#text
    const needed = this.#length + text.length + more
    if (this.#bytes === null) {
      this.#bytes = allocateBytes(needed)
    } else if (this.#bytes.length < needed) {
      const larger = allocateBytes(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#length = writeCheckedLatin1(this.#bytes, text, this.#length)
    this.#text = ''
  }

  #closePart(): void {
    if (this.#text !== '') this.#settleText(0)
    const bytes = this.#bytes
    if (bytes === null) return
    this.#parts ??= []
    this.#parts.push(this.#length === bytes.length ? bytes : bytes.subarray(0, this.#length))
    this.#partsLength += this.#length
    this.#bytes = null
    this.#length = 0
  }
}
