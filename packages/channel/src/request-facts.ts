import { parseHost } from '@millrace/message'
import type { Address } from '@millrace/transport'
import type { Request } from './request.ts'

/** What stands in a Basic `Authorization` (RFC 7617). */
interface Credentials {
  readonly user: string
  readonly password: string
}

const { atob, TextDecoder } = globalThis as unknown as {
  readonly atob: (base64: string) => string
  readonly TextDecoder: new (label: string, how: object) => { decode(bytes: Uint8Array): string }
}

/** Strict: octets that are replaced, or dropped as a byte order mark, would make one name of two. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const CONTROL_CHARACTER = /[\0-\x1f\x7f]/
const NOBODY: Credentials = { user: '', password: '' }

/**
 * Gets a field of the request: its lines joined with `, `, `undefined` when there is none. Where Twisted gives the
 * last line, two lines of a field that may stand once are seen to be two.
 *
 * @public
 */
export function getHeader(request: Request, name: string): string | undefined {
  return request.requestHeaders.get(name)
}

/**
 * Gets all fields of the request by their lower-case names, lines of one name joined with `, `.
 *
 * @public
 */
export function getAllHeaders(request: Request): Map<string, string> {
  const all = new Map<string, string>()
  for (const [name, values] of request.requestHeaders.getAllRawHeaders())
    all.set(name.toLowerCase(), values.join(', '))
  return all
}

/**
 * Gets the arguments of the query, decoded (`+` is a space, escapes are UTF-8); an escape that is none, or no UTF-8,
 * stays as it came. Content is not looked at: a form is the application's to read.
 *
 * @public
 */
export function getArgs(request: Request): Map<string, string[]> {
  const args = new Map<string, string[]>()
  const query = request.requestTarget.indexOf('?')
  if (query === -1) return args
  for (const pair of request.requestTarget.slice(query + 1).split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals === -1 ? pair : pair.slice(0, equals))
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
    const values = args.get(name)
    if (values === undefined) args.set(name, [value])
    else values.push(value)
  }
  return args
}

function decode(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeEscapes)
}

function decodeEscapes(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return escapes
  }
}

/**
 * Gets the value of a cookie; the first of that name, `undefined` when there is none (RFC 6265 §5.4).
 *
 * @public
 */
export function getCookie(request: Request, name: string): string | undefined {
  for (const line of request.requestHeaders.getAll('cookie')) {
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=')
      if (equals !== -1 && withoutBlanks(pair.slice(0, equals)) === name)
        return withoutBlanks(pair.slice(equals + 1))
    }
  }
  return undefined
}

/** Only SP and HTAB are blanks here: with NBSP as one too, a name would pass for another (`trim` is such a trap). */
function withoutBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text[start])) start += 1
  while (end > start && isBlank(text[end - 1])) end -= 1
  return text.slice(start, end)
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t'
}

/**
 * Gets the host that the request is for, in lower case and without its port: from `Host`, or from an absolute-form
 * target. `''` when an HTTP/1.0 client names none.
 *
 * @public
 */
export function getRequestHostname(request: Request): string {
  return parseHost(request.head.authority).host
}

/**
 * Changes the authority that the request is taken to be for, as a server behind a gateway may want to.
 *
 * @param port - left out when `undefined`
 * @throws {MessageError} when it is no authority
 * @public
 */
export function setHost(request: Request, host: string, port?: number): void {
  const authority = port === undefined ? host : `${host}:${port}`
  parseHost(authority)
  request.head.authority = authority
}

/**
 * Gets where the client is; behind a gateway that is the gateway.
 *
 * @public
 */
export function getClientAddress(request: Request): Address {
  return request.channel.transport.getPeer()
}

/**
 * Tells whether the request came encrypted.
 *
 * @public
 */
export function isSecure(request: Request): boolean {
  return request.channel.transport.isSecure()
}

/**
 * Gets the user of Basic authentication (RFC 7617); `''` when there is none, when it is malformed, and when there are
 * two: whoever checks the other one would let somebody else in.
 *
 * @public
 */
export function getUser(request: Request): string {
  return credentials(request).user
}

/**
 * Gets the password of Basic authentication, `''` whenever {@link getUser} would not trust it either.
 *
 * @public
 */
export function getPassword(request: Request): string {
  return credentials(request).password
}

function credentials(request: Request): Credentials {
  const [value, second] = request.requestHeaders.getAll('authorization')
  const basic = second === undefined ? /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(value ?? '') : null
  if (basic === null) return NOBODY
  try {
    const octets = Uint8Array.from(atob(basic[1] as string), (octet) => octet.charCodeAt(0))
    const text = UTF_8.decode(octets)
    const colon = text.indexOf(':')
    if (colon === -1 || CONTROL_CHARACTER.test(text)) return NOBODY
    return { user: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    return NOBODY // neither base64 nor UTF-8
  }
}

/** Whether a list of entity tags has `etag`, compared weakly, or is `*` (RFC 9110 §13.1.2). */
export function hasEntityTag(values: readonly string[], etag: string): boolean {
  const opaque = etag.startsWith('W/') ? etag.slice(2) : etag
  // Not a list of quoted strings: in a tag a backslash is a character like any other (RFC 9110 §8.8.3).
  for (const [tag] of values.join(', ').matchAll(/"[^"]*"|\*/g))
    if (tag === opaque || tag === '*') return true
  return false
}
