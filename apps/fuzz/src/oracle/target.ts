import { isIPv6 } from 'node:net'

const REG_NAME = /^(?:[A-Za-z0-9\-._~!$&'()*+;=]|%[0-9A-Fa-f]{2})*$/
const IP_FUTURE = /^v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+;=:]+$/i
const AUTHORITY = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/
/** Visible characters but `#` and `\`: those that RFC 3986 has no place for are in use, and separate nothing. */
const PATH_AND_QUERY = /^(?:[/?][\x21-\x22\x24-\x5b\x5d-\x7e]*)?$/
const ABSOLUTE = /^([A-Za-z][A-Za-z0-9+\-.]*):\/\/([^/?]*)([^]*)$/

/** The host and the port of `host[:port]`; `null` when it is no authority, or one with user information. */
export function splitAuthority(text: string): { host: string; port: string | undefined } | null {
  const [, host, port] = AUTHORITY.exec(text) ?? []
  if (host === undefined || Number(port ?? 0) > 65_535) return null
  return isHost(host) ? { host, port } : null
}

function isHost(host: string): boolean {
  if (!host.startsWith('[')) return REG_NAME.test(host)
  const address = host.slice(1, -1)
  return (isIPv6(address) && !address.includes('%')) || IP_FUTURE.test(address)
}

/** The form of a request-target, `null` when it has none that its method may have (RFC 9112 §3.2). */
export function formOf(
  method: string,
  target: string,
): 'origin' | 'absolute' | 'authority' | 'asterisk' | null {
  if (method === 'CONNECT') {
    const authority = splitAuthority(target)
    return authority !== null && authority.host !== '' && Number(authority.port) > 0 ? 'authority' : null
  }
  if (target === '*') return method === 'OPTIONS' ? 'asterisk' : null
  if (target.startsWith('/')) return PATH_AND_QUERY.test(target) ? 'origin' : null
  const [, , authority, rest] = ABSOLUTE.exec(target) ?? []
  if (authority === undefined || !PATH_AND_QUERY.test(rest as string)) return null
  return splitAuthority(authority)?.host ? 'absolute' : null
}
