import type { Socket } from 'node:net'
import type { Address } from '@millrace/transport'

/** The other end of a socket; `path` is given for a unix socket. */
export function peerAddress(socket: Socket, path: string | undefined): Address {
  if (path !== undefined) return { family: 'unix', path }
  return internetAddress(socket.remoteFamily, socket.remoteAddress, socket.remotePort)
}

/** Our end of a socket; `path` is given for a unix socket. */
export function hostAddress(socket: Socket, path: string | undefined): Address {
  if (path !== undefined) return { family: 'unix', path }
  return internetAddress(socket.localFamily, socket.localAddress, socket.localPort)
}

/** The system forgets the addresses of a connection that is gone: an empty host and port 0 then. */
function internetAddress(family: string | undefined, host: string = '', port: number = 0): Address {
  return { family: family === 'IPv6' ? 'IPv6' : 'IPv4', host, port }
}
