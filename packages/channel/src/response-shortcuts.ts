import { formatHttpDate } from './date-field.ts'
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
 * @public
 */
export function addCookie(request: Request, name: string, value: string, attributes: CookieAttributes = {}): void {
  const parts = [`${name}=${value}`]
  if (attributes.expires !== undefined) parts.push(`Expires=${formatHttpDate(attributes.expires)}`)
  if (attributes.maxAge !== undefined) parts.push(`Max-Age=${attributes.maxAge}`)
  if (attributes.domain !== undefined) parts.push(`Domain=${attributes.domain}`)
  if (attributes.path !== undefined) parts.push(`Path=${attributes.path}`)
  if (attributes.secure === true) parts.push('Secure')
  if (attributes.httpOnly === true) parts.push('HttpOnly')
  if (attributes.sameSite !== undefined) parts.push(`SameSite=${attributes.sameSite}`)
  if (name === '' || /[=;,\s]/.test(name) || parts.some((part) => /[;\r\n]/.test(part))) {
    throw new TypeError('a cookie may not hold what separates cookies: = ; , or white space')
  }
  request.responseHeaders.append('Set-Cookie', parts.join('; '))
}

/**
 * Points the client elsewhere, with 302; set another code afterwards if need be.
 *
 * @param location - a URI reference
 * @throws {HeaderError} when it has control characters
 * @public
 */
export function redirect(request: Request, location: string): void {
  request.setResponseCode(302)
  request.setHeader('Location', location)
}

/**
 * Sets the entity tag of the response, and tells whether the client has that very version: then the code is 304 (412
 * for methods other than GET and HEAD) and no content should be written.
 *
 * @param etag - with its quotes: `"v1"`, `W/"v1"`
 * @see RFC 9110 §13.1.2
 * @public
 */
export function setETag(request: Request, etag: string): boolean {
  request.setHeader('ETag', etag)
  if (!hasEntityTag(request.requestHeaders.getAll('if-none-match'), etag)) return false
  request.setResponseCode(isSafe(request) ? 304 : 412)
  return true
}

/**
 * Sets the modification time of the response, and tells whether the client's version is as new: then the code is 304
 * and no content should be written. `If-None-Match`, when there is one, decides alone (RFC 9110 §13.1.3).
 *
 * @param timeMs - milliseconds since the Unix epoch
 * @public
 */
export function setLastModified(request: Request, timeMs: number): boolean {
  const modified = formatHttpDate(timeMs)
  request.setHeader('Last-Modified', modified)
  const [since, second] = request.requestHeaders.getAll('if-modified-since')
  if (since === undefined || second !== undefined || !isSafe(request)) return false
  if (request.requestHeaders.has('if-none-match') || !IMF_FIXDATE.test(since)) return false
  if (Date.parse(since) < Date.parse(modified)) return false
  request.setResponseCode(304)
  return true
}

const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

function isSafe(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD'
}
