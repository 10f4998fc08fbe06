import type { ChunkedDecoderOptions } from '@millrace/chunked'
import type { Clock } from '@millrace/transport'
import type { RequestFactory } from './request.ts'

/**
 * The limits, deadlines and hooks of an {@link HTTPChannel}.
 *
 * Every limit counts octets as they came, so none depends on how the bytes were cut; every deadline is in
 * milliseconds, and `null` switches it off.
 *
 * @public
 */
export interface HTTPChannelOptions {
  /** The time. Required: a channel has no clock of its own. */
  readonly clock: Clock
  /** Makes the object for each request. @defaultValue `(channel, head) => new Request(channel, head)` */
  readonly requestFactory?: RequestFactory
  /**
   * Octets of a request line or of one field line, without its CRLF. Beyond: 414 or 431.
   * @defaultValue 16384: Twisted's; RFC 9112 §3 asks for no less than 8000
   */
  readonly maxLength?: number
  /**
   * Octets of a whole head, every CRLF counted. Beyond: 414 in the request line, else 431.
   * @defaultValue 16384: what a connection may hold before anybody asked for it
   */
  readonly totalHeadersSize?: number
  /** Field lines of a head. Beyond: 431. @defaultValue 500: no honest client comes near */
  readonly maxHeaders?: number
  /** Empty lines taken before a request line (RFC 9112 §2.2). Beyond: 400. @defaultValue 8 */
  readonly maxBlankLines?: number
  /** Octets of content, decoded. Beyond: 413. @defaultValue Infinity: content is streamed, the application sets its own */
  readonly maxBodySize?: number
  /** Limits of chunked framing; see `@millrace/chunked`. */
  readonly chunked?: ChunkedDecoderOptions
  /**
   * Octets held while a response is owed or content is not wanted, before the peer is no longer read from.
   * @defaultValue 16384: enough to notice that a peer left, too little to fill memory
   */
  readonly readAheadBytes?: number
  /** Unwanted content that is read and dropped to keep the connection. Beyond, it closes. @defaultValue 65536 */
  readonly discardBytes?: number
  /** From the connection to its first byte; then it closes silently. @defaultValue 30000 */
  readonly firstByteTimeoutMs?: number | null
  /** From the first byte of a head to its last, never extended; then 408. @defaultValue 30000: a slow head is an attack */
  readonly headerTimeoutMs?: number | null
  /** Without a byte of content that is wanted; then 408, abort or close, by how far the response is. @defaultValue 30000 */
  readonly bodyIdleTimeoutMs?: number | null
  /** Between requests, and before the first; then it closes silently. Twisted's `timeOut`. @defaultValue 60000 */
  readonly timeOut?: number | null
  /** Without the peer taking a byte of what is to be sent, looked at once in that time; then abort. @defaultValue 60000 */
  readonly writeStallTimeoutMs?: number | null
  /** From a close to the abort, while the peer takes nothing. Twisted's `abortTimeout`. @defaultValue 15000 */
  readonly abortTimeout?: number | null
  /** How long a closed connection still reads, so that the peer sees our last words. @defaultValue 2000 */
  readonly lingerTimeoutMs?: number
  /** How much it still reads. @defaultValue 262144 */
  readonly lingerBytes?: number
  /** Whether responses get a `Date` (RFC 9110 §6.6.1). @defaultValue true */
  readonly sendDate?: boolean
  /**
   * Sees each error that ended an exchange: a {@link RemoteProtocolError}, or what a handler threw.
   * An exception from it is ignored. @defaultValue none
   */
  readonly onError?: (error: unknown) => void
}

/**
 * The defaults of {@link HTTPChannelOptions}; the reasons stand there.
 *
 * @public
 */
export const DEFAULT_CHANNEL_OPTIONS: Readonly<{
  maxLength: number
  totalHeadersSize: number
  maxHeaders: number
  maxBlankLines: number
  maxBodySize: number
  readAheadBytes: number
  discardBytes: number
  firstByteTimeoutMs: number
  headerTimeoutMs: number
  bodyIdleTimeoutMs: number
  timeOut: number
  writeStallTimeoutMs: number
  abortTimeout: number
  lingerTimeoutMs: number
  lingerBytes: number
}> = Object.freeze({
  maxLength: 16_384,
  totalHeadersSize: 16_384,
  maxHeaders: 500,
  maxBlankLines: 8,
  maxBodySize: Infinity,
  readAheadBytes: 16_384,
  discardBytes: 65_536,
  firstByteTimeoutMs: 30_000,
  headerTimeoutMs: 30_000,
  bodyIdleTimeoutMs: 30_000,
  timeOut: 60_000,
  writeStallTimeoutMs: 60_000,
  abortTimeout: 15_000,
  lingerTimeoutMs: 2_000,
  lingerBytes: 262_144,
})

/**
 * The limits and deadlines that have a number as their default.
 *
 * @public
 */
type Numbers = typeof DEFAULT_CHANNEL_OPTIONS
/**
 * Those that `null` switches off.
 *
 * @public
 */
type Nullable =
  | 'firstByteTimeoutMs'
  | 'headerTimeoutMs'
  | 'bodyIdleTimeoutMs'
  | 'timeOut'
  | 'writeStallTimeoutMs'
  | 'abortTimeout'

/**
 * {@link HTTPChannelOptions} with every default filled in; one frozen object serves all channels made with the same options.
 *
 * @public
 */
export type ChannelSettings = {
  readonly [K in keyof Numbers]: K extends Nullable ? number | null : number
} & {
  readonly clock: Clock
  readonly requestFactory: RequestFactory | undefined
  readonly chunked: ChunkedDecoderOptions
  readonly sendDate: boolean
  readonly onError: ((error: unknown) => void) | undefined
}

const NULLABLE: ReadonlySet<string> = new Set<Nullable>([
  'firstByteTimeoutMs',
  'headerTimeoutMs',
  'bodyIdleTimeoutMs',
  'timeOut',
  'writeStallTimeoutMs',
  'abortTimeout',
])

const settled = new WeakMap<HTTPChannelOptions, ChannelSettings>()

/**
 * Checks options and fills in the defaults; once for each object, so that a connection costs no check.
 *
 * @throws {TypeError} when there is no clock
 * @throws {RangeError} when a limit is not a number of 0 or more, or a time is infinite
 */
export function settle(options: HTTPChannelOptions): ChannelSettings {
  let settings = settled.get(options)
  if (settings === undefined) {
    settings = check(options)
    settled.set(options, settings)
  }
  return settings
}

function check(options: HTTPChannelOptions): ChannelSettings {
  if (typeof options.clock?.callLater !== 'function') throw new TypeError('HTTPChannel needs a clock')
  const numbers: Record<string, number | null> = {}
  for (const [name, standard] of Object.entries(DEFAULT_CHANNEL_OPTIONS)) {
    const value = options[name as keyof Numbers]
    const valid = value === undefined || (value === null ? NULLABLE.has(name) : isLimit(name, value))
    if (!valid) throw new RangeError(`${name} must be a number of 0 or more, not ${String(value)}`)
    numbers[name] = value === undefined ? standard : value
  }
  return Object.freeze({
    ...(numbers as unknown as Numbers),
    clock: options.clock,
    requestFactory: options.requestFactory,
    chunked: Object.freeze({ ...options.chunked }),
    sendDate: options.sendDate ?? true,
    onError: options.onError,
  })
}

/** Octets and counts may be without end, time may not: there is `null` for that. */
function isLimit(name: string, value: unknown): boolean {
  const isTime = NULLABLE.has(name) || name === 'lingerTimeoutMs'
  return typeof value === 'number' && value >= 0 && !(isTime && value === Infinity)
}
