import { readAuthority } from './authority.ts'
import { MessageError } from './errors.ts'

/**
 * `/path?query`: the usual form, for a resource of the host that Host names (RFC 9112 §3.2.1).
 *
 * @public
 */
export interface OriginForm {
  readonly form: 'origin'
  /** As received, from its `/` on. It may begin with `//`: do not resolve it as a relative reference. */
  readonly path: string
  /** As received, without its `?`; `null` when there is no `?`. */
  readonly query: string | null
}

/**
 * `http://host:port/path?query`: what clients send to proxies, and every server understands (RFC 9112 §3.2.2).
 *
 * @public
 */
export interface AbsoluteForm {
  readonly form: 'absolute'
  /** In lower case: `http`, `https`, or another that a gateway may know. */
  readonly scheme: string
  /** Host and port as received. */
  readonly authority: string
  /** In lower case, IPv6 addresses in their brackets; never empty. */
  readonly host: string
  /** 0–65535; `null` when none was given. */
  readonly port: number | null
  /**
   * As received; `/` when it was empty. An OPTIONS request without path and query is about the server as a whole, and
   * has `*` here: what the last proxy on the way sends on (RFC 9112 §3.2.4).
   */
  readonly path: string
  /** As received, without its `?`; `null` when there is no `?`. */
  readonly query: string | null
}

/**
 * `host:port`: where CONNECT wants its tunnel to end (RFC 9112 §3.2.3).
 *
 * @public
 */
export interface AuthorityForm {
  readonly form: 'authority'
  /** As received. */
  readonly authority: string
  /** In lower case, IPv6 addresses in their brackets; never empty. */
  readonly host: string
  /** 1–65535. */
  readonly port: number
}

/**
 * `*`: an OPTIONS request about the server as a whole (RFC 9112 §3.2.4).
 *
 * @public
 */
export interface AsteriskForm {
  readonly form: 'asterisk'
}

/**
 * What a request is about, in one of the four forms of RFC 9112 §3.2.
 *
 * @public
 */
export type RequestTarget = OriginForm | AbsoluteForm | AuthorityForm | AsteriskForm

const ASTERISK: AsteriskForm = Object.freeze({ form: 'asterisk' })

/**
 * Characters that RFC 3986 wants percent-encoded in a path or a query, and that are let through all the same: browsers
 * send `|`, `[`, `]`, `^`, `{`, `}`, a backquote and more as they are, in queries above all, and command-line tools send
 * whatever was typed. None of them separates anything in HTTP. `#` and `\` are not among them: recipients disagree about
 * where a target with one of those ends, or what its segments are. Empty this text for the letter of RFC 3986.
 */
const TOLERATED = '"<>[]^`{|}'

const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
const SUB_DELIMS = "!$&'()*+,;="

/**
 * Characters of a path and a query (RFC 3986 §3.3, §3.4): 1 when allowed. `%` stands for itself: whether two hex digits
 * follow is not looked at, since a recipient that corrected or refused them would disagree with those behind it about
 * targets that are in use.
 */
const TARGET_CHARS: Uint8Array = new Uint8Array(128)
for (const char of `${UNRESERVED}${SUB_DELIMS}:@%/?${TOLERATED}`) TARGET_CHARS[char.charCodeAt(0)] = 1

const HASH = 0x23
const SLASH = 0x2f
const QUESTION_MARK = 0x3f
const SCHEME = /^[a-z][a-z0-9+\-.]*(?=:\/\/)/i

/**
 * The form and the parts of a request-target, which are neither decoded nor normalised.
 *
 * @param method - as received: CONNECT takes the authority-form only, and only OPTIONS takes `*`
 * @param target - as received: the `requestTarget` of a request line
 * @throws {@link MessageError}
 * `ERR_TARGET_FORM`: none of the four, or one that the method may not have; `ERR_TARGET_CHARACTER`: a backslash, a
 * space, a control or non-ASCII character; `ERR_TARGET_FRAGMENT`: a `#`; `ERR_TARGET_USERINFO`: an `@` in the authority;
 * `ERR_TARGET_AUTHORITY`: host empty or invalid, port invalid; `ERR_CONNECT_PORT`: CONNECT without a port from 1 on
 * @see RFC 9112 §3.2, RFC 9110 §7.1
 * @public
 */
export function parseRequestTarget(method: string, target: string): RequestTarget {
  if (method === 'CONNECT') return parseAuthorityForm(target)
  if (target.charCodeAt(0) === SLASH) {
    const queryAt = checkCharacters(target)
    if (queryAt === -1) return { form: 'origin', path: target, query: null }
    return { form: 'origin', path: target.slice(0, queryAt), query: target.slice(queryAt + 1) }
  }
  if (target !== '*') return parseAbsoluteForm(method, target)
  if (method !== 'OPTIONS') throw new MessageError('ERR_TARGET_FORM', 0)
  return ASTERISK
}

function parseAuthorityForm(target: string): AuthorityForm {
  // Neither may begin an authority: the form of another method, rather than a bad host.
  if (target.charCodeAt(0) === SLASH || target === '*') throw new MessageError('ERR_TARGET_FORM', 0)
  refuseUserinfo(target, 0, target.length)
  const { host, port } = readAuthority(target, 0, 'ERR_TARGET_AUTHORITY')
  if (host === '') throw new MessageError('ERR_TARGET_AUTHORITY', 0)
  if (port === null || port === 0) throw new MessageError('ERR_CONNECT_PORT', target.length)
  return { form: 'authority', authority: target, host, port }
}

function parseAbsoluteForm(method: string, target: string): AbsoluteForm {
  const queryAt = checkCharacters(target)
  const scheme = SCHEME.exec(target)?.[0]
  if (scheme === undefined) throw new MessageError('ERR_TARGET_FORM', 0)
  const authorityStart = scheme.length + 3
  const pathEnd = queryAt === -1 ? target.length : queryAt
  const slashAt = target.indexOf('/', authorityStart)
  const authorityEnd = slashAt === -1 || slashAt > pathEnd ? pathEnd : slashAt

  refuseUserinfo(target, authorityStart, authorityEnd)
  const { host, port } = readAuthority(target.slice(0, authorityEnd), authorityStart, 'ERR_TARGET_AUTHORITY')
  if (host === '') throw new MessageError('ERR_TARGET_AUTHORITY', authorityStart)
  const query = queryAt === -1 ? null : target.slice(queryAt + 1)
  const path = target.slice(authorityEnd, pathEnd) || (method === 'OPTIONS' && query === null ? '*' : '/')
  const authority = target.slice(authorityStart, authorityEnd)
  return { form: 'absolute', scheme: scheme.toLowerCase(), authority, host, port, path, query }
}

/** Checks every character, and gives the position of the first `?`, or -1. */
function checkCharacters(target: string): number {
  let queryAt = -1
  for (let position = 0; position < target.length; position += 1) {
    const char = target.charCodeAt(position)
    if (TARGET_CHARS[char] !== 1) {
      throw new MessageError(char === HASH ? 'ERR_TARGET_FRAGMENT' : 'ERR_TARGET_CHARACTER', position)
    }
    if (char === QUESTION_MARK && queryAt === -1) queryAt = position
  }
  return queryAt
}

/** `http://trusted.example@evil.example/` is made to mislead (RFC 9110 §4.2.4). */
function refuseUserinfo(target: string, start: number, end: number): void {
  const at = target.indexOf('@', start)
  if (at !== -1 && at < end) throw new MessageError('ERR_TARGET_USERINFO', at)
}
