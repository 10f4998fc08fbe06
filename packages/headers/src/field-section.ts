import { TOKEN_CHARS } from './field-name.ts'
import { FIELD_VALUE_CHARS, isBlank, trimBlank } from './field-value.ts'
import { Headers } from './headers.ts'
import { decodeLatin1 } from './latin1.ts'

const COLON = 0x3a
const CRLF = '\r\n'

// Copies, so that loops over octets read a constant of this module and not a binding of another one.
const NAME_CHARS = TOKEN_CHARS
const VALUE_CHARS = FIELD_VALUE_CHARS

/**
 * Goes over one field line, as far as its octets may stand in one.
 *
 * @param bytes - holds the line
 * @param start - its first octet
 * @param end - where the bytes end; the line may go on behind it
 * @returns the position of the first octet that cannot belong to the line (the CR of a good one), or `end`; -1 when the
 * name or its colon is wrong, or the bytes ended inside the name
 * @see RFC 9112 §5
 * @public
 */
export function scanFieldLine(bytes: Uint8Array, start: number, end: number): number {
  let position = start
  while (position < end && NAME_CHARS[bytes[position] as number] === 1) position += 1
  if (position === start || position === end || bytes[position] !== COLON) return -1
  position += 1
  while (position < end && VALUE_CHARS[bytes[position] as number] === 1) position += 1
  return position
}

/**
 * The fields of a section whose lines were all found good: one call makes a text of it, and names and values are slices
 * of that.
 *
 * @param bytes - holds the section
 * @param start - its first octet
 * @param end - behind the CRLF of its last line; equal to `start` when there is none
 * @public
 */
export function decodeFieldSection(bytes: Uint8Array, start: number, end: number): Headers {
  if (start === end) return new Headers()
  const text = decodeLatin1(bytes, start, end)
  const names: string[] = []
  const values: string[] = []
  for (let at = 0; at < text.length;) {
    const colon = text.indexOf(':', at)
    const lineEnd = text.indexOf(CRLF, colon)
    names.push(text.slice(at, colon))
    values.push(valueOf(text, colon + 1, lineEnd))
    at = lineEnd + CRLF.length
  }
  return Headers.fromParsed(names, values)
}

/** The value in `text[from, to)`: nearly always behind one space. */
function valueOf(text: string, from: number, to: number): string {
  const start = text.charCodeAt(from) === 0x20 ? from + 1 : from
  if (start === to) return ''
  const isTrimmed = !isBlank(text.charCodeAt(start)) && !isBlank(text.charCodeAt(to - 1))
  return isTrimmed ? text.slice(start, to) : trimBlank(text, start, to)
}
