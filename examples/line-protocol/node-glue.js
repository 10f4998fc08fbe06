/** @import { Socket, Server } from 'node:net' */
/** @import { Address, Clock, Protocol, Transport } from '@millrace/transport' */
import { createServer } from 'node:net'

/** How long a closed connection waits for the client to close too, so that it can read our last line. */
const LINGER_MS = 2_000

/** The time of this machine. @type {Clock} */
export const nodeClock = {
  now: () => performance.now(),
  wallTimeMs: () => Date.now(),
  callLater(delayMs, callback) {
    let active = true
    const timer = setTimeout(() => {
      active = false
      callback()
    }, delayMs)
    return {
      cancel() {
        active = false
        clearTimeout(timer)
      },
      get active() {
        return active
      },
    }
  },
}

/**
 * As much of a transport as a dialogue of short lines needs, to show that there is no secret in it. A real one is in
 * `@millrace/node-transport`.
 *
 * @implements {Transport}
 */
class SocketTransport {
  negotiatedProtocol = null
  disconnecting = false
  #socket

  /** @param {Socket} socket */
  constructor(socket) {
    this.#socket = socket
  }

  get bufferedBytes() {
    return this.#socket.writableLength
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    if (!this.disconnecting) this.#socket.write(bytes)
  }

  /** @param {readonly Uint8Array[]} parts */
  writeSequence(parts) {
    for (const part of parts) this.write(part)
  }

  loseConnection() {
    if (this.disconnecting) return
    this.disconnecting = true
    this.#socket.end()
    this.#socket.resume()
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref()
  }

  abortConnection() {
    this.disconnecting = true
    this.#socket.destroy()
  }

  closeWrite() {
    this.#socket.end()
  }

  pauseProducing() {
    this.#socket.pause()
  }

  resumeProducing() {
    this.#socket.resume()
  }

  stopProducing() {
    this.loseConnection()
  }

  /** @returns {never} */
  registerProducer() {
    throw new Error('a dialogue of short lines has no producer')
  }

  unregisterProducer() {}

  /** @returns {Address} */
  getPeer() {
    const { remoteAddress = '', remotePort = 0 } = this.#socket
    return { family: remoteAddress.includes(':') ? 'IPv6' : 'IPv4', host: remoteAddress, port: remotePort }
  }

  /** @returns {Address} */
  getHost() {
    const { localAddress = '', localPort = 0 } = this.#socket
    return { family: localAddress.includes(':') ? 'IPv6' : 'IPv4', host: localAddress, port: localPort }
  }

  isSecure() {
    return false
  }
}

/**
 * Runs one new protocol for each connection.
 *
 * @param {() => Protocol} makeProtocol
 * @returns {Server} not listening yet
 */
export function serveLines(makeProtocol) {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => connect(socket, makeProtocol()))
}

/**
 * @param {Socket} socket
 * @param {Protocol} protocol
 */
function connect(socket, protocol) {
  const transport = new SocketTransport(socket)
  /** @type {Error | null} */
  let failure = null
  socket.on('data', (bytes) => protocol.dataReceived(bytes))
  socket.on('end', () => protocol.readConnectionLost())
  socket.on('error', (error) => {
    failure = error
  })
  socket.on('close', () => {
    transport.disconnecting = true
    protocol.connectionLost(failure === null ? { kind: 'closed' } : { kind: 'reset', error: failure })
  })
  protocol.makeConnection(transport)
}
