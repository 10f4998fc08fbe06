/**
 * Content as the output takes it: bytes, or ASCII text, which is its own encoding. Both have as many octets as their
 * `length` says.
 *
 * @public
 */
export type Octets = Uint8Array | string

interface Encoder {
  encode(text: string): Uint8Array
}

type Globals = {
  readonly Buffer?: { from(text: string, encoding: 'utf8'): Uint8Array }
  readonly TextEncoder: new () => Encoder
}

const { Buffer, TextEncoder } = globalThis as unknown as Globals
const encoder = new TextEncoder()

/** Texts up to this length are looked at: one that turns out to be ASCII goes beside its head without being encoded. */
const SHORT = 256

/** Node's Buffer is found at run time: for short texts it is several times faster than TextEncoder. */
const encodeUtf8: (text: string) => Uint8Array =
  Buffer === undefined ? (text) => encoder.encode(text) : (text) => Buffer.from(text, 'utf8')

/** Content in octets; text as UTF-8. */
export function toOctets(data: Uint8Array | string): Octets {
  if (typeof data !== 'string' || (data.length <= SHORT && isAscii(data))) return data
  return encodeUtf8(data)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** All of `parts` in one array of its own. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
