import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import * as withBuffer from '../src/latin1.ts'
import { octets } from './support.ts'

type Latin1 = typeof withBuffer

/** The same module as it loads where there is no `Buffer`. */
async function withoutBuffer(): Promise<Latin1> {
  vi.resetModules()
  const buffer = globalThis.Buffer
  const loading = import('../src/latin1.ts')
  // The loader itself may want a Buffer until the module's first line runs: hide only what the module looks for.
  const allocUnsafe = buffer.allocUnsafe
  Object.defineProperty(buffer, 'allocUnsafe', { value: undefined, configurable: true, writable: true })
  try {
    return await loading
  } finally {
    Object.defineProperty(buffer, 'allocUnsafe', { value: allocUnsafe, configurable: true, writable: true })
  }
}

const portable = await withoutBuffer()
const EVERY_OCTET = Uint8Array.from({ length: 256 }, (_, octet) => octet)

describe('the two platforms', () => {
  it('are two', () => {
    expect(withBuffer.allocateBytes(1)).toBeInstanceOf(Buffer)
    expect(portable.allocateBytes(1)).not.toBeInstanceOf(Buffer)
  })
})

const platforms: readonly [string, Latin1][] = [
  ['with Buffer', withBuffer],
  ['without Buffer', portable],
]

describe.each(platforms)(
  'latin-1 text %s',
  (_, { allocateBytes, decodeLatin1, encodeLatin1, writeLatin1 }) => {
    it('has one character for each octet', () => {
      const text = decodeLatin1(EVERY_OCTET)
      expect(Array.from(text, (character) => character.charCodeAt(0))).toEqual([...EVERY_OCTET])
    })

    it('decodes ranges of every length at which the code takes another way', () => {
      const bytes = Uint8Array.from({ length: 9_000 }, (__, index) => (index * 7) % 256)
      for (const length of [0, 1, 3, 4, 7, 8, 9, 12, 15, 16, 17, 63, 64, 65, 4_095, 4_096, 4_097, 8_193]) {
        const expected = Array.from(bytes.slice(5, 5 + length), (octet) => String.fromCharCode(octet)).join(
          '',
        )
        expect(decodeLatin1(bytes, 5, 5 + length)).toBe(expected)
      }
    })

    it('decodes a view that does not begin at its buffer', () => {
      expect(decodeLatin1(octets('xxHost').subarray(2))).toBe('Host')
      expect(decodeLatin1(octets(`xx${'a'.repeat(30)}bc`).subarray(2), 29)).toBe('abc')
    })

    it('encodes what it decodes', () => {
      expect(Uint8Array.from(encodeLatin1(decodeLatin1(EVERY_OCTET)))).toEqual(EVERY_OCTET)
      expect(encodeLatin1('').length).toBe(0)
    })

    it('throws on a character above U+00FF, wherever it is', () => {
      for (const length of [1, 10, 24, 100]) {
        for (const at of [0, length - 1]) {
          const characters = Array.from({ length }, () => 'a')
          characters[at] = '\u560a'
          expect(() => encodeLatin1(characters.join(''))).toThrow(RangeError)
        }
      }
    })

    it('writes at a place and returns the next one', () => {
      for (const text of ['ab', 'c'.repeat(30)]) {
        const target = new Uint8Array(text.length + 4).fill(0x2e)
        expect(writeLatin1(target, text, 2)).toBe(2 + text.length)
        expect(decodeLatin1(target)).toBe(`..${text}..`)
      }
    })

    it('does not write beyond the end, or before the start', () => {
      for (const text of ['ab', 'c'.repeat(30)]) {
        expect(() => writeLatin1(new Uint8Array(text.length), text, 1)).toThrow(RangeError)
        expect(() => writeLatin1(new Uint8Array(text.length), text, -1)).toThrow(RangeError)
        expect(writeLatin1(new Uint8Array(text.length), text, 0)).toBe(text.length)
      }
    })

    it('allocates as many bytes as asked for', () => {
      for (const length of [0, 1, 64, 5_000]) expect(allocateBytes(length).length).toBe(length)
    })

    it('gives any octets back (property)', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, one, other) => {
          const start = Math.min(one, other, bytes.length)
          const end = Math.min(Math.max(one, other), bytes.length)
          expect(Uint8Array.from(encodeLatin1(decodeLatin1(bytes, start, end)))).toEqual(
            bytes.slice(start, end),
          )
        }),
      )
    })
  },
)
