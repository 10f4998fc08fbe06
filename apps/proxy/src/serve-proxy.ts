import { listen } from '@millrace/node-transport'
import type { Listener, ListenOptions } from '@millrace/node-transport'
import type { DelayedCall } from '@millrace/transport'
import type { GatewayChannel } from './gateway-channel.ts'
import type { Gateway } from './gateway.ts'

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
 * @throws {TransportError} when it cannot listen there
 * @public
 */
export async function serveProxy(
  gateway: Gateway,
  makeChannel: () => GatewayChannel,
  options: ListenOptions = {},
): Promise<RunningProxy> {
  const listener = await listen(makeChannel, options)
  return {
    url: urlOf(listener),
    port: listener.port,
    close: (graceMs = DEFAULT_GRACE_MS) => close(gateway, listener, graceMs),
  }
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
