import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Address, ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { lostReason } from './lost-reason.ts'
import { reportError } from './report-error.ts'
import { resetSocket } from './reset-socket.ts'
import { sharedReads } from './shared-read.ts'
import { hostAddress, peerAddress } from './socket-address.ts'
import { SocketWriter, type WriteOptions } from './socket-writer.ts'

/**
 * What a {@link NodeTransport} cannot learn from its socket.
 *
 * @public
 */
export interface NodeTransportOptions extends WriteOptions {
  /**
   * Takes what a callback of the protocol or of a producer threw. The connection is aborted by then, and no other
   * one is touched. What this function throws itself ends the process.
   *
   * @defaultValue prints the error
   */
  readonly onProtocolError?: (error: unknown) => void
  /** The socket that carries a TLS socket, when it is known: an abort then reaches the peer as a TCP reset. */
  readonly carrier?: Socket
  /** The path of a unix socket, by which both ends are known. @defaultValue none: the socket runs over IP */
  readonly path?: string
  /** Holds the transport as long as its connection is open: it is gone from here when its protocol hears of the loss. */
  readonly connections?: Set<NodeTransport>
}

/** The transport that a socket's events are for. A property costs less memory than a function for each event. */
const TRANSPORT = Symbol('transport')

/** Lets a socket read into the buffer that all share; made once, with the first transport. */
let readShared: ((socket: Socket) => boolean) | null = null

/**
 * A connected socket of Node as a transport: TCP, TLS or a unix socket.
 *
 * The socket must have been made with `allowHalfOpen: true`, and nobody else may read from it or write to it.
 *
 * Writing is paced by the socket's high-water mark: a push producer is paused when `write` reaches it and resumed
 * when all has left; a pull producer is asked for the next piece when all has left. After `loseConnection` what the
 * peer sends is read and dropped; the connection is closed as soon as our last octet and the end have been handed to
 * the system, whether the peer closes or not.
 *
 * @public
 */
export class NodeTransport extends SocketWriter<NodeTransportOptions> implements Transport {
  /** The socket that can be reset: our own or the one below TLS. `null`: there is none. */
  readonly #tcp: Socket | null
  #protocol: Protocol | null = null
  #peer: Address | null = null
  #host: Address | null = null
  /** Whether the connection is about to end: what arrives is dropped, and its end too. */
  #disconnecting = false
  #reason: ConnectionLost | null = null
  #lost = false

  /**
   * @param socket - connected; its TLS handshake, if any, is over
   * @param options - may be shared by many
   */
  constructor(socket: Socket, options: NodeTransportOptions = {}) {
    super(socket, options)
    const bottom = this.isSecure() ? options.carrier : socket
    this.#tcp = options.path === undefined && bottom !== undefined ? bottom : null
    options.connections?.add(this)
    Reflect.set(socket, TRANSPORT, this)
    socket.on('error', NodeTransport.#onError)
    socket.on('close', NodeTransport.#onClose)
    socket.on('drain', NodeTransport.#onDrain)
    if (options.carrier === undefined) return
    Reflect.set(options.carrier, TRANSPORT, this)
    options.carrier.on('error', NodeTransport.#onError)
  }

  static #of(socket: Socket): NodeTransport {
    return (socket as Socket & { [TRANSPORT]: NodeTransport })[TRANSPORT]
  }

  static #onError(this: Socket, error: Error): void {
    NodeTransport.#of(this).#failed(error)
  }

  static #onClose(this: Socket): void {
    NodeTransport.#of(this).#closed()
  }

  static #onDrain(this: Socket): void {
    NodeTransport.#of(this).drained()
  }

  static #onData(this: Socket, bytes: Uint8Array): void {
    NodeTransport.#of(this).#received(bytes)
  }

  static #onEnd(this: Socket): void {
    NodeTransport.#of(this).#ended()
  }

  /**
   * Gives the protocol its connection and starts reading.
   *
   * @throws {Error} when it has been done already
   */
  connect(protocol: Protocol): void {
    this.connectWith(() => protocol)
  }

  /**
   * Like {@link NodeTransport.connect}, with a protocol that is made for this connection. What the factory throws
   * aborts the connection like what a protocol throws.
   *
   * @throws {Error} when it has been done already
   */
  connectWith(factory: (transport: NodeTransport) => Protocol): void {
    if (this.#protocol !== null) throw new Error('this transport has a protocol already')
    this.guard(() => {
      this.#protocol = factory(this)
      this.#protocol.makeConnection(this)
    })
    if (this.#protocol !== null && !this.#disconnecting) this.#startReading()
  }

  loseConnection(): void {
    if (this.#disconnecting) return
    this.#disconnecting = true
    this.#stopReading()
    this.endWriting()
  }

  abortConnection(): void {
    if (this.#reason !== null || this.#lost) return
    this.#reason = { kind: 'aborted' }
    this.#disconnecting = true
    this.stopWriting()
    this.#stopReading()
    if (this.#tcp !== null) resetSocket(this.#tcp, this.socket)
    else this.socket.destroy()
  }

  closeWrite(): void {
    if (!this.#disconnecting) this.endWriting()
  }

  pauseProducing(): void {
    if (!this.#disconnecting) this.socket.pause()
  }

  resumeProducing(): void {
    if (!this.#disconnecting) this.socket.resume()
  }

  stopProducing(): void {
    this.loseConnection()
  }

  get disconnecting(): boolean {
    return this.#disconnecting
  }

  get negotiatedProtocol(): string | null {
    const { socket } = this
    return (socket instanceof TLSSocket && socket.alpnProtocol) || null
  }

  override get bufferedBytes(): number {
    return this.#reason === null && !this.#lost ? super.bufferedBytes : 0
  }

  getPeer(): Address {
    return (this.#peer ??= peerAddress(this.socket, this.options.path))
  }

  getHost(): Address {
    return (this.#host ??= hostAddress(this.socket, this.options.path))
  }

  isSecure(): boolean {
    return this.socket instanceof TLSSocket
  }

  #startReading(): void {
    this.socket.on('end', NodeTransport.#onEnd)
    readShared ??= sharedReads(NodeTransport.#onData)
    if (!readShared(this.socket)) this.socket.on('data', NodeTransport.#onData)
  }

  #received(bytes: Uint8Array): void {
    if (this.#disconnecting) return
    try {
      this.#protocol?.dataReceived(bytes)
    } catch (error) {
      this.#protocolFailed(error)
    }
  }

  #ended(): void {
    if (!this.#disconnecting) this.guard(() => this.#protocol?.readConnectionLost())
  }

  /** What arrives is read all the same, and dropped. */
  #stopReading(): void {
    // Octets that nobody read would make the system send a reset when it closes.
    this.socket.resume()
  }

  #failed(error: unknown): void {
    this.#reason ??= lostReason(error)
    this.#disconnecting = true
    this.stopWriting()
  }

  #closed(): void {
    const protocol = this.#protocol
    this.#lost = true
    this.#disconnecting = true
    this.options.connections?.delete(this)
    this.writingLost()
    if (protocol !== null) this.guard(() => protocol.connectionLost(this.#reason ?? { kind: 'closed' }))
  }

  protected override guard(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.#protocolFailed(error)
    }
  }

  #protocolFailed(error: unknown): void {
    this.abortConnection()
    const { onProtocolError = reportError } = this.options
    onProtocolError(error)
  }
}
