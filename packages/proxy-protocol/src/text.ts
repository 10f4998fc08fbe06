/** Gives text of one character for each octet. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

/**
 * Gives the octets of text that has one character for each.
 *
 * @throws {RangeError} when a character does not fit into one octet
 */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) {
    const octet = text.charCodeAt(index)
    if (octet > 0xff) throw new RangeError(`character ${index} of the text is above U+00FF`)
    bytes[index] = octet
  }
  return bytes
}

/**
 * Reads UTF-8, strictly. The language itself knows UTF-8 only as percent-encoding; a `TextDecoder` belongs to platforms.
 *
 * @returns `undefined` when the octets are not UTF-8
 */
export function utf8(bytes: Uint8Array): string | undefined {
  let encoded = ''
  for (const octet of bytes) encoded += `%${octet.toString(16).padStart(2, '0')}`
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined // the one thing that it throws for
  }
}

/** @throws {URIError} when half of a surrogate pair stands alone */
export function utf8Bytes(text: string): Uint8Array {
  const encoded = encodeURIComponent(text)
  return latin1Bytes(
    encoded.replace(/%(..)/g, (_, octet: string) => String.fromCharCode(Number.parseInt(octet, 16))),
  )
}
