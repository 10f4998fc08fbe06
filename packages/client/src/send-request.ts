import { Headers } from '@millrace/headers'
import type { HeadersInit } from '@millrace/headers'
import type { ClientExchange } from './client-exchange.ts'
import { ClientResponse } from './client-response.ts'
import { ContentSource } from './content-source.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import type { Pool } from './pool.ts'
import type { Origin } from './pool-options.ts'
import type { PendingRequest } from './pooled-request.ts'
import type { ResponseHandler } from './response-handler.ts'
import type { ResponseHead } from './response-head.ts'
import { encodeUtf8 } from './text.ts'

/**
 * The content of a request: text is sent as UTF-8, and what is iterated over is sent piece by piece, chunked unless the
 * length is given.
 *
 * @public
 */
export type RequestBody = string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * A request for {@link sendRequest}.
 *
 * @public
 */
export interface ClientRequestInit {
  /** @defaultValue `GET` */
  readonly method?: string
  /** @defaultValue none but Host, which is added unless it is there */
  readonly headers?: HeadersInit
  /** @defaultValue none */
  readonly body?: RequestBody
  /** Octets that an iterated `body` gives in all. @defaultValue not known: chunked */
  readonly contentLength?: number
  /**
   * Sees each interim response (1xx but 101) before the final one comes: 103 Early Hints, say. What it throws cancels the
   * request and is what its response rejects with.
   *
   * @defaultValue they are ignored
   */
  readonly onInformational?: (head: ResponseHead) => void
}

/**
 * A request on its way.
 *
 * @public
 */
export interface SentRequest {
  /**
   * Resolves when the head of the response is there.
   *
   * @throws {RequestError | HeaderError} (rejects) when the request cannot be sent as it is
   * @throws {UpstreamError} (rejects) when there is no response
   * @throws (rejects) what the iterable of the content threw
   */
  readonly response: Promise<ClientResponse>
  /** Resolves when the response is complete, or will never be. Never rejects. */
  readonly over: Promise<void>
  /** Cancels the request or its response; whoever waits for it gets `reason`. */
  readonly abort: (reason?: unknown) => void
}

/**
 * Sends a request, with its content from wherever it comes.
 *
 * @param requestTarget - `/path?query`
 * @public
 */
export function sendRequest(
  pool: Pool,
  origin: Origin,
  requestTarget: string,
  init: ClientRequestInit = {},
): SentRequest {
  const call = new Call()
  const over = new Promise<void>((resolve) => (call.over = resolve))
  const response = new Promise<ClientResponse>((resolve, reject) => {
    call.resolve = resolve
    call.reject = reject
    call.start(pool, origin, requestTarget, init)
  })
  return { response, over, abort: (reason) => call.abort(reason) }
}

/** One request of {@link sendRequest} on its way. */
class Call implements ResponseHandler {
  resolve: (response: ClientResponse) => void = () => {}
  reject: (error: unknown) => void = () => {}
  over: () => void = () => {}
  #pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null = null
  #onInformational: ((head: ResponseHead) => void) | undefined = undefined
  #request: PendingRequest | null = null
  #response: ClientResponse | null = null

  start(pool: Pool, origin: Origin, requestTarget: string, init: ClientRequestInit): void {
    this.#onInformational = init.onInformational
    const headers = new Headers(init.headers)
    if (!headers.hasHeader('host')) headers.set('Host', hostField(origin))
    const { body } = init
    const content =
      typeof body === 'string' ? encodeUtf8(body) : body instanceof Uint8Array ? body : undefined
    if (body !== undefined && content === undefined) this.#pieces = body as Iterable<Uint8Array>
    const request: OutgoingRequest = {
      method: init.method ?? 'GET',
      requestTarget,
      headers,
      ...(content !== undefined && { content }),
      ...(this.#pieces !== null && { contentLength: init.contentLength ?? null }),
    }
    this.#request = pool.request(origin, request, this)
  }

  abort(reason: unknown = new Error('the request was aborted')): void {
    this.#request?.abort()
    this.#end(reason)
  }

  requestStarted(exchange: ClientExchange): void {
    if (this.#pieces === null) return
    new ContentSource(this.#pieces, exchange).run().catch((error: unknown) => this.abort(error))
  }

  informationalReceived(head: ResponseHead): void {
    try {
      this.#onInformational?.(head)
    } catch (error) {
      this.abort(error)
    }
  }

  responseReceived(head: ResponseHead): void {
    this.#response = new ClientResponse(head, this.#request as PendingRequest, (reason) => this.abort(reason))
    this.resolve(this.#response)
  }

  dataReceived(chunk: Uint8Array): void {
    this.#response?.push(chunk)
  }

  responseDone(trailers: Headers | undefined): void {
    this.#response?.done(trailers)
    this.over()
  }

  responseLost(error: unknown): void {
    this.#end(error)
  }

  #end(error: unknown): void {
    this.#response?.lost(error)
    this.reject(error)
    this.over()
  }
}

/** The authority of an origin: the port is left out where it goes without saying (RFC 9110 §7.2). */
function hostField({ host, port, secure }: Origin): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`
}
