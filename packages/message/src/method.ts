/** The methods that have a meaning in RFC 9110 §9.3 and RFC 5789, by their length. */
const WELL_KNOWN: readonly (readonly string[])[] = [
  [],
  [],
  [],
  ['GET', 'PUT'],
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
  const candidates = WELL_KNOWN[end - start]
  if (candidates === undefined) return undefined
  for (const method of candidates) {
    let i = 0
    while (i < method.length && bytes[start + i] === method.charCodeAt(i)) i += 1
    if (i === method.length) return method
  }
  return undefined
}
