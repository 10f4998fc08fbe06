import type { HTTPChannel } from '@millrace/channel'
import type { Listener } from '@millrace/node-transport'
import type { Address, Clock } from '@millrace/transport'
import type { ConnectionRegistry } from './connection-registry.ts'

/**
 * How a server ends.
 *
 * @public
 */
export interface CloseOptions {
  /**
   * Milliseconds until the connections that are left are broken off, 0 or more.
   *
   * @defaultValue 5000: what most answers need, and most supervisors grant
   */
  readonly graceMs?: number
  /**
   * Milliseconds that a connection between two requests stays open, 0 or more: a request that is on its way meanwhile
   * is answered instead of lost.
   *
   * @defaultValue 0: who ends a server by hand wants it ended. Give a few seconds behind a load balancer
   */
  readonly idleGraceMs?: number
}

/**
 * A place where requests are answered.
 *
 * @public
 */
export interface Server {
  /** What to send requests to, without a slash at the end: `http://127.0.0.1:8080`, `https://…`, `unix:/path`. */
  readonly url: string
  /** The port that was taken; 0 of a unix socket. */
  readonly port: number
  /** Where it listens, with the port that was taken. */
  readonly address: Address
  /** The channels whose connections are open now. */
  readonly connections: ReadonlySet<HTTPChannel>
  /**
   * Accepts no more connections and ends those that are open: idle ones after their own grace, the others after the
   * response they owe, what is left when the grace is over. May be called again to shorten the grace.
   *
   * @returns when the last connection is gone
   * @throws {RangeError} when a grace is negative or not finite
   */
  close(options?: CloseOptions): Promise<void>
  /** The same as {@link Server.close}: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

const DEFAULT_GRACE_MS = 5_000

/** The addresses that stand for every address of a machine, and one that leads to them. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** A {@link Server} over a listener. */
export class ListeningServer implements Server {
  readonly url: string
  readonly port: number
  readonly address: Address
  readonly #listener: Listener
  readonly #registry: ConnectionRegistry
  readonly #clock: Clock

  constructor(
    listener: Listener,
    registry: ConnectionRegistry,
    clock: Clock,
    asked: { readonly host?: string; readonly tls?: object },
  ) {
    this.#listener = listener
    this.#registry = registry
    this.#clock = clock
    this.address = listener.address
    this.port = listener.port
    this.url = urlOf(listener.address, asked.host, asked.tls !== undefined)
  }

  get connections(): ReadonlySet<HTTPChannel> {
    return this.#registry.channels
  }

  async close({ graceMs = DEFAULT_GRACE_MS, idleGraceMs = 0 }: CloseOptions = {}): Promise<void> {
    for (const [name, value] of Object.entries({ graceMs, idleGraceMs })) {
      if (!(value >= 0 && value < Infinity))
        throw new RangeError(`${name} must be finite, 0 or more, not ${value}`)
    }
    const closed = this.#listener.close()
    this.#registry.drain(idleGraceMs)
    const grace = this.#clock.callLater(graceMs, () => this.#registry.abort())
    await this.#registry.empty()
    grace.cancel()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function urlOf(address: Address, asked: string | undefined, secure: boolean): string {
  if (address.family === 'unix') return `unix:${address.path}`
  if (address.family === 'memory') return `memory:${address.name}`
  // The name that was asked for, when it is one: a certificate is issued for names.
  const host =
    asked !== undefined && !(asked in WILDCARDS) ? asked : (WILDCARDS[address.host] ?? address.host)
  return `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}
