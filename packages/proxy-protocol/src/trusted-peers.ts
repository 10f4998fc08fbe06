import type { Address } from '@millrace/transport'
import { readOctets } from './endpoints.ts'
import { parseIPv4, parseIPv6, unmapped } from './ip-address.ts'

/** The addresses that share a prefix. */
interface AddressRange {
  readonly octets: Uint8Array
  readonly prefixBits: number
}

/** What stands for every peer on a unix socket: who may connect there is decided by the permissions of its file. */
const UNIX = 'unix'

const RANGE = /^([^/]+)(?:\/(0|[1-9][0-9]{0,2}))?$/
/** An IPv4 address as an IPv6 address has this many bits in front. */
const MAPPED_BITS = 96

/**
 * Makes the test for whether a peer is on the list: the one that {@link ProxyProtocol} makes of `trusted`, for whoever
 * wants to judge a list beforehand, or peers by more than a list.
 *
 * @param entries - addresses and ranges (`10.0.0.0/8`, `::1`), and `unix`
 * @throws {TypeError} when an entry is none of these, or a range names one address inside it instead of its first
 * @public
 */
export function peerMatcher(entries: readonly string[]): (peer: Address) => boolean {
  const hasUnix = entries.includes(UNIX)
  const ranges = entries.filter((entry) => entry !== UNIX).map(parseRange)
  return (peer) => {
    if (peer.family === 'unix') return hasUnix
    const octets = readOctets(peer)
    if (octets === undefined) return false
    const host = unmapped(octets)
    return ranges.some((range) => isWithin(range, host))
  }
}

function parseRange(entry: string): AddressRange {
  const [, host = '', prefix] = RANGE.exec(entry) ?? []
  const octets = parseIPv4(host) ?? parseIPv6(host)
  if (octets === undefined) throw new TypeError(`not an address, a range of addresses or unix: ${entry}`)
  const allBits = octets.length * 8
  const prefixBits = prefix === undefined ? allBits : Number(prefix)
  if (prefixBits > allBits) throw new TypeError(`a prefix of ${host} has ${allBits} bits at most: ${entry}`)
  if (!isFirst(octets, prefixBits)) throw new TypeError(`bits are set behind the prefix: ${entry}`)
  const ipv4 = unmapped(octets)
  if (ipv4 === octets || prefixBits < MAPPED_BITS) return { octets, prefixBits }
  return { octets: ipv4, prefixBits: prefixBits - MAPPED_BITS }
}

/** Whether all bits behind the prefix are zero. What is not says less than its author thinks. */
function isFirst(octets: Uint8Array, prefixBits: number): boolean {
  return octets.every((octet, index) => (octet & ~maskOf(prefixBits, index)) === 0)
}

function isWithin({ octets, prefixBits }: AddressRange, host: Uint8Array): boolean {
  if (octets.length !== host.length) return false
  return host.every((octet, index) => (octet & maskOf(prefixBits, index)) === octets[index])
}

/** The bits of the octet at `index` that belong to the prefix. */
function maskOf(prefixBits: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefixBits - 8 * index))
  return (0xff << (8 - bits)) & 0xff
}
