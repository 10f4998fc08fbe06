import { formatHttpDate } from './date-field.ts'
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
  if (attributes.expires !== undefined)
    parts.push(`Expires=${formatHttpDate(checkInstant(attributes.expires))}`)
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
  const nowMs = request.channel.clock.wallTimeMs()
  const modifiedMs = Math.floor(Math.min(checkInstant(timeMs), nowMs) / 1000) * 1000
  request.setHeader('Last-Modified', formatHttpDate(modifiedMs))
  const [since, second] = request.requestHeaders.getAll('if-modified-since')
  if (since === undefined || second !== undefined || !isSafe(request) || !isSuccess(request)) return false
  // Negated, so that a date that is none makes the response whole.
  if (request.requestHeaders.has('if-none-match') || !(parseHttpDate(since, nowMs) >= modifiedMs))
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

function checkInstant(timeMs: number): number {
  // Beyond it a `Date` is invalid, and years have more than four digits.
  if (timeMs >= -62_167_219_200_000 && timeMs <= 253_402_300_799_999) return timeMs
  throw new RangeError('a time is a number of milliseconds since 1970, in the years 0 to 9999')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE =
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC_850_DATE =
  /^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME_DATE =
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/

/** The instant of an HTTP-date, in each of its three forms; NaN when it is none (RFC 9110 §5.6.7). */
function parseHttpDate(text: string, nowMs: number): number {
  const parts = (IMF_FIXDATE.exec(text) ?? RFC_850_DATE.exec(text) ?? ASCTIME_DATE.exec(text))?.groups
  if (parts === undefined) return NaN
  const { day, month, year, time } = parts as { day: string; month: string; year: string; time: string }
  if (year.length === 4) return instantOf(year, month, day, time)
  // A year of two digits is the nearest that is not more than 50 years ahead.
  const century = Math.floor(new Date(nowMs).getUTCFullYear() / 100) + 1
  const fiftyYearsOn = new Date(nowMs).setUTCFullYear(new Date(nowMs).getUTCFullYear() + 50)
  const candidates = [century, century - 1, century - 2].map((first) =>
    instantOf(`${first}${year}`, month, day, time),
  )
  return candidates.find((instant) => instant <= fiftyYearsOn) ?? NaN
}

/** NaN when the calendar has no such day, or the day no such time. */
function instantOf(year: string, month: string, day: string, time: string): number {
  const [hour, minute, second] = time.split(':').map(Number) as [number, number, number]
  const instant = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day), hour, minute, second)
  const same = `${day.replace(' ', '0')} ${month} ${year} ${time} GMT`
  return formatHttpDate(instant).endsWith(same) ? instant : NaN
}
