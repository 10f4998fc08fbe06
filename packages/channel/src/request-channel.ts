import type { Clock, Consumer, Protocol, Transport } from '@millrace/transport'
import type { Output } from './output.ts'

/**
 * What a {@link Request} needs of its channel; {@link HTTPChannel} is the one that matters.
 *
 * @public
 */
export interface RequestChannel extends Consumer {
  readonly transport: Transport
  readonly clock: Clock
  /** Whether the connection is kept after the current response; once false it stays false. */
  persistent: boolean
  /** The `Date` field line of a response that is sent now, with its CRLF; empty when none is to be sent. */
  readonly dateLine: string
  /** What is to be sent in this turn. */
  readonly output: Output
  /** The request wants (more) content: reading goes on, and an expected `100 Continue` is sent. */
  contentWanted(): void
  /** The request holds as much content as it should: reading stops. */
  contentUnwanted(): void
  /** The response to `request` is as good as complete: decides what becomes of content that nobody read. */
  dropContent(request: object): void
  /** The head of the response to `request` is about to be written. @throws {LocalProtocolError} `ERR_NOT_CURRENT` */
  responseBegins(request: object): void
  /** Sends `head`, an interim response before the final one. @throws {LocalProtocolError} `ERR_NOT_CURRENT` */
  sendInterim(request: object, head: string): void
  /** Tells a client that waits for it to send the content of `request`; returns whether that was said now. */
  sendContinue(request: object): boolean
  /** Content was added to `output`: sees that it leaves; returns whether the peer keeps up. */
  wrote(): boolean
  /** Sees that what is in `output` leaves at the end of this turn; returns whether the peer keeps up. */
  flushSoon(): boolean
  /** The response is complete. */
  requestDone(request: object): void
  /** Hands the connection to `protocol`, with every byte that came after the request. */
  switchProtocol(request: object, protocol: Protocol): void
  loseConnection(): void
  abortConnection(): void
  /** Breaks the connection off inside a response; those before it, written in the same turn, still leave. */
  breakOff(): void
}
