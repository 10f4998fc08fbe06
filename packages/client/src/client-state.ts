/**
 * What a client channel waits for.
 *
 * - `connecting`: the connection is not made yet
 * - `idle`: it stands, and the next request can be sent
 * - `head`: a request was begun, its response not
 * - `content`: the head of the response was read, its content is coming
 * - `switched`: another protocol owns the bytes
 * - `closed`: no request can be sent any more
 *
 * @public
 */
export type ClientState = 'connecting' | 'idle' | 'head' | 'content' | 'switched' | 'closed'

/**
 * Every legal move; the channel makes no other.
 *
 * @public
 */
export const CLIENT_TRANSITIONS: Readonly<Record<ClientState, readonly ClientState[]>> = {
  connecting: ['idle', 'closed'],
  idle: ['head', 'closed'],
  head: ['content', 'switched', 'closed'],
  content: ['idle', 'closed'],
  switched: ['closed'],
  closed: [],
}
