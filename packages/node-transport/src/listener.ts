import { createServer, Socket } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { SecureContextOptions, Server as TlsServer, TLSSocket, TlsOptions } from 'node:tls'
import type { Address, Protocol } from '@millrace/transport'
import type { ListenOptions } from './listen-options.ts'
import { NodeTransport } from './node-transport.ts'
import type { NodeTransportOptions } from './node-transport.ts'

/**
 * A place where connections are accepted.
 *
 * @public
 */
export interface Listener {
  /** Where: with the port that was taken, when port 0 was asked for. */
  readonly address: Address
  /** The port; 0 of a unix socket. */
  readonly port: number
  /** The connections that are open now. A connection is gone from here when its protocol hears `connectionLost`. */
  readonly connections: ReadonlySet<NodeTransport>
  /** Whether connections are still accepted. */
  readonly listening: boolean
  /**
   * Accepts no more connections and frees the port or removes the socket file. Open connections go on; those still
   * in their TLS handshake are dropped.
   */
  close(): Promise<void>
  /**
   * Uses another key and certificate for the connections to come.
   *
   * @throws {TypeError} when this is no TLS listener
   */
  setSecureContext(options: SecureContextOptions): void
  /** Closes, and aborts the connections that are still open. */
  [Symbol.asyncDispose](): Promise<void>
}

const HANDSHAKE_TIMEOUT_MS = 30_000

/** A {@link Listener} over a server of Node. */
export class SocketListener implements Listener {
  readonly #factory: (transport: NodeTransport) => Protocol
  readonly #options: ListenOptions
  readonly #transportOptions: NodeTransportOptions
  readonly #server: Server
  readonly #tls: TlsServer | null
  readonly #connections: Set<NodeTransport> = new Set()
  readonly #handshaking: Set<Socket> = new Set()
  #address: Address | null = null

  constructor(factory: (transport: NodeTransport) => Protocol, options: ListenOptions) {
    this.#factory = factory
    this.#options = options
    const { path, onProtocolError, writeTurns } = options
    this.#transportOptions = {
      connections: this.#connections,
      ...(path === undefined ? {} : { path }),
      ...(onProtocolError === undefined ? {} : { onProtocolError }),
      ...(writeTurns === undefined ? {} : { writeTurns }),
    }
    this.#tls = options.tls === undefined ? null : this.#makeTls(options.tls)
    this.#server = createServer({ allowHalfOpen: true, noDelay: true })
    this.#server.on('connection', (socket) => this.#connected(socket))
  }

  get address(): Address {
    if (this.#address === null) throw new Error('not listening yet')
    return this.#address
  }

  get port(): number {
    return 'port' in this.address ? this.address.port : 0
  }

  get connections(): ReadonlySet<NodeTransport> {
    return this.#connections
  }

  get listening(): boolean {
    return this.#server.listening
  }

  /** Starts to accept; rejects with the system's error, and may then be called again. */
  async open(): Promise<void> {
    const server = this.#server
    const { path, backlog, port = 0, host, ipv6Only, reusePort } = this.#options
    const target = path === undefined ? { port, host, ipv6Only, reusePort, backlog } : { path, backlog }
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(target, () => {
        server.off('error', reject)
        resolve()
      })
    })
    server.on('error', (error) => this.#options.onConnectError?.(error))
    this.#address = listeningAddress(server)
  }

  async close(): Promise<void> {
    if (this.#server.listening) this.#server.close()
    for (const socket of this.#handshaking) socket.destroy()
  }

  setSecureContext(options: SecureContextOptions): void {
    if (this.#tls === null) throw new TypeError('this listener does not speak TLS')
    this.#tls.setSecureContext(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    for (const transport of this.#connections) transport.abortConnection()
  }

  /** It never listens itself: it is handed the connections of the one server, and hands them back encrypted. */
  #makeTls(options: TlsOptions): TlsServer {
    const defaults = { ALPNProtocols: ['http/1.1'], handshakeTimeout: HANDSHAKE_TIMEOUT_MS }
    const server = createTlsServer({ ...defaults, ...options, allowHalfOpen: true })
    server.on('secureConnection', (socket) => this.#secured(socket))
    server.on('tlsClientError', (error, socket) => {
      socket.destroy() // a handshake that took too long is only reported by Node
      this.#options.onConnectError?.(error)
    })
    return server
  }

  #connected(socket: Socket): void {
    if (this.#tls === null) {
      this.#accept(socket, this.#transportOptions)
      return
    }
    this.#handshaking.add(socket)
    socket.on('error', () => {}) // the TLS socket tells of it
    socket.on('close', () => this.#handshaking.delete(socket))
    this.#tls.emit('connection', socket)
  }

  #secured(socket: TLSSocket): void {
    const carrier = carrierOf(socket)
    if (carrier === undefined) return this.#accept(socket, this.#transportOptions)
    this.#handshaking.delete(carrier)
    this.#accept(socket, { ...this.#transportOptions, carrier })
  }

  #accept(socket: Socket, options: NodeTransportOptions): void {
    new NodeTransport(socket, options).connectWith(this.#factory)
  }
}

/** The socket below a TLS socket, which Node keeps under a private name; without it an abort is a plain close. */
function carrierOf(socket: TLSSocket): Socket | undefined {
  const carrier: unknown = Reflect.get(socket, '_parent')
  return carrier instanceof Socket ? carrier : undefined
}

function listeningAddress(server: Server): Address {
  const address = server.address() as AddressInfo | string
  if (typeof address === 'string') return { family: 'unix', path: address }
  return { family: address.family === 'IPv6' ? 'IPv6' : 'IPv4', host: address.address, port: address.port }
}
