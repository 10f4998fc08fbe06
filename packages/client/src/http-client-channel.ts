import type { Headers } from '@millrace/headers'
import type { Protocol } from '@millrace/transport'
import { ClientConnection } from './client-connection.ts'
import { ClientExchange } from './client-exchange.ts'
import type { ExchangeLink } from './client-exchange.ts'
import { RequestError, UpstreamError } from './errors.ts'
import { HandlerCalls } from './handler-calls.ts'
import { settleOptions } from './options.ts'
import type { ClientChannelOptions, ClientSettings } from './options.ts'
import { PreparedRequest } from './outgoing-request.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { isSwitchOffered, isTunnel, keepAliveHint, keepsConnection } from './response-decisions.ts'
import type { ResponseHandler } from './response-handler.ts'
import type { ResponseHead } from './response-head.ts'

const NOTHING = new Uint8Array(0)

/**
 * Who keeps a channel while it is not in use.
 *
 * @public
 */
export interface ClientChannelOwner {
  /** The connection can be used again. Runs before the handler hears that its response is done. */
  channelIdle(channel: HTTPClientChannel): void
  /** The connection cannot be used any more, or was handed over. Runs once, before the handler hears why. */
  channelClosed(channel: HTTPClientChannel): void
}

/**
 * One HTTP/1.1 connection in the client role, without I/O: one request at a time, its response streamed to a
 * {@link ResponseHandler}.
 *
 * @public
 */
export class HTTPClientChannel extends ClientConnection {
  /** Who is told when the channel is free or gone. */
  owner: ClientChannelOwner | null = null

  readonly #settings: ClientSettings
  readonly #calls: HandlerCalls
  readonly #link: ExchangeLink
  /** What is under way; both are there or none. */
  #exchange: ClientExchange | null = null
  #handler: ResponseHandler | null = null
  #exchangeCount = 0
  /** Whether the connection may be kept behind the current response, as far as is known. */
  #keep = false
  #informationalCount = 0
  #keepAliveMs: number | null = null

  constructor(options: ClientChannelOptions) {
    const settings = settleOptions(options)
    super(settings)
    this.#settings = settings
    this.#calls = new HandlerCalls(settings.clock, settings.onHandlerError, () => this.#abortExchange())
    this.outlet.roomChanged = (full) => this.#exchange?.roomChanged(full)
    this.#link = {
      outlet: this.outlet,
      requestSent: () => this.#requestSent(),
      pauseResponse: () => this.pauseProducing(),
      resumeResponse: () => this.resumeProducing(),
      abort: () => this.#abortExchange(),
    }
  }

  /** How many requests were begun on this connection. */
  get exchangeCount(): number {
    return this.#exchangeCount
  }

  /** How long the server says it keeps the connection while it is not used, in milliseconds; `null`: it does not say. */
  get keepAliveMs(): number | null {
    return this.#keepAliveMs
  }

  protected get requestMethod(): string {
    return this.#exchange?.request.method ?? ''
  }

  /**
   * Begins a request. Content that is not at hand is written to the exchange, which is handed to
   * `handler.requestStarted` and then returned.
   *
   * @throws {RequestError} `ERR_REQUEST_BUSY`, `ERR_REQUEST_METHOD`, `ERR_REQUEST_TARGET`, `ERR_REQUEST_HOST`,
   * `ERR_REQUEST_FRAMING_FIELD`, `ERR_REQUEST_LENGTH_EXCEEDED`, `ERR_REQUEST_LENGTH_SHORT`
   * @throws {RangeError} on a content length that is none
   */
  request(request: OutgoingRequest, handler: ResponseHandler): ClientExchange {
    if (!this.usable) throw new RequestError('ERR_REQUEST_BUSY')
    const prepared = request instanceof PreparedRequest ? request : new PreparedRequest(request)
    const exchange = new ClientExchange(prepared, this.#exchangeCount > 0, this.#link)
    this.#exchange = exchange
    this.#handler = handler
    this.#exchangeCount += 1
    // Behind an Upgrade that was not taken nobody knows what the server makes of the next octets.
    const { headers } = prepared
    this.#keep = !headers.hasToken('connection', 'close') && !headers.hasToken('connection', 'upgrade')
    this.answered = false
    this.#informationalCount = 0
    this.become('head')
    this.setTimeout(this.#settings.idleTimeoutMs)
    exchange.begin()
    this.#calls.run(() => handler.requestStarted?.(exchange))
    return exchange
  }

  #requestSent(): void {
    if (this.state !== 'head') return
    this.outlet.hasProgressed()
    this.setTimeout(this.#settings.headTimeoutMs)
  }

  #abortExchange(): void {
    this.#exchange?.markAborted()
    this.close()
    this.transport.abortConnection()
  }

  /** Sends what was written and closes; an exchange that is not over is lost. */
  override loseConnection(): void {
    if (this.state === 'switched') return
    const error = this.lossError()
    const handler = this.#handler
    this.close()
    this.transport.loseConnection()
    this.#calls.runLast(() => handler?.responseLost(error))
  }

  /** Runs when nothing happened for as long as the present state allows. */
  override timeoutConnection(): void {
    const exchange = this.#exchange
    if (exchange === null) {
      this.loseConnection()
      return
    }
    const unsent = this.outlet.unsentBytes
    const hasProgressed = this.outlet.hasProgressed()
    // It is not the server that is slow while we do not read, or have nothing to send.
    const isOurs = this.paused || (unsent === 0 && !exchange.requestSent)
    if (hasProgressed || isOurs) this.setTimeout(this.timeOut)
    else if (unsent > 0) this.fail(new UpstreamError('ERR_UPSTREAM_SEND_TIMEOUT'))
    else if (this.state === 'head') this.fail(new UpstreamError('ERR_UPSTREAM_HEAD_TIMEOUT'))
    else this.fail(new UpstreamError('ERR_UPSTREAM_IDLE_TIMEOUT'))
  }

  // --- the response

  protected override headReceived(head: ResponseHead): void {
    const { statusCode } = head
    if (statusCode === 101 || isTunnel(this.requestMethod, statusCode)) {
      this.#switch(head)
    } else if (statusCode < 200) {
      this.#informationalReceived(head)
    } else {
      this.#finalHeadReceived(head)
    }
  }

  #informationalReceived(head: ResponseHead): void {
    this.#informationalCount += 1
    if (this.#informationalCount > this.#settings.maxInformational) {
      throw new UpstreamError('ERR_UPSTREAM_INFORMATIONAL_COUNT')
    }
    this.resetTimeout()
    this.#calls.run(() => this.#handler?.informationalReceived?.(head))
  }

  #finalHeadReceived(head: ResponseHead): void {
    const handler = this.#handler
    this.#keep &&= keepsConnection(head)
    this.#keepAliveMs = keepAliveHint(head.headers)
    this.become('content')
    this.setTimeout(this.#settings.idleTimeoutMs)
    const hasContent = this.expectContent(head)
    this.#calls.run(() => handler?.responseReceived(head))
    if (!hasContent && this.#handler === handler) this.contentEnded(NOTHING, undefined)
  }

  protected override contentReceived(chunk: Uint8Array): void {
    try {
      this.#handler?.dataReceived(chunk) // none when a hook aborted: the rest of this read has no taker
    } catch (error) {
      this.#calls.failed(error)
    }
  }

  protected override contentEnded(rest: Uint8Array, trailers: Headers | undefined): void {
    const handler = this.#handler
    const wasSent = this.#exchange?.requestSent === true
    const isClean = rest.length === 0 && this.lineBuffer.length === 0 && !this.peerFinished
    if (this.#keep && wasSent && isClean && !this.transport.disconnecting) {
      this.release()
    } else {
      this.close()
      // A request that was cut short must not look complete: nobody waits for its rest either.
      if (wasSent) this.transport.loseConnection()
      else this.transport.abortConnection()
    }
    this.#calls.runLast(() => handler?.responseDone(trailers))
  }

  #switch(head: ResponseHead): void {
    const handler = this.#handler
    const exchange = this.#exchange as ClientExchange
    const isWanted = handler?.switchProtocol !== undefined && exchange.requestSent
    if (!isWanted || !isSwitchOffered(exchange.request, head)) throw new UpstreamError('ERR_UPSTREAM_SWITCH')
    let successor: Protocol | null = null
    this.#calls.run(() => {
      successor = handler.switchProtocol?.(head) ?? null
    })
    if (this.#handler === handler && successor !== null) this.handOver(successor)
  }

  // --- what goes wrong

  protected override fail(error: UpstreamError): void {
    const handler = this.#handler
    this.close()
    this.transport.abortConnection()
    this.#calls.runLast(() => handler?.responseLost(error))
  }

  protected override lossError(cause?: unknown): UpstreamError {
    if (this.inContent) return new UpstreamError('ERR_UPSTREAM_TRUNCATED', undefined, cause)
    const isStale = this.#exchange?.reused === true && !this.answered
    return new UpstreamError(isStale ? 'ERR_UPSTREAM_STALE' : 'ERR_UPSTREAM_CLOSED', undefined, cause)
  }

  protected override endExchange(): void {
    const exchange = this.#exchange
    this.#exchange = null
    this.#handler = null
    exchange?.end()
  }

  protected override tellIdle(): void {
    if (this.owner === null) this.setTimeout(null)
    else this.owner.channelIdle(this)
  }

  protected override tellClosed(): void {
    this.owner?.channelClosed(this)
  }
}
