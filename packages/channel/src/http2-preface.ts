import { encodeLatin1 } from '@millrace/headers'

/** What a connection begins with whose client knows that the server speaks HTTP/2 (RFC 9113 §3.4). */
export const HTTP2_PREFACE: Uint8Array = encodeLatin1('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/**
 * How much of the preface is there with `bytes`, -1 when it is none.
 *
 * @param matched - octets of it that came before
 */
export function matchPreface(matched: number, bytes: Uint8Array): number {
  const count = Math.min(bytes.length, HTTP2_PREFACE.length - matched)
  for (let at = 0; at < count; at += 1) if (bytes[at] !== HTTP2_PREFACE[matched + at]) return -1
  return matched + count
}
