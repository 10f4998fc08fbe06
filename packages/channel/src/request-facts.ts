import { splitFieldList } from '@millrace/headers'
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
  readonly TextDecoder: new () => { decode(bytes: Uint8Array): string }
}

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
  for (const [name, values] of request.requestHeaders.getAllRawHeaders()) all.set(name.toLowerCase(), values.join(', '))
  return all
}

/**
 * Gets the arguments of the query, decoded (`+` is a space, escapes are UTF-8); what does not decode stays as it came.
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
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
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
      if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
    }
  }
  return undefined
}

/**
 * Gets the host that the request is for, without its port: from `Host`, or from an absolute-form target.
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
 * Gets the user of Basic authentication, `''` when there is none.
 *
 * @public
 */
export function getUser(request: Request): string {
  return credentials(request).user
}

/**
 * Gets the password of Basic authentication, `''` when there is none.
 *
 * @public
 */
export function getPassword(request: Request): string {
  return credentials(request).password
}

function credentials(request: Request): Credentials {
  const [value, second] = request.requestHeaders.getAll('authorization')
  const basic = second === undefined ? /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(value ?? '') : null
  if (basic === null) return { user: '', password: '' }
  try {
    const octets = Uint8Array.from(atob(basic[1] as string), (octet) => octet.charCodeAt(0))
    const text = new TextDecoder().decode(octets)
    const colon = text.indexOf(':')
    if (colon !== -1) return { user: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    // Not base64: as good as none.
  }
  return { user: '', password: '' }
}

/** Whether a list of entity tags has `etag`, compared weakly (RFC 9110 §8.8.3.2). */
export function hasEntityTag(values: readonly string[], etag: string): boolean {
  const opaque = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag)
  return values.some((value) => splitFieldList(value).some((tag) => tag === '*' || opaque(tag) === opaque(etag)))
}
