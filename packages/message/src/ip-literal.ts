const COLON = 0x3a
const DOT = 0x2e
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39

/** `"v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`, without the comma, which names may not have either. */
const IP_FUTURE = /^v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+;=:]+$/i

/**
 * Whether `text` may stand between the brackets of an IP-literal: an IPv6 address, or one of a future version. Zone
 * identifiers (`fe80::1%25eth0`) may not: they mean something on one machine only.
 *
 * @see RFC 3986 §3.2.2
 */
export function isIpLiteral(text: string): boolean {
  return isIPv6Address(text) || IP_FUTURE.test(text)
}

/** Whether `text` is an IPv6address: eight groups of 16 bits, of which the last two may be an IPv4 address. */
function isIPv6Address(text: string): boolean {
  let groups = 0
  let elided = false
  let position = 0
  if (text.startsWith('::')) {
    elided = true
    position = 2
    if (position === text.length) return true
  }
  for (;;) {
    const start = position
    while (position - start < 5 && isHexDigit(text.charCodeAt(position))) position += 1
    if (text.charCodeAt(position) === DOT) {
      return isIPv4Address(text.slice(start)) && isComplete(groups + 2, elided)
    }
    if (position === start || position - start > 4) return false
    groups += 1
    if (position === text.length) return isComplete(groups, elided)
    if (text.charCodeAt(position) !== COLON) return false
    position += 1
    if (text.charCodeAt(position) === COLON) {
      if (elided) return false
      elided = true
      position += 1
      if (position === text.length) return isComplete(groups, elided)
    }
  }
}

/** `::` stands for one group or more. */
function isComplete(groups: number, elided: boolean): boolean {
  return elided ? groups <= 7 : groups === 8
}

/** Four decimal numbers from 0 to 255 without leading zeros. */
function isIPv4Address(text: string): boolean {
  const parts = text.split('.', 5)
  return (
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
  )
}

/** False for NaN, which is what lies behind the end. */
function isHexDigit(char: number): boolean {
  return (char >= DIGIT_0 && char <= DIGIT_9) || ((char | 0x20) >= 0x61 && (char | 0x20) <= 0x66)
}
