import type { Headers } from '@millrace/headers'
import type { Protocol } from '@millrace/transport'
import type { ClientExchange } from './client-exchange.ts'
import type { UpstreamError } from './errors.ts'
import type { ResponseHead } from './response-head.ts'

/**
 * Takes one response as it arrives. Everything is allowed inside its hooks: to abort, to pause, to send the next
 * request. What a hook throws ends the exchange and goes to `onHandlerError`.
 *
 * The order is `requestStarted`, any number of `informationalReceived`, `responseReceived`, any number of
 * `dataReceived`, `responseDone`; `responseLost` may come instead of any of them, and is the last one too. After
 * `abort()` nothing comes any more.
 *
 * @public
 */
export interface ResponseHandler {
  /**
   * The request is on its way and its content may be written. Runs again when a {@link Pool} has to send the request
   * on another connection, which only happens to requests without content, or with all of it at hand.
   */
  requestStarted?(exchange: ClientExchange): void
  /** An interim response (1xx but 101) came; the final one is still to come. */
  informationalReceived?(head: ResponseHead): void
  /** The head of the final response came. */
  responseReceived(head: ResponseHead): void
  /** The next piece of content, never empty; a view that stays valid. */
  dataReceived(chunk: Uint8Array): void
  /** The response is complete; `trailers` are those behind chunked content. */
  responseDone(trailers: Headers | undefined): void
  /** There will be no (complete) response. What came of it must not be taken for the whole. */
  responseLost(error: UpstreamError): void
  /**
   * The server agreed to another protocol (101 to an offered Upgrade, 2xx to CONNECT): gives the protocol that takes
   * the connection over, with every byte behind the head. Without this hook, such an answer is an error.
   */
  switchProtocol?(head: ResponseHead): Protocol
}
