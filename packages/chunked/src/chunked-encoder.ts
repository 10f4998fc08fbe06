import { encodeLatin1 } from '@millrace/headers'
import type { Headers } from '@millrace/headers'
import type { BodyEncoder } from './body-encoder.ts'
import { isForbiddenTrailer } from './trailers.ts'

/**
 * The end of a chunked body without trailers: `0 CRLF CRLF`. Shared: do not write into it.
 *
 * @public
 */
export const LAST_CHUNK: Uint8Array = encodeLatin1('0\r\n\r\n')

const CRLF: Uint8Array = encodeLatin1('\r\n')

/**
 * What goes in front of a chunk's data, as text; CRLF goes behind it.
 *
 * @param length - octets of data, 1 or more: a chunk of none would end the body
 * @throws `RangeError` on any other number
 * @see RFC 9112 §7.1
 * @public
 */
export function chunkHead(length: number): string {
  if (!Number.isSafeInteger(length) || length < 1) throw new RangeError('a chunk holds 1 octet or more')
  return `${length.toString(16)}\r\n`
}

/**
 * The data as one chunk, in parts, the data itself not copied. No data, no chunk: an empty one would end the body.
 *
 * @see RFC 9112 §7.1
 * @public
 */
export function toChunk(data: Uint8Array): Uint8Array[] {
  return data.length === 0 ? [] : [encodeLatin1(chunkHead(data.length)), data, CRLF]
}

/**
 * The end of a chunked body with these trailers, as text: last chunk, field lines, empty line.
 *
 * @param trailers - nothing that {@link isForbiddenTrailer} names
 * @throws `TypeError` when a field is forbidden in a trailer section: the receiver would drop it, or worse
 * @see RFC 9112 §7.1.2
 * @public
 */
export function encodeTrailers(trailers: Headers): string {
  for (const [name] of trailers) {
    if (isForbiddenTrailer(name))
      throw new TypeError(`${name} is not allowed in a trailer section (RFC 9110 §6.5.1)`)
  }
  return `0\r\n${trailers.toWire()}\r\n`
}

/**
 * Puts a body whose length is not known beforehand into chunks.
 *
 * @see RFC 9112 §7.1
 * @public
 */
export class ChunkedEncoder implements BodyEncoder {
  #finished = false

  /**
   * One chunk, or nothing for no data.
   *
   * @throws `Error` after `finish`
   */
  encode(data: Uint8Array): Uint8Array[] {
    if (this.#finished) throw new Error('the body is finished')
    return toChunk(data)
  }

  /**
   * The last chunk and the trailer section.
   *
   * @param trailers - fields to send after the body
   * @throws `TypeError` when one is forbidden there; the body is not finished then
   * @throws `Error` after `finish`
   */
  finish(trailers?: Headers): Uint8Array[] {
    if (this.#finished) throw new Error('the body is finished')
    const end =
      trailers === undefined || trailers.size === 0 ? LAST_CHUNK : encodeLatin1(encodeTrailers(trailers))
    this.#finished = true
    return [end]
  }
}
