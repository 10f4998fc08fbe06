import { Headers } from '@millrace/headers'

// What RFC 9110 §6.5.1 says a trailer must not carry: by the time it arrives, each of these has been acted on.
const FORBIDDEN: ReadonlySet<string> = new Set([
  // framing and the connection
  'connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
  // routing
  'forwarded', 'host', 'max-forwards', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto',
  // request modifiers: controls and conditions
  'cache-control', 'expect', 'pragma', 'range', 'if-match', 'if-modified-since', 'if-none-match', 'if-range',
  'if-unmodified-since',
  // authentication and state
  'authorization', 'cookie', 'proxy-authenticate', 'proxy-authorization', 'set-cookie', 'www-authenticate',
  // control data of a response
  'age', 'date', 'expires', 'location', 'retry-after', 'vary', 'warning',
])

// All content-* fields tell how to take the content, but for the checksums, which are known at its end only.
const CONTENT_PREFIX = 'content-'
const CONTENT_CHECKSUMS: ReadonlySet<string> = new Set(['content-digest', 'content-md5'])

/**
 * Whether a field of this name has no meaning, or a dangerous one, in a trailer section: framing, routing,
 * authentication, request modifiers, response control data, and `Content-*` but for the digests of the content.
 *
 * @param name - in any case
 * @see RFC 9110 §6.5.1
 * @public
 */
export function isForbiddenTrailer(name: string): boolean {
  const key = name.toLowerCase()
  if (key.startsWith(CONTENT_PREFIX)) return !CONTENT_CHECKSUMS.has(key)
  return FORBIDDEN.has(key)
}

/**
 * A new list without the lines that are forbidden in a trailer section.
 *
 * @see RFC 9110 §6.5.1
 * @public
 */
export function filterTrailers(trailers: Headers): Headers {
  const names: string[] = []
  const values: string[] = []
  for (const [name, value] of trailers) {
    if (isForbiddenTrailer(name)) continue
    names.push(name)
    values.push(value)
  }
  return Headers.fromParsed(names, values)
}
