import { encodeLatin1 } from '@millrace/headers'
import { joinBytes } from './octets.ts'

/** What a connection begins with whose client knows that the server speaks HTTP/2 (RFC 9113 §3.4). */
const HTTP2_PREFACE = encodeLatin1('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Looks for HTTP/2's preface at the beginning of a connection, and holds it for as long as nothing else came. */
export class Http2Preface {
  #length = 0

  /** Octets that are held. */
  get length(): number {
    return this.#length
  }

  /** Whether all of it came. */
  get isComplete(): boolean {
    return this.#length === HTTP2_PREFACE.length
  }

  /**
   * Takes the next bytes.
   *
   * @returns all bytes so far, the preface first if it is complete; `null` when it may still become one, and more is awaited
   */
  take(bytes: Uint8Array): Uint8Array | null {
    const before = this.#length
    const count = Math.min(bytes.length, HTTP2_PREFACE.length - before)
    let matched = 0
    while (matched < count && bytes[matched] === HTTP2_PREFACE[before + matched]) matched += 1
    const isMatch = matched === count
    if (isMatch) this.#length += count
    if (isMatch && !this.isComplete) return null
    return before === 0 ? bytes : joinBytes([HTTP2_PREFACE.subarray(0, before), bytes])
  }

  /** What is held, which turned out to be no preface. */
  get held(): Uint8Array {
    return HTTP2_PREFACE.subarray(0, this.#length)
  }
}
