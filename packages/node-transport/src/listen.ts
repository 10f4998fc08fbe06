import type { Protocol, Transport } from '@millrace/transport'
import { listenError } from './errors.ts'
import type { ListenOptions } from './listen-options.ts'
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
