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

interface NodeBuffer {
  from(text: string, encoding: 'utf8'): Uint8Array
  byteLength(text: string, encoding: 'utf8'): number
}

type Globals = {
  readonly Buffer?: NodeBuffer
  readonly TextEncoder: new () => Encoder
}

const { Buffer, TextEncoder } = globalThis as unknown as Globals
const encoder = new TextEncoder()

/**
 * Texts of up to so many characters are looked at: one that turns out to be ASCII leaves as text in one write with its
 * head. Both together stay below the 16 KiB that Node sends as text without an allocation.
 */
const LOOKED_AT = 8_192

/** Node's Buffer is found at run time: for short texts it is several times faster than TextEncoder. */
const encodeUtf8: (text: string) => Uint8Array =
  Buffer === undefined ? (text) => encoder.encode(text) : (text) => Buffer.from(text, 'utf8')

/** Text is ASCII when it has as many octets as characters; Node counts them ten times faster than we look at each. */
const isAscii: (text: string) => boolean =
  Buffer === undefined ? isAsciiPortable : (text) => Buffer.byteLength(text, 'utf8') === text.length

/** Content in octets; text as UTF-8. */
export function toOctets(data: Uint8Array | string): Octets {
  if (typeof data !== 'string' || (data.length <= LOOKED_AT && isAscii(data))) return data
  return encodeUtf8(data)
}

function isAsciiPortable(text: string): boolean {
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
