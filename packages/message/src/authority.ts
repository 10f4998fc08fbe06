import { MessageError } from './errors.ts'
import type { MessageErrorCode } from './errors.ts'
import { isIpLiteral } from './ip-literal.ts'

/**
 * A host and an optional port: what Host carries, and what a URI has between `//` and its path.
 *
 * @public
 */
export interface Authority {
  /** In lower case, for hosts are case-insensitive: a name, an IPv4 address, or an IPv6 address in its brackets. */
  readonly host: string
  /** 0–65535; `null` when none was given, or only its colon. */
  readonly port: number | null
}

const MAX_PORT = 65_535
const COLON = 0x3a
const PERCENT = 0x25
const OPEN_BRACKET = 0x5b
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39

const PLAIN = 1
const UPPER = 2

/**
 * What a registered name is made of: unreserved and sub-delims, the comma excepted. A comma is what two Host lines
 * become when something on the way joins them, and a name with a comma is of no use to anyone. `%` is looked at apart.
 */
const NAME_CHARS: Uint8Array = new Uint8Array(128)
for (const char of "abcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=")
  NAME_CHARS[char.charCodeAt(0)] = PLAIN
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') NAME_CHARS[char.charCodeAt(0)] = UPPER

/**
 * Reads `uri-host [ ":" port ]` from `start` to the end of `text`. The host may be empty.
 *
 * @param code - the code of the error; its offset counts from the beginning of `text`
 * @throws {@link MessageError} with `code`, when it is anything else
 * @see RFC 3986 §3.2.2
 */
export function readAuthority(text: string, start: number, code: MessageErrorCode): Authority {
  if (text.charCodeAt(start) === OPEN_BRACKET) return readIpLiteral(text, start, code)
  const end = text.length
  let hasUpper = false
  let position = start
  for (; position < end; position += 1) {
    const char = text.charCodeAt(position)
    const kind = NAME_CHARS[char]
    if (kind === PLAIN) continue
    if (kind === UPPER) {
      hasUpper = true
    } else if (char === PERCENT && isPercentEncoded(text, position)) {
      hasUpper = true
      position += 2
    } else if (char === COLON) {
      break
    } else {
      throw new MessageError(code, position)
    }
  }
  const host = text.slice(start, position)
  return { host: hasUpper ? host.toLowerCase() : host, port: readPort(text, position, code) }
}

function readIpLiteral(text: string, start: number, code: MessageErrorCode): Authority {
  const close = text.indexOf(']', start)
  if (close === -1 || !isIpLiteral(text.slice(start + 1, close))) throw new MessageError(code, start)
  return { host: text.slice(start, close + 1).toLowerCase(), port: readPort(text, close + 1, code) }
}

/** Reads `[ ":" *DIGIT ]` to the end of `text`. */
function readPort(text: string, start: number, code: MessageErrorCode): number | null {
  if (start === text.length) return null
  if (text.charCodeAt(start) !== COLON) throw new MessageError(code, start)
  let port = 0
  for (let position = start + 1; position < text.length; position += 1) {
    const char = text.charCodeAt(position)
    if (char < DIGIT_0 || char > DIGIT_9) throw new MessageError(code, position)
    port = port * 10 + (char - DIGIT_0)
    if (port > MAX_PORT) throw new MessageError(code, position)
  }
  return start + 1 === text.length ? null : port
}

function isPercentEncoded(text: string, at: number): boolean {
  return /^%[0-9A-Fa-f]{2}$/.test(text.slice(at, at + 3))
}
