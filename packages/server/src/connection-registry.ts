import type { HTTPChannel } from '@millrace/channel'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'

/** The live channels of one server: who is there, whether more may come, and when the last one left. */
export class ConnectionRegistry {
  readonly #channels: Set<HTTPChannel> = new Set()
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

  /** A connection stands. Returns whether it may stay. */
  enter(channel: HTTPChannel): boolean {
    if (this.#channels.size >= this.#maxConnections) return false
    this.#channels.add(channel)
    return true
  }

  /** A channel that came too late for {@link ConnectionRegistry.drain} is drained as soon as it has its transport. */
  entered(channel: HTTPChannel): void {
    if (this.#idleGraceMs !== null) channel.drain({ graceMs: this.#idleGraceMs })
  }

  leave(channel: HTTPChannel): void {
    this.#channels.delete(channel)
    if (this.#channels.size > 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  /** Ends every connection as soon as it owes nothing, and was idle for this long. */
  drain(idleGraceMs: number): void {
    this.#idleGraceMs = idleGraceMs
    for (const channel of this.#channels) channel.drain({ graceMs: idleGraceMs })
  }

  /** Breaks every connection off. */
  abort(): void {
    for (const channel of this.#channels) channel.abortConnection()
  }

  /** Resolves when no connection is open. */
  empty(): Promise<void> {
    if (this.#channels.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
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
