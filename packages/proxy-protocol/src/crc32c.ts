/** The polynomial of CRC32c, its bits in reverse order (RFC 4960 Appendix B). */
const POLYNOMIAL = 0x82f6_3b78

/** What each octet contributes. */
const TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let remainder = octet
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
  }
  return remainder
})

/**
 * Gives the CRC32c of `bytes` with four octets taken for zeros: those that hold the checksum itself.
 *
 * @param zerosAt - index of the first of the four
 */
export function crc32c(bytes: Uint8Array, zerosAt: number): number {
  let remainder = 0xffff_ffff
  for (let at = 0; at < bytes.length; at += 1) {
    const octet = at >= zerosAt && at < zerosAt + 4 ? 0 : bytes[at]!
    remainder = TABLE[(remainder ^ octet) & 0xff]! ^ (remainder >>> 8)
  }
  return (remainder ^ 0xffff_ffff) >>> 0
}
