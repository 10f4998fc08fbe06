import { formatHttpDate, parseHttpDate } from '@millrace/message'
import { LocalProtocolError } from './errors.ts'
import { hasEntityTag } from './request-facts.ts'
import type { Request } from './request.ts'

/**
 * How long a cookie lives and where it goes (RFC 6265 §5.2).
 *
 * @public
 */
export interface CookieAttributes {
  /** Milliseconds since the Unix epoch. */
  readonly expires?: number
  /** Seconds. */
  readonly maxAge?: number
  readonly domain?: string
  readonly path?: string
  readonly secure?: boolean
  readonly httpOnly?: boolean
  readonly sameSite?: 'lax' | 'strict' | 'none'
}

/**
 * Adds a `Set-Cookie` field to the response.
 *
 * @throws {TypeError} when the name, the value or an attribute has a character that would end it
 * @throws {RangeError} when `expires` or `maxAge` is no time
 * @throws {LocalProtocolError} `ERR_HEAD_SENT`
 * @public
 */
export function addCookie(
  request: Request,
  name: string,
  value: string,
  attributes: CookieAttributes = {},
): void {
  const parts = [`${name}=${value}`]
  if (attributes.expires !== undefined) parts.push(`Expires=${formatHttpDate(attributes.expires)}`)
  if (attributes.maxAge !== undefined) {
    if (!Number.isSafeInteger(attributes.maxAge)) throw new RangeError('maxAge is a whole number of seconds')
    parts.push(`Max-Age=${attributes.maxAge}`)
  }
  if (attributes.domain !== undefined) parts.push(`Domain=${attributes.domain}`)
  if (attributes.path !== undefined) parts.push(`Path=${attributes.path}`)
  if (attributes.secure === true) parts.push('Secure')
  if (attributes.httpOnly === true) parts.push('HttpOnly')
  if (attributes.sameSite !== undefined) parts.push(`SameSite=${attributes.sameSite}`)
  if (name === '' || /[=;,\s]/.test(name) || parts.some((part) => /[;\r\n]/.test(part))) {
    throw new TypeError('a cookie may not hold what separates cookies: = ; , or white space')
  }
  if (request.lost !== null) return
  if (request.startedWriting) throw new LocalProtocolError('ERR_HEAD_SENT')
  request.responseHeaders.append('Set-Cookie', parts.join('; '))
}

/**
 * Points the client elsewhere, with 302; set another code afterwards if need be.
 *
 * @param location - a URI reference
 * @throws {HeaderError} when it has control characters; nothing is changed then
 * @public
 */
export function redirect(request: Request, location: string): void {
  request.setHeader('Location', location)
  request.setResponseCode(302)
}

/**
 * Sets the entity tag of the response, and tells whether the client has that very version: then the code is 304 (412
 * for methods other than GET and HEAD) and no content should be written.
 *
 * @param etag - with its quotes: `"v1"`, `W/"v1"`
 * @throws {TypeError} when it is no entity tag
 * @see RFC 9110 §13.1.2
 * @public
 */
export function setETag(request: Request, etag: string): boolean {
  if (!ENTITY_TAG.test(etag))
    throw new TypeError('an entity tag is "…" or W/"…", without quotes or spaces inside')
  request.setHeader('ETag', etag)
  if (!isSuccess(request) || !hasEntityTag(request.requestHeaders.getAll('if-none-match'), etag)) return false
  request.setResponseCode(isSafe(request) ? 304 : 412)
  return true
}

const ENTITY_TAG = /^(?:W\/)?"[!#-~\x80-\xff]*"$/

/**
 * Sets the modification time of the response, and tells whether the client's version is as new: then the code is 304
 * and no content should be written. `If-None-Match`, when there is one, decides alone (RFC 9110 §13.1.3).
 *
 * @param timeMs - milliseconds since the Unix epoch; one that is still to come is sent as now (RFC 9110 §8.8.2.1)
 * @throws {RangeError} when it is no time
 * @public
 */
export function setLastModified(request: Request, timeMs: number): boolean {
  formatHttpDate(timeMs) // throws for what is no time, also when it would be sent as now
  const nowMs = request.channel.clock.wallTimeMs()
  const modifiedMs = Math.floor(Math.min(timeMs, nowMs) / 1000) * 1000
  request.setHeader('Last-Modified', formatHttpDate(modifiedMs))
  const [since, second] = request.requestHeaders.getAll('if-modified-since')
  if (since === undefined || second !== undefined || !isSafe(request) || !isSuccess(request)) return false
  const sinceMs = parseHttpDate(since, nowMs)
  if (sinceMs === undefined || sinceMs < modifiedMs || request.requestHeaders.has('if-none-match'))
    return false
  request.setResponseCode(304)
  return true
}

/** Preconditions are for what would succeed without them (RFC 9110 §13.2.1). */
function isSuccess(request: Request): boolean {
  return request.code >= 200 && request.code <= 299
}

function isSafe(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD'
}
