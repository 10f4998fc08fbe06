import { decodeLatin1, TOKEN_CHARS } from '@millrace/headers'
import { MessageError } from './errors.ts'
import { minorVersionAt, VERSION_LENGTH, versionError } from './http-version.ts'
import { wellKnownMethod } from './method.ts'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const SLASH = 0x2f
const DEL = 0x7f

/**
 * The octets that a method may have unless told otherwise.
 *
 * The longest in IANA's registry is `UPDATEREDIRECTREF` with 17; 64 leave private ones room, and keep what ends up in
 * logs and metrics short.
 *
 * @public
 */
export const DEFAULT_MAX_METHOD_LENGTH = 64

/**
 * The first line of a request (RFC 9112 §3).
 *
 * @public
 */
export interface RequestLine {
  /** As received, for methods are case-sensitive: `get` is not `GET`. */
  readonly method: string
  /** As received, one character for each octet, all from `!` to `~`. Its form is for `parseRequestTarget` to find. */
  readonly requestTarget: string
  readonly majorVersion: 1
  /** 0–9. From 2 on, the message is to be treated as one of HTTP/1.1 (RFC 9110 §6.2). */
  readonly minorVersion: number
}

/**
 * What {@link readRequestLine} writes into.
 *
 * @public
 */
export type RequestLineTarget = {
  -readonly [Part in 'method' | 'requestTarget' | 'minorVersion']: RequestLine[Part]
}

/**
 * Reads a request line and its CRLF, if they are complete and good.
 *
 * @param bytes - what holds the line
 * @param start - its first octet
 * @param end - where the bytes end; they may go on behind the line
 * @param into - gets the parts; untouched when the line is refused
 * @returns the position behind the CRLF; -1 for a line that is incomplete or bad: {@link parseRequestLine} says why
 * @see RFC 9112 §3
 * @public
 */
export function readRequestLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: RequestLineTarget,
): number {
  // Local: where a module runner wraps imports, each use of one is a call, and this one is used for each octet.
  const tokenChars = TOKEN_CHARS
  let position = start
  while (position < end && tokenChars[bytes[position] as number] === 1) position += 1
  const methodEnd = position
  const methodLength = methodEnd - start
  if (methodLength === 0 || methodLength > DEFAULT_MAX_METHOD_LENGTH || bytes[position] !== SPACE) return -1
  const targetStart = position + 1
  position = findTargetEnd(bytes, targetStart, end)
  const versionEnd = position + 1 + VERSION_LENGTH
  if (position === targetStart || versionEnd + 2 > end || bytes[position] !== SPACE) return -1
  const minorVersion = minorVersionAt(bytes, position + 1)
  if (minorVersion === -1 || bytes[versionEnd] !== CR || bytes[versionEnd + 1] !== LF) return -1
  into.method = wellKnownMethod(bytes, start, methodEnd) ?? decodeLatin1(bytes, start, methodEnd)
  into.requestTarget = decodeTarget(bytes, targetStart, position)
  into.minorVersion = minorVersion
  return versionEnd + 2
}

/**
 * Reads `method SP request-target SP HTTP-version` in one pass: the structure, the method's and the target's octets,
 * the version.
 *
 * The leftmost octet that fits no request line decides the error: whatever follows it, and whether it has arrived,
 * changes nothing. So a line that is cut behind its first bad octet fails with the same code as the whole line does.
 * Only when every octet fits does the major version decide.
 *
 * @param bytes - what holds the line
 * @param start - its first octet
 * @param end - behind its last octet, CRLF not included
 * @param maxMethodLength - octets, 1 or more
 * @throws {@link MessageError}
 * `ERR_REQUEST_LINE`: a part is missing or empty, or a space stands where none may;
 * `ERR_METHOD`: not a token; `ERR_METHOD_TOO_LONG`; `ERR_TARGET_CHARACTER`: not from 0x21 to 0x7E;
 * `ERR_VERSION`: not an HTTP-version; `ERR_VERSION_UNSUPPORTED`: one with another major version, HTTP/2's preface too
 * @throws {RangeError} when `maxMethodLength` is not 1 or more
 * @see RFC 9112 §3
 * @public
 */
export function parseRequestLine(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
  maxMethodLength: number = DEFAULT_MAX_METHOD_LENGTH,
): RequestLine {
  if (!(maxMethodLength >= 1)) throw new RangeError('maxMethodLength must be 1 or more')
  const methodEnd = findMethodEnd(bytes, start, end, maxMethodLength)
  const method = wellKnownMethod(bytes, start, methodEnd) ?? decodeLatin1(bytes, start, methodEnd)

  const targetStart = methodEnd + 1
  const position = findTargetEnd(bytes, targetStart, end)
  if (position === end) throw new MessageError('ERR_REQUEST_LINE', end)
  if (bytes[position] !== SPACE) throw new MessageError('ERR_TARGET_CHARACTER', position)
  if (position === targetStart) throw new MessageError('ERR_REQUEST_LINE', position)

  const versionStart = position + 1
  const minorVersion = end - versionStart === VERSION_LENGTH ? minorVersionAt(bytes, versionStart) : -1
  if (minorVersion === -1) throw versionError(bytes, versionStart, end, 'ERR_REQUEST_LINE')
  return { method, requestTarget: decodeTarget(bytes, targetStart, position), majorVersion: 1, minorVersion }
}

/** Where the first octet is that no request-target holds, or `end`. */
function findTargetEnd(bytes: Uint8Array, start: number, end: number): number {
  let position = start
  while (position < end) {
    const octet = bytes[position] as number
    if (octet <= SPACE || octet >= DEL) break
    position += 1
  }
  return position
}

function decodeTarget(bytes: Uint8Array, start: number, end: number): string {
  return end - start === 1 && bytes[start] === SLASH ? '/' : decodeLatin1(bytes, start, end)
}

/** Where the space behind the method is. */
function findMethodEnd(bytes: Uint8Array, start: number, end: number, maxLength: number): number {
  const latest = Math.min(end, start + maxLength)
  let position = start
  while (position < latest && TOKEN_CHARS[bytes[position] as number] === 1) position += 1
  if (position === end) throw new MessageError('ERR_REQUEST_LINE', end)
  const octet = bytes[position] as number
  if (octet !== SPACE) {
    throw new MessageError(TOKEN_CHARS[octet] === 1 ? 'ERR_METHOD_TOO_LONG' : 'ERR_METHOD', position)
  }
  if (position === start) throw new MessageError('ERR_REQUEST_LINE', start)
  return position
}
