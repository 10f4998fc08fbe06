import type { Headers } from '@millrace/headers'

/**
 * Takes the data of a body, in order, as it arrives.
 *
 * It runs inside `dataReceived`, with the decoder in a consistent state. It may call the decoder: `dataReceived`
 * then only queues, `noMoreData` takes effect after what is queued. If it throws, the decoder has failed for good and
 * the error comes out of `dataReceived`.
 *
 * @param chunk - never empty; a view of what was handed to `dataReceived`, good as long as that is
 * @public
 */
export type DataCallback = (chunk: Uint8Array) => void

/**
 * Runs once, after the last data, when the body is complete. The decoder is `finished` by then and takes nothing
 * any more. If it throws, the error comes out of the call that brought the end.
 *
 * @param rest - the bytes after the body, which belong to the next message; may be empty
 * @param trailers - the fields of the trailer section that may be used, `undefined` when there are none
 * @public
 */
export type FinishCallback = (rest: Uint8Array, trailers: Headers | undefined) => void

/**
 * Finds the data and the end of one message body in a stream of bytes, however the stream is cut.
 *
 * @public
 */
export interface BodyDecoder {
  /**
   * Takes the next bytes.
   *
   * @throws `Error` when the body has ended already: the caller's mistake
   * @throws what is wrong with the body, or what a callback threw; the same again at each later call
   */
  dataReceived(bytes: Uint8Array): void
  /**
   * Tells that the peer has finished sending; nothing happens when the body is complete.
   *
   * @throws {@link TruncatedBody} when it is not
   */
  noMoreData(): void
  /** Whether the body is complete: the finish callback is running or has run. */
  readonly finished: boolean
}
