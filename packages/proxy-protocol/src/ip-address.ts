const IPV4_BYTES = 4
const IPV6_BYTES = 16
/** What an IPv4 address begins with when it is written as an IPv6 address (RFC 4291 §2.5.5.2). */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const

const DECIMAL_OCTET = /^(?:0|[1-9][0-9]{0,2})$/
const GROUP = /^[0-9a-f]{1,4}$/i

/**
 * Reads four decimal numbers without leading zeros, with dots between them.
 *
 * @returns the four octets, `undefined` when `text` is no such address
 */
export function parseIPv4(text: string): Uint8Array | undefined {
  const parts = text.split('.', IPV4_BYTES + 1)
  if (parts.length !== IPV4_BYTES) return undefined
  const address = new Uint8Array(IPV4_BYTES)
  for (const [index, part] of parts.entries()) {
    if (!DECIMAL_OCTET.test(part) || Number(part) > 255) return undefined
    address[index] = Number(part)
  }
  return address
}

/**
 * Reads eight groups of hexadecimal digits; `::` once for one group of zeros or more; the last two may be an IPv4
 * address (RFC 4291 §2.2). No zone.
 *
 * @returns the sixteen octets, `undefined` when `text` is no such address
 */
export function parseIPv6(text: string): Uint8Array | undefined {
  const [front = '', back, more] = text.split('::', 3)
  if (more !== undefined) return undefined
  const head = groupsOf(front, back === undefined)
  const tail = back === undefined ? [] : groupsOf(back, true)
  if (head === undefined || tail === undefined) return undefined
  const given = head.length + tail.length
  if (back === undefined ? given !== 8 : given > 7) return undefined
  const address = new Uint8Array(IPV6_BYTES)
  for (const [index, group] of head.entries()) putGroup(address, index, group)
  for (const [index, group] of tail.entries()) putGroup(address, 8 - tail.length + index, group)
  return address
}

/** Spells an address as RFC 5952 wants it, so that one address has one spelling. */
export function formatAddress(address: Uint8Array): string {
  if (address.length === IPV4_BYTES) return address.join('.')
  if (isMapped(address)) return `::ffff:${address.subarray(MAPPED_PREFIX.length).join('.')}`
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address[2 * index]! << 8) | address[2 * index + 1]!).toString(16),
  )
  const [start, length] = longestZeros(groups)
  if (length < 2) return groups.join(':') // one group alone stays a zero (RFC 5952 §4.2.2)
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

/** Gives the IPv4 address inside an IPv6 address, or the address itself when it is no mapped one. */
export function unmapped(address: Uint8Array): Uint8Array {
  return isMapped(address) ? address.subarray(MAPPED_PREFIX.length) : address
}

function isMapped(address: Uint8Array): boolean {
  return address.length === IPV6_BYTES && MAPPED_PREFIX.every((octet, index) => address[index] === octet)
}

/** The groups of one side of `::`; only the last of an address may be an IPv4 address, which counts for two. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':', 9)
  const groups: number[] = []
  for (const [index, part] of parts.entries()) {
    if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16))
      continue
    }
    const dotted = isEnd && index === parts.length - 1 ? parseIPv4(part) : undefined
    if (dotted === undefined) return undefined
    groups.push((dotted[0]! << 8) | dotted[1]!, (dotted[2]! << 8) | dotted[3]!)
  }
  return groups
}

function putGroup(address: Uint8Array, index: number, group: number): void {
  address[2 * index] = group >>> 8
  address[2 * index + 1] = group & 0xff
}

/** Where the first of the longest runs of zero groups begins, and how many they are. */
function longestZeros(groups: readonly string[]): [start: number, length: number] {
  let best: [number, number] = [0, 0]
  for (let start = 0; start < groups.length; start += 1) {
    let end = start
    while (groups[end] === '0') end += 1
    if (end - start > best[1]) best = [start, end - start]
  }
  return best
}
