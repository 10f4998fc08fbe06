import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFieldSection, encodeLatin1, parseFieldLine, scanFieldLine } from '../src/index.ts'

/** The octets that decide something in a field line, and some that do not. */
const octets = fc.string({
  unit: fc.constantFrom('a', 'Z', '-', ':', ' ', '\t', '\r', '\n', '\0', '\x7f', 'é', '"', ','),
  maxLength: 12,
})

function parsed(line: Uint8Array): [string, string] | null {
  try {
    return parseFieldLine(line)
  } catch {
    return null
  }
}

describe('scanFieldLine', () => {
  it('stops at the first octet that cannot belong to the line', () => {
    const bytes = encodeLatin1('GET\r\nHost: a\r\n\r\n')
    expect(scanFieldLine(bytes, 5, bytes.length)).toBe(12)
  })

  it('stops at the end of an unfinished line, and knows none before its colon', () => {
    const bytes = encodeLatin1('Host: exam')
    expect(scanFieldLine(bytes, 0, bytes.length)).toBe(bytes.length)
    expect(scanFieldLine(bytes, 0, 4)).toBe(-1)
    expect(scanFieldLine(bytes, 0, 5)).toBe(5)
  })

  it('accepts the lines that parseFieldLine accepts', () => {
    fc.assert(
      fc.property(octets, (text) => {
        const line = encodeLatin1(text)
        expect(scanFieldLine(line, 0, line.length) === line.length).toBe(parsed(line) !== null)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('decodeFieldSection', () => {
  it('finds names and values without the whitespace around them (RFC 9112 §5.1)', () => {
    const bytes = encodeLatin1('GET / HTTP/1.1\r\nHost: a\r\nX-Odd:\t b c\t\r\nEmpty:\r\nBlank: \r\n\r\n')
    expect([...decodeFieldSection(bytes, 16, bytes.length - 2)]).toEqual([
      ['Host', 'a'],
      ['X-Odd', 'b c'],
      ['Empty', ''],
      ['Blank', ''],
    ])
  })

  it('gives an empty list for an empty section', () => {
    expect(decodeFieldSection(encodeLatin1('\r\n'), 0, 0).size).toBe(0)
  })

  it('finds in good lines what parseFieldLine finds', () => {
    fc.assert(
      fc.property(fc.array(octets, { maxLength: 4 }), (texts) => {
        const lines = texts.map(encodeLatin1).filter((line) => parsed(line) !== null)
        const section = lines.map((line) => `${String.fromCharCode(...line)}\r\n`).join('')
        const bytes = encodeLatin1(section)
        expect([...decodeFieldSection(bytes, 0, bytes.length)]).toEqual(lines.map(parsed))
      }),
      { numRuns: 2000 },
    )
  })
})
