import type { ChunkedDecoderOptions } from '@millrace/chunked'
import type { MinimumRate } from '@millrace/timeout'
import type { Clock, Protocol } from '@millrace/transport'
import { checkSinks, type EventSinks } from './channel-events.ts'
import type { ErrorHook } from './error-report.ts'
import { resolveLeniency, STRICT, type Leniency, type LeniencyFlag } from './leniency.ts'
import type { RequestChannel } from './request-channel.ts'
import type { RequestHead } from './request-head.ts'
import type { Request, RequestFactory } from './request.ts'

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
  /**
   * Octets of responses that are collected in a turn. From there on they leave at once, and whoever writes is told how the
   * peer keeps up. @defaultValue 262144: in one system call they move a third faster than in four
   */
  readonly writeAheadBytes?: number
  /** Unwanted content that is read and dropped to keep the connection. Beyond, it closes. @defaultValue 65536 */
  readonly discardBytes?: number
  /** From the connection to its first byte; then it closes silently. @defaultValue 30000 */
  readonly firstByteTimeoutMs?: number | null
  /** From the first byte of a head to its last, never extended; then 408. @defaultValue 30000: a slow head is an attack */
  readonly headerTimeoutMs?: number | null
  /**
   * From the first time that content is wanted to its end, not counting while it is not wanted; then as `bodyIdleTimeoutMs`.
   * @defaultValue null: an upload takes as long as it takes, and has a minimum rate
   */
  readonly bodyTimeoutMs?: number | null
  /**
   * How fast content that is wanted must come, on average and with its framing, after a grace; then as
   * `bodyIdleTimeoutMs`. `null` switches it off.
   * @defaultValue 240 octets a second after 5000 ms: whoever sends a byte now and then holds a connection and a handler
   */
  readonly minBodyRate?: MinimumRate | null
  /**
   * For a handler, without a write, while nothing is awaited of the peer; then 503, or abort when the response has begun.
   * @defaultValue null: long polls are in use
   */
  readonly handlerTimeoutMs?: number | null
  /** Without a byte of content that is wanted; then 408, abort or close, by how far the response is. @defaultValue 30000 */
  readonly bodyIdleTimeoutMs?: number | null
  /** Between requests, and before the first; then it closes silently. Twisted's `timeOut`. @defaultValue 60000 */
  readonly timeOut?: number | null
  /** Without the peer taking a byte of what is to be sent, at most a quarter more; then abort. @defaultValue 60000 */
  readonly writeStallTimeoutMs?: number | null
  /**
   * How fast the peer must take what is to be sent, on average since there is something, after a grace; then abort.
   * @defaultValue null: a response may be read as slowly as a person reads
   */
  readonly minSendRate?: MinimumRate | null
  /** For a peer that is silent between requests when the connection is drained; then it closes. @defaultValue 5000 */
  readonly drainGraceMs?: number
  /**
   * What becomes of a peer that finished sending: it still gets its answers, or is taken for gone.
   * @defaultValue 'finish': a client may shut down its sending side (RFC 9112 §9.6)
   */
  readonly halfClose?: 'finish' | 'abort'
  /** From a close to the abort, while the peer takes nothing. Twisted's `abortTimeout`. @defaultValue 15000 */
  readonly abortTimeout?: number | null
  /** How long a closed connection still reads, so that the peer sees our last words. @defaultValue 2000 */
  readonly lingerTimeoutMs?: number
  /** How much it still reads. @defaultValue 262144 */
  readonly lingerBytes?: number
  /** Whether responses get a `Date` (RFC 9110 §6.6.1). @defaultValue true */
  readonly sendDate?: boolean
  /**
   * Sees each error that ended an exchange, with the head as far as it came, and may answer in the channel's place.
   * @defaultValue none: our own answer, a line of text
   */
  readonly onError?: ErrorHook
  /**
   * Where events go: connection, head, body, response, error, close, with times and octets. Costs nothing for as long as a
   * sink has no subscribers. @defaultValue none
   */
  readonly events?: EventSinks
  /** Rules that are relaxed, each by its own flag. @defaultValue {@link STRICT}: each flag lets somebody smuggle */
  readonly leniency?: Partial<Leniency>
  /**
   * Runs for each flag that a request needed, before the request is dispatched; it may answer it. What it throws is a
   * failure of the request. @defaultValue none: they are counted in any case
   */
  readonly onLenient?: (flag: LeniencyFlag, request: Request) => void
  /**
   * Whether requests for `authority` are answered here; others get 421, and the connection closes, since who reused it for
   * another host is to open a new one (RFC 9110 §7.4). Runs when a head is complete and valid. A proxy has none.
   * @defaultValue none: every authority is ours
   */
  readonly acceptAuthority?: (authority: string, head: RequestHead) => boolean
  /**
   * Takes a connection that begins with the preface of HTTP/2 (RFC 9113 §3.4): what it returns is bound to the transport
   * and gets every octet, the preface first. `null`, and without this option: 505. @defaultValue none
   */
  readonly http2Preface?: (channel: RequestChannel) => Protocol | null
}

/**
 * The options that have no default of their own.
 *
 * @public
 */
type Unset = 'clock' | 'requestFactory' | Hook

/**
 * What runs, or is told, at certain moments; none unless given.
 *
 * @public
 */
type Hook = 'onError' | 'events' | 'onLenient' | 'acceptAuthority' | 'http2Preface'

/**
 * {@link HTTPChannelOptions} with every default filled in; one frozen object serves all channels made with the same options.
 *
 * @public
 */
export type ChannelSettings = Readonly<Required<Omit<HTTPChannelOptions, Unset | 'leniency'>>> & {
  readonly clock: Clock
  readonly requestFactory: RequestFactory | undefined
  readonly leniency: Leniency
} & { readonly [K in Hook]: HTTPChannelOptions[K] | undefined }

/**
 * The defaults of {@link HTTPChannelOptions}; the reasons stand there.
 *
 * @public
 */
export const DEFAULT_CHANNEL_OPTIONS: Readonly<Required<Omit<HTTPChannelOptions, Unset>>> = Object.freeze({
  maxLength: 16_384,
  totalHeadersSize: 16_384,
  maxHeaders: 500,
  maxBlankLines: 8,
  maxBodySize: Infinity,
  chunked: Object.freeze({}),
  readAheadBytes: 16_384,
  writeAheadBytes: 262_144,
  discardBytes: 65_536,
  firstByteTimeoutMs: 30_000,
  headerTimeoutMs: 30_000,
  bodyIdleTimeoutMs: 30_000,
  bodyTimeoutMs: null,
  minBodyRate: Object.freeze({ bytesPerSecond: 240, graceMs: 5_000 }),
  handlerTimeoutMs: null,
  timeOut: 60_000,
  writeStallTimeoutMs: 60_000,
  minSendRate: null,
  drainGraceMs: 5_000,
  halfClose: 'finish',
  abortTimeout: 15_000,
  lingerTimeoutMs: 2_000,
  lingerBytes: 262_144,
  sendDate: true,
  leniency: STRICT,
})

/** What an option's value must be, by the option's name. */
const CHECKS: Readonly<Record<Exclude<keyof HTTPChannelOptions, Unset | 'chunked' | 'leniency'>, Check>> = {
  maxLength: limit,
  totalHeadersSize: limit,
  maxHeaders: limit,
  maxBlankLines: limit,
  maxBodySize: limit,
  readAheadBytes: limit,
  writeAheadBytes: limit,
  discardBytes: limit,
  firstByteTimeoutMs: orNull(time),
  headerTimeoutMs: orNull(time),
  bodyIdleTimeoutMs: orNull(time),
  bodyTimeoutMs: orNull(time),
  minBodyRate: orNull(rate),
  handlerTimeoutMs: orNull(time),
  timeOut: orNull(time),
  writeStallTimeoutMs: orNull(time),
  minSendRate: orNull(rate),
  drainGraceMs: time,
  halfClose: (value) => (value === 'finish' || value === 'abort' ? null : "'finish' or 'abort'"),
  abortTimeout: orNull(time),
  lingerTimeoutMs: time,
  lingerBytes: limit,
  sendDate: (value) => (typeof value === 'boolean' ? null : 'true or false'),
}

/** Says what a value must be; `null` when it is that. */
type Check = (value: unknown) => string | null

/** Octets and counts may be without end. */
function limit(value: unknown): string | null {
  return typeof value === 'number' && value >= 0 ? null : 'a number of 0 or more'
}

/** Time may not be without end: there is `null` for that. */
function time(value: unknown): string | null {
  return limit(value) === null && value !== Infinity ? null : 'a finite number of 0 or more'
}

function rate(value: unknown): string | null {
  const { bytesPerSecond, graceMs } = (value ?? {}) as Partial<MinimumRate>
  const isRate = time(bytesPerSecond) === null && bytesPerSecond !== 0 && time(graceMs) === null
  return isRate ? null : 'a rate: bytesPerSecond above 0, graceMs of 0 or more, both finite'
}

function orNull(check: Check): Check {
  return (value) => (value === null ? null : check(value))
}

const settled = new WeakMap<HTTPChannelOptions, ChannelSettings>()

/**
 * Checks options and fills in the defaults; once for each object, so that a connection costs no check.
 *
 * @throws {TypeError} when there is no clock, or a flag of leniency or the name of an event is unknown
 * @throws {RangeError} when a limit is not a number of 0 or more, a time is infinite, a rate or a choice is none
 */
export function settle(options: HTTPChannelOptions): ChannelSettings {
  let settings = settled.get(options)
  if (settings === undefined) {
    settings = fill(options)
    settled.set(options, settings)
  }
  return settings
}

function fill(options: HTTPChannelOptions): ChannelSettings {
  if (typeof options.clock?.callLater !== 'function') throw new TypeError('HTTPChannel needs a clock')
  checkSinks(options.events)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    const expected = CHECKS[name as keyof typeof CHECKS]?.(value) ?? null
    if (expected !== null) throw new RangeError(`${name} must be ${expected}, not ${String(value)}`)
  }
  return Object.freeze({
    ...DEFAULT_CHANNEL_OPTIONS,
    requestFactory: undefined,
    onError: undefined,
    events: undefined,
    onLenient: undefined,
    acceptAuthority: undefined,
    http2Preface: undefined,
    ...(Object.fromEntries(given) as unknown as HTTPChannelOptions),
    chunked: Object.freeze({ ...options.chunked }),
    leniency: resolveLeniency(options.leniency),
  })
}
