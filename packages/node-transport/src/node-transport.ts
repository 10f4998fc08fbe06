import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type {
  Address,
  ConnectionLost,
  Protocol,
  PullProducer,
  PushProducer,
  Transport,
} from '@millrace/transport'
import { lostReason } from './lost-reason.ts'
import { reportError } from './report-error.ts'
import { resetSocket } from './reset-socket.ts'
import { sharedReads } from './shared-read.ts'
import { hostAddress, peerAddress } from './socket-address.ts'

/**
 * What a {@link NodeTransport} cannot learn from its socket.
 *
 * @public
 */
export interface NodeTransportOptions {
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
 * Up to here the parts of a sequence are copied together, which costs less than a writev (about 1 µs instead of 6):
 * Node cuts buffers below 4 KiB from a pool, and allocates larger ones one by one.
 */
const COPIED_SEQUENCE_BYTES = 4_095

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
export class NodeTransport implements Transport {
  readonly negotiatedProtocol: string | null
  readonly #socket: Socket
  /** The socket that can be reset: `#socket` itself or the one below TLS. `null`: there is none. */
  readonly #tcp: Socket | null
  readonly #secure: boolean
  readonly #path: string | undefined
  readonly #onProtocolError: (error: unknown) => void
  readonly #connections: Set<NodeTransport> | undefined
  #protocol: Protocol | null = null
  #peer: Address | null = null
  #host: Address | null = null

  /** Whether `write` still takes octets. */
  #writing = true
  /** Whether our direction is to end when there is no producer (any more). */
  #ending = false
  #disconnecting = false
  #reason: ConnectionLost | null = null
  #lost = false

  #push: PushProducer | null = null
  #pull: PullProducer | null = null
  /** Push: it was paused. Pull: it has written and wants to be asked for more. */
  #producerWaits = false

  /** Whether what arrives is dropped, and its end too. */
  #dropping = false

  /** @param socket - connected; its TLS handshake, if any, is over */
  constructor(socket: Socket, options: NodeTransportOptions = {}) {
    this.#socket = socket
    this.#secure = socket instanceof TLSSocket
    this.negotiatedProtocol = (socket instanceof TLSSocket && socket.alpnProtocol) || null
    this.#path = options.path
    const bottom = this.#secure ? options.carrier : socket
    this.#tcp = this.#path === undefined && bottom !== undefined ? bottom : null
    this.#onProtocolError = options.onProtocolError ?? reportError
    this.#connections = options.connections
    this.#connections?.add(this)
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
    NodeTransport.#of(this).#drained()
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
    this.#guard(() => {
      this.#protocol = factory(this)
      this.#protocol.makeConnection(this)
    })
    if (this.#protocol !== null && !this.#disconnecting) this.#startReading()
  }

  write(bytes: Uint8Array): void {
    if (!this.#writing || bytes.length === 0) return
    if (this.#pull !== null) this.#writePulled(bytes)
    else if (!this.#socket.write(bytes) && this.#push !== null) this.#pausePush(this.#push)
  }

  /** Node sends a string from the stack, without a buffer in between. */
  writeLatin1(text: string): void {
    if (!this.#writing || text === '') return
    if (this.#pull !== null) this.#writePulled(Buffer.from(text, 'latin1'))
    else if (!this.#socket.write(text, 'latin1') && this.#push !== null) this.#pausePush(this.#push)
  }

  writeSequence(parts: readonly Uint8Array[]): void {
    if (!this.#writing) return
    if (parts.length === 1) return this.write(parts[0]!)
    let totalBytes = 0
    for (const part of parts) totalBytes += part.length
    if (totalBytes <= COPIED_SEQUENCE_BYTES) return this.write(Buffer.concat(parts, totalBytes))
    const socket = this.#socket
    socket.cork() // until all parts are there, so that they leave in one writev
    for (const part of parts) this.write(part)
    socket.uncork()
  }

  loseConnection(): void {
    if (this.#disconnecting) return
    this.#disconnecting = true
    this.#stopReading()
    this.#ending = true
    this.#endWhenAlone()
  }

  abortConnection(): void {
    if (this.#reason !== null || this.#lost) return
    this.#reason = { kind: 'aborted' }
    this.#disconnecting = true
    this.#writing = false
    this.#stopReading()
    if (this.#tcp !== null) resetSocket(this.#tcp, this.#socket)
    else this.#socket.destroy()
  }

  closeWrite(): void {
    if (this.#ending || this.#disconnecting) return
    this.#ending = true
    this.#endWhenAlone()
  }

  pauseProducing(): void {
    if (!this.#disconnecting) this.#socket.pause()
  }

  resumeProducing(): void {
    if (!this.#disconnecting) this.#socket.resume()
  }

  stopProducing(): void {
    this.loseConnection()
  }

  registerProducer(producer: PushProducer, streaming: true): void
  registerProducer(producer: PullProducer, streaming: false): void
  registerProducer(producer: PushProducer | PullProducer, streaming: boolean): void {
    if (this.#push !== null || this.#pull !== null) {
      throw new Error('a producer is registered already: unregister it first')
    }
    if (this.#ending || !this.#writing) {
      this.#guard(() => producer.stopProducing())
    } else if (streaming) {
      this.#push = producer as PushProducer
      if (this.#socket.writableNeedDrain) this.#pausePush(this.#push)
    } else {
      this.#pull = producer
      this.#guard(() => producer.resumeProducing())
    }
  }

  unregisterProducer(): void {
    this.#push = null
    this.#pull = null
    this.#producerWaits = false
    if (this.#ending) this.#endWhenAlone()
  }

  get disconnecting(): boolean {
    return this.#disconnecting
  }

  get bufferedBytes(): number {
    return this.#reason === null && !this.#lost ? this.#socket.writableLength : 0
  }

  getPeer(): Address {
    return (this.#peer ??= peerAddress(this.#socket, this.#path))
  }

  getHost(): Address {
    return (this.#host ??= hostAddress(this.#socket, this.#path))
  }

  isSecure(): boolean {
    return this.#secure
  }

  #startReading(): void {
    this.#socket.on('end', NodeTransport.#onEnd)
    readShared ??= sharedReads(NodeTransport.#onData)
    if (!readShared(this.#socket)) this.#socket.on('data', NodeTransport.#onData)
  }

  #received(bytes: Uint8Array): void {
    if (this.#dropping) return
    try {
      this.#protocol?.dataReceived(bytes)
    } catch (error) {
      this.#protocolFailed(error)
    }
  }

  #ended(): void {
    if (!this.#dropping) this.#guard(() => this.#protocol?.readConnectionLost())
  }

  /** Ends our direction, or the whole connection, once there is no producer to wait for. */
  #endWhenAlone(): void {
    if (this.#push !== null || this.#pull !== null || this.#lost) return
    this.#writing = false
    if (this.#disconnecting) this.#socket.destroySoon()
    else this.#socket.end()
  }

  /** From here on what arrives is dropped. */
  #stopReading(): void {
    this.#dropping = true
    // Octets that nobody read would make the system send a reset when it closes.
    this.#socket.resume()
  }

  #pausePush(producer: PushProducer): void {
    if (this.#producerWaits) return
    this.#producerWaits = true
    this.#guard(() => producer.pauseProducing())
  }

  #drained(): void {
    const producer = this.#push
    if (producer === null || !this.#producerWaits) return
    this.#producerWaits = false
    this.#guard(() => producer.resumeProducing())
  }

  /** A pull producer is served piece by piece: `drain`, which a short piece does not cause, is not enough. */
  #writePulled(bytes: Uint8Array): void {
    this.#producerWaits = true
    this.#socket.write(bytes, (error) => {
      const producer = this.#pull
      if (error || producer === null || !this.#producerWaits || this.#socket.writableLength > 0) return
      this.#producerWaits = false
      this.#guard(() => producer.resumeProducing())
    })
  }

  #failed(error: unknown): void {
    this.#reason ??= lostReason(error)
    this.#disconnecting = true
    this.#writing = false
  }

  #closed(): void {
    const producer = this.#push ?? this.#pull
    const protocol = this.#protocol
    this.#lost = true
    this.#disconnecting = true
    this.#writing = false
    this.#connections?.delete(this)
    this.unregisterProducer()
    if (producer !== null) this.#guard(() => producer.stopProducing())
    if (protocol !== null) this.#guard(() => protocol.connectionLost(this.#reason ?? { kind: 'closed' }))
  }

  #guard(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.#protocolFailed(error)
    }
  }

  #protocolFailed(error: unknown): void {
    this.abortConnection()
    this.#onProtocolError(error)
  }
}
