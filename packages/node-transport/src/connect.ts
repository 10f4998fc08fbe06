import { createConnection, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import type { Clock, Protocol } from '@millrace/transport'
import { connectError, TransportError } from './errors.ts'
import { nodeClock } from './node-clock.ts'
import { NodeTransport } from './node-transport.ts'
import type { WriteOptions } from './socket-writer.ts'

/**
 * Where to connect to: a port of a host, or the path of a unix socket.
 *
 * @public
 */
export type ConnectTarget =
  | {
      /** 1–65535 */
      readonly port: number
      /** An IP address or a name. Of several addresses, those of both families are tried. @defaultValue `localhost` */
      readonly host?: string
    }
  | { readonly path: string }

/**
 * How to connect.
 *
 * @public
 */
export interface ConnectOptions extends WriteOptions {
  /**
   * Speaks TLS: `true`, or whatever Node's `tls.connect` takes. Unless given, `servername` is the host and
   * `ALPNProtocols` is `['http/1.1']`. The certificate is verified unless `rejectUnauthorized` is `false`.
   *
   * @defaultValue none: plain bytes
   */
  readonly tls?: true | ConnectionOptions
  /**
   * Milliseconds for all of it: name, connection, TLS handshake. `null` leaves it to the system, which takes minutes.
   *
   * @defaultValue 10000
   */
  readonly timeoutMs?: number | null
  /** Gives up when it is aborted before the connection stands; afterwards it has no effect. */
  readonly signal?: AbortSignal
  /** Takes what a callback of the protocol or a producer threw. @defaultValue prints the error */
  readonly onProtocolError?: (error: unknown) => void
  /** Measures `timeoutMs`. @defaultValue the time of this machine */
  readonly clock?: Clock
}

const DEFAULT_TIMEOUT_MS = 10_000

/**
 * Makes a connection and gives it to the protocol.
 *
 * @returns when the protocol has heard `connectionMade`; it has its transport by then
 * @throws {TransportError} `ERR_CONNECT_REFUSED`, `ERR_CONNECT_UNREACHABLE`, `ERR_CONNECT_NAME`, `ERR_CONNECT_TLS`,
 *   `ERR_CONNECT_TIMEOUT`, `ERR_CONNECT_FAILED`; the protocol is not called at all then
 * @throws the reason of `signal`, when that is aborted
 * @throws {RangeError} when `timeoutMs` is negative or not finite, or the port is not 1–65535
 * @public
 */
export async function connect(
  target: ConnectTarget,
  protocol: Protocol,
  options: ConnectOptions = {},
): Promise<NodeTransport> {
  if ('port' in target && !(Number.isInteger(target.port) && target.port >= 1 && target.port <= 65_535)) {
    throw new RangeError('port must be an integer, 1–65535')
  }
  options.signal?.throwIfAborted()
  const attempt = new Attempt(target, options)
  const transport = await attempt.run()
  transport.connect(protocol)
  return transport
}

/** One way to a connection, from which a deadline or a signal may call us back. */
class Attempt {
  readonly #target: ConnectTarget
  readonly #options: ConnectOptions
  #socket: Socket | null = null
  #isHandshake = false
  /** Why we gave up ourselves. */
  #givenUp: { readonly reason: unknown } | null = null

  constructor(target: ConnectTarget, options: ConnectOptions) {
    this.#target = target
    this.#options = options
  }

  async run(): Promise<NodeTransport> {
    const { signal, clock = nodeClock, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options
    const expire = (): void => this.#giveUp(new TransportError('ERR_CONNECT_TIMEOUT', this.#where()))
    const deadline = timeoutMs === null ? null : clock.callLater(timeoutMs, expire)
    const abort = (): void => this.#giveUp(signal?.reason)
    signal?.addEventListener('abort', abort)
    try {
      return await this.#establish()
    } catch (error) {
      this.#socket?.destroy()
      throw this.#givenUp === null
        ? connectError(this.#where(), error, this.#isHandshake)
        : this.#givenUp.reason
    } finally {
      deadline?.cancel()
      signal?.removeEventListener('abort', abort)
    }
  }

  async #establish(): Promise<NodeTransport> {
    const { tls, onProtocolError, writeTurns } = this.#options
    const carrier = createConnection({ ...this.#target, allowHalfOpen: true, noDelay: true })
    this.#socket = carrier
    await ready(carrier, 'connect')
    const options = {
      ...('path' in this.#target ? { path: this.#target.path } : {}),
      ...(onProtocolError === undefined ? {} : { onProtocolError }),
      ...(writeTurns === undefined ? {} : { writeTurns }),
    }
    if (tls === undefined) return new NodeTransport(carrier, options)
    this.#isHandshake = true
    const socket = this.#startTls(carrier, tls === true ? {} : tls)
    await ready(socket, 'secureConnect')
    return new NodeTransport(socket, { ...options, carrier })
  }

  #startTls(carrier: Socket, options: ConnectionOptions): Socket {
    const host = ('host' in this.#target && this.#target.host) || 'localhost'
    // RFC 6066 §3: a server name is never an IP address; the certificate is then checked against `host`.
    const servername = isIP(host) === 0 ? { servername: host } : {}
    const defaults = { host, ...servername, ALPNProtocols: ['http/1.1'] }
    return connectTls({ ...defaults, ...options, socket: carrier })
  }

  #giveUp(reason: unknown): void {
    this.#givenUp ??= { reason }
    this.#socket?.destroy()
  }

  #where(): string {
    return 'path' in this.#target
      ? this.#target.path
      : `${this.#target.host ?? 'localhost'}:${this.#target.port}`
  }
}

/** Resolves at the event, rejects when the socket fails or closes first. */
function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve())
    socket.once('close', () => reject(new Error('the connection was closed before it stood')))
    socket.on('error', reject) // stays: between this promise and the transport nobody else would listen
  })
}
