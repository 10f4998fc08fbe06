import { isToken } from '@millrace/headers'
import { MessageError } from './errors.ts'
import type { MessageErrorCode } from './errors.ts'

const CHUNKED = 'chunked'
// Not toLowerCase, which makes an ASCII letter of U+212A, the Kelvin sign.
const CHUNKED_ANY_CASE = /^chunked$/i
const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Returns when Transfer-Encoding says that the content is chunked and nothing else: one line, one member, any case.
 * Everything else throws, and what it throws is the only question.
 *
 * @param values - of all field lines, at least one
 * @param statusHint - the status to answer with, when it is not that of the code
 * @throws {@link MessageError} `ERR_TRANSFER_ENCODING`, `ERR_CHUNKED_NOT_FINAL`, `ERR_CHUNKED_REPEATED`,
 * `ERR_CHUNKED_PARAMETERS`, `ERR_TRANSFER_CODING`
 */
export function requireChunked(values: readonly string[], statusHint?: number): void {
  if (values.length === 1 && (values[0] === CHUNKED || CHUNKED_ANY_CASE.test(values[0] as string))) return
  throw new MessageError(refusal(values), undefined, statusHint)
}

/** Looks for the faults in order of gravity: bad grammar, then a length nobody can know, then what we cannot decode. */
function refusal(values: readonly string[]): MessageErrorCode {
  const codings: string[] = []
  let hasParameters = false
  for (const member of values.flatMap(splitMembers)) {
    const semicolon = member.indexOf(';')
    const coding = trim(semicolon === -1 ? member : member.slice(0, semicolon))
    // Empty members are allowed in most lists. Here nobody sends them but to find out who skips them.
    if (!isToken(coding)) return 'ERR_TRANSFER_ENCODING'
    const isChunked = CHUNKED_ANY_CASE.test(coding)
    if (isChunked && semicolon !== -1) hasParameters = true
    codings.push(isChunked ? CHUNKED : coding)
  }
  // A length nobody can know must be 400, whether or not the codings are known: `identity` and `gzip` alone (§6.3).
  if (codings.at(-1) !== CHUNKED) return 'ERR_CHUNKED_NOT_FINAL'
  if (codings.indexOf(CHUNKED) !== codings.length - 1) return 'ERR_CHUNKED_REPEATED'
  return hasParameters ? 'ERR_CHUNKED_PARAMETERS' : 'ERR_TRANSFER_CODING'
}

/** The members of a list, empty ones included; a comma between quotes separates nothing. */
function splitMembers(value: string): string[] {
  const members: string[] = []
  let start = 0
  let quoted = false
  for (let position = 0; position < value.length; position += 1) {
    const char = value.charCodeAt(position)
    if (char === QUOTE) quoted = !quoted
    else if (char === BACKSLASH && quoted) position += 1
    else if (char === COMMA && !quoted) {
      members.push(value.slice(start, position))
      start = position + 1
    }
  }
  members.push(value.slice(start))
  return members
}

/** Without the spaces and tabs around it: `String#trim` would take vertical tabs and more. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x09
}
