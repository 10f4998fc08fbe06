import { joinBytes } from '@millrace/testing'
import type { Chance } from '../chance.ts'

/** Octets whose place decides something in a message. */
const TELLING = [
  0x0d, 0x0a, 0x00, 0x20, 0x09, 0x3a, 0x3b, 0x2c, 0x22, 0x5c, 0x2d, 0x2f, 0x30, 0x7f, 0x80, 0xff, 0x0b,
]
const PIECES = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  ' ',
  '0\r\n\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Host: b\r\n',
  '99999999999999999999',
  '9007199254740991',
  '7fffffff',
  'ffffffffffffffff',
  'HTTP/1.1',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  '\x16\x03\x01',
].map((text) => Buffer.from(text, 'latin1'))

/** `bytes[start, end)` of `wire` replaced by `put`. */
export function replace(wire: Uint8Array, start: number, end: number, put: Uint8Array): Uint8Array {
  return joinBytes([wire.subarray(0, start), put, wire.subarray(end)])
}

/** A copy with one thing changed: an octet, a piece that goes, comes, or comes twice, the front of `other`. */
export function mutate(chance: Chance, wire: Uint8Array, other: () => Uint8Array): Uint8Array {
  const at = chance.below(wire.length + 1)
  const length = Math.min(wire.length - at, chance.of(0.7) ? chance.between(1, 4) : chance.below(40))
  switch (chance.below(8)) {
    case 0: {
      const copy = new Uint8Array(wire)
      if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << chance.below(8))
      return copy
    }
    case 1:
      return replace(wire, at, at + length, new Uint8Array(0))
    case 2:
      return replace(wire, at, at, wire.subarray(at, at + length))
    case 3:
      return replace(wire, at, at + (chance.of(0.5) ? 1 : 0), Uint8Array.of(chance.pick(TELLING)))
    case 4:
      return replace(wire, at, at, chance.pick(PIECES))
    case 5:
      return replace(wire, at, at + 1, Uint8Array.of(chance.below(256)))
    case 6: {
      const second = other()
      return joinBytes([wire.subarray(0, at), second.subarray(chance.below(second.length + 1))])
    }
    default:
      return wire.subarray(0, at)
  }
}

/** A copy with one to four things changed. */
export function mutateSome(chance: Chance, wire: Uint8Array, other: () => Uint8Array): Uint8Array {
  let mutated = wire
  for (let left = chance.between(1, 4); left > 0; left -= 1) mutated = mutate(chance, mutated, other)
  return mutated
}
