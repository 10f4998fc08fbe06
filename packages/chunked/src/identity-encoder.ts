import type { Headers } from '@millrace/headers'
import type { BodyEncoder } from './body-encoder.ts'

/**
 * Passes a body on as it is and holds it to the length that was announced: a peer would take a missing or
 * surplus octet for one of the next message.
 *
 * @see RFC 9110 §8.6
 * @public
 */
export class IdentityEncoder implements BodyEncoder {
  #remaining: number | null
  #finished = false

  /**
   * @param contentLength - octets of the body; `null` when it ends with the connection
   * @throws `RangeError` when the length is not a whole number, 0–2^53-1
   */
  constructor(contentLength: number | null) {
    if (contentLength !== null && !(Number.isSafeInteger(contentLength) && contentLength >= 0)) {
      throw new RangeError('contentLength is a whole number, 0 or more, or null')
    }
    this.#remaining = contentLength
  }

  /** Octets that are still owed; `null` when no length was announced. */
  get remaining(): number | null {
    return this.#remaining
  }

  /**
   * The data itself, or nothing for no data.
   *
   * @throws `RangeError` when it is longer than what remains; it does not count as sent then
   * @throws `Error` after `finish`
   */
  encode(data: Uint8Array): Uint8Array[] {
    if (this.#finished) throw new Error('the body is finished')
    if (this.#remaining !== null) {
      if (data.length > this.#remaining) throw new RangeError('more data than Content-Length announced')
      this.#remaining -= data.length
    }
    return data.length === 0 ? [] : [data]
  }

  /**
   * Nothing: the body ends by its length, or with the connection.
   *
   * @param trailers - none: only a chunked body has trailers
   * @throws `TypeError` when there are trailers
   * @throws `RangeError` when data is missing; the body is finished all the same, and so is the connection
   * @throws `Error` after `finish`
   */
  finish(trailers?: Headers): Uint8Array[] {
    if (this.#finished) throw new Error('the body is finished')
    if (trailers !== undefined && trailers.size > 0) throw new TypeError('only a chunked body has trailers')
    this.#finished = true
    if (this.#remaining !== null && this.#remaining > 0)
      throw new RangeError('less data than Content-Length announced')
    return []
  }
}
