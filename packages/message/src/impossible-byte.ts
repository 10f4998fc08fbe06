const HTAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const DEL = 0x7f

/**
 * The position of the first octet that can stand nowhere in the head of a message: a control octet other than HTAB, a
 * CR that no LF follows, an LF that no CR precedes. -1 when there is none.
 *
 * For refusing a line before its end has arrived: a TLS handshake on a plain port, or lines that end in LF alone, would
 * otherwise wait for a CRLF that never comes. Each octet is looked at once when the next call begins where this one
 * ended. A CR at `to - 1` is undecided and passes: the next call has to begin with that CR.
 *
 * @param bytes - what holds the head
 * @param from - the first octet to look at
 * @param to - behind the last octet to look at
 * @see RFC 9112 §2.2
 * @public
 */
export function findImpossibleByte(bytes: Uint8Array, from: number, to: number): number {
  for (let position = from; position < to; position += 1) {
    const octet = bytes[position] as number
    if (octet >= SPACE ? octet !== DEL : octet === HTAB) continue
    if (octet !== CR) return position
    if (position + 1 === to) return -1
    if (bytes[position + 1] !== LF) return position
    position += 1
  }
  return -1
}
