import { ChunkedDecoder, IdentityDecoder, type BodyDecoder } from '@millrace/chunked'
import type { Headers } from '@millrace/headers'
import { isLayerError, remoteError, RemoteProtocolError } from './errors.ts'
import type { ChannelSettings } from './options.ts'
import type { Request } from './request.ts'

/**
 * What the receiver tells the channel.
 *
 * @public
 */
export interface ContentOwner {
  /** All content was decoded; `rest` came after it. */
  contentEnded(request: Request, rest: Uint8Array, trailers: Headers | undefined): void
  /** Content that nobody wants turned out to be more than dropping it is worth. */
  contentTooCostly(): void
  /** The application's own code threw while it took a piece. */
  handlerFailed(request: Request, error: unknown): void
}

/**
 * Decodes the content of one request and hands it on, within the limits.
 *
 * @public
 */
export class ContentReceiver {
  /** The request that the content belongs to: its response may be complete before its content is. */
  readonly request: Request
  /** Whether the application asked for content, and holds less than it should. */
  wanted = false
  /** Whether the client waits for `100 Continue` before it sends content. */
  continueOwed: boolean
  readonly #owner: ContentOwner
  readonly #decoder: BodyDecoder
  readonly #maxBodySize: number
  #received = 0
  #stopped = false
  #discardLeft = Infinity

  constructor(owner: ContentOwner, request: Request, settings: ChannelSettings, continueOwed: boolean) {
    this.#owner = owner
    this.request = request
    this.continueOwed = continueOwed
    this.#maxBodySize = settings.maxBodySize
    const take = (chunk: Uint8Array): void => this.#take(chunk)
    const end = (rest: Uint8Array, trailers: Headers | undefined): void =>
      owner.contentEnded(request, rest, trailers)
    const length = request.head.contentLength
    this.#decoder =
      length === null
        ? new ChunkedDecoder(take, end, settings.chunked)
        : new IdentityDecoder(length, take, end)
  }

  /** Octets that are still to come; `null` when only the last chunk will tell. */
  get left(): number | null {
    return this.#decoder instanceof IdentityDecoder ? this.#decoder.remaining : null
  }

  /** Octets that came, without their framing. */
  get receivedBytes(): number {
    return this.#received
  }

  /** Takes raw bytes. @throws {RemoteProtocolError} when the framing is broken or a limit crossed */
  receive(bytes: Uint8Array): void {
    this.continueOwed = false // it did not wait
    this.#decode(() => this.#decoder.dataReceived(bytes))
  }

  /** The peer finished sending. @throws {RemoteProtocolError} when the content is not complete */
  noMoreData(): void {
    this.#decode(() => this.#decoder.noMoreData())
  }

  /** Whether what is left is worth reading, once the response is complete: it is awaited, or little, or may be. */
  isCheap(budget: number): boolean {
    return this.request.content.hasReader || this.left === null || this.left <= budget
  }

  /** Whether content is dropped as it comes, since the response is complete. */
  get isDiscarding(): boolean {
    return this.#discardLeft !== Infinity
  }

  /** Hands nothing on any more. */
  stop(): void {
    this.#stopped = true
  }

  /** The response is complete: content that nobody waits for is dropped, up to `budget` octets. */
  discard(budget: number): void {
    if (this.isDiscarding || this.request.content.hasReader) return
    this.#discardLeft = budget
    this.request.content.discard()
  }

  #decode(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!isLayerError(error) || error instanceof RemoteProtocolError) throw error
      throw new RemoteProtocolError(error, 'content', error.offset)
    }
  }

  #take(chunk: Uint8Array): void {
    if (this.#stopped) return
    this.#received += chunk.length
    if (this.#received > this.#maxBodySize)
      throw remoteError('ERR_CONTENT_TOO_LARGE', 'content', this.#maxBodySize)
    this.#discardLeft -= chunk.length
    if (this.#discardLeft < 0) {
      this.#owner.contentTooCostly()
      return
    }
    try {
      this.request.handleContentChunk(chunk)
    } catch (error) {
      this.#stopped = !this.request.finished
      this.#owner.handlerFailed(this.request, error)
    }
  }
}
