import type { ConnectionLost } from '@millrace/transport'
import type { Phase } from './errors.ts'
import type { RequestChannel } from './request-channel.ts'
import type { Request } from './request.ts'

/**
 * What every event tells.
 *
 * @public
 */
export interface ChannelEvent {
  readonly channel: RequestChannel
  /** When: milliseconds of the channel's clock. */
  readonly atMs: number
}

/**
 * Part of an exchange is complete.
 *
 * @public
 */
export interface ExchangeEvent extends ChannelEvent {
  readonly request: Request
  /** How many octets it had. */
  readonly byteCount: number
}

/**
 * Something ended an exchange: the peer's mistake, or one of ours.
 *
 * @public
 */
export interface ErrorEvent extends ChannelEvent {
  readonly error: unknown
  /** What was being read, or `response` when the application failed. */
  readonly phase: Phase
  /** `null` when there is none yet. */
  readonly request: Request | null
  /** The status that is answered; `null` when nothing can be answered any more. */
  readonly status: number | null
}

/**
 * The connection is gone.
 *
 * @public
 */
export interface CloseEvent extends ChannelEvent {
  readonly reason: ConnectionLost
  /** Octets that came. */
  readonly receivedBytes: number
  /** Octets that the channel handed to the transport; those of a protocol that took over are not among them. */
  readonly sentBytes: number
}

/**
 * What happens on a connection, by name.
 *
 * @public
 */
export interface ChannelEvents {
  /** It stands. */
  connection: ChannelEvent
  /** The head of a request is complete and valid; it is dispatched next. Of mended heads, `byteCount` is the mended size. */
  head: ExchangeEvent
  /** All content of a request came; `byteCount` without its framing. A request without content has none. */
  body: ExchangeEvent
  /** The response to a request is complete and left, or leaves at the end of this turn; interim ones and head are counted. */
  response: ExchangeEvent
  error: ErrorEvent
  close: CloseEvent
}

/**
 * Where events of one kind go. A `Channel` of `node:diagnostics_channel` is one.
 *
 * @public
 */
export interface EventSink<Event> {
  /** Asked before anything is put together; may change at any time. */
  readonly hasSubscribers: boolean
  /** Runs inside the channel's turn and must not write to it. What it throws goes to `onError`. */
  publish(event: Event): void
}

/**
 * Where the events of a channel go, by name; those that are left out go nowhere.
 *
 * @public
 */
export type EventSinks = { readonly [Name in keyof ChannelEvents]?: EventSink<ChannelEvents[Name]> }

const NAMES: readonly string[] = [
  'connection',
  'head',
  'body',
  'response',
  'error',
  'close',
] satisfies (keyof ChannelEvents)[]

/** @throws {TypeError} when there is no event of that name, or nothing that takes it */
export function checkSinks(sinks: EventSinks | undefined): void {
  for (const [name, sink] of Object.entries(sinks ?? {})) {
    if (!NAMES.includes(name)) throw new TypeError(`there is no event ${name}; there are ${NAMES.join(', ')}`)
    if (sink !== undefined && typeof sink.publish !== 'function')
      throw new TypeError(`the sink of ${name} has no publish()`)
  }
}
