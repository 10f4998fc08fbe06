import type { RequestTarget } from '@millrace/message'

/**
 * Finds the origins of requests: scheme and authority, normalised as `http://example.com:8080`. It remembers the last
 * one: nearly all requests to a server name the same, and then no URL has to be parsed.
 */
export class OriginCache {
  #scheme = ''
  #authority = ''
  #origin = ''

  /** @returns `undefined` when the host is one that RFC 3986 knows and URLs do not: `a%20b`, `1.2.3.999` */
  find(scheme: string, authority: string): string | undefined {
    if (authority !== this.#authority || scheme !== this.#scheme) {
      const prefix = `${scheme}://${authority}`
      const url = URL.canParse(prefix) ? new URL(prefix) : undefined
      if (url === undefined || url.host === '') return undefined
      this.#scheme = scheme
      this.#authority = authority
      this.#origin = `${url.protocol}//${url.host}`
    }
    return this.#origin
  }
}

/**
 * The origin of the URL that a request is for (RFC 9112 §3.3): finding out that there is one is due at once, spelling
 * the URL out can wait.
 *
 * @param scheme - of the connection
 * @param authority - the authority the request is for, as received
 * @returns `undefined` when there is no such URL
 */
export function findOrigin(
  origins: OriginCache,
  scheme: 'http' | 'https',
  authority: string,
  target: RequestTarget,
): string | undefined {
  return origins.find(target.form === 'absolute' ? target.scheme : scheme, authority)
}

/** A path and a query that URLs leave as they are: nothing to encode, no dot segments. */
const PLAIN = /^(?!.*\/\.)\/[\w\-.~!$()*+,;=:@/&?]*$/

/** Spells a URL out as `new URL(…).href` would. @param requestTarget - as received */
export function spellUrl(origin: string, target: RequestTarget, requestTarget: string): string {
  const rest = restOf(target, requestTarget)
  return PLAIN.test(rest) ? origin + rest : new URL(origin + rest).href
}

/** Path and query as received. */
function restOf(target: RequestTarget, requestTarget: string): string {
  if (target.form === 'origin') return requestTarget
  if (target.form !== 'absolute' || target.path === '*') return '/'
  return target.query === null ? target.path : `${target.path}?${target.query}`
}
