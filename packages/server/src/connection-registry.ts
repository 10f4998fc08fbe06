import type { HTTPChannel } from '@millrace/channel'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'

/** The live channels of one server: who is there, whether more may come, and when the last one left. */
export class ConnectionRegistry {
  readonly #channels: Set<HTTPChannel> = new Set()
  /** Connections that have no channel yet: it is not known whose they are. */
  readonly #arriving: Set<Transport> = new Set()
  readonly #maxConnections: number
  /** How long a connection may stay between two requests; `null`: as long as its own deadlines let it. */
  #idleGraceMs: number | null = null
  #waiting: (() => void)[] = []

  constructor(maxConnections: number) {
    this.#maxConnections = maxConnections
  }

  /** The channels whose connection is open. */
  get channels(): ReadonlySet<HTTPChannel> {
    return this.#channels
  }

  /** Gives the protocol to run on a fresh connection: `channel`, watched. */
  admit(channel: HTTPChannel): Protocol {
    return new WatchedChannel(channel, this)
  }

  /** A connection stands that has no channel yet. Returns whether it may stay. */
  arrive(transport: Transport): boolean {
    if (this.#isFull()) return false
    this.#arriving.add(transport)
    return true
  }

  /** The channel of a connection is about to enter. */
  arrived(transport: Transport): void {
    this.#arriving.delete(transport)
  }

  /** A connection is gone, whether it had got its channel or not. */
  gone(transport: Transport): void {
    this.#arriving.delete(transport)
    this.#tellWhenEmpty()
  }

  /** A connection stands. Returns whether it may stay. */
  enter(channel: HTTPChannel): boolean {
    if (this.#isFull()) return false
    this.#channels.add(channel)
    return true
  }

  /** A channel that came too late for {@link ConnectionRegistry.drain} is drained as soon as it has its transport. */
  entered(channel: HTTPChannel): void {
    if (this.#idleGraceMs !== null) channel.drain({ graceMs: this.#idleGraceMs })
  }

  leave(channel: HTTPChannel): void {
    this.#channels.delete(channel)
    this.#tellWhenEmpty()
  }

  /** Ends every connection as soon as it owes nothing, and was idle for this long. */
  drain(idleGraceMs: number): void {
    this.#idleGraceMs = idleGraceMs
    // Nothing was asked on these yet. With a grace their channels may still come, and are drained then.
    if (idleGraceMs === 0) for (const transport of this.#arriving) transport.loseConnection()
    for (const channel of this.#channels) channel.drain({ graceMs: idleGraceMs })
  }

  /** Breaks every connection off. */
  abort(): void {
    for (const transport of this.#arriving) transport.abortConnection()
    for (const channel of this.#channels) channel.abortConnection()
  }

  /** Resolves when no connection is open. */
  empty(): Promise<void> {
    if (this.#isEmpty()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #isFull(): boolean {
    return this.#channels.size + this.#arriving.size >= this.#maxConnections
  }

  #isEmpty(): boolean {
    return this.#channels.size + this.#arriving.size === 0
  }

  #tellWhenEmpty(): void {
    if (!this.#isEmpty()) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

/** Passes everything on to a channel, and tells the registry when it comes and goes, whatever the channel overrides. */
class WatchedChannel implements Protocol {
  readonly #channel: HTTPChannel
  readonly #registry: ConnectionRegistry
  #admitted = false

  constructor(channel: HTTPChannel, registry: ConnectionRegistry) {
    this.#channel = channel
    this.#registry = registry
  }

  makeConnection(transport: Transport): void {
    this.#admitted = this.#registry.enter(this.#channel)
    if (!this.#admitted) {
      transport.abortConnection()
      return
    }
    this.#channel.makeConnection(transport)
    this.#registry.entered(this.#channel)
  }

  connectionMade(): void {
    // The channel was told by its own makeConnection.
  }

  dataReceived(bytes: Uint8Array): void {
    this.#channel.dataReceived(bytes)
  }

  readConnectionLost(): void {
    this.#channel.readConnectionLost()
  }

  connectionLost(reason: ConnectionLost): void {
    if (!this.#admitted) return
    this.#admitted = false
    try {
      this.#channel.connectionLost(reason)
    } finally {
      this.#registry.leave(this.#channel)
    }
  }
}
