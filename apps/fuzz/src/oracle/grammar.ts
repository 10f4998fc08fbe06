/*
 * The grammar of RFC 9110 and 9112 as regular expressions over text of which each character is one octet. Slow, and
 * easy to hold against the RFC: nothing here is shared with the code that is tested.
 */

export const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
export const FIELD_VALUE = '[\\t\\x20-\\x7e\\x80-\\xff]*'
/** One field line with its CRLF. */
export const FIELD_LINE: string = `${TOKEN}:${FIELD_VALUE}\\r\\n`

const FIELD = new RegExp(`(${TOKEN}):[ \\t]*(${FIELD_VALUE}?)[ \\t]*\\r\\n`, 'gy')
const LIST_MEMBER = /(?:"(?:\\[^]|[^"\\])*(?:"|\\?$)|[^",])+/g
const BLANKS = /^[ \t]+|[ \t]+$/g

/** A name and a value, as they were sent. */
export type Field = readonly [name: string, value: string]

/** The fields of a section of which every line is known to be good. */
export function readFields(section: string): Field[] {
  return Array.from(section.matchAll(FIELD), ([, name, value]) => [name as string, value as string])
}

/** The values of all fields of one name. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)
}

/** The members of a comma list, empty ones left out (RFC 9110 §5.6.1). */
export function listMembers(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.match(LIST_MEMBER) ?? [])
    .map((member) => member.replace(BLANKS, ''))
    .filter((member) => member !== '')
}

/** `pattern`, which is sticky, at one place of `text`. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** How content is delimited, or why nobody can know: the statuses that a recipient may answer with. */
export type Framing =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly statuses: readonly number[] }

/** RFC 9112 §6.3, with an error wherever two recipients could come to different ends. */
export function framingOf(minorVersion: number, fields: readonly Field[]): Framing {
  const codings = valuesOf(fields, 'transfer-encoding')
  const lengths = valuesOf(fields, 'content-length')
  if (codings.length === 0 && lengths.length === 0) return { kind: 'none' }
  if (codings.length > 0) {
    const isChunked = codings.length === 1 && /^chunked$/i.test(codings[0] as string)
    if (minorVersion === 0 || lengths.length > 0) return { kind: 'refused', statuses: [400] }
    return isChunked ? { kind: 'chunked' } : { kind: 'refused', statuses: [400, 501] }
  }
  const [length] = lengths
  if (lengths.length > 1 || !/^[0-9]+$/.test(length as string)) return { kind: 'refused', statuses: [400] }
  if (BigInt(length as string) > 2n ** 53n - 1n) return { kind: 'refused', statuses: [400, 413] }
  return { kind: 'length', length: Number(length) }
}

/** Whether the connection stays, as far as the sender of these fields is concerned (RFC 9112 §9.3). */
export function staysOpen(minorVersion: number, fields: readonly Field[]): boolean {
  const options = listMembers(valuesOf(fields, 'connection')).map((option) => option.toLowerCase())
  if (options.includes('close')) return false
  return minorVersion > 0 || options.includes('keep-alive')
}
