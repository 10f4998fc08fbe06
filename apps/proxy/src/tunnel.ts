import { Deadlines } from '@millrace/timeout'
import type { Clock, ConnectionLost, Protocol, PushProducer, Transport } from '@millrace/transport'

/**
 * Two connections that are one: what comes in at one end goes out at the other. Each end is read only as fast as the
 * other one takes, each direction ends by itself, and a tunnel that is silent for too long is closed.
 */
export class Tunnel {
  /** Faces the client. */
  readonly near: TunnelEnd
  /** Faces the server. */
  readonly far: TunnelEnd
  readonly #deadlines: Deadlines<'idle'>
  readonly #idleTimeoutMs: number

  /**
   * @param onConnected - runs when the far end has its connection; gives the near end its own
   */
  constructor(clock: Clock, idleTimeoutMs: number, onConnected: (tunnel: Tunnel) => void) {
    this.near = new TunnelEnd(this, () => this.#join())
    this.far = new TunnelEnd(this, () => onConnected(this))
    this.#idleTimeoutMs = idleTimeoutMs
    this.#deadlines = new Deadlines(clock, () => this.#expired())
  }

  /** Something went through. */
  touch(): void {
    this.#deadlines.touch('idle')
  }

  /** The end that is not `end`. */
  otherEnd(end: TunnelEnd): TunnelEnd {
    return end === this.near ? this.far : this.near
  }

  /** One end is gone. */
  ended(): void {
    this.#deadlines.clear()
  }

  /** Both ends are connected: each is the other's producer. */
  #join(): void {
    this.#deadlines.idle('idle', this.#idleTimeoutMs)
    this.near.transport?.registerProducer(this.far, true)
    this.far.transport?.registerProducer(this.near, true)
  }

  #expired(): void {
    this.near.transport?.abortConnection()
    this.far.transport?.abortConnection()
  }
}

/** One end of a {@link Tunnel}; as a producer, what comes in at it. */
export class TunnelEnd implements Protocol, PushProducer {
  transport: Transport | null = null
  readonly #tunnel: Tunnel
  readonly #onConnected: () => void

  constructor(tunnel: Tunnel, onConnected: () => void) {
    this.#tunnel = tunnel
    this.#onConnected = onConnected
  }

  makeConnection(transport: Transport): void {
    this.transport = transport
    this.connectionMade()
  }

  connectionMade(): void {
    this.#onConnected()
  }

  dataReceived(bytes: Uint8Array): void {
    this.#tunnel.touch()
    this.#other?.write(bytes)
  }

  /** Nothing more comes from this side; the other direction goes on. */
  readConnectionLost(): void {
    this.#tunnel.touch()
    const other = this.#other
    other?.unregisterProducer() // it would wait for more
    other?.closeWrite()
  }

  connectionLost(reason: ConnectionLost): void {
    this.#tunnel.ended()
    const other = this.#other
    other?.unregisterProducer()
    if (reason.kind === 'closed') other?.loseConnection()
    else other?.abortConnection()
  }

  pauseProducing(): void {
    this.transport?.pauseProducing()
  }

  resumeProducing(): void {
    this.transport?.resumeProducing()
  }

  /** The other end is gone: how, and what follows from it, is what its `connectionLost` says. */
  stopProducing(): void {}

  get #other(): Transport | null {
    return this.#tunnel.otherEnd(this).transport
  }
}
