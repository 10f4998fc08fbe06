import type { Request } from '@millrace/channel'
import type { Protocol } from '@millrace/transport'
import type { Gateway } from './gateway.ts'
import { Tunnel } from './tunnel.ts'

/**
 * The protocol that a request wants to switch to, if it may be passed on: the one that is offered, out of the allowed
 * ones, by a GET without content. Any other offer is as good as none (RFC 9110 §7.8): the server never sees it.
 */
export function offeredUpgrade(request: Request, allowed: ReadonlySet<string>): string | null {
  const { head } = request
  if (head.connectionValues.length === 0 || request.method !== 'GET' || head.contentLength !== 0) return null
  const [protocol, ...others] = request.offeredUpgrades
  return protocol !== undefined && others.length === 0 && allowed.has(protocol.toLowerCase())
    ? protocol
    : null
}

/**
 * The server agreed to switch: passes its 101 on and joins the two connections. Not an octet goes either way before.
 *
 * @param sendHead - hands the client's connection to the protocol that it gets, behind the 101
 * @returns what takes the server's connection over
 */
export function joinUpgrade(
  { clock, tunnelIdleTimeoutMs }: Gateway,
  request: Request,
  sendHead: (near: Protocol) => void,
): Protocol {
  const tunnel = new Tunnel(clock, tunnelIdleTimeoutMs, () => {
    if (request.lost === null) sendHead(tunnel.near)
    else tunnel.far.transport?.abortConnection()
  })
  return tunnel.far
}
