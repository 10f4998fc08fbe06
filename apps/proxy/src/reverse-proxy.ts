import type { RequestHead } from '@millrace/channel'
import type { Origin } from '@millrace/client'
import { GatewayChannel } from './gateway-channel.ts'
import type { Gateway } from './gateway.ts'
import { ReverseProxyRequest } from './reverse-proxy-request.ts'

/**
 * One connection to a reverse proxy. A subclass may set another `requestFactory`.
 *
 * @public
 */
export class ReverseProxy extends GatewayChannel {
  /** The server behind us. */
  readonly origin: Origin

  /** @param preserveHost - whether the server gets the Host that the client sent, instead of its own */
  constructor(gateway: Gateway, origin: Origin, preserveHost: boolean = false) {
    super(gateway)
    this.origin = origin
    this.requestFactory = (channel, head: RequestHead) =>
      new ReverseProxyRequest(channel, head, gateway, origin, preserveHost)
  }
}
