type IndexOf = (this: Uint8Array, value: number, from: number) => number
/** The engine's search for one byte. Where there is a Buffer its version is taken: it costs 20 ns a call, not 50. */
const nativeIndexOf: IndexOf =
  (globalThis as { Buffer?: { prototype: { indexOf: IndexOf } } }).Buffer?.prototype.indexOf ??
  Uint8Array.prototype.indexOf

/** Up to this many bytes a plain loop is quicker than one call. */
const LOOP_BYTES = 16

/**
 * Gives the bytes of `text`: one octet for each character, the bytes themselves when they are bytes already.
 *
 * @throws {RangeError} when a character does not fit into one octet
 */
export function toBytes(text: Uint8Array | string): Uint8Array {
  if (typeof text !== 'string') return text
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i)
    if (octet > 0xff) throw new RangeError(`character ${i} is not latin-1: encode the text first`)
    bytes[i] = octet
  }
  return bytes
}

/**
 * Gives a private copy of a delimiter.
 *
 * @throws {TypeError} when it is neither bytes nor a string
 * @throws {RangeError} when it is empty (every position would end a line) or not latin-1
 */
export function checkDelimiter(delimiter: Uint8Array | string): Uint8Array {
  if (typeof delimiter !== 'string' && !(delimiter instanceof Uint8Array)) {
    throw new TypeError('delimiter must be a Uint8Array or a string')
  }
  if (delimiter.length === 0) throw new RangeError('delimiter must not be empty')
  return new Uint8Array(toBytes(delimiter))
}

/**
 * Finds the first delimiter in `bytes[start, end)`: gives the index after it, or -1.
 *
 * The search looks for the delimiter's last byte and then backwards, so what was searched once need not be
 * searched again when more bytes come, not even when the delimiter was cut.
 *
 * @param from - where to begin to look for the last byte: `start` plus what was searched before
 */
export function findDelimiterEnd(
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  delimiter: Uint8Array,
): number {
  const lastAt = delimiter.length - 1
  const last = delimiter[lastAt] as number
  let at = Math.max(from, start + lastAt)
  while (at < end) {
    at = indexOfByte(bytes, last, at, end)
    if (at === -1) return -1
    let matched = lastAt
    while (matched > 0 && bytes[at - lastAt + matched - 1] === delimiter[matched - 1]) matched--
    at++
    if (matched === 0) return at
  }
  return -1
}

function indexOfByte(bytes: Uint8Array, value: number, from: number, end: number): number {
  const searched = end - from
  // The engine's search runs to the end of the array, past `end`: it is taken only where that costs no more than
  // the search itself, or many small appends to a large array would have a quadratic cost.
  if (searched > LOOP_BYTES && bytes.length - end <= searched) {
    const at = nativeIndexOf.call(bytes, value, from)
    return at < end ? at : -1
  }
  for (let at = from; at < end; at++) if (bytes[at] === value) return at
  return -1
}
