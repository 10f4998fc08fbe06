import { HeaderError } from './errors.ts'
import { firstNonTokenIndex, isToken } from './field-name.ts'
import { firstNonValueIndex, isFieldValue, trimBlank } from './field-value.ts'

const SHOWN_LENGTH = 40

/** A field line that was checked before. */
interface KnownLine {
  readonly name: string
  readonly value: string
  /** As it goes on the wire, in one piece; made when the line is put in a second time. */
  wire: string | null
}

/**
 * The lines that were checked last, each in the place that its lengths give it: a service sends the same few lines with
 * most responses. Bounded in number and, by {@link KNOWN_VALUE_LENGTH}, in size.
 */
const KNOWN_LINES: (KnownLine | undefined)[] = new Array<undefined>(64).fill(undefined)
const KNOWN_VALUE_LENGTH = 64

/** The value as it goes out, or a `HeaderError`: {@link checkName} and {@link checkValue}, once for lines that repeat. */
export function checkLine(name: string, value: string): string {
  const known = typeof name === 'string' && typeof value === 'string' ? findKnown(name, value) : undefined
  if (known !== undefined) {
    known.wire ??= [name, ': ', value, '\r\n'].join('') // flat, where `+` would leave a tree of four
    return value
  }
  checkName(name)
  const checked = checkValue(name, value)
  if (checked === value && value.length <= KNOWN_VALUE_LENGTH)
    KNOWN_LINES[place(name, value)] = { name, value, wire: null }
  return checked
}

/** A checked line as it goes on the wire, with its CRLF. */
export function wireLine(name: string, value: string): string {
  return findKnown(name, value)?.wire ?? `${name}: ${value}\r\n`
}

function findKnown(name: string, value: string): KnownLine | undefined {
  const known = KNOWN_LINES[place(name, value)]
  return known !== undefined && known.name === name && known.value === value ? known : undefined
}

function place(name: string, value: string): number {
  // Fields that are sent together shall not take turns in one place: their names end differently, if nothing else differs.
  return (name.length * 5 + value.length + name.charCodeAt(name.length - 1) * 3) & 63
}

/** Throws a `HeaderError` unless `name` may go out as a field name. */
export function checkName(name: string): void {
  if (typeof name !== 'string') throw new HeaderError('ERR_HEADER_NAME', `a ${typeof name}`)
  if (!isToken(name))
    throw new HeaderError('ERR_HEADER_NAME', printable(name), Math.max(0, firstNonTokenIndex(name)))
}

/** The value as it goes out, or a `HeaderError`. It is not quoted in the message: it may be a secret. */
export function checkValue(name: string, value: string): string {
  if (typeof value !== 'string')
    throw new HeaderError('ERR_HEADER_VALUE', `${printable(name)} is a ${typeof value}`)
  if (isFieldValue(value)) return trimBlank(value)
  const index = firstNonValueIndex(value)
  const detail = `${printable(name)} with ${codePoint(value.charCodeAt(index))} at index ${index}`
  throw new HeaderError('ERR_HEADER_VALUE', detail, index)
}

/** The text in quotes, all but printable ASCII escaped, a long one cut: safe in any log. */
function printable(text: string): string {
  const shown = JSON.stringify(text.slice(0, SHOWN_LENGTH)).replace(/[^ -~]/g, (character) =>
    codePoint(character.charCodeAt(0)),
  )
  return text.length > SHOWN_LENGTH ? `${shown}...` : shown
}

function codePoint(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
