import type { Address } from '@millrace/transport'
import { crc32c } from './crc32c.ts'
import { decodeV2, FIXED_BYTES, LARGEST_BYTES } from './decode-v2.ts'
import { hostOctets, portOf, UNIX_PATH_BYTES, writePath } from './endpoints.ts'
import type { ProxyEndpoints, ProxyTlv } from './header.ts'
import { SIGNATURE_V2 } from './signature.ts'
import { latin1Bytes, utf8Bytes } from './text.ts'
import { CHECKSUM_BYTES, PROXY_TLV, TLV_HEAD_BYTES } from './tlv.ts'

/**
 * What a header of version 2 can say besides the addresses.
 *
 * @public
 */
export interface EncodeV2Options {
  /** How the client is connected to the proxy. @defaultValue `'stream'` */
  readonly transport?: 'stream' | 'dgram'
  /** The protocol that the client and the proxy agreed on: 1–255 octets, one a character. @defaultValue none */
  readonly alpn?: string
  /** The host name that the client asked for. @defaultValue none */
  readonly authority?: string
  /** A name for the connection, up to 128 octets. @defaultValue none */
  readonly uniqueId?: Uint8Array
  /** Others, behind those above. @defaultValue none */
  readonly tlvs?: readonly ProxyTlv[]
  /** Whether it gets a CRC32c. @defaultValue `false`: TCP has its own checksum */
  readonly checksum?: boolean
}

const LOCAL_COMMAND = 0x20
const PROXY_COMMAND = 0x21
const FAMILIES: Readonly<Record<string, number>> = { IPv4: 0x10, IPv6: 0x20, unix: 0x30 }

/**
 * Writes a header of version 2, to be sent before anything else on a connection.
 *
 * @param endpoints - whom the connection is for, both of one family; `null` when it is the proxy's own (`LOCAL`)
 * @throws {TypeError} when the ends are of different families, or in memory; when `LOCAL` comes with anything else; when
 *   the receiver would refuse a TLV: its `cause` says why
 * @throws {RangeError} when a port, a path, a TLV or the whole is out of its range
 * @see PROXY protocol §2.2
 * @public
 */
export function encodeProxyHeaderV2(
  endpoints: ProxyEndpoints | null,
  options: EncodeV2Options = {},
): Uint8Array {
  if (endpoints === null) return encodeLocal(options)
  const { source, destination } = endpoints
  if (source.family !== destination.family) throw new TypeError('both ends must be of one family')
  const family = FAMILIES[source.family]
  if (family === undefined) throw new TypeError(`version 2 has no word for ${source.family} addresses`)
  const addresses = source.family === 'unix' ? unixBlock(source, destination) : inetBlock(source, destination)
  const tlvs = tlvsOf(options).map(encodeTlv)
  const parts = [addresses, ...tlvs]
  const header = new Uint8Array(FIXED_BYTES + parts.reduce((bytes, part) => bytes + part.length, 0))
  if (header.length > LARGEST_BYTES) throw new RangeError(`a header has ${LARGEST_BYTES} octets at most`)
  putFixed(header, PROXY_COMMAND, family | (options.transport === 'dgram' ? 2 : 1))
  let at = FIXED_BYTES
  for (const part of parts) {
    header.set(part, at)
    at += part.length
  }
  // It is the last one, and zero so far.
  if (options.checksum === true) putChecksum(header, header.length - CHECKSUM_BYTES)
  return readable(header)
}

/** Nothing leaves that a reader would refuse: an empty `alpn`, a type that comes twice, a checksum among the others. */
function readable(header: Uint8Array): Uint8Array {
  try {
    decodeV2(header)
    return header
  } catch (cause) {
    throw new TypeError('the receiver would refuse this header', { cause })
  }
}

function encodeLocal(options: EncodeV2Options): Uint8Array {
  if (Object.keys(options).length > 0)
    throw new TypeError('a LOCAL header says nothing else: nobody would read it')
  const header = new Uint8Array(FIXED_BYTES)
  putFixed(header, LOCAL_COMMAND, 0)
  return header
}

function putFixed(header: Uint8Array, command: number, family: number): void {
  header.set(SIGNATURE_V2)
  const view = new DataView(header.buffer)
  view.setUint8(SIGNATURE_V2.length, command)
  view.setUint8(SIGNATURE_V2.length + 1, family)
  view.setUint16(SIGNATURE_V2.length + 2, header.length - FIXED_BYTES)
}

function putChecksum(header: Uint8Array, at: number): void {
  new DataView(header.buffer).setUint32(at, crc32c(header, at))
}

function inetBlock(source: Address, destination: Address): Uint8Array {
  const hosts = [...hostOctets(source), ...hostOctets(destination)]
  const block = new Uint8Array(hosts.length + 4)
  block.set(hosts)
  const view = new DataView(block.buffer)
  view.setUint16(hosts.length, portOf(source))
  view.setUint16(hosts.length + 2, portOf(destination))
  return block
}

function unixBlock(source: Address, destination: Address): Uint8Array {
  const block = new Uint8Array(2 * UNIX_PATH_BYTES)
  for (const [index, address] of [source, destination].entries()) {
    const place = block.subarray(index * UNIX_PATH_BYTES, (index + 1) * UNIX_PATH_BYTES)
    if (address.family === 'unix') writePath(address, place)
  }
  return block
}

function tlvsOf({ alpn, authority, uniqueId, tlvs = [], checksum }: EncodeV2Options): ProxyTlv[] {
  const all: ProxyTlv[] = []
  if (alpn !== undefined) all.push({ type: PROXY_TLV.ALPN, value: latin1Bytes(alpn) })
  if (authority !== undefined) all.push({ type: PROXY_TLV.AUTHORITY, value: utf8Bytes(authority) })
  if (uniqueId !== undefined) all.push({ type: PROXY_TLV.UNIQUE_ID, value: uniqueId })
  all.push(...tlvs)
  if (checksum === true) all.push({ type: PROXY_TLV.CRC32C, value: new Uint8Array(CHECKSUM_BYTES) })
  return all
}

function encodeTlv({ type, value }: ProxyTlv): Uint8Array {
  if (!Number.isInteger(type) || type < 0 || type > 0xff) throw new RangeError('a type is an integer, 0–255')
  if (value.length > 0xffff) throw new RangeError('a value has 65535 octets at most')
  const encoded = new Uint8Array(TLV_HEAD_BYTES + value.length)
  encoded.set([type, value.length >>> 8, value.length & 0xff])
  encoded.set(value, TLV_HEAD_BYTES)
  return encoded
}
