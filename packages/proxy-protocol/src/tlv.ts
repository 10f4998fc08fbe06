import { crc32c } from './crc32c.ts'
import { ProxyProtocolError } from './errors.ts'
import type { ProxyHeader, ProxyTlv } from './header.ts'
import { latin1, utf8 } from './text.ts'

/**
 * The registered types of {@link ProxyTlv}. 0xE0–0xEF belong to applications, 0xF0–0xF7 to experiments.
 *
 * @see PROXY protocol §2.2
 * @public
 */
export const PROXY_TLV: Readonly<{
  ALPN: 0x01
  AUTHORITY: 0x02
  CRC32C: 0x03
  NOOP: 0x04
  UNIQUE_ID: 0x05
  SSL: 0x20
  NETNS: 0x30
}> = Object.freeze({
  ALPN: 0x01,
  AUTHORITY: 0x02,
  CRC32C: 0x03,
  NOOP: 0x04,
  UNIQUE_ID: 0x05,
  SSL: 0x20,
  NETNS: 0x30,
})

/** Type and length of a TLV. */
export const TLV_HEAD_BYTES = 3
/** Octets of a checksum. */
export const CHECKSUM_BYTES = 4
/** The longest name of a connection (§2.2.5). */
const MAX_UNIQUE_ID_BYTES = 128
/** The longest name of a protocol (RFC 7301 §3.1). */
const MAX_ALPN_BYTES = 255

/** Controls and the space: no host name has them, and a log should not get them. */
// oxlint-disable-next-line no-control-regex
const NOT_IN_NAMES = /[\0-\x20\x7f]/

/** Types of which a second one would contradict the first. */
const SINGLE: ReadonlySet<number> = new Set([
  PROXY_TLV.ALPN,
  PROXY_TLV.AUTHORITY,
  PROXY_TLV.CRC32C,
  PROXY_TLV.UNIQUE_ID,
  PROXY_TLV.SSL,
])

/** A value, and the index in the header at which its TLV begins. */
interface Found {
  readonly value: Uint8Array
  readonly at: number
}

/**
 * Reads the TLVs of a header and verifies its checksum, if it has one.
 *
 * @param header - the whole header
 * @param start - where its TLVs begin
 * @throws {ProxyProtocolError} ERR_PROXY_TLV, ERR_PROXY_CHECKSUM
 * @see PROXY protocol §2.2
 */
export function decodeTlvs(
  header: Uint8Array,
  start: number,
): Pick<ProxyHeader, 'tlvs' | 'alpn' | 'authority' | 'uniqueId'> {
  const tlvs: ProxyTlv[] = []
  const single = new Map<number, Found>()
  let at = start
  while (at < header.length) {
    const type = header[at]!
    const valueAt = at + TLV_HEAD_BYTES
    const end = valueAt <= header.length ? valueAt + ((header[at + 1]! << 8) | header[at + 2]!) : Infinity
    if (end > header.length || single.has(type)) throw new ProxyProtocolError('ERR_PROXY_TLV', at)
    const value = header.subarray(valueAt, end)
    if (SINGLE.has(type)) single.set(type, { value, at })
    tlvs.push({ type, value })
    at = end
  }
  verifyChecksum(header, single.get(PROXY_TLV.CRC32C))
  return {
    tlvs,
    alpn: readAlpn(single.get(PROXY_TLV.ALPN)),
    authority: readAuthority(single.get(PROXY_TLV.AUTHORITY)),
    uniqueId: readUniqueId(single.get(PROXY_TLV.UNIQUE_ID)),
  }
}

function verifyChecksum(header: Uint8Array, found: Found | undefined): void {
  if (found === undefined) return
  const { value, at } = found
  if (value.length !== CHECKSUM_BYTES) throw new ProxyProtocolError('ERR_PROXY_TLV', at)
  const said = new DataView(value.buffer, value.byteOffset).getUint32(0)
  if (said !== crc32c(header, at + TLV_HEAD_BYTES)) throw new ProxyProtocolError('ERR_PROXY_CHECKSUM', at)
}

function readAlpn(found: Found | undefined): string | null {
  if (found === undefined) return null
  const { value, at } = found
  if (value.length === 0 || value.length > MAX_ALPN_BYTES) throw new ProxyProtocolError('ERR_PROXY_TLV', at)
  return latin1(value)
}

function readAuthority(found: Found | undefined): string | null {
  if (found === undefined) return null
  const name = utf8(found.value)
  if (name === undefined || NOT_IN_NAMES.test(name)) throw new ProxyProtocolError('ERR_PROXY_TLV', found.at)
  return name
}

function readUniqueId(found: Found | undefined): Uint8Array | null {
  if (found === undefined) return null
  const { value, at } = found
  if (value.length > MAX_UNIQUE_ID_BYTES) throw new ProxyProtocolError('ERR_PROXY_TLV', at)
  return value
}
