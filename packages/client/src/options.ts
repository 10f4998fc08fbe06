import type { ChunkedDecoderOptions } from '@millrace/chunked'
import type { Clock } from '@millrace/transport'

/**
 * The limits and deadlines of an {@link HTTPClientChannel}.
 *
 * Limits count octets as they came, so none depends on how the bytes were cut; deadlines are in milliseconds, and
 * `null` switches one off.
 *
 * @public
 */
export interface ClientChannelOptions {
  /** The time. Required: a channel has no clock of its own. */
  readonly clock: Clock
  /** Octets of a status line or a field line, without its CRLF. @defaultValue 16384, as a server takes */
  readonly maxLength?: number
  /**
   * Octets of a whole head, every CRLF counted.
   * @defaultValue 65536: servers send more than clients do (cookies, policies), and what a server may make us hold
   * is bounded all the same
   */
  readonly totalHeadersSize?: number
  /** Field lines of a head. @defaultValue 500: no honest server comes near */
  readonly maxHeaders?: number
  /** Interim (1xx) responses to one request. @defaultValue 16: a server must not keep us busy with them */
  readonly maxInformational?: number
  /** Limits of chunked framing; see `@millrace/chunked`. */
  readonly chunked?: ChunkedDecoderOptions
  /**
   * From the end of the request, or the last interim response, to the last octet of the head.
   * @defaultValue 60000: as long as the servers in use give their handlers
   */
  readonly headTimeoutMs?: number | null
  /**
   * Without an octet of content, while we are ready to take it; and without the server taking an octet of what is to
   * be sent. Time that passes because our own side holds back does not count.
   * @defaultValue 60000
   */
  readonly idleTimeoutMs?: number | null
  /**
   * Takes what a handler threw; its exchange is over by then.
   * @defaultValue throws it in a call of the clock: one handler's mistake must not end another's exchange
   */
  readonly onHandlerError?: (error: unknown) => void
}

/**
 * The defaults of {@link ClientChannelOptions}; the reasons stand there.
 *
 * @public
 */
export const DEFAULT_CLIENT_OPTIONS: Readonly<{
  maxLength: number
  totalHeadersSize: number
  maxHeaders: number
  maxInformational: number
  headTimeoutMs: number
  idleTimeoutMs: number
}> = Object.freeze({
  maxLength: 16_384,
  totalHeadersSize: 65_536,
  maxHeaders: 500,
  maxInformational: 16,
  headTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
})

/**
 * {@link ClientChannelOptions} with every default filled in.
 *
 * @public
 */
export interface ClientSettings {
  readonly clock: Clock
  readonly maxLength: number
  readonly totalHeadersSize: number
  readonly maxHeaders: number
  readonly maxInformational: number
  readonly chunked: ChunkedDecoderOptions | undefined
  readonly headTimeoutMs: number | null
  readonly idleTimeoutMs: number | null
  readonly onHandlerError: ((error: unknown) => void) | undefined
}

const settled = new WeakMap<ClientChannelOptions, ClientSettings>()

/**
 * Checks options and fills in the defaults; once for each object, so that a connection costs no check.
 *
 * @throws {TypeError} when there is no clock
 * @throws {RangeError} when a limit is not a number of 0 or more
 */
export function settleOptions(options: ClientChannelOptions): ClientSettings {
  let settings = settled.get(options)
  if (settings === undefined) {
    settings = check(options)
    settled.set(options, settings)
  }
  return settings
}

function check(options: ClientChannelOptions): ClientSettings {
  if (typeof options.clock?.callLater !== 'function')
    throw new TypeError('an HTTPClientChannel needs a clock')
  const standard = DEFAULT_CLIENT_OPTIONS
  return Object.freeze({
    clock: options.clock,
    maxLength: checkCount('maxLength', options.maxLength ?? standard.maxLength),
    totalHeadersSize: checkCount('totalHeadersSize', options.totalHeadersSize ?? standard.totalHeadersSize),
    maxHeaders: checkCount('maxHeaders', options.maxHeaders ?? standard.maxHeaders),
    maxInformational: checkCount('maxInformational', options.maxInformational ?? standard.maxInformational),
    chunked: options.chunked,
    headTimeoutMs: checkPeriod('headTimeoutMs', options.headTimeoutMs, standard.headTimeoutMs),
    idleTimeoutMs: checkPeriod('idleTimeoutMs', options.idleTimeoutMs, standard.idleTimeoutMs),
    onHandlerError: options.onHandlerError,
  })
}

/** @throws {RangeError} when `value` is not a whole number of 0 or more, or `Infinity` */
export function checkCount(name: string, value: number): number {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 0)) return value
  throw new RangeError(`${name} must be a whole number of 0 or more: ${value}`)
}

/** @throws {RangeError} when `value` is neither a number of milliseconds that can pass, nor `null` */
export function checkPeriod(name: string, value: number | null | undefined, standard: number): number | null {
  const period = value === undefined ? standard : value
  if (period === null || (period >= 0 && period < Infinity)) return period
  throw new RangeError(`${name} must be a number of milliseconds, 0 or more, or null: ${period}`)
}
