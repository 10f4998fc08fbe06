/**
 * For each octet whether a token may hold it (1) or not (0): RFC 9110 §5.6.2. Methods, field names and
 * list members such as `close` and `chunked` are tokens.
 *
 * @public
 */
export const TOKEN_CHARS: Uint8Array = tokenTable()

/**
 * Whether `text` is a token, as a field name must be.
 *
 * @see RFC 9110 §5.6.2
 * @public
 */
export function isToken(text: string): boolean {
  return text.length > 0 && firstNonTokenIndex(text) === -1
}

/** Index of the first character that no token holds, -1 when there is none. */
export function firstNonTokenIndex(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (TOKEN_CHARS[text.charCodeAt(index)] !== 1) return index // undefined above 0xFF
  }
  return -1
}

/** Whether two names are the same but for the case of ASCII letters (RFC 9110 §5.1). */
export function isSameName(one: string, other: string): boolean {
  return one === other || (one.length === other.length && isSameFolded(one, other))
}

/** As {@link isSameName}, for two strings of one length that are not identical. */
function isSameFolded(one: string, other: string): boolean {
  for (let index = one.length - 1; index >= 0; index -= 1) {
    const a = one.charCodeAt(index)
    const b = other.charCodeAt(index)
    if (a === b) continue
    const folded = a | 0x20
    // The same bit also tells `^` from `~`, so only letters may differ by it.
    if (folded !== (b | 0x20) || folded < 0x61 || folded > 0x7a) return false
  }
  return true
}

function tokenTable(): Uint8Array {
  const table = new Uint8Array(256)
  for (const character of "!#$%&'*+-.^_`|~") table[character.charCodeAt(0)] = 1
  table.fill(1, 0x30, 0x3a) // 0-9
  table.fill(1, 0x41, 0x5b) // A-Z
  table.fill(1, 0x61, 0x7b) // a-z
  return table
}
