import { listen } from '@millrace/node-transport'
import type { Listener, ListenOptions } from '@millrace/node-transport'
import type { ProxyProtocolOptions } from '@millrace/proxy-protocol'
import type { DelayedCall, Protocol } from '@millrace/transport'
import type { GatewayChannel } from './gateway-channel.ts'
import type { Gateway } from './gateway.ts'
import { ProxiedClient } from './proxied-client.ts'

/**
 * Where a proxy listens, and how.
 *
 * @public
 */
export interface ServeProxyOptions extends ListenOptions {
  /**
   * Every connection comes through another proxy, which says whom it speaks for in a header of the PROXY protocol: whose
   * header is believed, and what becomes of others; see `@millrace/proxy-protocol`. The client is then the one that the
   * header names, also for the server behind us. Not with `tls`.
   *
   * @defaultValue none: no header is looked for, and one that comes is a bad request
   */
  readonly proxyProtocol?: Omit<ProxyProtocolOptions, 'clock'>
}

/**
 * A proxy that accepts connections.
 *
 * @public
 */
export interface RunningProxy {
  /** `http://host:port`, or `unix:` and the path. */
  readonly url: string
  /** The port that was taken; 0 of a unix socket. */
  readonly port: number
  /**
   * Accepts no more connections, lets those that are open finish what they owe, and ends the rest.
   *
   * @param graceMs - how long they have, in milliseconds
   */
  close(graceMs?: number): Promise<void>
}

/** How often it is looked whether all connections have ended. */
const LOOK_EVERY_MS = 20
const DEFAULT_GRACE_MS = 5_000

/**
 * Accepts connections for a proxy.
 *
 * @param makeChannel - makes the channel of each connection: `() => new Proxy(gateway)`
 * @throws {RangeError} when a limit is out of its range; {TypeError} when `path` comes with `port` or `host`, and when
 *   `proxyProtocol` comes with `tls`: a proxy sends its header before the TLS handshake, where no protocol can read it
 * @throws {TransportError} when it cannot listen there
 * @public
 */
export async function serveProxy(
  gateway: Gateway,
  makeChannel: () => GatewayChannel,
  options: ServeProxyOptions = {},
): Promise<RunningProxy> {
  const { proxyProtocol, ...where } = options
  if (proxyProtocol !== undefined && where.tls !== undefined)
    throw new TypeError('proxyProtocol takes no tls: a proxy sends its header before the handshake')
  const makeProtocol =
    proxyProtocol === undefined ? makeChannel : proxiedClients(gateway, makeChannel, proxyProtocol)
  const listener = await listen(makeProtocol, where)
  return {
    url: urlOf(listener),
    port: listener.port,
    close: (graceMs = DEFAULT_GRACE_MS) => close(gateway, listener, graceMs),
  }
}

/** What makes the protocol of each connection when a PROXY header comes before there is a channel. */
function proxiedClients(
  gateway: Gateway,
  makeChannel: () => GatewayChannel,
  proxyProtocol: Omit<ProxyProtocolOptions, 'clock'>,
): () => Protocol {
  const settings = Object.freeze({ ...proxyProtocol, clock: gateway.clock })
  const makeClient = (): Protocol => new ProxiedClient(gateway, makeChannel, settings)
  makeClient() // a wrong option shows here, not at the first connection
  return makeClient
}

async function close(gateway: Gateway, listener: Listener, graceMs: number): Promise<void> {
  await listener.close()
  gateway.drain()
  const { clock } = gateway
  const endMs = clock.now() + graceMs
  while (listener.connections.size > 0 && clock.now() < endMs) {
    await new Promise<void>((resolve): DelayedCall => clock.callLater(LOOK_EVERY_MS, resolve))
  }
  gateway.abort()
}

function urlOf({ address }: Listener): string {
  switch (address.family) {
    case 'IPv4':
      return `http://${address.host}:${address.port}`
    case 'IPv6':
      return `http://[${address.host}]:${address.port}`
    case 'unix':
      return `unix:${address.path}`
    case 'memory':
      return `memory:${address.name}`
    default:
      address satisfies never
      return ''
  }
}
