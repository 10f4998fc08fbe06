import type { Address, UnixAddress } from '@millrace/transport'
import { parseIPv4, parseIPv6 } from './ip-address.ts'
import { utf8, utf8Bytes } from './text.ts'

/** Octets that a header of version 2 has for the path of a unix socket. */
export const UNIX_PATH_BYTES = 108

/**
 * The octets of an address over IP. A zone (`fe80::1%eth0`) is left out: it means something on one machine only.
 *
 * @throws {TypeError} when its host is no address of its family
 */
export function hostOctets(address: Address): Uint8Array {
  const octets = readOctets(address)
  if (octets === undefined)
    throw new TypeError(`not an ${address.family} address: ${JSON.stringify(address)}`)
  return octets
}

/**
 * The port of an address over IP.
 *
 * @throws {RangeError} when it is not an integer, 0–65535
 */
export function portOf(address: Address): number {
  const port = 'port' in address ? address.port : -1
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new RangeError(`port must be an integer, 0–65535, not ${port}`)
}

/** The octets of an address; `undefined` when it is not over IP, or its host is no address. */
export function readOctets(address: Address): Uint8Array | undefined {
  if (address.family === 'IPv4') return parseIPv4(address.host)
  if (address.family === 'IPv6') return parseIPv6(address.host.split('%', 1)[0]!)
  return undefined
}

/**
 * Puts the path of a unix socket into its place in a header, padded with NUL.
 *
 * @throws {RangeError} when it is longer than its place
 * @throws {TypeError} when it would end at a NUL inside
 */
export function writePath({ path }: UnixAddress, place: Uint8Array): void {
  const octets = utf8Bytes(path)
  if (octets.length > place.length)
    throw new RangeError(`a unix path has ${place.length} octets at most: ${path}`)
  if (octets.indexOf(0, 1) !== -1) throw new TypeError('a unix path has no NUL behind its first character')
  place.set(octets)
}

/**
 * Reads the path of a unix socket. The name of an abstract socket keeps the NUL in front; an unnamed socket has no path.
 *
 * @returns `undefined` when the path is not UTF-8
 */
export function readPath(place: Uint8Array): UnixAddress | undefined {
  const first = place[0] === 0 ? 1 : 0
  const nul = place.indexOf(0, first)
  const path = utf8(place.subarray(0, nul === -1 ? place.length : nul))
  return path === undefined ? undefined : { family: 'unix', path: path === '\0' ? '' : path }
}
