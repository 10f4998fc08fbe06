import type { Address } from './address.ts'
import type { Consumer } from './producer.ts'

/**
 * The byte stream below a protocol: a socket, a TLS session, a memory pipe.
 *
 * After the connection is lost every method is a no-op: a protocol that is late never throws.
 *
 * @public
 */
export interface Transport extends Consumer {
  /** Queues `bytes` for sending, in order. The transport takes them over: do not change them afterwards. */
  write(bytes: Uint8Array): void
  /** Queues several pieces as one: they leave in one system call where the platform can. */
  writeSequence(parts: readonly Uint8Array[]): void

  /**
   * Queues text of characters up to U+00FF, one octet for each. Only there where it is cheaper than to make bytes of the
   * text first: a sender looks for it and falls back on {@link Transport.write}.
   */
  writeLatin1?(text: string): void

  /** Sends all that is queued (waiting for a registered producer to unregister), then closes both directions. */
  loseConnection(): void
  /** Closes at once; what is queued is dropped. `connectionLost` gets `{ kind: 'aborted' }`. */
  abortConnection(): void
  /** Sends all that is queued, then finishes our direction (a TCP FIN). Reading goes on. */
  closeWrite(): void

  /** Asks for no more `dataReceived` until {@link Transport.resumeProducing}. What was read already may still arrive. */
  pauseProducing(): void
  resumeProducing(): void
  /** The same as {@link Transport.loseConnection}: the transport as a producer is told to stop. */
  stopProducing(): void

  /** Whether `loseConnection` or `abortConnection` was called, or the connection is gone. */
  readonly disconnecting: boolean
  /** Bytes taken over by `write` that the system has not taken from us yet. */
  readonly bufferedBytes: number

  /** The other end. */
  getPeer(): Address
  /** Our end. */
  getHost(): Address
  /** Whether the bytes travel encrypted (TLS). */
  isSecure(): boolean
  /** The protocol agreed by ALPN (RFC 7301), `null` when there was no agreement or no TLS. */
  readonly negotiatedProtocol: string | null
}
