import type { Address } from '@millrace/transport'
import { readPath, UNIX_PATH_BYTES } from './endpoints.ts'
import { ProxyProtocolError } from './errors.ts'
import type { ProxyEndpoints, ProxyHeader } from './header.ts'
import { formatAddress } from './ip-address.ts'
import { decodeTlvs } from './tlv.ts'

/** Signature, version and command, family and transport protocol, length of the rest. */
export const FIXED_BYTES = 16
/** The longest header that a length of 16 bits allows. */
export const LARGEST_BYTES: number = FIXED_BYTES + 0xffff

const COMMAND_AT = 12
const FAMILY_AT = 13
const LENGTH_AT = 14

const VERSION = 2
const LOCAL = 0
const PROXY = 1

/** The address families, as numbered on the wire, and what both addresses of each take, ports included. */
const FAMILY_BYTES = [0, 2 * 4 + 2 * 2, 2 * 16 + 2 * 2, 2 * UNIX_PATH_BYTES] as const
const INET = 1
const UNIX = 3
/** The transport protocols, as numbered on the wire. */
const TRANSPORTS = [null, 'stream', 'dgram'] as const

const NOTHING = { endpoints: null, transport: null, tlvs: [], alpn: null, authority: null, uniqueId: null }

/**
 * Finds how long a header of version 2 is.
 *
 * @param fixed - its first 16 octets
 * @param maxBytes - how long it may be
 * @throws {ProxyProtocolError} ERR_PROXY_VERSION, ERR_PROXY_COMMAND, ERR_PROXY_FAMILY, ERR_PROXY_TOO_LARGE,
 *   ERR_PROXY_LENGTH
 * @see PROXY protocol §2.2
 */
export function lengthOfV2(fixed: Uint8Array, maxBytes: number): number {
  const [version, command] = halves(fixed[COMMAND_AT]!)
  if (version !== VERSION) throw new ProxyProtocolError('ERR_PROXY_VERSION', COMMAND_AT)
  if (command !== LOCAL && command !== PROXY) throw new ProxyProtocolError('ERR_PROXY_COMMAND', COMMAND_AT)
  const [family, transport] = halves(fixed[FAMILY_AT]!)
  const addressBytes = FAMILY_BYTES[family]
  const isKnown = addressBytes !== undefined && TRANSPORTS[transport] !== undefined
  // A proxy that speaks for itself may put anything here.
  if (command === PROXY && !isKnown) throw new ProxyProtocolError('ERR_PROXY_FAMILY', FAMILY_AT)
  const rest = (fixed[LENGTH_AT]! << 8) | fixed[LENGTH_AT + 1]!
  if (FIXED_BYTES + rest > maxBytes) throw new ProxyProtocolError('ERR_PROXY_TOO_LARGE', LENGTH_AT)
  if (namesEndpoints(fixed) && rest < addressBytes!)
    throw new ProxyProtocolError('ERR_PROXY_LENGTH', LENGTH_AT)
  return FIXED_BYTES + rest
}

/**
 * Reads a header of version 2.
 *
 * Without endpoints the rest of it is dropped, as there is no telling where TLVs would begin: a proxy that speaks for
 * itself, or does not know for whom, may put anything behind the fixed part.
 *
 * @param header - all of it, of the length that {@link lengthOfV2} found; views of it are kept
 * @throws {ProxyProtocolError} ERR_PROXY_ADDRESS, ERR_PROXY_TLV, ERR_PROXY_CHECKSUM
 * @see PROXY protocol §2.2
 */
export function decodeV2(header: Uint8Array): ProxyHeader {
  const command = halves(header[COMMAND_AT]!)[1] === LOCAL ? 'local' : 'proxy'
  if (!namesEndpoints(header)) return { version: 2, command, ...NOTHING }
  const [family, transport] = halves(header[FAMILY_AT]!)
  const tlvs = decodeTlvs(header, FIXED_BYTES + FAMILY_BYTES[family]!)
  return {
    version: 2,
    command,
    endpoints: readEndpoints(header, family),
    transport: TRANSPORTS[transport]!,
    ...tlvs,
  }
}

/** The upper and the lower four bits. */
function halves(octet: number): readonly [upper: number, lower: number] {
  return [octet >>> 4, octet & 0xf]
}

function namesEndpoints(header: Uint8Array): boolean {
  const [family, transport] = halves(header[FAMILY_AT]!)
  return halves(header[COMMAND_AT]!)[1] === PROXY && family !== 0 && transport !== 0
}

function readEndpoints(header: Uint8Array, family: number): ProxyEndpoints {
  const block = header.subarray(FIXED_BYTES, FIXED_BYTES + FAMILY_BYTES[family]!)
  if (family === UNIX) {
    return { source: readUnix(block, 0), destination: readUnix(block, UNIX_PATH_BYTES) }
  }
  const length = family === INET ? 4 : 16
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  const read = (index: 0 | 1): Address => ({
    family: family === INET ? 'IPv4' : 'IPv6',
    host: formatAddress(block.subarray(index * length, (index + 1) * length)),
    port: view.getUint16(2 * length + 2 * index),
  })
  return { source: read(0), destination: read(1) }
}

function readUnix(block: Uint8Array, at: number): Address {
  const address = readPath(block.subarray(at, at + UNIX_PATH_BYTES))
  if (address === undefined) throw new ProxyProtocolError('ERR_PROXY_ADDRESS', FIXED_BYTES + at)
  return address
}
