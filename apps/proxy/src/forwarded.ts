import type { Headers } from '@millrace/headers'
import type { Address } from '@millrace/transport'

/** Who asked us, and for what. */
export interface ForwardedFrom {
  readonly peer: Address
  readonly secure: boolean
  /** The authority that the client asked for; empty when it named none. */
  readonly authority: string
}

/**
 * Whether a field tells a server who its client is. What a client says about itself there is a claim that nobody
 * checked, also in the spelling with `_`, which many servers cannot tell from `-`.
 *
 * @param name - in lower case
 */
export function isIdentityField(name: string): boolean {
  const key = name.includes('_') ? name.replaceAll('_', '-') : name
  return key === 'forwarded' || key === 'x-real-ip' || key.startsWith('x-forwarded-')
}

/** Adds what we know of the client, in the standard form and in the usual one. Claims must have been removed before. */
export function addForwarded(headers: Headers, { peer, secure, authority }: ForwardedFrom): void {
  const address = addressOf(peer)
  const scheme = secure ? 'https' : 'http'
  const node = address === null ? 'unknown' : address.includes(':') ? `"[${address}]"` : address
  const host = authority === '' ? '' : `;host="${authority}"`
  headers.append('Forwarded', `for=${node}${host};proto=${scheme}`)
  headers.append('X-Forwarded-For', address ?? 'unknown')
  headers.append('X-Forwarded-Proto', scheme)
  if (authority !== '') headers.append('X-Forwarded-Host', authority)
}

/** The IP address, an IPv4 one never in its IPv6 form; `null` when the peer has none. */
function addressOf(peer: Address): string | null {
  if (peer.family === 'unix' || peer.family === 'memory') return null
  return peer.host.replace(/^::ffff:(?=[0-9.]+$)/i, '')
}
