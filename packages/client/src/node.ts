/**
 * The client on Node: pools that connect over TCP and TLS, and requests in one line.
 *
 * @packageDocumentation
 */
import { connect, nodeClock } from '@millrace/node-transport'
import type { ConnectOptions } from '@millrace/node-transport'
import { HTTPClientChannel, Pool, sendRequest } from './index.ts'
import type { ClientChannelOptions, ClientRequestInit, ClientResponse, Origin, PoolOptions } from './index.ts'

/**
 * How the connections of a {@link createPool} are made and kept.
 *
 * @public
 */
export interface NodePoolOptions extends Partial<Omit<PoolOptions, 'connect'>> {
  /** For each connection: limits and deadlines of its responses. */
  readonly channel?: Omit<ClientChannelOptions, 'clock'>
  /** For each encrypted connection: `ca`, a client certificate, and whatever else Node's `tls.connect` takes. */
  readonly tls?: Exclude<ConnectOptions['tls'], true | undefined>
}

/**
 * A pool whose connections are sockets of this machine. Its idle connections keep the process running: close it.
 *
 * @throws {RangeError} as {@link Pool} and {@link HTTPClientChannel}
 * @public
 */
export function createPool(options: NodePoolOptions = {}): Pool {
  const { channel, tls, ...rest } = options
  const clock = options.clock ?? nodeClock
  const channelOptions: ClientChannelOptions = { ...channel, clock }
  const timeoutMs = options.connectTimeoutMs === undefined ? 10_000 : options.connectTimeoutMs
  return new Pool({
    ...rest,
    clock,
    connect: async ({ host, port, secure }: Origin) => {
      const protocol = new HTTPClientChannel(channelOptions)
      await connect({ host, port }, protocol, { timeoutMs, clock, ...(secure && { tls: tls ?? true }) })
      return protocol
    },
  })
}

/**
 * A request, and what it is sent with.
 *
 * @public
 */
export interface NodeRequestInit extends ClientRequestInit {
  /** @defaultValue one that all requests share, whose connections are kept for half a second */
  readonly pool?: Pool
  /** Cancels the request, or its response. @defaultValue none */
  readonly signal?: AbortSignal
}

let sharedPool: Pool | undefined

/**
 * Sends a request and resolves when the head of its response is there. Redirects are not followed, and content is
 * given as it came.
 *
 * @param url - `http:` or `https:`, without user and password; its fragment is not sent
 * @throws {TypeError} (rejects) on another URL; {RequestError | HeaderError} when the request cannot be sent as it is
 * @throws {UpstreamError} (rejects) when there is no response
 * @throws (rejects) the reason of `signal`
 * @public
 */
export async function request(url: string | URL, init: NodeRequestInit = {}): Promise<ClientResponse> {
  const { pool, signal, ...rest } = init
  const target = new URL(url)
  signal?.throwIfAborted()
  sharedPool ??= createPool({ idleTimeoutMs: 500 })
  const sent = sendRequest(pool ?? sharedPool, originOf(target), `${target.pathname}${target.search}`, rest)
  if (signal !== undefined) {
    const abort = (): void => sent.abort(signal.reason)
    signal.addEventListener('abort', abort)
    void sent.over.then(() => signal.removeEventListener('abort', abort))
  }
  return sent.response
}

function originOf({ protocol, hostname, port, username, password }: URL): Origin {
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`not an http or https URL: ${protocol}`)
  if (username !== '' || password !== '')
    throw new TypeError('a URL with user or password: send Authorization instead')
  const secure = protocol === 'https:'
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return { host, secure, port: port === '' ? (secure ? 443 : 80) : Number(port) }
}
