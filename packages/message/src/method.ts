/** The other methods of RFC 9110 §9.3, and PATCH (RFC 5789), by their length. */
const WELL_KNOWN: readonly (readonly string[])[] = [
  [],
  [],
  [],
  ['PUT'],
  ['POST', 'HEAD'],
  ['PATCH', 'TRACE'],
  ['DELETE'],
  ['OPTIONS', 'CONNECT'],
]

/**
 * The string of a well-known method that stands in `bytes`, without making one.
 *
 * @returns `undefined` when it is another method; the comparison is case-sensitive (RFC 9110 §9.1)
 */
export function wellKnownMethod(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start
  if (length === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54)
    return 'GET'
  if (length >= WELL_KNOWN.length) return undefined
  for (const method of WELL_KNOWN[length] as readonly string[]) {
    let i = 0
    while (i < length && bytes[start + i] === method.charCodeAt(i)) i += 1
    if (i === length) return method
  }
  return undefined
}
