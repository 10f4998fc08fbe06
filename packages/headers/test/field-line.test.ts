import { splits } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIELD_VALUE_CHARS, FieldSyntaxError, isToken, parseFieldLine, TOKEN_CHARS } from '../src/index.ts'
import { octets, thrownBy } from './support.ts'

/** The line parsed where it stands in a longer buffer, between octets that would change the outcome if they were read. */
function parse(line: string): [string, string] {
  const outcomes = new Set<string>()
  for (const [before, after] of [
    ['', ''],
    ['x: y\r\n', '\r\nz: 1'],
    [' ', ' '],
    [':', ':'],
  ] as const) {
    const bytes = octets(before + line + after)
    const result = parseFieldLine(bytes, before.length, before.length + line.length)
    outcomes.add(JSON.stringify(result))
  }
  expect(outcomes.size).toBe(1)
  return parseFieldLine(octets(line))
}

function codeOf(line: string): [code: string, offset: number | undefined] {
  const error = thrownBy(() => parseFieldLine(octets(line))) as FieldSyntaxError
  expect(error).toBeInstanceOf(FieldSyntaxError)
  return [error.code, error.offset]
}

describe('parseFieldLine', () => {
  it('gives name and value', () => {
    expect(parse('Host: example.com')).toEqual(['Host', 'example.com'])
  })

  it('keeps the spelling of the name', () => {
    expect(parse('x-API-Key:1')).toEqual(['x-API-Key', '1'])
  })

  it('keeps colons in the value', () => {
    expect(parse('Host: [::1]:80')).toEqual(['Host', '[::1]:80'])
  })

  it('takes SP and HTAB around the value away, and none inside (RFC 9112 §5.1)', () => {
    expect(parse('a: \t b \t c \t ')).toEqual(['a', 'b \t c'])
  })

  it('takes an empty value, and one of whitespace only (RFC 9110 §5.5)', () => {
    expect(parse('a:')).toEqual(['a', ''])
    expect(parse('a: \t ')).toEqual(['a', ''])
  })

  it('keeps obs-text as it is, one character for each octet (RFC 9110 §5.5)', () => {
    expect(parse('a: \x80\xa0\xe9\xff')).toEqual(['a', '\x80\xa0\xe9\xff'])
  })

  it('takes every token character in a name (RFC 9110 §5.6.2)', () => {
    const name = "!#$%&'*+-.^_`|~0123456789abcXYZ"
    expect(parse(`${name}: 1`)).toEqual([name, '1'])
  })

  it('takes a name of one character and a name of a thousand', () => {
    expect(parse('a:1')).toEqual(['a', '1'])
    expect(parse(`${'a'.repeat(1000)}:1`)).toEqual(['a'.repeat(1000), '1'])
  })

  it('rejects whitespace between name and colon (RFC 9112 §5.1)', () => {
    expect(codeOf('Host : a')).toEqual(['ERR_FIELD_NAME_SPACE', 4])
    expect(codeOf('Host\t: a')).toEqual(['ERR_FIELD_NAME_SPACE', 4])
  })

  it('rejects an empty name (RFC 9112 §5)', () => {
    expect(codeOf(': a')).toEqual(['ERR_FIELD_NAME', 0])
  })

  it('rejects a name that is not a token (RFC 9110 §5.1)', () => {
    expect(codeOf('a(b): 1')).toEqual(['ERR_FIELD_NAME', 1])
    expect(codeOf('\x80: 1')).toEqual(['ERR_FIELD_NAME', 0])
    expect(codeOf('a\0: 1')).toEqual(['ERR_FIELD_NAME', 1])
  })

  it('rejects a line without a colon (RFC 9112 §5)', () => {
    expect(codeOf('Host')).toEqual(['ERR_FIELD_NO_COLON', 4])
    expect(codeOf('')).toEqual(['ERR_FIELD_NO_COLON', 0])
  })

  it('rejects a line that begins with whitespace: a folded line, or one before the first (RFC 9112 §5.2, §2.2)', () => {
    expect(codeOf(' a: 1')).toEqual(['ERR_FIELD_FOLD', 0])
    expect(codeOf('\ta: 1')).toEqual(['ERR_FIELD_FOLD', 0])
  })

  it('rejects a bare CR (RFC 9112 §2.2)', () => {
    expect(codeOf('a: b\rc')).toEqual(['ERR_FIELD_VALUE', 4])
    expect(codeOf('a: b\r')).toEqual(['ERR_FIELD_VALUE', 4])
    expect(codeOf('a\r: b')).toEqual(['ERR_FIELD_NAME', 1])
  })

  it('rejects a bare LF (RFC 9112 §2.2)', () => {
    expect(codeOf('a: b\nc: d')).toEqual(['ERR_FIELD_VALUE', 4])
    expect(codeOf('a\n: b')).toEqual(['ERR_FIELD_NAME', 1])
  })

  it('rejects NUL and every other control character but HTAB in a value (RFC 9110 §5.5)', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      if (FIELD_VALUE_CHARS[octet] === 1) continue
      expect([octet, ...codeOf(`a: b${String.fromCharCode(octet)}c`)]).toEqual([octet, 'ERR_FIELD_VALUE', 4])
    }
  })

  it('does not take VT and FF for whitespace (RFC 9110 §5.6.3)', () => {
    expect(codeOf('a:\vb')).toEqual(['ERR_FIELD_VALUE', 2])
    expect(codeOf('a: b\f')).toEqual(['ERR_FIELD_VALUE', 4])
  })

  it('rejects every octet in a name that is no token character', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      if (TOKEN_CHARS[octet] === 1 || octet === 0x3a || octet === 0x20 || octet === 0x09) continue
      expect([octet, ...codeOf(`a${String.fromCharCode(octet)}b: c`)]).toEqual([octet, 'ERR_FIELD_NAME', 1])
    }
  })

  it('gives the offset as an index of the whole array', () => {
    const error = thrownBy(() => parseFieldLine(octets('GET / HTTP/1.1\r\na b: c\r\n'), 16, 22))
    expect(error).toMatchObject({ code: 'ERR_FIELD_NAME_SPACE', offset: 17 })
  })

  it('reads a view that does not begin at its buffer', () => {
    for (const [whole] of splits('Host: a'))
      if (whole!.length === 7) expect(parseFieldLine(whole!)).toEqual(['Host', 'a'])
  })

  it('is refused at the same octet when it ends right behind it', () => {
    for (const line of ['a b: c', ' a: b', ': b', 'a(: b', 'a: b\0c', 'a: b\rc', 'a\n']) {
      const [code, offset] = codeOf(line)
      expect(codeOf(line.slice(0, offset! + 1))).toEqual([code, offset])
    }
  })

  it('gives back any name and value that may be sent (property)', () => {
    const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}$/)
    const value = fc.stringMatching(
      /^([\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]{0,80}[\x21-\x7e\x80-\xff])?)?$/,
    )
    const blanks = fc.constantFrom('', ' ', '\t', ' \t ')
    fc.assert(
      fc.property(name, blanks, value, blanks, (fieldName, before, fieldValue, after) => {
        expect(parseFieldLine(octets(`${fieldName}:${before}${fieldValue}${after}`))).toEqual([
          fieldName,
          fieldValue,
        ])
      }),
    )
  })

  it('takes nothing that does not match the grammar, and refuses nothing that does (property)', () => {
    const likely = fc.constantFrom(...octets('aZ0-: \t\r\n\0"\xe9\x7f('))
    const line = fc
      .array(fc.oneof({ weight: 4, arbitrary: likely }, fc.nat(255)), { maxLength: 12 })
      .map((some) => Uint8Array.from(some))
    fc.assert(
      fc.property(line, (bytes) => {
        const text = String.fromCharCode(...bytes)
        const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/su.exec(text)
        const fine = match !== null && /^[\t\x20-\x7e\x80-\xff]*$/.test(match[2]!)
        if (!fine) expect(thrownBy(() => parseFieldLine(bytes))).toBeInstanceOf(FieldSyntaxError)
        else expect(parseFieldLine(bytes)).toEqual([match[1], match[2]])
        if (fine) expect(isToken(match[1]!)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
