import { MessageError } from './errors.ts'
import type { MessageErrorCode } from './errors.ts'

/** Octets in `HTTP/1.1`. */
export const VERSION_LENGTH = 8

const SPACE = 0x20
const DIGIT_0 = 0x30
const DIGIT_1 = 0x31
const DIGIT_9 = 0x39
const DOT = 0x2e
const MAJOR_AT = 5
const DOT_AT = 6

/**
 * The minor version when the eight octets at `at` are `HTTP/1.` and a digit, else -1: {@link versionError} then says
 * what is wrong. The name is case-sensitive and both numbers are single digits (RFC 9112 §2.3).
 */
export function minorVersionAt(bytes: Uint8Array, at: number): number {
  if (
    bytes[at] !== 0x48 ||
    bytes[at + 1] !== 0x54 ||
    bytes[at + 2] !== 0x54 ||
    bytes[at + 3] !== 0x50 ||
    bytes[at + 4] !== 0x2f ||
    bytes[at + 5] !== DIGIT_1 ||
    bytes[at + 6] !== DOT
  ) {
    return -1
  }
  const digit = bytes[at + 7]
  return digit !== undefined && digit >= DIGIT_0 && digit <= DIGIT_9 ? digit - DIGIT_0 : -1
}

/**
 * Why the octets from `at` to `end` are not a version of ours: the leftmost octet that fits no HTTP-version, or, when
 * all of them fit, the major version.
 *
 * @param structure - the code for a space where none may be
 * @param statusHint - the status to answer with, when it is not that of the code
 */
export function versionError(
  bytes: Uint8Array,
  at: number,
  end: number,
  structure: MessageErrorCode,
  statusHint?: number,
): MessageError {
  for (let i = 0; at + i < end; i += 1) {
    const octet = bytes[at + i] as number
    if (i < VERSION_LENGTH && fitsVersion(octet, i)) continue
    return new MessageError(octet === SPACE ? structure : 'ERR_VERSION', at + i, statusHint)
  }
  if (end - at < VERSION_LENGTH) return new MessageError('ERR_VERSION', end, statusHint)
  return new MessageError('ERR_VERSION_UNSUPPORTED', at + MAJOR_AT, statusHint)
}

function fitsVersion(octet: number, i: number): boolean {
  if (i < MAJOR_AT) return octet === 'HTTP/'.charCodeAt(i)
  if (i === DOT_AT) return octet === DOT
  return octet >= DIGIT_0 && octet <= DIGIT_9
}
