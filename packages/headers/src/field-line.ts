import { FieldSyntaxError } from './errors.ts'
import { TOKEN_CHARS } from './field-name.ts'
import { FIELD_VALUE_CHARS, isBlank } from './field-value.ts'
import { decodeLatin1 } from './latin1.ts'

const COLON = 0x3a

/**
 * The name, spelled as sent, and the value, without the whitespace around it, of one field line.
 *
 * The line is refused at its first impossible byte: a part of a line that ends behind that byte gives the same
 * error as the whole.
 *
 * @param bytes - holds the line, without its CRLF
 * @param start - index of its first byte
 * @param end - index after its last byte
 * @throws {@link FieldSyntaxError} `ERR_FIELD_FOLD` when it begins with SP or HTAB, `ERR_FIELD_NAME` when the name is
 * empty or not a token, `ERR_FIELD_NAME_SPACE` on whitespace before the colon, `ERR_FIELD_NO_COLON` when it ends
 * before a colon, `ERR_FIELD_VALUE` on a control character (also CR and LF); `offset` is an index of `bytes`
 * @see RFC 9112 §5
 * @public
 */
export function parseFieldLine(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): [name: string, value: string] {
  // Local names: where a module runner wraps imports, each use of one is a call, and these are used for each octet.
  const nameChars = TOKEN_CHARS
  const valueChars = FIELD_VALUE_CHARS
  let at = start
  while (at < end && nameChars[bytes[at]!] === 1) at += 1
  if (at === end || at === start || bytes[at] !== COLON) throw nameError(bytes, start, at, end)
  const name = decodeLatin1(bytes, start, at)

  let first = at + 1
  while (first < end && isBlank(bytes[first]!)) first += 1
  for (let index = first; index < end; index += 1) {
    if (valueChars[bytes[index]!] !== 1) throw new FieldSyntaxError('ERR_FIELD_VALUE', index)
  }
  let last = end
  while (last > first && isBlank(bytes[last - 1]!)) last -= 1
  return [name, decodeLatin1(bytes, first, last)]
}

/** Why the name that begins at `start` cannot go on, or end, at `at`. */
function nameError(bytes: Uint8Array, start: number, at: number, end: number): FieldSyntaxError {
  if (at === end) return new FieldSyntaxError('ERR_FIELD_NO_COLON', at)
  if (!isBlank(bytes[at]!)) return new FieldSyntaxError('ERR_FIELD_NAME', at)
  return new FieldSyntaxError(at === start ? 'ERR_FIELD_FOLD' : 'ERR_FIELD_NAME_SPACE', at)
}
