import { HandlerCalls } from './handler-calls.ts'
import { OriginPool } from './origin-pool.ts'
import { PreparedRequest } from './outgoing-request.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { settlePoolOptions } from './pool-options.ts'
import type { Origin, PoolOptions, PoolSettings } from './pool-options.ts'
import { PooledRequest } from './pooled-request.ts'
import type { PendingRequest } from './pooled-request.ts'
import type { ResponseHandler } from './response-handler.ts'

/**
 * What a {@link Pool} holds at the moment.
 *
 * @public
 */
export interface PoolStatus {
  /** Origins there is anything of. */
  readonly origins: number
  /** Connections without a request. */
  readonly idle: number
  /** Connections with a request. */
  readonly busy: number
  /** Connections being made. */
  readonly connecting: number
  /** Requests that wait for a connection. */
  readonly waiting: number
}

/**
 * Sends requests over connections that are kept and used again: for each origin the one that was used last comes first.
 *
 * A request is sent a second time only when a kept connection turns out to be closed before any octet of a response,
 * its method is idempotent, and it has no content or all of it at hand; and then on a new connection.
 *
 * @public
 */
export class Pool {
  readonly #settings: PoolSettings
  readonly #calls: HandlerCalls
  readonly #origins: Map<string, OriginPool> = new Map()
  #closed = false

  /**
   * @throws {TypeError} when there is no clock or no way to connect
   * @throws {RangeError} when a limit is not a whole number of 0 or more (of connections: 1), or a period none
   */
  constructor(options: PoolOptions) {
    this.#settings = settlePoolOptions(options)
    this.#calls = new HandlerCalls(options.clock, options.onHandlerError, () => {})
  }

  /**
   * Sends a request. Whatever keeps it from being answered goes to `handler.responseLost`, which may run before this
   * returns.
   *
   * @throws {RequestError} as {@link HTTPClientChannel.request}; {Error} when the pool is closed
   */
  request(origin: Origin, request: OutgoingRequest, handler: ResponseHandler): PendingRequest {
    if (this.#closed) throw new Error('the pool is closed')
    const prepared = new PreparedRequest(request)
    const connections = this.#connectionsTo(origin)
    const pooled = new PooledRequest(prepared, handler, connections)
    connections.start(pooled)
    return pooled
  }

  /** What the pool holds at the moment. */
  get status(): PoolStatus {
    const status = { origins: this.#origins.size, idle: 0, busy: 0, connecting: 0, waiting: 0 }
    for (const connections of this.#origins.values()) {
      status.idle += connections.idleCount
      status.busy += connections.busyCount
      status.connecting += connections.connectingCount
      status.waiting += connections.waitingCount
    }
    return status
  }

  /** Takes no more requests and closes each connection as soon as it carries none. */
  close(): void {
    this.#closed = true
    for (const connections of [...this.#origins.values()]) connections.close()
  }

  /** Takes no more requests and closes all connections at once: what is under way is lost. */
  abort(): void {
    this.#closed = true
    for (const connections of [...this.#origins.values()]) connections.abort()
  }

  #connectionsTo(origin: Origin): OriginPool {
    const key = `${origin.secure ? 'https' : 'http'} ${origin.port} ${origin.host}`
    let connections = this.#origins.get(key)
    if (connections === undefined) {
      connections = new OriginPool(origin, this.#settings, this.#calls, () => this.#origins.delete(key))
      this.#origins.set(key, connections)
    }
    return connections
  }
}
