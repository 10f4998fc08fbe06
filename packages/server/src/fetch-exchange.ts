import { Request as ChannelRequest, type RequestChannel, type RequestHead } from '@millrace/channel'
import type { Address, ConnectionLost, Protocol } from '@millrace/transport'
import { LightRequest, type FetchRequest } from './fetch-request.ts'
import { sendAtOnce, sendResponse } from './fetch-response.ts'
import { findOrigin, type OriginCache } from './request-url.ts'

/**
 * What a handler may know besides the request itself.
 *
 * @public
 */
export interface FetchContext {
  /**
   * The exchange on the channel: fields as received, trailers of the request, content without streams. A handler that
   * answers through it may return any `Response`: it is dropped.
   */
  readonly request: ChannelRequest
  /** The request-target, octet for octet as received (RFC 9112 §3.2). */
  readonly requestTarget: string
  /** Where the client is. */
  readonly peer: Address
  /** Whether the connection is encrypted. */
  readonly secure: boolean
  /** The protocols that the client offers to switch to, its favourite first; empty when there is none. */
  readonly offeredUpgrades: string[]
  /**
   * Trailer fields, to be set until the body of the response is at its end. They are sent where the body is chunked: set
   * one before you return, or stream the body.
   */
  readonly responseTrailers: ChannelRequest['responseTrailers']
  /**
   * Sends an interim response at once, before the one that you return: a code of 102–199, and fields.
   *
   * @returns whether it was sent: HTTP/1.0 knows none
   * @throws as `Request.informational` of `@millrace/channel`
   */
  informational(...interim: Parameters<ChannelRequest['informational']>): boolean
  /**
   * Sends a 101 and hands the connection to `protocol`, with every byte that came after the request: for protocols that
   * no `Response` can be, as WebSocket.
   *
   * @param name - one of `offeredUpgrades`
   * @param headers - fields of the 101 besides Upgrade and Connection
   * @returns what the handler returns then; it is dropped
   * @throws {LocalProtocolError} `ERR_UPGRADE_FIELD` when that was not offered; `ERR_NO_UPGRADE` when content of the
   * request is left to read. Nothing was sent then: answer as usual
   */
  upgradeTo(name: string, protocol: Protocol, headers?: Readonly<Record<string, string>>): Response
}

/**
 * Answers one request.
 *
 * @public
 */
export type FetchHandler = (request: FetchRequest, context: FetchContext) => Response | Promise<Response>

/**
 * Takes what a handler threw; may answer in its place.
 *
 * @public
 */
export type FetchErrorHandler = (
  error: unknown,
  request: FetchRequest,
  context: FetchContext,
) => Response | void | Promise<Response | void>

/** What all exchanges of one server share. */
export interface FetchApplication {
  readonly handler: FetchHandler
  readonly onError: FetchErrorHandler
  readonly origins: OriginCache
}

/** A request on the channel that a Fetch-style handler answers. */
export class FetchExchange extends ChannelRequest implements FetchContext {
  readonly #application: FetchApplication
  #controller: AbortController | null = null

  constructor(channel: RequestChannel, head: RequestHead, application: FetchApplication) {
    super(channel, head)
    this.#application = application
  }

  get request(): ChannelRequest {
    return this
  }

  get peer(): Address {
    return this.channel.transport.getPeer()
  }

  get secure(): boolean {
    return this.channel.transport.isSecure()
  }

  /** As that of the channel's request, with an `AbortError` as its reason: what Fetch rejects with should be an error. */
  override get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController()
      if (this.lost !== null) this.#controller.abort(abortError(this.lost))
    }
    return this.#controller.signal
  }

  upgradeTo(name: string, protocol: Protocol, headers: Readonly<Record<string, string>> = {}): Response {
    const fields = Object.entries({ ...headers, Upgrade: name })
    try {
      this.setResponseCode(101)
      for (const [field, value] of fields) this.setHeader(field, value)
      this.upgrade(protocol)
    } catch (error) {
      if (!this.startedWriting) {
        this.setResponseCode(200)
        for (const [field] of fields) this.responseHeaders.removeHeader(field)
      }
      throw error
    }
    return new Response(null)
  }

  override process(): void | Promise<void> {
    // A response cannot hold what a 2xx to CONNECT promises: a tunnel (RFC 9110 §9.3.6).
    if (this.method === 'CONNECT') return this.#refuse(501)
    const origin = this.#findOrigin()
    return origin === undefined ? this.#refuse(400) : this.#answer(new LightRequest(this, origin))
  }

  override connectionLost(reason: ConnectionLost, error?: Error): void {
    super.connectionLost(reason, error)
    if (this.lost !== null) this.#controller?.abort(abortError(this.lost))
  }

  /** In this very turn, where the handler returns a response, and that can be sent as it is. */
  #answer(request: FetchRequest): void | Promise<void> {
    let returned: unknown
    try {
      returned = this.#application.handler(request, this)
      if (sendAtOnce(this, returned)) return undefined
    } catch (error) {
      return this.#handlerThrew(error, request)
    }
    return this.#answerLater(returned, request)
  }

  async #answerLater(returned: unknown, request: FetchRequest): Promise<void> {
    try {
      const response = returned instanceof Response ? returned : responseOf(await returned)
      await sendResponse(this, response)
    } catch (error) {
      await this.#handlerThrew(error, request)
    }
  }

  #handlerThrew(error: unknown, request: FetchRequest): void | Promise<void> {
    // Whatever fails after the client left fails because of it, as far as anybody can tell.
    return this.lost === null ? this.#failed(error, request) : undefined
  }

  /** Lets the application answer its own failure. Otherwise the channel does: with 500, or by breaking off. */
  async #failed(error: unknown, request: FetchRequest): Promise<void> {
    const response = await this.#application.onError(error, request, this)
    if (response === undefined || this.startedWriting) throw error
    for (const name of this.responseHeaders.names()) this.responseHeaders.removeHeader(name)
    await sendResponse(this, response)
  }

  #refuse(statusCode: number): void {
    this.setResponseCode(statusCode)
    this.finish()
  }

  #findOrigin(): string | undefined {
    const { target, head } = this
    const scheme = this.secure ? 'https' : 'http'
    const authority =
      head.authority === '' ? localAuthority(this.channel.transport.getHost()) : head.authority
    return findOrigin(this.#application.origins, scheme, authority, target)
  }
}

function responseOf(returned: unknown): Response {
  if (returned instanceof Object && 'status' in returned && 'headers' in returned) return returned as Response
  throw new TypeError('the handler returned no Response')
}

function abortError(lost: ConnectionLost): DOMException {
  const message = `the exchange ended before its response was complete (${lost.kind})`
  return new DOMException(message, { name: 'AbortError', cause: lost } as unknown as string)
}

/** What a client of HTTP/1.0 that sends no Host meant: where it connected to. */
function localAuthority(host: Address): string {
  if (host.family === 'IPv6') return `[${host.host}]:${host.port}`
  return host.family === 'IPv4' ? `${host.host}:${host.port}` : 'localhost'
}
