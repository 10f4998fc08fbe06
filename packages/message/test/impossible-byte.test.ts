import { splits, wireBytes } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findImpossibleByte } from '../src/index.ts'

describe('findImpossibleByte', () => {
  it('rule 2: finds nothing in lines that end in CRLF (RFC 9112 §2.2)', () => {
    expect(find('GET / HTTP/1.1\r\nA: b\t \x80\xff~\r\n\r\n')).toBe(-1)
  })

  it('finds nothing in nothing', () => {
    expect(findImpossibleByte(new Uint8Array(0), 0, 0)).toBe(-1)
  })

  it.each([
    ['GET / HTTP/1.1\nHost: a\n\n', 14],
    ['\n', 0],
    ['GET\r\r\n', 3],
    ['GET\rX', 3],
    ['\x16\x03\x01\x02\x00', 0],
    ['A: \x00', 3],
    ['A: \x0b\x0c', 3],
    ['A: \x1f', 3],
    ['A: \x7f', 3],
    ['a\r\nb\n', 4],
    ['a\r\n\n', 3],
  ])('rule 2: finds the first octet of %j that can stand nowhere in a head (RFC 9112 §2.2)', (wire, at) => {
    expect(find(wire)).toBe(at)
  })

  it('leaves a CR at the end undecided', () => {
    expect(find('GET / HTTP/1.1\r')).toBe(-1)
  })

  it('looks at nothing outside the range', () => {
    const bytes = wireBytes('\x00ab\x00')
    expect(findImpossibleByte(bytes, 1, 3)).toBe(-1)
    expect(findImpossibleByte(wireBytes('a\rb'), 0, 2)).toBe(-1)
  })

  it('agrees with a pattern about every control octet but HTAB, every CR without LF, every LF without CR', () => {
    const wire = fc.string({
      unit: fc.constantFrom('a', ' ', '\t', '\r', '\n', '\r\n', '\x00', '\x1f', '\x7f', '\x80', '\xff'),
    })
    fc.assert(
      fc.property(wire, (text) => {
        expect(find(text)).toBe(text.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n|$)|(?<!\r)\n/))
      }),
      { numRuns: 2_000 },
    )
  })
})

/** The position that every way of cutting leads to, when each call begins where the last one ended. */
function find(wire: string): number {
  const whole = findImpossibleByte(wireBytes(wire), 0, wire.length)
  for (const pieces of splits(wire)) expect(findInPieces(wireBytes(wire), pieces)).toBe(whole)
  return whole
}

function findInPieces(bytes: Uint8Array, pieces: readonly Uint8Array[]): number {
  let from = 0
  let arrived = 0
  for (const piece of pieces) {
    arrived += piece.length
    const at = findImpossibleByte(bytes, from, arrived)
    if (at !== -1) return at
    from = bytes[arrived - 1] === 0x0d ? arrived - 1 : arrived
  }
  return -1
}
