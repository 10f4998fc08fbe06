import { HTTPChannel } from '@millrace/channel'
import type { ConnectionLost, DelayedCall } from '@millrace/transport'
import type { Gateway } from './gateway.ts'
import { RelayingRequest } from './relaying-request.ts'

/**
 * A connection to a client of a proxy.
 *
 * @public
 */
export class GatewayChannel extends HTTPChannel {
  readonly gateway: Gateway
  #halfClosed: DelayedCall | null = null
  /** What was relayed when the client was last looked at. */
  #watched: { readonly request: unknown; readonly progress: number } | null = null

  constructor(gateway: Gateway) {
    super(gateway.channelOptions)
    this.gateway = gateway
  }

  override connectionMade(): void {
    this.gateway.channels.add(this)
    super.connectionMade()
  }

  override connectionLost(reason: ConnectionLost): void {
    this.gateway.channels.delete(this)
    this.#halfClosed?.cancel()
    super.connectionLost(reason)
  }

  /** The client finished sending. Whether it still listens shows only when something is sent to it. */
  override readConnectionLost(): void {
    super.readConnectionLost()
    this.#watch()
  }

  #watch(): void {
    const { clock, halfCloseTimeoutMs } = this.gateway
    const request = this.requests[0]
    const progress = request instanceof RelayingRequest ? request.progress : 0
    this.#watched = { request, progress }
    this.#halfClosed = clock.callLater(halfCloseTimeoutMs, () => this.#checkHalfClosed())
  }

  /** Ends an exchange for which nothing comes: the client is not worth a request that may never end. */
  #checkHalfClosed(): void {
    const request = this.requests[0]
    if (!(request instanceof RelayingRequest)) return
    const { progress } = request
    const isSilent = request === this.#watched?.request && progress === this.#watched.progress
    if (isSilent && this.transport.bufferedBytes === 0) {
      this.abortConnection()
      return
    }
    this.#watch()
  }
}
