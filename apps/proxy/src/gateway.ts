import { randomBytes } from 'node:crypto'
import type { HTTPChannelOptions } from '@millrace/channel'
import type { ClientChannelOptions, Pool, PoolOptions } from '@millrace/client'
import { createPool } from '@millrace/client/node'
import { isToken } from '@millrace/headers'
import { connect, nodeClock } from '@millrace/node-transport'
import type { Clock, Protocol } from '@millrace/transport'
import { upgradeProtocol } from './upgrade-protocol.ts'

/**
 * What all connections of a proxy share, and its deadlines and limits. Everything is optional.
 *
 * @public
 */
export interface GatewayOptions {
  /** The time. @defaultValue that of this machine */
  readonly clock?: Clock
  /** Limits and deadlines of the connections to clients; see `@millrace/channel`. */
  readonly channel?: Omit<HTTPChannelOptions, 'clock' | 'requestFactory'>
  /** Limits and deadlines of responses from servers; see `@millrace/client`. */
  readonly upstream?: Omit<ClientChannelOptions, 'clock'>
  /** Limits and deadlines of the connections to servers; see `@millrace/client`. */
  readonly pool?: Omit<PoolOptions, 'clock' | 'connect'>
  /**
   * Our name in Via, a token: by it a request that comes back to us is recognised, so no two proxies on the same way
   * may have the same one.
   * @defaultValue `millrace-` and a random number
   */
  readonly pseudonym?: string
  /** Ports that CONNECT may reach, or `'all'`. @defaultValue `[443]`: a tunnel to port 25 is a gift to senders of spam */
  readonly connectPorts?: readonly number[] | 'all'
  /**
   * Protocols that an Upgrade may switch to, in any case. Other offers are not passed on: `h2c` and `TLS` would take
   * requests past us unseen, and are refused here too. @defaultValue `['websocket']`
   */
  readonly upgradeProtocols?: readonly string[]
  /** How long a tunnel may be silent in both directions, in milliseconds. @defaultValue 300000 */
  readonly tunnelIdleTimeoutMs?: number
  /** How long the server of a tunnel has to accept the connection, in milliseconds. @defaultValue 10000 */
  readonly connectTimeoutMs?: number
  /**
   * How long we wait for the server's `100 Continue` before the content is sent all the same, in milliseconds: servers
   * that do not know the expectation never send it. @defaultValue 1000, as curl waits
   */
  readonly expectTimeoutMs?: number
  /**
   * How long a client that has finished sending is still served while nothing comes for it, in milliseconds: one that
   * left looks the same as one that only closed its direction. @defaultValue 2000
   */
  readonly halfCloseTimeoutMs?: number
  /** Connects a tunnel. @defaultValue over TCP */
  readonly connect?: (host: string, port: number, protocol: Protocol) => Promise<unknown>
  /** Sees each failure behind us that became a 502, 503 or 504, or broke a response off. @defaultValue none */
  readonly onUpstreamError?: (error: unknown) => void
}

/**
 * A connection to a client, as far as its gateway ends it.
 *
 * @public
 */
export interface GatewayConnection {
  /** Ends it as soon as nothing is owed on it. */
  drain(options: { readonly graceMs: number }): void
  /** Ends it at once. */
  abortConnection(): void
}

/** The defaults of {@link GatewayOptions}, in milliseconds; the reasons stand there. */
const DEFAULTS = Object.freeze({
  tunnelIdleTimeoutMs: 300_000,
  connectTimeoutMs: 10_000,
  expectTimeoutMs: 1_000,
  halfCloseTimeoutMs: 2_000,
})

type Period = keyof typeof DEFAULTS

/**
 * What all connections of one proxy share: the pool of connections to servers, the name, the deadlines, and the
 * connections themselves.
 *
 * @public
 */
export class Gateway {
  readonly clock: Clock
  readonly pool: Pool
  /** Our name in Via. */
  readonly pseudonym: string
  readonly tunnelIdleTimeoutMs: number
  readonly expectTimeoutMs: number
  readonly halfCloseTimeoutMs: number
  /** Protocols that may be switched to, in lower case. */
  readonly upgradeProtocols: ReadonlySet<string>
  /** Options of every channel to a client: one object, so that they are checked once. */
  readonly channelOptions: HTTPChannelOptions
  /** The connections to clients that are open. */
  readonly channels: Set<GatewayConnection> = new Set()
  readonly #connectPorts: ReadonlySet<number> | 'all'
  readonly #connect: (host: string, port: number, protocol: Protocol) => Promise<unknown>
  readonly #onUpstreamError: ((error: unknown) => void) | undefined

  /**
   * @throws {TypeError} when the pseudonym is not a token, or a protocol to switch to is none, `h2c` or `TLS`
   * @throws {RangeError} when a port is not 1–65535, or a period not a number of 0 or more
   */
  constructor(options: GatewayOptions = {}) {
    const {
      clock = nodeClock,
      connectPorts = [443],
      upgradeProtocols = ['websocket'],
      pseudonym = `millrace-${randomBytes(4).toString('hex')}`,
    } = options
    if (!isToken(pseudonym)) throw new TypeError('a pseudonym is a token (RFC 9110 §7.6.3)')
    this.clock = clock
    this.pseudonym = pseudonym
    this.#connectPorts = connectPorts === 'all' ? 'all' : new Set(connectPorts.map(checkPort))
    this.upgradeProtocols = new Set(upgradeProtocols.map(upgradeProtocol))
    this.tunnelIdleTimeoutMs = period(options, 'tunnelIdleTimeoutMs')
    this.expectTimeoutMs = period(options, 'expectTimeoutMs')
    this.halfCloseTimeoutMs = period(options, 'halfCloseTimeoutMs')
    this.channelOptions = { ...options.channel, clock }
    const upstream = options.upstream === undefined ? {} : { channel: options.upstream }
    const timeoutMs = period(options, 'connectTimeoutMs')
    this.pool = createPool({ connectTimeoutMs: timeoutMs, ...options.pool, ...upstream, clock })
    this.#onUpstreamError = options.onUpstreamError
    this.#connect =
      options.connect ?? ((host, port, protocol) => connect({ host, port }, protocol, { timeoutMs, clock }))
  }

  /** Whether CONNECT may reach a port. */
  allowsTunnelTo(port: number): boolean {
    return this.#connectPorts === 'all' || this.#connectPorts.has(port)
  }

  /** Makes the connection for a tunnel and gives it to `protocol`. */
  async openTunnel(host: string, port: number, protocol: Protocol): Promise<void> {
    await this.#connect(host, port, protocol)
  }

  /** Something behind us failed. */
  reportFailure(error: unknown): void {
    this.#onUpstreamError?.(error)
  }

  /** Lets every connection end as soon as nothing is owed on it. */
  drain(): void {
    for (const channel of [...this.channels]) channel.drain({ graceMs: 0 })
  }

  /** Ends every connection at once. */
  abort(): void {
    for (const channel of [...this.channels]) channel.abortConnection()
    this.pool.abort()
  }
}

function checkPort(port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new RangeError(`a port is an integer of 1–65535: ${port}`)
}

function period(options: GatewayOptions, name: Period): number {
  const value = options[name] ?? DEFAULTS[name]
  if (value >= 0 && value < Infinity) return value
  throw new RangeError(`${name} must be a number of milliseconds, 0 or more: ${value}`)
}
