import type { InternetAddress } from '@millrace/transport'
import { ProxyProtocolError } from './errors.ts'
import type { ProxyHeader } from './header.ts'
import { formatAddress, parseIPv4, parseIPv6 } from './ip-address.ts'
import { SIGNATURE_V1 } from './signature.ts'
import { latin1 } from './text.ts'

/** Octets of the longest line, CRLF included: `UNKNOWN` with two IPv6 addresses and ports. */
export const MAX_LINE_BYTES = 107

const PORT = /^(?:0|[1-9][0-9]{0,4})$/

/** A field of the line, and where it begins. */
interface Field {
  readonly text: string
  readonly offset: number
}

type Family = InternetAddress['family']

/**
 * Reads a header of version 1.
 *
 * @param line - from `PROXY ` to its CRLF, without that
 * @throws {ProxyProtocolError} ERR_PROXY_LINE, ERR_PROXY_ADDRESS, ERR_PROXY_PORT
 * @see PROXY protocol §2.1
 */
export function decodeV1(line: Uint8Array): ProxyHeader {
  const [protocol, source, destination, sourcePort, destinationPort, more] = fieldsOf(line)
  // Whatever the sender says about what it does not know is to be ignored.
  if (protocol!.text === 'UNKNOWN') return headerOf(null)
  const family = familyOf(protocol!)
  const hosts = [readHost(source, family, line), readHost(destination, family, line)] as const
  const ports = [readPort(sourcePort, line), readPort(destinationPort, line)] as const
  if (more !== undefined) throw new ProxyProtocolError('ERR_PROXY_LINE', more.offset)
  return headerOf({
    source: { family, host: hosts[0], port: ports[0] },
    destination: { family, host: hosts[1], port: ports[1] },
  })
}

function headerOf(endpoints: ProxyHeader['endpoints']): ProxyHeader {
  const transport = endpoints === null ? null : 'stream'
  const nothing = { tlvs: [], alpn: null, authority: null, uniqueId: null }
  return { version: 1, command: 'proxy', endpoints, transport, ...nothing }
}

function fieldsOf(line: Uint8Array): Field[] {
  let offset = SIGNATURE_V1.length
  return latin1(line.subarray(offset))
    .split(' ')
    .map((text) => {
      const field = { text, offset }
      offset += text.length + 1
      return field
    })
}

function familyOf({ text, offset }: Field): Family {
  if (text === 'TCP4') return 'IPv4'
  if (text === 'TCP6') return 'IPv6'
  throw new ProxyProtocolError('ERR_PROXY_LINE', offset)
}

function readHost(field: Field | undefined, family: Family, line: Uint8Array): string {
  const { text, offset } = present(field, line)
  const address = family === 'IPv4' ? parseIPv4(text) : parseIPv6(text)
  if (address === undefined) throw new ProxyProtocolError('ERR_PROXY_ADDRESS', offset)
  return formatAddress(address)
}

function readPort(field: Field | undefined, line: Uint8Array): number {
  const { text, offset } = present(field, line)
  if (!PORT.test(text) || Number(text) > 65_535) throw new ProxyProtocolError('ERR_PROXY_PORT', offset)
  return Number(text)
}

function present(field: Field | undefined, line: Uint8Array): Field {
  if (field === undefined) throw new ProxyProtocolError('ERR_PROXY_LINE', line.length)
  return field
}
