import { describe, expect, it } from 'vitest'
import { joinBytes, wireBytes, wireText } from '../src/index.ts'

describe('wireBytes and wireText', () => {
  it('are each other reversed for every octet', () => {
    const all = Uint8Array.from({ length: 256 }, (_, octet) => octet)
    expect(wireBytes(wireText(all))).toEqual(all)
  })

  it('take megabytes', () => {
    const long = new Uint8Array(2_000_000).fill(0x61)
    expect(wireText(long)).toBe('a'.repeat(2_000_000))
  })

  it('refuse a character above U+00FF, and name its place', () => {
    expect(wireBytes('\xff')).toEqual(Uint8Array.of(255))
    expect(() => wireBytes('ab\u{100}')).toThrow(
      new RangeError('character 2 of the wire text is above U+00FF'),
    )
  })
})

describe('joinBytes', () => {
  it('puts the pieces one after another', () => {
    expect(joinBytes([wireBytes('ab'), new Uint8Array(0), wireBytes('c')])).toEqual(wireBytes('abc'))
    expect(joinBytes([])).toEqual(new Uint8Array(0))
  })
})
