import type { Headers } from '@millrace/headers'

/**
 * Puts one body into its wire format, part by part.
 *
 * @public
 */
export interface BodyEncoder {
  /**
   * The parts to write for `data`, which is among them, not copied; none when it is empty.
   *
   * @throws `RangeError` when this is more than the length that was announced; nothing is to be written then
   * @throws `Error` after `finish`
   */
  encode(data: Uint8Array): Uint8Array[]
  /**
   * The parts to write at the end.
   *
   * @param trailers - fields to send after the body, where it can have any
   * @throws `RangeError` when this is less than the length that was announced: the connection cannot be used again
   * @throws `TypeError` when these trailers cannot be sent
   * @throws `Error` after `finish`
   */
  finish(trailers?: Headers): Uint8Array[]
}
