import type { Headers } from '@millrace/headers'

// By the time a trailer arrives the message has been framed, routed, authorised and acted on.
const CONNECTION = 'connection keep-alive proxy-connection te trailer transfer-encoding upgrade'
const ROUTING = 'forwarded host max-forwards via x-forwarded-for x-forwarded-host x-forwarded-proto'
const REQUEST_CONTROLS = 'cache-control expect pragma range'
const REQUEST_CONDITIONS = 'if-match if-modified-since if-none-match if-range if-unmodified-since'
const AUTHENTICATION =
  'authorization cookie proxy-authenticate proxy-authorization set-cookie www-authenticate'
const RESPONSE_CONTROLS = 'age date expires location retry-after vary warning'

const FORBIDDEN: ReadonlySet<string> = new Set(
  [CONNECTION, ROUTING, REQUEST_CONTROLS, REQUEST_CONDITIONS, AUTHENTICATION, RESPONSE_CONTROLS].flatMap(
    (names) => names.split(' '),
  ),
)

// Content-* fields say how to take the content; only its checksums may be known as late as its end (RFC 9530 §2).
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
  return trailers.filter((name) => !isForbiddenTrailer(name))
}
