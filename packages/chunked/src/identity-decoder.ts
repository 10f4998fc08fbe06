import type { BodyDecoder, DataCallback, FinishCallback } from './body-decoder.ts'
import { TruncatedBody } from './errors.ts'
import { joinViews, view } from './views.ts'

/**
 * Decodes a body that is its own data: a known number of octets, or all there are until the peer stops sending.
 *
 * A body of length 0 is complete at the first call of either method, also with no bytes: not in the constructor, so
 * that no callback runs before its owner holds the decoder.
 *
 * @see RFC 9112 §6.2
 * @public
 */
export class IdentityDecoder implements BodyDecoder {
  readonly #dataCallback: DataCallback
  readonly #finishCallback: FinishCallback
  #state: 'reading' | 'completing' | 'finished' = 'reading'
  #remaining: number | null
  #received = 0
  #failure: { readonly error: unknown } | undefined = undefined
  // What the data callback handed in while the last data was with it.
  #rest: Uint8Array[] | undefined = undefined

  /**
   * @param contentLength - octets of the body; `null` when it goes on until `noMoreData`
   * @param dataCallback - takes the data, as it comes
   * @param finishCallback - runs when the body is complete; there are never trailers
   * @throws `RangeError` when the length is not a whole number, 0–2^53-1
   */
  constructor(contentLength: number | null, dataCallback: DataCallback, finishCallback: FinishCallback) {
    if (contentLength !== null && !(Number.isSafeInteger(contentLength) && contentLength >= 0)) {
      throw new RangeError('contentLength is a whole number, 0 or more, or null')
    }
    this.#remaining = contentLength
    this.#dataCallback = dataCallback
    this.#finishCallback = finishCallback
  }

  /** Octets that are still to come; `null` when nobody knows. */
  get remaining(): number | null {
    return this.#remaining
  }

  /** Whether the body is complete: the finish callback is running or has run. */
  get finished(): boolean {
    return this.#state === 'finished'
  }

  /**
   * Takes the next bytes. A callback may call it: the data goes to the data callback at once, bytes after the end
   * of the body join the rest.
   *
   * @throws `Error` when the body is complete: the caller's mistake
   * @throws what a callback threw; the same again at each later call
   */
  dataReceived(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#state === 'finished') throw new Error('the body is complete: further bytes are not part of it')
    if (this.#state === 'completing') {
      this.#rest!.push(bytes)
      return
    }
    try {
      if (this.#remaining === null || bytes.length < this.#remaining) this.#pass(bytes)
      else this.#complete(bytes, this.#remaining)
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  /**
   * Tells that the peer has finished sending: the end of a body without a known length. Nothing happens when the
   * body is complete.
   *
   * @throws {@link TruncatedBody} when octets are missing
   * @throws what the finish callback threw, now or before
   */
  noMoreData(): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#state !== 'reading') return
    try {
      if (this.#remaining !== null && this.#remaining > 0) throw new TruncatedBody(this.#received)
      this.#finish([])
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  #pass(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#remaining !== null) this.#remaining -= bytes.length
    this.#received += bytes.length
    this.#dataCallback(bytes)
  }

  #complete(bytes: Uint8Array, length: number): void {
    this.#state = 'completing'
    this.#remaining = 0
    this.#rest = [view(bytes, length, bytes.length)]
    if (length > 0) this.#dataCallback(view(bytes, 0, length))
    this.#finish(this.#rest)
  }

  #finish(rest: readonly Uint8Array[]): void {
    this.#state = 'finished'
    this.#rest = undefined
    this.#finishCallback(joinViews(rest), undefined)
  }
}
