import type { Address } from '@millrace/transport'
import { hostOctets, portOf } from './endpoints.ts'
import type { ProxyEndpoints } from './header.ts'
import { formatAddress } from './ip-address.ts'
import { latin1Bytes } from './text.ts'

/**
 * Writes a header of version 1: one line, to be sent before anything else on a connection.
 *
 * @param endpoints - whom the connection is for, both IPv4 or both IPv6; `null` when that is not known (`UNKNOWN`)
 * @throws {TypeError} when the ends are of different families, or of one that the line has no word for
 * @throws {RangeError} when a port is not an integer, 0–65535
 * @see PROXY protocol §2.1
 * @public
 */
export function encodeProxyHeaderV1(endpoints: ProxyEndpoints | null): Uint8Array {
  if (endpoints === null) return latin1Bytes('PROXY UNKNOWN\r\n')
  const { source, destination } = endpoints
  if (source.family !== destination.family) throw new TypeError('both ends must be of one family')
  if (source.family !== 'IPv4' && source.family !== 'IPv6')
    throw new TypeError(`version 1 has no word for ${source.family} addresses: null stands for UNKNOWN`)
  const protocol = source.family === 'IPv4' ? 'TCP4' : 'TCP6'
  const ports = `${portOf(source)} ${portOf(destination)}`
  return latin1Bytes(`PROXY ${protocol} ${hostOf(source)} ${hostOf(destination)} ${ports}\r\n`)
}

function hostOf(address: Address): string {
  return formatAddress(hostOctets(address))
}
