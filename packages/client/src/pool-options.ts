import type { Clock } from '@millrace/transport'
import type { HTTPClientChannel } from './http-client-channel.ts'
import { checkCount, checkPeriod } from './options.ts'

/**
 * Where requests go: connections to the same origin are interchangeable.
 *
 * @public
 */
export interface Origin {
  /** A name or an IP address; an IPv6 address without brackets. */
  readonly host: string
  /** 1–65535. */
  readonly port: number
  /** Whether the connection is encrypted (TLS). */
  readonly secure: boolean
}

/**
 * What a {@link Pool} needs, its limits and its deadlines.
 *
 * @public
 */
export interface PoolOptions {
  /** The time. */
  readonly clock: Clock
  /** Makes a connection: resolves with a channel whose `connectionMade` has run. */
  readonly connect: (origin: Origin) => Promise<HTTPClientChannel>
  /** Connections to one origin, those being made included. @defaultValue 256: a server's share of our ports and its own */
  readonly maxConnectionsPerOrigin?: number
  /** Connections to one origin that are kept without use; 0 keeps none. @defaultValue 64 */
  readonly maxIdlePerOrigin?: number
  /** Requests to one origin that may wait for a connection; more fail at once. @defaultValue 1024: each holds a client */
  readonly maxWaitingPerOrigin?: number
  /** How long a request waits for a connection to become free. @defaultValue 10000 */
  readonly waitTimeoutMs?: number | null
  /** How long a request waits for its connection to be made. @defaultValue 10000 */
  readonly connectTimeoutMs?: number | null
  /**
   * How long a connection is kept without use. A server that announces less (`Keep-Alive: timeout=N`) gets a second
   * less than that: a request that crosses the server's close is lost.
   * @defaultValue 15000
   */
  readonly idleTimeoutMs?: number | null
  /** Takes what a handler threw. @defaultValue throws it in a call of the clock */
  readonly onHandlerError?: (error: unknown) => void
}

/**
 * The defaults of {@link PoolOptions}; the reasons stand there.
 *
 * @public
 */
export const DEFAULT_POOL_OPTIONS: Readonly<{
  maxConnectionsPerOrigin: number
  maxIdlePerOrigin: number
  maxWaitingPerOrigin: number
  waitTimeoutMs: number
  connectTimeoutMs: number
  idleTimeoutMs: number
}> = Object.freeze({
  maxConnectionsPerOrigin: 256,
  maxIdlePerOrigin: 64,
  maxWaitingPerOrigin: 1_024,
  waitTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 15_000,
})

/** {@link PoolOptions} with every default filled in. */
export interface PoolSettings {
  readonly clock: Clock
  readonly connect: (origin: Origin) => Promise<HTTPClientChannel>
  readonly maxConnectionsPerOrigin: number
  readonly maxIdlePerOrigin: number
  readonly maxWaitingPerOrigin: number
  readonly waitTimeoutMs: number | null
  readonly connectTimeoutMs: number | null
  readonly idleTimeoutMs: number | null
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} when there is no clock or no way to connect
 * @throws {RangeError} when a limit is not a whole number of 0 or more (of connections: 1), or a period none
 */
export function settlePoolOptions(options: PoolOptions): PoolSettings {
  const { clock, connect } = options
  if (typeof clock?.callLater !== 'function') throw new TypeError('a Pool needs a clock')
  if (typeof connect !== 'function') throw new TypeError('a Pool needs a way to connect')
  const standard = DEFAULT_POOL_OPTIONS
  const count = (name: 'maxConnectionsPerOrigin' | 'maxIdlePerOrigin' | 'maxWaitingPerOrigin'): number =>
    checkCount(name, options[name] ?? standard[name])
  const period = (name: 'waitTimeoutMs' | 'connectTimeoutMs' | 'idleTimeoutMs'): number | null =>
    checkPeriod(name, options[name], standard[name])
  const maxConnectionsPerOrigin = count('maxConnectionsPerOrigin')
  if (maxConnectionsPerOrigin === 0) throw new RangeError('maxConnectionsPerOrigin must be 1 or more')
  return {
    clock,
    connect,
    maxConnectionsPerOrigin,
    maxIdlePerOrigin: count('maxIdlePerOrigin'),
    maxWaitingPerOrigin: count('maxWaitingPerOrigin'),
    waitTimeoutMs: period('waitTimeoutMs'),
    connectTimeoutMs: period('connectTimeoutMs'),
    idleTimeoutMs: period('idleTimeoutMs'),
  }
}
