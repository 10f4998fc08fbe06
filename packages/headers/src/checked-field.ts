import { HeaderError } from './errors.ts'
import { firstNonTokenIndex, isToken } from './field-name.ts'
import { firstNonValueIndex, isFieldValue, trimBlank } from './field-value.ts'

const SHOWN_LENGTH = 40

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
