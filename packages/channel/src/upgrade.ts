import type { Headers } from '@millrace/headers'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { LocalProtocolError } from './errors.ts'
import { joinBytes } from './octets.ts'

/**
 * A connection that was handed over and has no protocol yet. Until {@link Upgraded.attach} it is not read from, and
 * what arrives all the same is kept. No deadline runs: it is its new owner's.
 *
 * @public
 */
export interface Upgraded {
  /** The transport of the connection. Write to it as you like; what arrives goes to the protocol. */
  readonly transport: Transport
  /**
   * What came behind the request so far, as one array. To look at, and then decide by: {@link Upgraded.attach} hands it
   * to the protocol, and there is nothing here afterwards.
   */
  readonly leftover: Uint8Array
  /** Why the connection is gone, `null` while it is not. */
  readonly lost: ConnectionLost | null
  /**
   * Binds `protocol` to the transport and hands it everything that came: bytes, the end of the peer's direction, and
   * the loss of the connection, in this order. From then on the connection is read from.
   *
   * @throws {LocalProtocolError} `ERR_ATTACHED` when there is a protocol already
   * @throws what `protocol` throws at once; then the connection is aborted
   */
  attach(protocol: Protocol): void
}

/** Takes a connection over and keeps what happens to it, until somebody comes who wants it. */
export class HeldConnection implements Protocol, Upgraded {
  readonly transport: Transport
  #protocol: Protocol | null = null
  #held: Uint8Array[] = []
  #peerFinished = false
  #lost: ConnectionLost | null = null
  /** Whether what was held was handed on: everything else follows as it comes. */
  #flowing = false

  constructor(transport: Transport) {
    this.transport = transport
  }

  get leftover(): Uint8Array {
    if (this.#held.length !== 1) this.#held = [joinBytes(this.#held)]
    return this.#held[0] as Uint8Array
  }

  get lost(): ConnectionLost | null {
    return this.#lost
  }

  attach(protocol: Protocol): void {
    if (this.#protocol !== null) throw new LocalProtocolError('ERR_ATTACHED')
    this.#protocol = protocol
    const { transport } = this
    transport.resumeProducing() // first: the protocol may want to pause it
    try {
      protocol.makeConnection(transport)
      this.#handOn(protocol)
    } catch (error) {
      this.#flowing = true
      transport.abortConnection()
      throw error
    }
  }

  /** Whatever the protocol provokes meanwhile comes behind what was held. */
  #handOn(protocol: Protocol): void {
    for (let bytes = this.#held.shift(); bytes !== undefined; bytes = this.#held.shift()) {
      // A protocol that closed wants no more; what came before a loss is delivered all the same.
      if (bytes.length > 0 && (this.#lost !== null || !this.transport.disconnecting))
        protocol.dataReceived(bytes)
    }
    if (this.#peerFinished && (this.#lost !== null || !this.transport.disconnecting))
      protocol.readConnectionLost()
    this.#flowing = true
    if (this.#lost !== null) protocol.connectionLost(this.#lost)
  }

  // --- for the channel

  makeConnection(transport: Transport): void {
    transport.pauseProducing()
  }

  connectionMade(): void {}

  dataReceived(bytes: Uint8Array): void {
    if (this.#flowing) this.#protocol?.dataReceived(bytes)
    else this.#held.push(bytes)
  }

  readConnectionLost(): void {
    this.#peerFinished = true
    if (this.#flowing) this.#protocol?.readConnectionLost()
  }

  connectionLost(reason: ConnectionLost): void {
    this.#lost = reason
    if (this.#flowing) this.#protocol?.connectionLost(reason)
  }
}

/** Whether `Upgrade` of a 101 names protocols that were offered, at least one, and no others (RFC 9110 §7.8). */
export function namesOffered(headers: Headers, offered: readonly string[]): boolean {
  const lowerCase = offered.map((protocol) => protocol.toLowerCase())
  const chosen = headers.tokens('upgrade')
  return chosen.length > 0 && chosen.every((protocol) => lowerCase.includes(protocol))
}
