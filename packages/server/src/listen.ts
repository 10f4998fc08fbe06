import { HTTPChannel, type HTTPChannelOptions } from '@millrace/channel'
import { listen as listenForConnections, nodeClock } from '@millrace/node-transport'
import type { ConnectionInfo, ListenOptions as TransportListenOptions } from '@millrace/node-transport'
import type { ProxyProtocolOptions } from '@millrace/proxy-protocol'
import type { Protocol } from '@millrace/transport'
import { DIAGNOSTICS_SINKS } from './diagnostics.ts'
import { ConnectionRegistry } from './connection-registry.ts'
import { ProxiedConnection } from './proxied-connection.ts'
import { ListeningServer, type Server } from './server.ts'

/**
 * What the channels of a server are made with; see `@millrace/channel`. Unless given, the clock is that of the machine, and
 * events go to `node:diagnostics_channel`, as `millrace.channel.connection`, `….head`, `….body`, `….response`, `….error`
 * and `….close`.
 *
 * @public
 */
export type ChannelOptions = Partial<HTTPChannelOptions>

/**
 * Makes the channel of one connection.
 *
 * `settings` is the same frozen object every time: a channel that gets it as it is costs no check of its options.
 *
 * @public
 */
export type ChannelFactory = (settings: HTTPChannelOptions, connection: ConnectionInfo) => HTTPChannel

/**
 * Where a server listens, and how.
 *
 * @public
 */
export interface ListenOptions extends TransportListenOptions {
  /** An address of this machine, or a name of one. @defaultValue `127.0.0.1`: to be reached from elsewhere is a decision */
  readonly host?: string
  /**
   * Connections open at once, 1 or more; one beyond is broken off unread.
   *
   * @defaultValue Infinity: the system's limit of open files is the one that is known
   */
  readonly maxConnections?: number
  /**
   * Every connection comes through a proxy that says whom it speaks for, in a header of the PROXY protocol: whose header
   * is believed, and what becomes of others; see `@millrace/proxy-protocol`. Peer and host of a connection are then those
   * that the header names, also for the channel factory. Not with `tls`.
   *
   * @defaultValue none: no header is looked for, and one that comes is a bad request
   */
  readonly proxyProtocol?: Omit<ProxyProtocolOptions, 'clock'>
  /** Limits, deadlines and hooks of every channel. @defaultValue `DEFAULT_CHANNEL_OPTIONS` of `@millrace/channel` */
  readonly channel?: ChannelOptions
}

/**
 * Listens, and runs a channel of yours on each connection.
 *
 * @param channelFactory - called once for each connection, when its TLS handshake, if any, is over
 * @returns once connections are accepted
 * @throws {RangeError} when a limit is out of its range; {TypeError} when `path` comes with `port` or `host`, and when
 *   `proxyProtocol` comes with `tls`: a proxy sends its header before the TLS handshake, where no protocol can read it
 * @throws {TransportError} `ERR_LISTEN_…` when the system refuses; see `@millrace/node-transport`
 * @public
 */
export async function listen(channelFactory: ChannelFactory, options: ListenOptions = {}): Promise<Server> {
  const { channel, proxyProtocol, maxConnections = Infinity, ...where } = options
  if (!(maxConnections >= 1)) throw new RangeError(`maxConnections must be 1 or more, not ${maxConnections}`)
  const settings: HTTPChannelOptions = Object.freeze({
    clock: nodeClock,
    events: DIAGNOSTICS_SINKS,
    ...channel,
  })
  void new HTTPChannel(settings) // a wrong option shows here, not at the first connection
  const registry = new ConnectionRegistry(maxConnections)
  const makeChannel = (connection: ConnectionInfo): HTTPChannel => channelFactory(settings, connection)
  const place = where.path === undefined ? { host: '127.0.0.1', ...where } : where
  const behindProxy = proxyProtocol && Object.freeze({ ...proxyProtocol, clock: settings.clock })
  const protocolOf = (connection: ConnectionInfo): Protocol =>
    behindProxy === undefined
      ? registry.admit(makeChannel(connection))
      : new ProxiedConnection(makeChannel, registry, behindProxy)
  if (behindProxy !== undefined) {
    if (place.tls !== undefined)
      throw new TypeError('proxyProtocol takes no tls: a proxy sends its header before the handshake')
    void new ProxiedConnection(makeChannel, registry, behindProxy) // as above
  }
  const listener = await listenForConnections(protocolOf, place)
  return new ListeningServer(listener, registry, settings.clock, place)
}
