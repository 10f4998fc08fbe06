import type { AuthorityForm, AbsoluteForm } from '@millrace/message'
import { answerFailure } from './gateway-error.ts'
import { RelayingRequest } from './relaying-request.ts'
import type { Route } from './relaying-request.ts'
import { Tunnel } from './tunnel.ts'

const HTTP_PORT = 80

/**
 * A request to a forward proxy: an absolute-form target is fetched from the server it names, CONNECT opens a tunnel.
 *
 * @public
 */
export class ProxyRequest extends RelayingRequest {
  #tunnel: Tunnel | null = null

  protected override get allowedMethods(): string {
    return `${super.allowedMethods}, CONNECT`
  }

  protected override route(): Route | null {
    const { target } = this
    switch (target.form) {
      case 'absolute':
        return this.#routeTo(target)
      case 'authority':
        this.connectTunnel(target)
        return null
      case 'asterisk':
        this.answerOptions()
        return null
      case 'origin':
        this.refuse(400) // there is no server that it could be for
        return null
      default:
        target satisfies never
        return null
    }
  }

  /** Opens a tunnel to where CONNECT points (RFC 9110 §9.3.6), if that port is allowed. */
  protected connectTunnel({ host, port }: AuthorityForm): void {
    if (this.head.contentLength !== 0) {
      this.refuse(400)
      return
    }
    if (!this.gateway.allowsTunnelTo(port)) {
      this.refuse(403)
      return
    }
    const { clock, tunnelIdleTimeoutMs } = this.gateway
    const tunnel = new Tunnel(clock, tunnelIdleTimeoutMs, () => this.#tunnelConnected(tunnel))
    this.#tunnel = tunnel
    this.gateway
      .openTunnel(bareHost(host), port, tunnel.far)
      .catch((error: unknown) => this.#tunnelFailed(error))
  }

  #tunnelConnected(tunnel: Tunnel): void {
    if (this.lost !== null) {
      tunnel.far.transport?.abortConnection()
      return
    }
    this.setResponseCode(200, 'Connection established')
    this.upgrade(tunnel.near)
  }

  #tunnelFailed(error: unknown): void {
    this.gateway.reportFailure(error)
    if (this.#tunnel?.near.transport === null) {
      answerFailure(this, error, this.gateway.pseudonym, { Connection: 'close' })
    }
  }

  #routeTo(target: AbsoluteForm): Route | null {
    if (target.scheme !== 'http') {
      this.refuse(501) // https travels through CONNECT: nobody but the client may see into it
      return null
    }
    const { host, port, path, query, authority } = target
    return {
      origin: { host: bareHost(host), port: port ?? HTTP_PORT, secure: false },
      requestTarget: query === null ? path : `${path}?${query}`,
      host: authority,
      dropIdentity: false,
    }
  }
}

/** A host as resolvers take it: an IPv6 address without its brackets. */
function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
