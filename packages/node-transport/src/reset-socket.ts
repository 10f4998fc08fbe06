import type { Socket } from 'node:net'

/** What Node's own `resetAndDestroy()` sets before it destroys the socket. */
interface Resettable {
  resetAndClosing?: boolean
}

/**
 * Closes a TCP connection at once with a reset (RST): the peer must not take what it got for the whole.
 *
 * `socket.resetAndDestroy()` first waits until all that is queued has left, which a peer that stopped reading
 * prevents for ever. So this sets what that method sets and destroys right away; a Node that no longer looks at the
 * flag closes without a reset.
 *
 * @param tcp - the TCP socket itself: below TLS when there is TLS
 * @param top - the socket that is written to: `tcp`, or the TLS socket over it
 */
export function resetSocket(tcp: Socket, top: Socket): void {
  // The system refuses to reset while it is shutting down the write side; that lasts a turn of the event loop.
  const isShuttingDown = top.writableEnded && top.writableLength === 0 && !top.writableFinished
  if (!isShuttingDown) (tcp as Resettable).resetAndClosing = true
  tcp.destroy()
}
