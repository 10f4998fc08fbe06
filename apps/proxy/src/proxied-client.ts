import { ProxyProtocol } from '@millrace/proxy-protocol'
import type { ProxyProtocolOptions } from '@millrace/proxy-protocol'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import type { GatewayChannel } from './gateway-channel.ts'
import type { Gateway, GatewayConnection } from './gateway.ts'

/**
 * A connection whose channel is made when a PROXY header has said whom it is for. Until then it is itself one of those
 * that the gateway ends.
 */
export class ProxiedClient implements Protocol, GatewayConnection {
  readonly #gateway: Gateway
  readonly #filter: ProxyProtocol
  #transport: Transport | null = null

  constructor(gateway: Gateway, makeChannel: () => GatewayChannel, options: ProxyProtocolOptions) {
    this.#gateway = gateway
    this.#filter = new ProxyProtocol(() => {
      const channel = makeChannel()
      gateway.channels.delete(this) // the channel takes its place
      return channel
    }, options)
  }

  makeConnection(transport: Transport): void {
    this.#transport = transport
    this.#gateway.channels.add(this)
    this.#filter.makeConnection(transport)
  }

  connectionMade(): void {
    // The filter was told by its own makeConnection.
  }

  dataReceived(bytes: Uint8Array): void {
    this.#filter.dataReceived(bytes)
  }

  readConnectionLost(): void {
    this.#filter.readConnectionLost()
  }

  connectionLost(reason: ConnectionLost): void {
    this.#gateway.channels.delete(this)
    this.#filter.connectionLost(reason)
  }

  /** Nothing was asked on it yet. */
  drain(): void {
    this.#transport?.loseConnection()
  }

  abortConnection(): void {
    this.#transport?.abortConnection()
  }
}
