import type { Headers } from '@millrace/headers'
import type { DelayedCall, Protocol } from '@millrace/transport'
import type { ClientExchange } from './client-exchange.ts'
import type { UpstreamError } from './errors.ts'
import type { HTTPClientChannel } from './http-client-channel.ts'
import type { PreparedRequest } from './outgoing-request.ts'
import type { ResponseHandler } from './response-handler.ts'
import type { ResponseHead } from './response-head.ts'
import { mayRetry } from './retry-rule.ts'

/**
 * A request that a {@link Pool} looks after.
 *
 * @public
 */
export interface PendingRequest {
  /** The exchange, once there is a connection for it; another one after a retry. */
  readonly exchange: ClientExchange | null
  /** Cancels the request, wherever it is. No hook of its handler runs any more. */
  abort(): void
}

/** Who finds connections for requests. */
export interface RequestKeeper {
  /** Sends `request` again, on a connection that was never used. */
  retry(request: PooledRequest): void
  /** Nothing more will happen to `request`. */
  requestOver(request: PooledRequest): void
}

/** One request on its way through the pool, between its handler and the channel that carries it. */
export class PooledRequest implements ResponseHandler, PendingRequest {
  readonly request: PreparedRequest
  readonly handler: ResponseHandler
  /** There only when the handler has it: it is what makes a switch acceptable. */
  declare readonly switchProtocol?: (head: ResponseHead) => Protocol
  /** Ends the wait for a connection. */
  deadline: DelayedCall | null = null
  readonly #keeper: RequestKeeper
  #exchange: ClientExchange | null = null
  #isOver = false
  #wasRetried = false

  constructor(request: PreparedRequest, handler: ResponseHandler, keeper: RequestKeeper) {
    this.request = request
    this.handler = handler
    this.#keeper = keeper
    if (handler.switchProtocol !== undefined) this.switchProtocol = (head) => this.#switch(head)
  }

  get exchange(): ClientExchange | null {
    return this.#exchange
  }

  /** Whether it was aborted, or failed before it got a connection. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Sends the request. */
  runOn(channel: HTTPClientChannel): void {
    this.stopWaiting()
    channel.request(this.request, this)
  }

  /** There is no connection for it. */
  fail(error: UpstreamError): void {
    if (this.#isOver) return
    this.#end()
    this.handler.responseLost(error)
  }

  stopWaiting(): void {
    this.deadline?.cancel()
    this.deadline = null
  }

  abort(): void {
    if (this.#isOver) return
    this.#exchange?.abort()
    if (!this.#isOver) this.#end()
  }

  /** The exchange was aborted without us: no hook will run any more. */
  exchangeAborted(): void {
    if (!this.#isOver) this.#end()
  }

  requestStarted(exchange: ClientExchange): void {
    this.#exchange = exchange
    this.handler.requestStarted?.(exchange)
  }

  informationalReceived(head: ResponseHead): void {
    this.handler.informationalReceived?.(head)
  }

  responseReceived(head: ResponseHead): void {
    this.handler.responseReceived(head)
  }

  dataReceived(chunk: Uint8Array): void {
    this.handler.dataReceived(chunk)
  }

  responseDone(trailers: Headers | undefined): void {
    this.#end()
    this.handler.responseDone(trailers)
  }

  responseLost(error: UpstreamError): void {
    if (!this.#wasRetried && mayRetry(this.request, error)) {
      this.#wasRetried = true
      this.#exchange = null
      this.#keeper.retry(this)
      return
    }
    this.#end()
    this.handler.responseLost(error)
  }

  /** What follows is another protocol's, and no concern of the pool. */
  #switch(head: ResponseHead): Protocol {
    const successor = this.handler.switchProtocol!(head)
    if (!this.#isOver) this.#end()
    return successor
  }

  #end(): void {
    this.#isOver = true
    this.stopWaiting()
    this.#keeper.requestOver(this)
  }
}
