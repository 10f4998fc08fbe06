import { wireBytes } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatStatusLine, MessageError, parseStatusLine } from '../src/index.ts'
import type { StatusLine } from '../src/index.ts'
import { refusalOf } from './outcome.ts'

describe('parseStatusLine', () => {
  it.each([
    ['HTTP/1.1 200 OK', 1, 200, 'OK'],
    ['HTTP/1.0 404 Not Found', 0, 404, 'Not Found'],
    ['HTTP/1.9 100 Continue', 9, 100, 'Continue'],
    ['HTTP/1.1 204 ', 1, 204, ''],
    ['HTTP/1.1 200', 1, 200, ''],
    ['HTTP/1.1 999 \t\x80\xff~', 1, 999, '\t\x80\xff~'],
    ['HTTP/1.1 200  OK ', 1, 200, ' OK '],
  ])('reads %j (RFC 9112 §4)', (line, minorVersion, statusCode, reasonPhrase) => {
    expect(parse(line)).toEqual({ minorVersion, statusCode, reasonPhrase })
  })

  it.each([
    ['HTTP/1.1', 'ERR_STATUS_LINE', 8],
    ['HTTP/1.1\t200 OK', 'ERR_STATUS_LINE', 8],
    ['HTTP/1.10 200 OK', 'ERR_STATUS_LINE', 8],
    ['HTTP/1.1 200\tOK', 'ERR_STATUS_LINE', 12],
    ['HTTP/1.1 200OK', 'ERR_STATUS_LINE', 12],
    ['HTTP/1.1 ', 'ERR_STATUS_CODE', 9],
    ['HTTP/1.1  200 OK', 'ERR_STATUS_CODE', 9],
    ['HTTP/1.1 099 OK', 'ERR_STATUS_CODE', 9],
    ['HTTP/1.1 20 OK', 'ERR_STATUS_CODE', 11],
    ['HTTP/1.1 20', 'ERR_STATUS_CODE', 11],
    ['HTTP/1.1 2000 OK', 'ERR_STATUS_CODE', 12],
    ['HTTP/1.1 2x0 OK', 'ERR_STATUS_CODE', 10],
    ['HTTP/1.1 -20 OK', 'ERR_STATUS_CODE', 9],
    ['HTTP/1.1 200 O\rK', 'ERR_REASON_PHRASE', 14],
    ['HTTP/1.1 200 \n', 'ERR_REASON_PHRASE', 13],
    ['HTTP/1.1 200 \x00', 'ERR_REASON_PHRASE', 13],
    ['HTTP/1.1 200 \x7f', 'ERR_REASON_PHRASE', 13],
    ['', 'ERR_VERSION', 0],
    ['HTTP/1', 'ERR_VERSION', 6],
    ['http/1.1 200 OK', 'ERR_VERSION', 0],
    ['HTTP/1 200 OK', 'ERR_VERSION', 6],
    ['ICY 200 OK', 'ERR_VERSION', 0],
    ['<html>', 'ERR_VERSION', 0],
    ['HTTP/2.0 200 OK', 'ERR_VERSION_UNSUPPORTED', 5],
    ['HTTP/0.9 200 OK', 'ERR_VERSION_UNSUPPORTED', 5],
  ])('refuses %j with the hint of a gateway (RFC 9112 §4)', (line, code, offset) => {
    expect(refusalOf(() => parse(line))).toEqual({ code, statusHint: 502, offset })
  })

  it('gives the offset as an index of the bytes', () => {
    const bytes = wireBytes('\r\nHTTP/1.1 2x0 OK\r\n')
    expect(refusalOf(() => parseStatusLine(bytes, 2, bytes.length - 2)).offset).toBe(12)
  })

  it('accepts what the grammar accepts, and nothing else', () => {
    const unit = fc.constantFrom(...'HTTP/1. 2059\t\r\n\x00\x7f\xff'.split(''))
    const grammar = /^HTTP\/1\.[0-9] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?$/
    const start = fc.constantFrom('', 'HTTP/1.1 ', 'HTTP/1.1 200', 'HTTP/1.0 404 ')
    fc.assert(
      fc.property(start, fc.string({ unit, maxLength: 8 }), (text, rest) => {
        expect(accepts(text + rest)).toBe(grammar.test(text + rest))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('formatStatusLine', () => {
  it('brings the standard phrase, and CRLF (RFC 9112 §4)', () => {
    expect(formatStatusLine(200)).toBe('HTTP/1.1 200 OK\r\n')
  })

  it('rule 77: has a space behind the code also when the phrase is empty (RFC 9112 §4)', () => {
    expect(formatStatusLine(299)).toBe('HTTP/1.1 299 \r\n')
    expect(formatStatusLine(200, '')).toBe('HTTP/1.1 200 \r\n')
  })

  it.each([99, 600, 0, -200, 200.5, NaN, Infinity])(
    'rule 78: throws for the code %d (RFC 9110 §15)',
    (code) => {
      expect(() => formatStatusLine(code)).toThrow(RangeError)
    },
  )

  it.each([100, 599])('rule 78: accepts %d', (code) => {
    expect(formatStatusLine(code, 'x')).toBe(`HTTP/1.1 ${code} x\r\n`)
  })

  it.each(['a\r\nB: c', 'a\n', 'a\r', '\x00', '\x7f', '\x1b', '\u0100', '\u{560a}'])(
    'rule 79: throws for the reason phrase %j (RFC 9112 §11.1)',
    (reason) => {
      expect(() => formatStatusLine(200, reason)).toThrow(TypeError)
    },
  )

  it('rule 79: says what parseStatusLine reads (RFC 9112 §4)', () => {
    const text = fc.string({ unit: fc.nat(255).map((octet) => String.fromCharCode(octet)) })
    const reason = text.map((value) => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' '))
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), reason, (statusCode, reasonPhrase) => {
        const line = formatStatusLine(statusCode, reasonPhrase)
        expect(line.endsWith('\r\n')).toBe(true)
        expect(parse(line.slice(0, -2))).toEqual({ minorVersion: 1, statusCode, reasonPhrase })
      }),
    )
  })

  it('rule 79: throws for every phrase with a control character or one above U+00FF (RFC 9112 §11.1)', () => {
    const bad = fc.oneof(
      fc.constantFrom('\r', '\n', '\0', '\x1b', '\x7f'),
      fc.integer({ min: 0x100, max: 0xffff }).map((n) => String.fromCharCode(n)),
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), bad, fc.string({ maxLength: 40 }), (before, char, after) => {
        expect(() => formatStatusLine(200, before + char + after)).toThrow(TypeError)
      }),
    )
  })
})

/** Reads the line where a receiver would find it: in the middle of a larger array. */
function parse(line: string): StatusLine {
  return parseStatusLine(wireBytes(`\r\n${line}\r\n`).subarray(2, line.length + 2))
}

function accepts(line: string): boolean {
  try {
    parse(line)
    return true
  } catch (error) {
    if (error instanceof MessageError) return false
    throw error
  }
}
