import type { Address, Clock } from '@millrace/transport'
import { FIXED_BYTES, LARGEST_BYTES } from './decode-v2.ts'
import type { ProxyProtocolError } from './errors.ts'
import { peerMatcher } from './trusted-peers.ts'

/**
 * Which headers are read. Everything is optional.
 *
 * @public
 */
export interface ProxyHeaderOptions {
  /** The versions that are accepted. @defaultValue `[1, 2]` */
  readonly versions?: readonly (1 | 2)[]
  /**
   * The longest header of version 2 in octets, 16–65551; a line of version 1 has 107 at most, whatever is set here.
   *
   * @defaultValue 4096: addresses take 232 at most, a client's certificate among the TLVs about 2,000; it bounds what
   * a connection holds before anybody asked for it
   */
  readonly maxHeaderBytes?: number
}

/**
 * Whether connections begin with a header, and whose header is believed.
 *
 * @public
 */
export interface ProxyProtocolOptions extends ProxyHeaderOptions {
  /** The time. Required: a protocol has no clock of its own. */
  readonly clock: Clock
  /**
   * `required`: every connection begins with a header. `forbidden`: none does; one that begins with a header is broken
   * off, so that a proxy that was not expected shows, and its header never reaches the protocol above.
   *
   * Which of both is configured, never found out from the bytes: a client could send a header, too.
   *
   * @defaultValue `'required'`
   */
  readonly mode?: 'required' | 'forbidden'
  /**
   * The peers whose header is believed: addresses and ranges (`10.0.0.0/8`, `2001:db8::/32`), `unix` for all peers on
   * unix sockets, or a function. An IPv4 address that arrives as an IPv6 address (`::ffff:10.0.0.1`) is an IPv4 address.
   *
   * Required when a header is: whoever may send one decides who the client is.
   */
  readonly trusted?: readonly string[] | ((peer: Address) => boolean)
  /**
   * What becomes of other peers where a header is required. `refuse`: they are broken off at once. `plain`: they are
   * clients themselves, and as in mode `forbidden` they may not send a header.
   *
   * @defaultValue `'refuse'`: who may go around the proxy also goes around what it enforces
   */
  readonly untrusted?: 'refuse' | 'plain'
  /**
   * Milliseconds from the connection to the end of its header, never extended; then it is broken off. `null`: no limit.
   *
   * @defaultValue 5000: a proxy sends the header first of all; less than 3 s would not outlast a lost packet
   */
  readonly headerTimeoutMs?: number | null
  /**
   * Sees why a connection was broken off, and where its other end is. The connection is closed by then; an exception
   * from it is ignored. A peer that leaves before its first octet is nobody's error.
   *
   * @defaultValue none
   */
  readonly onError?: (error: ProxyProtocolError, peer: Address) => void
}

/**
 * The defaults of {@link ProxyProtocolOptions}; the reasons stand there.
 *
 * @public
 */
export const DEFAULT_PROXY_PROTOCOL_OPTIONS: Readonly<{
  mode: 'required'
  untrusted: 'refuse'
  versions: readonly (1 | 2)[]
  maxHeaderBytes: number
  headerTimeoutMs: number
}> = Object.freeze({
  mode: 'required',
  untrusted: 'refuse',
  versions: Object.freeze([1, 2] as const),
  maxHeaderBytes: 4_096,
  headerTimeoutMs: 5_000,
})

const DEFAULTS = DEFAULT_PROXY_PROTOCOL_OPTIONS

/** {@link ProxyHeaderOptions}, checked. */
export interface HeaderSettings {
  readonly acceptsV1: boolean
  readonly acceptsV2: boolean
  readonly maxHeaderBytes: number
}

/** {@link ProxyProtocolOptions}, checked. */
export interface ProxyProtocolSettings {
  readonly clock: Clock
  readonly required: boolean
  readonly isTrusted: (peer: Address) => boolean
  readonly refusesOthers: boolean
  readonly headerTimeoutMs: number | null
  readonly onError: ((error: ProxyProtocolError, peer: Address) => void) | undefined
}

const settled = new WeakMap<ProxyProtocolOptions, ProxyProtocolSettings>()
const settledHeaders = new WeakMap<ProxyHeaderOptions, HeaderSettings>()

/**
 * Checks options and fills in the defaults; once for each object, so that a connection costs no check.
 *
 * @throws {TypeError} when there is no clock, nobody is trusted by a word, or a word is not one of those listed
 * @throws {RangeError} when a number is out of its range
 */
export function settle(options: ProxyProtocolOptions): ProxyProtocolSettings {
  let settings = settled.get(options)
  if (settings === undefined) {
    settings = check(options)
    settled.set(options, settings)
  }
  return settings
}

/**
 * The same for what concerns the header alone.
 *
 * @throws {TypeError | RangeError} as {@link settle}
 */
export function settleHeader(options: ProxyHeaderOptions): HeaderSettings {
  let settings = settledHeaders.get(options)
  if (settings === undefined) {
    settings = checkHeader(options)
    settledHeaders.set(options, settings)
  }
  return settings
}

function checkHeader(options: ProxyHeaderOptions): HeaderSettings {
  const { versions = DEFAULTS.versions, maxHeaderBytes = DEFAULTS.maxHeaderBytes } = options
  if (versions.length === 0 || !versions.every((version) => version === 1 || version === 2))
    throw new TypeError('versions is a list of 1, 2 or both')
  if (!Number.isInteger(maxHeaderBytes) || maxHeaderBytes < FIXED_BYTES || maxHeaderBytes > LARGEST_BYTES)
    throw new RangeError(`maxHeaderBytes must be ${FIXED_BYTES}–${LARGEST_BYTES}, not ${maxHeaderBytes}`)
  return Object.freeze({ acceptsV1: versions.includes(1), acceptsV2: versions.includes(2), maxHeaderBytes })
}

function check(options: ProxyProtocolOptions): ProxyProtocolSettings {
  const { clock, trusted, onError } = options
  const { mode = DEFAULTS.mode, untrusted = DEFAULTS.untrusted } = options
  const { headerTimeoutMs = DEFAULTS.headerTimeoutMs } = options
  if (typeof clock?.callLater !== 'function') throw new TypeError('ProxyProtocol needs a clock')
  if (mode !== 'required' && mode !== 'forbidden') throw new TypeError(`no such mode: ${String(mode)}`)
  if (untrusted !== 'refuse' && untrusted !== 'plain')
    throw new TypeError(`untrusted peers are refused or plain, not ${String(untrusted)}`)
  if (mode === 'required' && trusted === undefined)
    throw new TypeError('trusted is needed: the peers whose header is believed')
  if (headerTimeoutMs !== null && !(headerTimeoutMs >= 0 && headerTimeoutMs < Infinity))
    throw new RangeError(`headerTimeoutMs must be finite, 0 or more, not ${headerTimeoutMs}`)
  settleHeader(options)
  return Object.freeze({
    clock,
    required: mode === 'required',
    isTrusted: typeof trusted === 'function' ? trusted : peerMatcher(trusted ?? []),
    refusesOthers: untrusted === 'refuse',
    headerTimeoutMs,
    onError,
  })
}
