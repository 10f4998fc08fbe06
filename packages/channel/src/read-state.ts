/**
 * What the channel is reading: the peer's half of an exchange.
 *
 * - `idle`: between requests, not a byte of the next one seen
 * - `head`: part of a head was read
 * - `body`: the head was dispatched, content is arriving or owed
 * - `done`: the request is complete, its response is not; what follows waits
 * - `lingering`: our last byte was sent and our direction closed; what still comes is discarded
 * - `switched`: another protocol owns the bytes
 * - `closed`: the connection is lost
 *
 * @public
 */
export type ReadState = 'idle' | 'head' | 'body' | 'done' | 'lingering' | 'switched' | 'closed'

/**
 * Every legal move; `http-channel.ts` is the only place that makes them, and a test watches that it makes no other.
 *
 * @public
 */
export const TRANSITIONS: Readonly<Record<ReadState, readonly ReadState[]>> = {
  idle: ['head', 'body', 'done', 'switched', 'lingering', 'closed'],
  head: ['body', 'done', 'switched', 'lingering', 'closed'],
  body: ['done', 'lingering', 'closed'],
  done: ['idle', 'switched', 'lingering', 'closed'],
  lingering: ['closed'],
  switched: ['closed'],
  closed: [],
}
