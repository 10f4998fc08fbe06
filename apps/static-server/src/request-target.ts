/** The path of a request-target, split and decoded, with nothing in it that could mean another path. */
export interface SitePath {
  /** The decoded segments between the slashes, none of them empty, `.` or `..`. The root has none. */
  readonly segments: readonly string[]
  /** Whether the path ended in a slash: it names a directory. */
  readonly trailingSlash: boolean
  /** Whether empty segments were dropped: `//a` and `/a` would be two names for one thing. */
  readonly collapsed: boolean
  /** All after the first `?` as received; undefined when there was none. */
  readonly query: string | undefined
}

/** What a request-target asks for. */
export type TargetReading =
  | { readonly kind: 'path'; readonly path: SitePath }
  /** `*`: the server as a whole. Only OPTIONS may ask for it. */
  | { readonly kind: 'asterisk' }
  /** Malformed, or a path that climbs: status 400. */
  | { readonly kind: 'malformed' }

/** A control byte, a space, anything beyond ASCII and a fragment never stand in a request-target (RFC 9112 §3.2). */
const FORBIDDEN_OCTET = /[^\x21-\x7e]|#/

/** RFC 9112 §3.2.2: a server must accept the absolute form too. The authority is the channel's business. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?@\\]+(?=[/?]|$)/i

/**
 * Reads a request-target into decoded segments.
 *
 * It is split at `/` first and each segment is percent-decoded exactly once (RFC 3986 §2.4), so an encoded slash
 * can never become a separator and `%252e` never a dot. Dot segments are refused instead of resolved: a path that
 * a cache or a filter in front reads differently than we do is worth more as an error than as a file.
 *
 * @param target - the request-target as it stood in the request line
 */
export function readRequestTarget(target: string): TargetReading {
  if (target === '*') return { kind: 'asterisk' }
  if (FORBIDDEN_OCTET.test(target)) return { kind: 'malformed' }
  const origin = originForm(target)
  if (origin === undefined) return { kind: 'malformed' }
  const queryAt = origin.indexOf('?')
  const rawPath = queryAt === -1 ? origin : origin.slice(0, queryAt)
  const segments = decodeSegments(rawPath)
  if (segments === undefined) return { kind: 'malformed' }
  const named = segments.filter((segment) => segment !== '')
  const trailingSlash = rawPath.endsWith('/')
  return {
    kind: 'path',
    path: {
      segments: named,
      trailingSlash,
      collapsed: named.length + (trailingSlash ? 1 : 0) !== segments.length,
      query: queryAt === -1 ? undefined : origin.slice(queryAt + 1),
    },
  }
}

/**
 * Writes a path back as a URI reference that a browser can only read as a path on this server.
 *
 * Built from the decoded segments, none of them empty: it never begins with `//` or `/\`, and holds no byte
 * outside the printable ASCII range.
 */
export function formatSitePath(path: SitePath, trailingSlash: boolean): string {
  const joined = path.segments.map((segment) => `/${encodeURIComponent(segment)}`).join('')
  const query = path.query === undefined ? '' : `?${path.query}`
  return `${joined}${trailingSlash || joined === '' ? '/' : ''}${query}`
}

/** The target from its path on; undefined when it is in neither origin form nor absolute form. */
function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target
  const authority = ABSOLUTE_FORM.exec(target)?.[0]
  if (authority === undefined) return undefined
  const rest = target.slice(authority.length)
  return rest.startsWith('/') ? rest : `/${rest}` // an empty path is "/" (RFC 9110 §4.2.3)
}

/** All segments after the leading slash, decoded; undefined when one of them makes the target malformed. */
function decodeSegments(rawPath: string): string[] | undefined {
  if (rawPath.includes('\\')) return undefined // never legal in a URI, and a separator to some
  const segments: string[] = []
  for (const raw of rawPath.slice(1).split('/')) {
    const segment = decodeSegment(raw)
    if (segment === undefined || segment === '.' || segment === '..' || segment.includes('\0'))
      return undefined
    segments.push(segment)
  }
  return segments
}

/** Percent-decodes as strict UTF-8: overlong forms, surrogates, stray bytes and a bare `%` give undefined. */
function decodeSegment(raw: string): string | undefined {
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
