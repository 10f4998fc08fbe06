import { isToken } from '@millrace/headers'

/**
 * The name of a protocol that an Upgrade may switch to, in lower case. `h2c` and `TLS` may not: in them requests would
 * pass us unseen.
 *
 * @throws {TypeError} when it is no name of a protocol, or one of these
 */
export function upgradeProtocol(protocol: string): string {
  const name = protocol.toLowerCase()
  if (isToken(name) && name !== 'h2c' && name !== 'tls') return name
  throw new TypeError(`not a protocol that requests may be switched to: ${protocol}`)
}
