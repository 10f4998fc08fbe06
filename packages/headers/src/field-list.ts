import { isSameName } from './field-name.ts'
import { trimBlank } from './field-value.ts'

const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The members of a comma list, in order, without the whitespace around them; empty ones are skipped.
 *
 * Commas inside a quoted string do not separate. A quoted string that is never closed goes on to the end.
 *
 * @see RFC 9110 §5.6.1
 * @public
 */
export function splitFieldList(value: string): string[] {
  const members: string[] = []
  for (let at = 0; at < value.length;) {
    const comma = memberEnd(value, at)
    const member = trimBlank(value, at, comma)
    if (member !== '') members.push(member)
    at = comma + 1
  }
  return members
}

/**
 * Whether a member of the comma lists in `values` is `token`, in whatever case, as for `close` in the lines of Connection.
 *
 * @param values - the values of all lines of the field
 * @param token - the member looked for, without parameters
 * @see RFC 9110 §5.6.1
 * @public
 */
export function hasToken(values: readonly string[], token: string): boolean {
  return values.some((value) => isListMember(value, token))
}

/** Whether a member of this comma list is `token`, in whatever case. */
export function isListMember(value: string, token: string): boolean {
  // One member is what nearly all lines hold.
  if (!value.includes(',')) return isSameName(trimBlank(value), token)
  return splitFieldList(value).some((member) => isSameName(member, token))
}

/** Index of the comma that ends the member begun at `at`, or the length of the list. */
function memberEnd(value: string, at: number): number {
  let quoted = false
  for (let index = at; index < value.length; index += 1) {
    const code = value.charCodeAt(index)
    if (code === QUOTE) quoted = !quoted
    else if (quoted && code === BACKSLASH)
      index += 1 // a quoted pair: the next character is data
    else if (code === COMMA && !quoted) return index
  }
  return value.length
}
