import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeLatin1, FieldSection, parseFieldLine } from '../src/index.ts'

const section = encodeLatin1('GET / HTTP/1.1\r\nHost: a\r\nX-Odd:\t b c\t\r\nEmpty:\r\n\r\n')
const FIRST = 16

/** Scans the lines of `section` and returns the index. */
function indexed(base = 0): FieldSection {
  const index = new FieldSection()
  for (let at = FIRST; section[at] !== 0x0d;) at = index.scan(section, base, at, section.length) + 2
  return index
}

describe('FieldSection', () => {
  it('finds names and values without the whitespace around them (RFC 9112 §5.1)', () => {
    expect([...indexed().decode(section, 0)]).toEqual([
      ['Host', 'a'],
      ['X-Odd', 'b c'],
      ['Empty', ''],
    ])
  })

  it('keeps positions relative to the head: the bytes may move', () => {
    const moved = new Uint8Array(section.length + 100)
    moved.set(section, 100)
    const index = indexed()
    expect([...index.decode(moved, 100)]).toEqual([...index.decode(section, 0)])
    expect(index.value(moved, 100, 1)).toBe('b c')
  })

  it('compares names in any case', () => {
    const index = indexed()
    expect(index.count).toBe(3)
    expect(index.nameLength(1)).toBe(5)
    expect(index.isNamed(section, 0, 0, 'host')).toBe(true)
    expect(index.isNamed(section, 0, 1, 'x-odd')).toBe(true)
    expect(index.isNamed(section, 0, 1, 'x-eve')).toBe(false)
  })

  it('gives back the text that a value was likely to be, when it is that', () => {
    const index = indexed()
    expect(index.value(section, 0, 1, 'b c')).toBe('b c')
    expect(index.value(section, 0, 1, 'b d')).toBe('b c')
    expect(index.value(section, 0, 1, 'b')).toBe('b c')
    expect(index.value(section, 0, 2, '')).toBe('')
  })

  it('tells where an unfinished line ends, and forgets it when told to', () => {
    const index = new FieldSection()
    const partial = encodeLatin1('Host: exam')
    expect(index.scan(partial, 0, 0, partial.length)).toBe(partial.length)
    index.dropLast()
    expect(index.count).toBe(0)
    expect(index.scan(partial, 0, 0, 3)).toBe(-1)
    expect(index.decode(partial, 0).size).toBe(0)
  })

  it('forgets all', () => {
    const index = indexed()
    index.clear()
    expect(index.count).toBe(0)
  })

  it('accepts the lines that parseFieldLine accepts, and finds the same in them', () => {
    const octets = fc.string({
      unit: fc.constantFrom('a', 'Z', '-', ':', ' ', '\t', '\r', '\n', '\0', '\x7f', 'é', '"', ','),
      maxLength: 12,
    })
    fc.assert(
      fc.property(octets, (text) => {
        const line = encodeLatin1(text)
        const index = new FieldSection()
        const stop = index.scan(line, 0, 0, line.length)
        let parsed: [string, string] | null = null
        try {
          parsed = parseFieldLine(line)
        } catch {
          expect(stop).not.toBe(line.length)
        }
        if (parsed !== null) {
          expect(stop).toBe(line.length)
          expect([...index.decode(line, 0)]).toEqual([parsed])
        }
      }),
      { numRuns: 2000 },
    )
  })
})
