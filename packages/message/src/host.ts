import { readAuthority } from './authority.ts'
import type { Authority } from './authority.ts'
import { MessageError } from './errors.ts'
import type { RequestTarget } from './request-target.ts'

/**
 * Host and port of a Host field's value, which may be empty: then the host is too.
 *
 * The host is an IPv6 address in brackets (or one of a later version), or a name of unreserved characters, sub-delims
 * but no comma, and percent-encoded octets; an IPv4 address is one of those. Names are not checked against DNS: `_` is
 * in use. User information, a path, a comma, a space or a zone identifier make the value invalid.
 *
 * @param value - without the whitespace around it
 * @throws {@link MessageError} `ERR_HOST`
 * @see RFC 9112 §3.2, RFC 3986 §3.2.2
 * @public
 */
export function parseHost(value: string): Authority {
  return readAuthority(value, 0, 'ERR_HOST')
}

/**
 * What the check of Host depends on.
 *
 * @public
 */
export interface HostInput {
  /** Minor version of the request, 0 or more. */
  readonly minorVersion: number
  readonly target: RequestTarget
  /** The values of all its Host field lines, in order. */
  readonly hostValues: readonly string[]
}

/** The last value that was found to name a host: most requests to a server name the same one. */
let lastHost: string | null = null

/**
 * The authority that a request is for, as received: that of the target when it is in absolute-form or authority-form,
 * else that of Host. Empty when the request names none: HTTP/1.0 without Host, or an empty Host with `*`.
 *
 * Host is checked also where the target overrides it. The same value on two lines is refused as well: what stands in
 * front of us may have looked at the other one.
 *
 * @throws {@link MessageError}
 * `ERR_HOST_MISSING`: HTTP/1.1 without Host; `ERR_HOST_REPEATED`: more than one line; `ERR_HOST`: not a host with an
 * optional port; `ERR_HOST_EMPTY`: no host, for a target in origin-form
 * @see RFC 9112 §3.2, §3.3
 * @public
 */
export function checkHost({ minorVersion, target, hostValues }: HostInput): string {
  if (hostValues.length > 1) throw new MessageError('ERR_HOST_REPEATED')
  const value = hostValues[0]
  if (value === undefined) {
    if (minorVersion >= 1) throw new MessageError('ERR_HOST_MISSING')
  } else if (value !== lastHost) {
    const { host } = parseHost(value)
    if (host !== '') lastHost = value
    else if (target.form === 'origin') throw new MessageError('ERR_HOST_EMPTY', 0)
  }
  if (target.form === 'absolute' || target.form === 'authority') return target.authority
  return value ?? ''
}
