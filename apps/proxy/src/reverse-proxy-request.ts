import type { RequestChannel, RequestHead } from '@millrace/channel'
import type { Origin } from '@millrace/client'
import type { Headers } from '@millrace/headers'
import { addForwarded } from './forwarded.ts'
import type { Gateway } from './gateway.ts'
import { RelayingRequest } from './relaying-request.ts'
import type { Route } from './relaying-request.ts'

/**
 * A request to a reverse proxy: whatever it asks for is fetched from the one server behind us.
 *
 * @public
 */
export class ReverseProxyRequest extends RelayingRequest {
  readonly origin: Origin
  readonly preserveHost: boolean

  /** @param preserveHost - whether the server gets the Host that the client sent, instead of its own */
  constructor(
    channel: RequestChannel,
    head: RequestHead,
    gateway: Gateway,
    origin: Origin,
    preserveHost: boolean = false,
  ) {
    super(channel, head, gateway)
    this.origin = origin
    this.preserveHost = preserveHost
  }

  protected override route(): Route | null {
    const { target, origin } = this
    const { authority } = this.head
    const host = this.preserveHost && authority !== '' ? authority : hostOf(origin)
    switch (target.form) {
      case 'authority':
        this.refuse(405) // a tunnel through us would go around everything we guard
        return null
      case 'absolute': {
        if (target.scheme !== (this.channel.transport.isSecure() ? 'https' : 'http')) {
          this.refuse(421)
          return null
        }
        const { path, query } = target
        return { origin, host, requestTarget: query === null ? path : `${path}?${query}`, dropIdentity: true }
      }
      case 'asterisk':
      case 'origin':
        return { origin, host, requestTarget: this.requestTarget, dropIdentity: true }
      default:
        target satisfies never
        return null
    }
  }

  protected override addFields(fields: Headers): void {
    const { transport } = this.channel
    addForwarded(fields, {
      peer: transport.getPeer(),
      secure: transport.isSecure(),
      authority: this.head.authority,
    })
  }
}

/** What Host says about an origin (RFC 9110 §7.2). */
function hostOf({ host, port, secure }: Origin): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`
}
