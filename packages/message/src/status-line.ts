import { decodeLatin1, FIELD_VALUE_CHARS, isFieldValue } from '@millrace/headers'
import { MessageError } from './errors.ts'
import { minorVersionAt, VERSION_LENGTH, versionError } from './http-version.ts'
import { reasonPhrase } from './status.ts'

const SPACE = 0x20
const DIGIT_0 = 0x30
const DIGIT_1 = 0x31
const DIGIT_9 = 0x39
const BAD_GATEWAY = 502

/**
 * The first line of a response (RFC 9112 §4).
 *
 * @public
 */
export interface StatusLine {
  /** 0–9; the major version is 1. */
  readonly minorVersion: number
  /** 100–999. From 600 on it has no class: a client treats it as 500 (RFC 9110 §15). */
  readonly statusCode: number
  /** As received, one character for each octet; may be empty. A client ignores it. */
  readonly reasonPhrase: string
}

/**
 * Reads `HTTP-version SP status-code SP reason-phrase`.
 *
 * The space before an empty reason phrase may be missing: servers in use leave it out, and nothing depends on it.
 *
 * @param bytes - what holds the line
 * @param start - its first octet
 * @param end - behind its last octet, CRLF not included
 * @throws {@link MessageError} with status hint 502
 * `ERR_VERSION`, `ERR_VERSION_UNSUPPORTED`; `ERR_STATUS_LINE`: a part is missing or a space is wrong;
 * `ERR_STATUS_CODE`: not three digits from 100 on; `ERR_REASON_PHRASE`: a control octet other than HTAB
 * @see RFC 9112 §4
 * @public
 */
export function parseStatusLine(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): StatusLine {
  const versionEnd = start + VERSION_LENGTH
  const minorVersion = versionEnd <= end ? minorVersionAt(bytes, start) : -1
  if (minorVersion === -1) {
    throw versionError(bytes, start, Math.min(versionEnd, end), 'ERR_VERSION', BAD_GATEWAY)
  }
  if (versionEnd === end || bytes[versionEnd] !== SPACE) throw new MessageError('ERR_STATUS_LINE', versionEnd)

  const codeStart = versionEnd + 1
  const codeEnd = codeStart + 3
  let statusCode = 0
  for (let position = codeStart; position < codeEnd; position += 1) {
    const digit = position < end ? (bytes[position] as number) : 0
    if (digit < (position === codeStart ? DIGIT_1 : DIGIT_0) || digit > DIGIT_9) {
      throw new MessageError('ERR_STATUS_CODE', position)
    }
    statusCode = statusCode * 10 + digit - DIGIT_0
  }
  if (codeEnd === end) return { minorVersion, statusCode, reasonPhrase: '' }
  if (bytes[codeEnd] !== SPACE) {
    const isDigit = (bytes[codeEnd] as number) >= DIGIT_0 && (bytes[codeEnd] as number) <= DIGIT_9
    throw new MessageError(isDigit ? 'ERR_STATUS_CODE' : 'ERR_STATUS_LINE', codeEnd)
  }
  for (let position = codeEnd + 1; position < end; position += 1) {
    if (FIELD_VALUE_CHARS[bytes[position] as number] !== 1) {
      throw new MessageError('ERR_REASON_PHRASE', position)
    }
  }
  return { minorVersion, statusCode, reasonPhrase: decodeLatin1(bytes, codeEnd + 1, end) }
}

/**
 * The status line of an HTTP/1.1 response, with its CRLF. The space behind the code stands there also when the reason
 * phrase is empty (RFC 9112 §4).
 *
 * @param statusCode - an integer, 100–599
 * @param reason - latin-1 text; the standard phrase when left out
 * @throws {RangeError} when the code is outside 100–599
 * @throws {TypeError} when the reason holds CR, LF, another control character but HTAB, or one above U+00FF
 * @public
 */
export function formatStatusLine(statusCode: number, reason: string = reasonPhrase(statusCode)): string {
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) {
    throw new RangeError('a status code is an integer from 100 to 599')
  }
  // A CR or LF here would let whoever chose the text write fields, or a second response (RFC 9112 §11.1).
  if (!isFieldValue(reason)) throw new TypeError('a reason phrase holds no control characters')
  return `HTTP/1.1 ${statusCode} ${reason}\r\n`
}
