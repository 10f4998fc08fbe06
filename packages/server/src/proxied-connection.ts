import type { HTTPChannel } from '@millrace/channel'
import { ProxyProtocol, type ProxyProtocolOptions } from '@millrace/proxy-protocol'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import type { ConnectionRegistry } from './connection-registry.ts'

/**
 * A connection whose channel is made when the header of the PROXY protocol has said whom it is for. Until then it has a
 * place in the registry all the same: it is counted, drained and broken off like any other.
 */
export class ProxiedConnection implements Protocol {
  readonly #registry: ConnectionRegistry
  readonly #filter: ProxyProtocol
  #transport: Transport | null = null

  /** @param makeChannel - called with a transport whose ends are those that the header names */
  constructor(
    makeChannel: (transport: Transport) => HTTPChannel,
    registry: ConnectionRegistry,
    options: ProxyProtocolOptions,
  ) {
    this.#registry = registry
    this.#filter = new ProxyProtocol((transport) => {
      const channel = makeChannel(transport)
      // The channel enters next, in the place that is free from here on.
      if (this.#transport !== null) registry.arrived(this.#transport)
      return registry.admit(channel)
    }, options)
  }

  makeConnection(transport: Transport): void {
    if (!this.#registry.arrive(transport)) {
      transport.abortConnection()
      return
    }
    this.#transport = transport
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
    try {
      this.#filter.connectionLost(reason)
    } finally {
      if (this.#transport !== null) this.#registry.gone(this.#transport)
    }
  }
}
