import { parseFieldLine } from '@millrace/headers'
import { wireBytes } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, errorOf } from './outcome.ts'

function trailersOf(section: string): string[] {
  const { events, error, finished } = decode(`0\r\n${section}\r\n`)
  expect(error).toBeUndefined()
  expect(finished).toBe(true)
  return [...events]
}

describe('a trailer section', () => {
  it('gives its fields, spelled and ordered as sent (RFC 9112 §7.1.2)', () => {
    expect(trailersOf('X-b: 1\r\nx-A:2 \t\r\nX-B: \t3\r\n')).toEqual([
      'end [["X-b","1"],["x-A","2"],["X-B","3"]]',
    ])
  })

  it('comes before what follows the body', () => {
    expect(decode('0\r\na: 1\r\n\r\nb: 2\r\n')).toMatchObject({
      events: ['end [["a","1"]]'],
      rest: 'b: 2\r\n',
    })
  })

  it('may have empty values and octets above 0x7F (RFC 9110 §5.5)', () => {
    expect(trailersOf('a:\r\nb: \t \r\nc: \x80\xff\r\n')).toEqual([
      'end [["a",""],["b",""],["c","\x80\xff"]]',
    ])
  })

  it('drops the fields that are forbidden in it, and keeps the others (RFC 9110 §6.5.1)', () => {
    expect(trailersOf('Content-Length: 5\r\na: 1\r\nHOST: x\r\ntransfer-encoding: chunked\r\n')).toEqual([
      'end [["a","1"]]',
    ])
  })

  it('is as good as none when all its fields are forbidden (RFC 9110 §6.5.1)', () => {
    expect(trailersOf('Authorization: Basic eDp5\r\n')).toEqual(['end'])
  })

  it('holds forbidden fields to the same grammar (RFC 9112 §7.1.2)', () => {
    expect(errorOf('0\r\nHost: a\0')).toBe('ERR_FIELD_VALUE at 10')
  })

  it('refuses a line without a colon, at its CR (RFC 9112 §5)', () => {
    expect(errorOf('0\r\nnot-a-field\r\n\r\n')).toBe('ERR_FIELD_NO_COLON at 14')
    expect(errorOf('0\r\na: 1\r\nnot-a-field\r\n\r\n')).toBe('ERR_FIELD_NO_COLON at 20')
  })

  it('refuses a line of words at its first space: no name ends there (RFC 9112 §5.1)', () => {
    expect(errorOf('0\r\nnot a header line\r\n\r\n')).toBe('ERR_FIELD_NAME_SPACE at 6')
    expect(errorOf('0\r\nGET / HTTP/1.1\r\n')).toBe('ERR_FIELD_NAME_SPACE at 6')
  })

  it('refuses whitespace before the colon (RFC 9112 §5.1)', () => {
    expect(errorOf('0\r\na : 1\r\n\r\n')).toBe('ERR_FIELD_NAME_SPACE at 4')
    expect(errorOf('0\r\na\t: 1\r\n\r\n')).toBe('ERR_FIELD_NAME_SPACE at 4')
  })

  it('refuses a folded line, and one that is first (RFC 9112 §5.2)', () => {
    expect(errorOf('0\r\na: 1\r\n b\r\n\r\n')).toBe('ERR_FIELD_FOLD at 9')
    expect(errorOf('0\r\n\ta: 1\r\n\r\n')).toBe('ERR_FIELD_FOLD at 3')
  })

  it('refuses a name that is empty or not a token (RFC 9110 §5.1)', () => {
    expect(errorOf('0\r\n: 1\r\n\r\n')).toBe('ERR_FIELD_NAME at 3')
    expect(errorOf('0\r\na(b): 1\r\n\r\n')).toBe('ERR_FIELD_NAME at 4')
    expect(errorOf('0\r\n\0')).toBe('ERR_FIELD_NAME at 3')
  })

  it('refuses control characters in a value (RFC 9110 §5.5)', () => {
    expect(errorOf('0\r\na: b\0c\r\n\r\n')).toBe('ERR_FIELD_VALUE at 7')
    expect(errorOf('0\r\na:\v1\r\n\r\n')).toBe('ERR_FIELD_VALUE at 5')
    expect(errorOf('0\r\na: \x7f')).toBe('ERR_FIELD_VALUE at 6')
  })

  it('refuses a bare LF anywhere (RFC 9112 §7.1)', () => {
    expect(errorOf('0\r\na: 1\nb: 2\r\n\r\n')).toBe('ERR_CHUNK_BARE_LF at 7')
    expect(errorOf('0\r\na\n')).toBe('ERR_CHUNK_BARE_LF at 4')
    expect(errorOf('0\r\na: 1\r\n\n')).toBe('ERR_CHUNK_BARE_LF at 9')
  })

  it('refuses a bare CR anywhere (RFC 9112 §2.2)', () => {
    expect(errorOf('0\r\na: 1\rb: 2\r\n\r\n')).toBe('ERR_CHUNK_BARE_CR at 8')
    expect(errorOf('0\r\na: 1\r\r\n\r\n')).toBe('ERR_CHUNK_BARE_CR at 8')
    expect(errorOf('0\r\na: 1\r\n\r\r\n')).toBe('ERR_CHUNK_BARE_CR at 10')
  })

  it('says of a line what parseFieldLine says, at the same octet (property)', () => {
    const octet = fc.oneof(fc.constantFrom(...wireBytes('aZ-: \t"\0\x7f\xe9(;')), fc.nat(255))
    fc.assert(
      fc.property(fc.array(octet, { minLength: 1, maxLength: 10 }), (octets) => {
        const line = String.fromCharCode(...octets).replaceAll(/[\r\n]/g, '?')
        let expected: string | undefined
        try {
          parseFieldLine(wireBytes(line))
        } catch (error) {
          const { code, offset } = error as { code: string; offset: number }
          expected = `${code} at ${3 + offset}`
        }
        expect(errorOf(`0\r\n${line}\r\n\r\n`)).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })
})
