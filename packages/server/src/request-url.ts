import type { RequestTarget } from '@millrace/message'

/** The URL of a request, in two parts: finding out that there is one is due at once, spelling it out can wait. */
export interface RequestUrl {
  /** Scheme and authority, normalised: `http://example.com:8080`. */
  readonly origin: string
  /** Path and query as received. */
  readonly rest: string
}

/** What of a request its URL is made of. */
export interface UrlParts {
  readonly scheme: 'http' | 'https'
  /** The authority the request is for, as received. */
  readonly authority: string
  readonly target: RequestTarget
  /** As received. */
  readonly requestTarget: string
}

/**
 * Finds the origins of requests. It remembers the last one: nearly all requests to a server name the same, and then
 * no URL has to be parsed.
 */
export class OriginCache {
  #prefix = ''
  #origin = ''

  /** @returns `undefined` when the host is one that RFC 3986 knows and URLs do not: `a%20b`, `1.2.3.999` */
  find(scheme: string, authority: string): string | undefined {
    const prefix = `${scheme}://${authority}`
    if (prefix !== this.#prefix) {
      const url = URL.canParse(prefix) ? new URL(prefix) : undefined
      if (url === undefined || url.host === '') return undefined
      this.#prefix = prefix
      this.#origin = `${url.protocol}//${url.host}`
    }
    return this.#origin
  }
}

/**
 * The URL that a request is for (RFC 9112 §3.3).
 *
 * @returns `undefined` when there is no such URL
 */
export function findUrl(origins: OriginCache, parts: UrlParts): RequestUrl | undefined {
  const { scheme, authority, target, requestTarget } = parts
  const origin = origins.find(target.form === 'absolute' ? target.scheme : scheme, authority)
  if (origin === undefined) return undefined
  if (target.form === 'origin') return { origin, rest: requestTarget }
  if (target.form !== 'absolute' || target.path === '*') return { origin, rest: '/' }
  return { origin, rest: target.query === null ? target.path : `${target.path}?${target.query}` }
}

/** A path and a query that URLs leave as they are: nothing to encode, no dot segments. */
const PLAIN = /^(?!.*\/\.)\/[\w\-.~!$()*+,;=:@/&?]*$/

/** Spells a URL out as `new URL(…).href` would. */
export function spellUrl({ origin, rest }: RequestUrl): string {
  return PLAIN.test(rest) ? origin + rest : new URL(origin + rest).href
}
