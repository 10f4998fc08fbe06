import type { RequestHead } from '@millrace/channel'
import { GatewayChannel } from './gateway-channel.ts'
import type { Gateway } from './gateway.ts'
import { ProxyRequest } from './proxy-request.ts'

/**
 * One connection to a forward proxy. A subclass may set another `requestFactory`.
 *
 * @public
 */
export class Proxy extends GatewayChannel {
  constructor(gateway: Gateway) {
    super(gateway)
    this.requestFactory = (channel, head: RequestHead) => new ProxyRequest(channel, head, gateway)
  }
}
