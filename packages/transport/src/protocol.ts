import type { Transport } from './transport.ts'

/**
 * Why a connection ended. A value, not an exception: losing a connection is not a programming error.
 *
 * @public
 */
export type ConnectionLost =
  /** Both sides finished sending, or we closed after everything was sent. */
  | { readonly kind: 'closed' }
  /** We gave up: `abortConnection()` was called. */
  | { readonly kind: 'aborted' }
  /** The peer broke the connection (TCP RST, a broken pipe). */
  | { readonly kind: 'reset'; readonly error?: unknown }
  /** The system or the security layer failed: a TLS alert, ETIMEDOUT, EHOSTUNREACH. */
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * One end of one connection, as its transport drives it.
 *
 * The order of calls is `makeConnection`, then any number of `dataReceived`, at most one
 * `readConnectionLost`, and exactly one `connectionLost`, after which nothing is called any more.
 *
 * @public
 */
export interface Protocol {
  /** Binds the protocol to its transport, once, before any byte; then runs {@link Protocol.connectionMade}. */
  makeConnection(transport: Transport): void
  /** The connection is ready: `transport` is set and may be written to. */
  connectionMade(): void
  /** Takes bytes in. The receiver may keep views of `bytes`: the transport never writes into them again. */
  dataReceived(bytes: Uint8Array): void
  /** The peer finished sending (a TCP FIN); writing is still possible. */
  readConnectionLost(): void
  /** The connection is gone in both directions. */
  connectionLost(reason: ConnectionLost): void
}
