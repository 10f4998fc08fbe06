import { describe, expect, it } from 'vitest'
import * as grammar from '../src/chunked-grammar.ts'

const { digitValue, IMPOSSIBLE, nextState } = grammar
const STATES = Object.entries(grammar as Readonly<Record<string, unknown>>).filter(
  (entry): entry is [string, number] => typeof entry[1] === 'number',
)

/** The octets that may come in a state, as one text. */
function allowed(state: number): string {
  return Array.from({ length: 256 }, (_, octet) => octet)
    .filter((octet) => nextState(state, octet) !== IMPOSSIBLE)
    .map((octet) => String.fromCharCode(octet))
    .join('')
}

describe('the table of chunked framing', () => {
  it('has a number of its own for each state', () => {
    expect(STATES.length).toBe(23)
    expect(new Set(STATES.map(([, state]) => state)).size).toBe(23)
  })

  it('leads to every state but those that counting leads to', () => {
    const reached = new Set<number>()
    for (const [, state] of STATES)
      for (let octet = 0; octet < 256; octet += 1) reached.add(nextState(state, octet))
    const unreached = STATES.filter(([, state]) => !reached.has(state)).map(([name]) => name)
    expect(unreached).toEqual(['DATA_CR'])
  })

  it('leads out of every state but those that are not read', () => {
    const ends = STATES.filter(([, state]) => allowed(state) === '').map(([name]) => name)
    expect(ends.sort()).toEqual(['DATA', 'FINISHED', 'IMPOSSIBLE'])
  })

  it('allows LF behind CR only, and CR only where a line may end (RFC 9112 §7.1)', () => {
    const names = (octet: string): string[] =>
      STATES.filter(([, state]) => allowed(state).includes(octet)).map(([name]) => name)
    expect(names('\n').sort()).toEqual(['CHUNK_LINE_LF', 'DATA_LF', 'LAST_LF', 'TRAILER_LF'])
    expect(names('\r').sort()).toEqual([
      'DATA_CR',
      'EXTENSION_NAME',
      'SIZE',
      'TRAILER_START',
      'TRAILER_VALUE',
      'VALUE_END',
      'VALUE_TOKEN',
    ])
  })

  it('allows whitespace around semicolons and equals signs, in quotes and in values only (RFC 9112 §7.1.1)', () => {
    const spaced = STATES.filter(([, state]) => allowed(state).includes(' ')).map(([name]) => name)
    expect(spaced.sort()).toEqual([
      'EXTENSION_NAME',
      'EXTENSION_START',
      'NAME_SPACE',
      'SIZE',
      'SIZE_SPACE',
      'TRAILER_VALUE',
      'VALUE_END',
      'VALUE_ESCAPE',
      'VALUE_QUOTED',
      'VALUE_SPACE',
      'VALUE_START',
      'VALUE_TOKEN',
    ])
    for (const [, state] of STATES) expect(allowed(state).includes(' ')).toBe(allowed(state).includes('\t'))
  })

  it('allows nothing but hexadecimal digits at the start of a size (RFC 9112 §7.1)', () => {
    expect(allowed(grammar.SIZE_START)).toBe('0123456789ABCDEFabcdef')
    expect(allowed(grammar.SIZE)).toBe('\t\r 0123456789;ABCDEFabcdef')
  })

  it('allows control characters nowhere (RFC 9110 §5.5)', () => {
    for (const [, state] of STATES) expect(allowed(state)).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/)
  })
})

describe('digitValue', () => {
  it('is what parseInt says', () => {
    for (const digit of '0123456789abcdefABCDEF') {
      expect(digitValue(digit.charCodeAt(0))).toBe(Number.parseInt(digit, 16))
    }
  })
})
