/**
 * The octets of a wire text: one character is one octet.
 *
 * @param text - latin-1: every character in U+0000–U+00FF
 * @throws {RangeError} when a character does not fit into an octet
 * @public
 */
export function wireBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0xff) throw new RangeError(`character ${index} of the wire text is above U+00FF`)
    bytes[index] = code
  }
  return bytes
}

/**
 * The wire text of octets: one octet is one character, so that nothing is lost or guessed.
 *
 * @public
 */
export function wireText(bytes: Uint8Array): string {
  let text = ''
  // In slices: the arguments of a call live on the stack.
  for (let start = 0; start < bytes.length; start += 8_192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8_192))
  }
  return text
}

/** Wire text as octets; octets as they are. */
export function toBytes(wire: string | Uint8Array): Uint8Array {
  return typeof wire === 'string' ? wireBytes(wire) : wire
}

/**
 * All pieces as one array of octets, in order.
 *
 * @public
 */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const piece of pieces) length += piece.length
  const joined = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
