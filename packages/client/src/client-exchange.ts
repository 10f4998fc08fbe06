import { allocateBytes, encodeLatin1, writeLatin1 } from '@millrace/headers'
import type { Headers } from '@millrace/headers'
import { chunkHead, encodeTrailers } from '@millrace/chunked'
import type { PushProducer } from '@millrace/transport'
import { RequestError } from './errors.ts'
import type { PreparedRequest } from './outgoing-request.ts'
import type { RequestOutlet } from './request-outlet.ts'

/** Pieces below this size are copied next to the framing around them: cheaper than two more parts of a write. */
const COPY_BELOW = 4_096

const CRLF: Uint8Array = encodeLatin1('\r\n')

/**
 * What an exchange needs of its channel.
 *
 * @public
 */
export interface ExchangeLink {
  readonly outlet: RequestOutlet
  requestSent(): void
  pauseResponse(): void
  resumeResponse(): void
  abort(): void
}

/**
 * One request and its response: the way to write the request's content, and to slow down or cancel the response.
 *
 * As a producer it is the response: a consumer that holds enough calls {@link ClientExchange.pauseProducing}. After the
 * exchange is over every method is a no-op: who is late never throws.
 *
 * @public
 */
export class ClientExchange implements PushProducer {
  readonly request: PreparedRequest
  /** Whether the connection had carried another exchange before: then its end may just have been missed. */
  readonly reused: boolean
  readonly #link: ExchangeLink
  /** Octets of content that are owed; `null` when the content is chunked. */
  #remaining: number | null
  /** The head, until it leaves together with the first content, or alone at the end of the turn. */
  #unsent: string
  #state: 'sending' | 'sent' | 'over' = 'sending'
  #aborted = false
  #producer: PushProducer | null = null

  constructor(request: PreparedRequest, reused: boolean, link: ExchangeLink) {
    this.#unsent = request.head
    this.#remaining = request.contentLength
    this.request = request
    this.reused = reused
    this.#link = link
  }

  /** Whether the request is sent completely. */
  get requestSent(): boolean {
    return this.#state === 'sent'
  }

  /** Whether nothing more will happen: the response is complete, lost, aborted, or the connection was handed over. */
  get over(): boolean {
    return this.#state === 'over'
  }

  /** Whether it was cancelled, by us or because a hook of its handler threw. */
  get aborted(): boolean {
    return this.#aborted
  }

  /**
   * Writes a piece of the request's content. The array is handed over: do not change it afterwards.
   *
   * @returns whether the server keeps up; when false, better wait until a registered producer is resumed
   * @throws {RequestError} `ERR_REQUEST_FINISHED`; `ERR_REQUEST_LENGTH_EXCEEDED`, which leaves the request unfinished
   */
  write(chunk: Uint8Array): boolean {
    if (this.#state === 'over') return true
    if (this.#state === 'sent') throw new RequestError('ERR_REQUEST_FINISHED')
    if (chunk.length === 0) return !this.#link.outlet.full
    if (this.#remaining === null) {
      this.#emit(this.#takeHead() + chunkHead(chunk.length), chunk, CRLF)
    } else {
      if (chunk.length > this.#remaining) throw new RequestError('ERR_REQUEST_LENGTH_EXCEEDED')
      this.#remaining -= chunk.length
      this.#emit(this.#takeHead(), chunk, null)
    }
    return !this.#link.outlet.full
  }

  /**
   * Completes the request.
   *
   * @param trailers - fields behind chunked content
   * @throws {RequestError} `ERR_REQUEST_FINISHED`; `ERR_REQUEST_LENGTH_SHORT`, which aborts the exchange: the server
   * would wait for the rest for ever; `ERR_REQUEST_TRAILERS`
   * @throws {TypeError} when a field is not allowed in a trailer section (RFC 9110 §6.5.1)
   */
  finish(trailers?: Headers): void {
    if (this.#state === 'over') return
    if (this.#state === 'sent') throw new RequestError('ERR_REQUEST_FINISHED')
    const hasTrailers = trailers !== undefined && trailers.size > 0
    if (this.#remaining === null) {
      this.#sendText(this.#takeHead() + (hasTrailers ? encodeTrailers(trailers) : '0\r\n\r\n'))
    } else {
      if (hasTrailers) throw new RequestError('ERR_REQUEST_TRAILERS')
      if (this.#remaining > 0) {
        this.abort()
        throw new RequestError('ERR_REQUEST_LENGTH_SHORT')
      }
      this.flush()
    }
    this.#state = 'sent'
    this.#producer = null
    this.#link.requestSent()
  }

  /**
   * Attaches the source of the content: it is paused while the server does not keep up, resumed when it does, and
   * stopped when no more content is wanted.
   *
   * @throws {Error} when there is one already
   */
  registerProducer(producer: PushProducer): void {
    if (this.#producer !== null) throw new Error('a producer is registered already: unregister it first')
    if (this.#state !== 'sending') {
      producer.stopProducing()
      return
    }
    this.#producer = producer
    if (this.#link.outlet.full) producer.pauseProducing()
  }

  unregisterProducer(): void {
    this.#producer = null
  }

  /** Asks for no more content of the response until it is resumed; what was read already may still arrive. */
  pauseProducing(): void {
    if (this.#state !== 'over') this.#link.pauseResponse()
  }

  resumeProducing(): void {
    if (this.#state !== 'over') this.#link.resumeResponse()
  }

  /** The same as {@link ClientExchange.abort}. */
  stopProducing(): void {
    this.abort()
  }

  /** Cancels the exchange and its connection. No hook of the handler runs any more. */
  abort(): void {
    if (this.#state !== 'over') this.#link.abort()
  }

  // --- for the channel

  /** Sends the request as far as it is at hand. @internal */
  begin(): void {
    const { content } = this.request
    if (content !== undefined) {
      this.write(content)
      this.finish()
    } else if (this.#remaining === 0) {
      this.finish()
    } else {
      void Promise.resolve().then(() => this.flush())
    }
  }

  /** Sends the head if it waits for content. @internal */
  flush(): void {
    if (this.#state === 'sending' && this.#unsent !== '') this.#sendText(this.#takeHead())
  }

  /** The transport has no room, or has room again. @internal */
  roomChanged(full: boolean): void {
    if (full) this.#producer?.pauseProducing()
    else this.#producer?.resumeProducing()
  }

  /** Nobody waits for it any more. @internal */
  markAborted(): void {
    this.#aborted = true
  }

  /** Nothing more will happen. @internal */
  end(): void {
    const producer = this.#producer
    this.#producer = null
    this.#state = 'over'
    producer?.stopProducing()
  }

  #takeHead(): string {
    const head = this.#unsent
    this.#unsent = ''
    return head
  }

  #sendText(text: string): void {
    this.#link.outlet.send([encodeLatin1(text)], text.length)
  }

  #emit(before: string, chunk: Uint8Array, after: Uint8Array | null): void {
    const length = before.length + chunk.length + (after === null ? 0 : after.length)
    if (chunk.length >= COPY_BELOW) {
      const parts = before === '' ? [chunk] : [encodeLatin1(before), chunk]
      if (after !== null) parts.push(after)
      this.#link.outlet.send(parts, length)
      return
    }
    if (length === chunk.length) {
      this.#link.outlet.send([chunk], length)
      return
    }
    const bytes = allocateBytes(length)
    writeLatin1(bytes, before, 0)
    bytes.set(chunk, before.length)
    if (after !== null) bytes.set(after, before.length + chunk.length)
    this.#link.outlet.send([bytes], length)
  }
}
