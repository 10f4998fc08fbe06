import type { TlsOptions } from 'node:tls'
import type { Protocol, Transport } from '@millrace/transport'
import { listenError } from './errors.ts'
import { SocketListener } from './listener.ts'
import type { Listener } from './listener.ts'
import { errorCode } from './lost-reason.ts'
import { removeStaleSocket } from './unix-socket.ts'

/**
 * What a factory may know about a connection before it chooses the protocol.
 *
 * @public
 */
export type ConnectionInfo = Pick<Transport, 'getPeer' | 'getHost' | 'isSecure' | 'negotiatedProtocol'>

/**
 * Where to listen, and how.
 *
 * @public
 */
export interface ListenOptions {
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

/**
 * Accepts connections.
 *
 * @param factory - makes the protocol of each connection, when its TLS handshake, if any, is over; when it throws,
 *   that connection is aborted and the error goes to `onProtocolError`
 * @returns once connections are accepted
 * @throws {TransportError} `ERR_LISTEN_IN_USE`, `ERR_LISTEN_DENIED`, `ERR_LISTEN_UNAVAILABLE`, `ERR_LISTEN_FAILED`
 * @throws {RangeError} when `port` is not an integer, 0–65535
 * @throws {TypeError} when `path` comes with `port` or `host`, or the key or certificate is not one
 * @public
 */
export async function listen(
  factory: (info: ConnectionInfo) => Protocol,
  options: ListenOptions = {},
): Promise<Listener> {
  const { port = 0, host, path } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError('port must be an integer, 0–65535')
  if (path !== undefined && (host !== undefined || options.port !== undefined)) {
    throw new TypeError('a path takes neither port nor host')
  }
  const listener = new SocketListener(factory, options)
  try {
    await listener.open()
  } catch (error) {
    const isLeftOver =
      path !== undefined && errorCode(error) === 'EADDRINUSE' && (await removeStaleSocket(path))
    if (!isLeftOver) throw listenError(where(options), error)
    await listener.open().catch((again: unknown) => Promise.reject(listenError(where(options), again)))
  }
  return listener
}

function where({ port = 0, host = '*', path }: ListenOptions): string {
  return path ?? `${host}:${port}`
}
