import type { Request as ChannelRequest } from '@millrace/channel'
import { FetchBody, type OwnBytes } from './fetch-body.ts'
import { spellUrl } from './request-url.ts'

const utf8 = new TextDecoder()

/**
 * What a handler gets: a request with the surface of the platform's `Request`, and `instanceof Request`.
 *
 * It differs in this: `method` is as received, also where Fetch would change or forbid it; `headers` may be changed,
 * which changes nothing but this copy; `body` is no byte stream, so it has no BYOB readers; and neither `fetch` nor
 * `new Request` take it, as they look inside: they take what {@link FetchRequest.toPlatform} returns.
 *
 * @public
 */
export interface FetchRequest extends Request {
  /** All content. Its size is limited by `maxBodySize` of the channel, and by nothing else. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  /**
   * A second request over the same exchange, whose body is read independently. What one of them reads is kept for the
   * other.
   *
   * @throws {TypeError} when the body was read, or is being read
   */
  clone(): FetchRequest
  /**
   * The same as the platform's own object, for code that looks inside one. It takes the body over.
   *
   * @throws {TypeError} on a method that Fetch forbids (TRACE), or content with GET or HEAD
   */
  toPlatform(): Request
}

/**
 * A {@link FetchRequest} over one that a channel received. Nothing is built before it is asked for: the platform's own
 * class would parse, copy and wrap all of it for every request.
 */
export class LightRequest implements FetchRequest {
  /** As received: methods are case-sensitive (RFC 9110 §9.1). */
  readonly method: string
  readonly #exchange: ChannelRequest
  readonly #origin: string
  readonly #content: FetchBody | null
  #url: string | null = null
  #headers: Headers | null = null

  /**
   * @param origin - scheme and authority of its URL
   * @param body - of a clone; otherwise the content of the request is its body
   */
  constructor(exchange: ChannelRequest, origin: string, body?: FetchBody | null) {
    this.method = exchange.method
    this.#exchange = exchange
    this.#origin = origin
    this.#content = body === undefined ? bodyOf(exchange) : body
  }

  /** Absolute, by scheme of the connection and authority of the request, normalised as every URL (RFC 9112 §3.3). */
  get url(): string {
    this.#url ??= spellUrl(this.#origin, this.#exchange.target, this.#exchange.requestTarget)
    return this.#url
  }

  /** A copy of the fields, in lower case. Those of `context.request.requestHeaders` cost less and are as received. */
  get headers(): Headers {
    this.#headers ??= new Headers(this.#exchange.requestHeaders.toFetch())
    return this.#headers
  }

  /** Aborts when the exchange ends before its response is complete: the client left, stalled, or was cut off. */
  get signal(): AbortSignal {
    return this.#exchange.signal
  }

  /** The content, read from the client as fast as it is read here; `null` when the request has none. */
  get body(): ReadableStream<OwnBytes> | null {
    return this.#content === null ? null : this.#content.stream
  }

  get bodyUsed(): boolean {
    return this.#content !== null && this.#content.used
  }

  async bytes(): Promise<OwnBytes> {
    return this.#content === null ? new Uint8Array(0) : await this.#content.bytes()
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.bytes()
    return bytes.buffer
  }

  async text(): Promise<string> {
    return utf8.decode(await this.bytes())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get('content-type') ?? '' })
  }

  /** Parses `multipart/form-data` or `application/x-www-form-urlencoded`, all of it in memory. */
  async formData(): Promise<FormData> {
    const headers = { 'content-type': this.headers.get('content-type') ?? '' }
    return await new Response(await this.bytes(), { headers }).formData()
  }

  clone(): LightRequest {
    const body = this.#content === null ? null : this.#content.tee()
    return new LightRequest(this.#exchange, this.#origin, body)
  }

  toPlatform(): Request {
    const { method, headers, signal, body } = this
    return new Request(this.url, {
      method,
      headers,
      signal,
      ...(body === null ? {} : { body, duplex: 'half' }),
    })
  }

  // --- what only a browser decides: the platform's defaults

  get cache(): Request['cache'] {
    return 'default'
  }

  get credentials(): Request['credentials'] {
    return 'same-origin'
  }

  get destination(): Request['destination'] {
    return ''
  }

  get duplex(): 'half' {
    return 'half'
  }

  get integrity(): string {
    return ''
  }

  get keepalive(): boolean {
    return false
  }

  get mode(): Request['mode'] {
    return 'cors'
  }

  get redirect(): Request['redirect'] {
    return 'follow'
  }

  get referrer(): string {
    return 'about:client'
  }

  get referrerPolicy(): Request['referrerPolicy'] {
    return ''
  }
}

function bodyOf(exchange: ChannelRequest): FetchBody | null {
  return exchange.head.contentLength === 0 ? null : new FetchBody(exchange.content)
}

/**
 * Makes every {@link LightRequest} an `instanceof Request`. Not done while the module loads: the first look at the
 * platform's class loads all of Fetch, which a server of bare channels never needs.
 */
export function adoptPlatformRequest(): void {
  Object.setPrototypeOf(LightRequest.prototype, Request.prototype as object)
}
