import type { TlsOptions } from 'node:tls'
import type { WriteOptions } from './socket-writer.ts'

/**
 * Where to listen, and how.
 *
 * @public
 */
export interface ListenOptions extends WriteOptions {
  /** 0–65535; 0 takes a free one. @defaultValue 0 */
  readonly port?: number
  /** An address of this machine, or a name of one. @defaultValue all addresses, IPv6 and IPv4 */
  readonly host?: string
  /**
   * The path of a unix socket, instead of `port` and `host`. A socket file at which no process listens any more is
   * replaced; the own file is removed on close.
   */
  readonly path?: string
  /** How many connections the system holds for us until we accept them. @defaultValue 511, as Node's */
  readonly backlog?: number
  /** Whether an IPv6 address takes no IPv4 connections. @defaultValue `false` */
  readonly ipv6Only?: boolean
  /**
   * Whether several processes may listen at the same port, the system spreading the connections (Node 22.12 or newer
   * on Linux).
   *
   * @defaultValue `false`
   */
  readonly reusePort?: boolean
  /**
   * Speaks TLS: `key`, `cert` and whatever else Node's `tls.createServer` takes. Unless given, `ALPNProtocols` is
   * `['http/1.1']` and `handshakeTimeout` 30,000 ms, as a peer that never finishes its handshake holds a socket.
   *
   * @defaultValue none: plain bytes
   */
  readonly tls?: TlsOptions
  /** Takes what the factory, or a callback of a protocol or producer, threw. @defaultValue prints the error */
  readonly onProtocolError?: (error: unknown) => void
  /**
   * Takes what kept a connection from being made: a failed TLS handshake, no file descriptor left to accept with.
   *
   * @defaultValue nothing: no protocol is concerned, and scanners cause many
   */
  readonly onConnectError?: (error: Error) => void
}
