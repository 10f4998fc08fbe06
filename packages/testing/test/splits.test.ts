import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinBytes, randomSplits, splits, wireBytes, wireText } from '../src/index.ts'

/** The pieces of each list, as texts. */
function texts(lists: Iterable<Uint8Array[]>): string[][] {
  return Array.from(lists, (pieces) => pieces.map(wireText))
}

describe('splits', () => {
  it('gives the whole, each octet by itself, and a cut at each position', () => {
    expect(texts(splits('abcd'))).toEqual([
      ['abcd'],
      ['a', 'b', 'c', 'd'],
      ['a', 'bcd'],
      ['ab', 'cd'],
      ['abc', 'd'],
    ])
  })

  it('takes octets as it takes text', () => {
    expect(texts(splits(Uint8Array.of(0, 255)))).toEqual([['\0\xff'], ['\0', '\xff'], ['\0', '\xff']])
  })

  it('gives one empty list for an empty input, as no transport delivers an empty read', () => {
    expect(texts(splits(''))).toEqual([[]])
  })

  it('gives a single octet once', () => {
    expect(texts(splits('x'))).toEqual([['x']])
  })

  it('spreads a limited number of cuts from the first to the last position', () => {
    const cuts = texts(splits('abcdefghijk', { maxCuts: 4 })).slice(2)
    expect(cuts.map(([front]) => front!.length)).toEqual([1, 4, 7, 10])
  })

  it('gives one cut in the middle, or none, when told so', () => {
    expect(texts(splits('abcdef', { maxCuts: 1 })).slice(2)).toEqual([['abc', 'def']])
    expect(texts(splits('abcdef', { maxCuts: 0 }))).toHaveLength(2)
  })

  it('makes as many cuts as there are positions when more are allowed', () => {
    expect(texts(splits('abc', { maxCuts: 2 }))).toEqual(texts(splits('abc', { maxCuts: 100 })))
    expect(texts(splits('abc', { maxCuts: 2 }))).toEqual(texts(splits('abc')))
  })

  it.each([-1, Number.NaN])('throws a RangeError for %s cuts', (maxCuts) => {
    expect(() => [...splits('abc', { maxCuts })]).toThrow(RangeError)
  })

  it('throws a RangeError for a character that is no octet', () => {
    expect(() => [...splits('caf\u{e9} \u{20ac}')]).toThrow(RangeError)
  })

  it('gives views into a larger buffer, so that a forgotten byteOffset shows', () => {
    for (const pieces of splits('abc')) {
      for (const piece of pieces) {
        expect(piece.byteOffset).toBeGreaterThan(0)
        expect(piece.buffer.byteLength).toBeGreaterThan(piece.byteOffset + piece.byteLength)
      }
    }
  })

  it('does not give away the octets it was given', () => {
    const bytes = wireBytes('abc')
    for (const pieces of splits(bytes)) for (const piece of pieces) piece.fill(0)
    expect(wireText(bytes)).toBe('abc')
  })

  it('keeps every octet in its place, whatever the input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), (bytes, maxCuts) => {
        for (const pieces of splits(bytes, { maxCuts })) {
          expect(joinBytes(pieces)).toEqual(bytes)
          expect(pieces.every((piece) => piece.length > 0)).toBe(true)
        }
      }),
    )
  })
})

describe('randomSplits', () => {
  it('gives the same lists for the same seed, and others for another', () => {
    const wire = 'the quick brown fox jumps over the lazy dog'
    expect(texts(randomSplits(wire, 7, 20))).toEqual(texts(randomSplits(wire, 7, 20)))
    expect(texts(randomSplits(wire, 7, 20))).not.toEqual(texts(randomSplits(wire, 8, 20)))
  })

  it('gives as many lists as asked for', () => {
    expect(texts(randomSplits('abc', 1, 0))).toHaveLength(0)
    expect(texts(randomSplits('abc', 1, 5))).toHaveLength(5)
  })

  it('gives empty lists for an empty input', () => {
    expect(texts(randomSplits('', 1, 2))).toEqual([[], []])
  })

  it('gives few long pieces and many short ones', () => {
    const counts = texts(randomSplits('x'.repeat(1_000), 3, 50)).map((pieces) => pieces.length)
    expect(Math.min(...counts)).toBeLessThan(10)
    expect(Math.max(...counts)).toBeGreaterThan(500)
  })

  it('keeps every octet in its place, whatever the input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer(), (bytes, seed) => {
        for (const pieces of randomSplits(bytes, seed, 5)) {
          expect(joinBytes(pieces)).toEqual(bytes)
          expect(pieces.every((piece) => piece.length > 0)).toBe(true)
        }
      }),
    )
  })
})
