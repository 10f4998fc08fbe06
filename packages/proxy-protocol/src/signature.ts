import { latin1Bytes } from './text.ts'

/** What a header of version 1 begins with. */
export const SIGNATURE_V1: Uint8Array = latin1Bytes('PROXY ')

/** What a header of version 2 begins with. Its first octets are two empty lines to whoever skips those. */
export const SIGNATURE_V2: Uint8Array = latin1Bytes('\r\n\r\n\0\r\nQUIT\n')

/** Beginnings that no client of another protocol sends. `PROXY ` alone could be a method. */
const CERTAIN: readonly Uint8Array[] = [
  SIGNATURE_V2,
  ...['TCP4 ', 'TCP6 ', 'UNKNOWN'].map((rest) => latin1Bytes(`PROXY ${rest}`)),
]

/** How many octets tell whether a connection begins with a header. */
export const CERTAIN_BYTES: number = Math.max(...CERTAIN.map((signature) => signature.length))

/**
 * Whether a connection begins with a header.
 *
 * @param beginning - at least one octet; more than {@link CERTAIN_BYTES} are not looked at
 * @returns `undefined` when more octets are needed
 */
export function beginsWithHeader(beginning: Uint8Array): boolean | undefined {
  let undecided = false
  for (const signature of CERTAIN) {
    const count = Math.min(signature.length, beginning.length)
    let same = 0
    while (same < count && beginning[same] === signature[same]) same += 1
    if (same === signature.length) return true
    if (same === beginning.length) undecided = true
  }
  return undecided ? undefined : false
}
