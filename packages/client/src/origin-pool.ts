import { UpstreamError } from './errors.ts'
import type { HandlerCalls } from './handler-calls.ts'
import type { ClientChannelOwner, HTTPClientChannel } from './http-client-channel.ts'
import type { Origin, PoolSettings } from './pool-options.ts'
import type { PooledRequest, RequestKeeper } from './pooled-request.ts'

/** What is subtracted from the time that a server says it keeps an idle connection. */
const KEEP_ALIVE_MARGIN_MS = 1_000

/** The connections to one origin, and the requests that wait for one. */
export class OriginPool implements ClientChannelOwner, RequestKeeper {
  readonly #origin: Origin
  readonly #settings: PoolSettings
  readonly #calls: HandlerCalls
  readonly #onEmpty: () => void
  /** Those without a request; the one that was used last stands last, and is used first: it is the least likely to be stale. */
  readonly #idle: HTTPClientChannel[] = []
  readonly #busy: Map<HTTPClientChannel, PooledRequest> = new Map()
  /** In the order in which they came. */
  readonly #waiting: Set<PooledRequest> = new Set()
  /** Those for which a connection is being made. */
  readonly #connecting: Set<PooledRequest> = new Set()
  /** Requests that are not over: one that is being sent again is nowhere else for a moment. */
  #unfinished = 0
  #closed = false

  /** @param onEmpty - runs when there is neither a connection nor a request any more */
  constructor(origin: Origin, settings: PoolSettings, calls: HandlerCalls, onEmpty: () => void) {
    this.#origin = origin
    this.#settings = settings
    this.#calls = calls
    this.#onEmpty = onEmpty
  }

  get idleCount(): number {
    return this.#idle.length
  }

  get busyCount(): number {
    return this.#busy.size
  }

  get connectingCount(): number {
    return this.#connecting.size
  }

  get waitingCount(): number {
    return this.#waiting.size
  }

  /** Sends a request on a connection that is free, makes one, or lets the request wait. */
  start(request: PooledRequest): void {
    this.#unfinished += 1
    for (let channel = this.#idle.pop(); channel !== undefined; channel = this.#idle.pop()) {
      if (channel.usable) {
        this.#run(request, channel)
        return
      }
      channel.abortConnection()
    }
    this.#startFresh(request)
  }

  retry(request: PooledRequest): void {
    this.#startFresh(request)
  }

  requestOver(request: PooledRequest): void {
    this.#waiting.delete(request)
    this.#unfinished -= 1
    this.#checkEmpty()
  }

  channelIdle(channel: HTTPClientChannel): void {
    this.#busy.delete(channel)
    const [next] = this.#waiting
    if (next !== undefined) {
      this.#waiting.delete(next)
      this.#run(next, channel)
      return
    }
    const { maxIdlePerOrigin, idleTimeoutMs } = this.#settings
    if (this.#closed || maxIdlePerOrigin === 0) {
      channel.loseConnection()
      return
    }
    if (this.#idle.length >= maxIdlePerOrigin) this.#idle.shift()?.loseConnection()
    this.#idle.push(channel)
    channel.setTimeout(idlePeriod(idleTimeoutMs, channel.keepAliveMs))
  }

  channelClosed(channel: HTTPClientChannel): void {
    channel.owner = null
    const request = this.#busy.get(channel)
    this.#busy.delete(channel)
    if (request?.exchange?.aborted === true) request.exchangeAborted()
    const at = this.#idle.indexOf(channel)
    if (at !== -1) this.#idle.splice(at, 1)
    this.#connectForNext()
    this.#checkEmpty()
  }

  /** Closes what is idle, and what is busy once it no longer is. */
  close(): void {
    this.#closed = true
    for (const channel of [...this.#idle]) channel.loseConnection()
  }

  /** Closes all connections; what is under way is lost. */
  abort(): void {
    this.close()
    const unsent = [...this.#waiting, ...this.#connecting]
    for (const request of unsent) this.#fail(request, new UpstreamError('ERR_UPSTREAM_CLOSED'))
    for (const channel of [...this.#busy.keys()]) channel.abortConnection()
  }

  #startFresh(request: PooledRequest): void {
    const { maxConnectionsPerOrigin, maxWaitingPerOrigin, waitTimeoutMs } = this.#settings
    if (this.#connectionCount < maxConnectionsPerOrigin) {
      this.#connectFor(request)
    } else if (this.#waiting.size >= maxWaitingPerOrigin) {
      this.#fail(request, new UpstreamError('ERR_UPSTREAM_QUEUE_FULL'))
    } else {
      this.#waiting.add(request)
      this.#setDeadline(request, waitTimeoutMs, 'ERR_UPSTREAM_QUEUE_TIMEOUT')
    }
  }

  #run(request: PooledRequest, channel: HTTPClientChannel): void {
    this.#busy.set(channel, request)
    request.runOn(channel)
  }

  /** Makes a connection for a request. When the request is gone by then, another one takes it. */
  #connectFor(request: PooledRequest): void {
    this.#connecting.add(request)
    this.#setDeadline(request, this.#settings.connectTimeoutMs, 'ERR_UPSTREAM_CONNECT_TIMEOUT')
    const connecting = new Promise<HTTPClientChannel>((resolve) =>
      resolve(this.#settings.connect(this.#origin)),
    )
    connecting.then(
      (channel) => this.#connected(request, channel),
      (error: unknown) => this.#connectFailed(request, error),
    )
  }

  #connected(request: PooledRequest, channel: HTTPClientChannel): void {
    if (!channel.usable) {
      this.#connectFailed(request, undefined)
      return
    }
    this.#connecting.delete(request)
    channel.owner = this
    if (request.isOver) this.channelIdle(channel)
    else this.#run(request, channel)
  }

  #connectFailed(request: PooledRequest, cause: unknown): void {
    this.#connecting.delete(request)
    const isLate = (cause as { statusHint?: unknown } | undefined)?.statusHint === 504
    const code = isLate ? 'ERR_UPSTREAM_CONNECT_TIMEOUT' : 'ERR_UPSTREAM_CONNECT'
    this.#fail(request, new UpstreamError(code, undefined, cause))
    this.#connectForNext()
    this.#checkEmpty()
  }

  /** There is room for a connection: the request that waits longest gets one. */
  #connectForNext(): void {
    const [next] = this.#waiting
    if (next === undefined || this.#connectionCount >= this.#settings.maxConnectionsPerOrigin) return
    this.#waiting.delete(next)
    next.stopWaiting()
    this.#connectFor(next)
  }

  #setDeadline(
    request: PooledRequest,
    afterMs: number | null,
    code: 'ERR_UPSTREAM_QUEUE_TIMEOUT' | 'ERR_UPSTREAM_CONNECT_TIMEOUT',
  ): void {
    if (afterMs === null) return
    request.deadline = this.#settings.clock.callLater(afterMs, () =>
      this.#fail(request, new UpstreamError(code)),
    )
  }

  #fail(request: PooledRequest, error: UpstreamError): void {
    this.#calls.runLast(() => request.fail(error))
  }

  get #connectionCount(): number {
    return this.#busy.size + this.#idle.length + this.#connecting.size
  }

  #checkEmpty(): void {
    if (this.#unfinished === 0 && this.#connectionCount === 0) this.#onEmpty()
  }
}

function idlePeriod(idleTimeoutMs: number | null, keepAliveMs: number | null): number | null {
  if (keepAliveMs === null) return idleTimeoutMs
  const hintMs = Math.max(0, keepAliveMs - KEEP_ALIVE_MARGIN_MS)
  return idleTimeoutMs === null ? hintMs : Math.min(idleTimeoutMs, hintMs)
}
