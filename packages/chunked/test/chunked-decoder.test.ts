import { describe, expect, it } from 'vitest'
import { decode, errorOf } from './outcome.ts'

describe('ChunkedDecoder', () => {
  it('gives the data of all chunks, in order (RFC 9112 §7.1)', () => {
    expect(decode('3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n')).toEqual({
      events: ['data abcdefgh', 'end'],
      error: undefined,
      finished: true,
      rest: '',
    })
  })

  it('ends a body without data at its last chunk', () => {
    expect(decode('0\r\n\r\n')).toMatchObject({ events: ['end'], finished: true })
  })

  it('hands on what follows the body, untouched', () => {
    const next = '\r\n0\r\nGET / HTTP/1.1\r\n\r\n'
    expect(decode(`1\r\na\r\n0\r\n\r\n${next}`)).toMatchObject({ finished: true, rest: next })
  })

  it('does not look into the data: line ends, zeros and NULs are data', () => {
    const data = '\r\n0\r\n\r\n\0\xff\r'
    expect(decode(`b\r\n${data}\r\n0\r\n\r\n`.replace('b', data.length.toString(16)))).toMatchObject({
      events: [`data ${data}`, 'end'],
      finished: true,
    })
  })

  it('reads hexadecimal digits in either case (RFC 9112 §7.1)', () => {
    const body = 'x'.repeat(0xaf)
    expect(decode(`aF\r\n${body}\r\n0\r\n\r\n`).events).toEqual([`data ${body}`, 'end'])
    expect(decode(`Af\r\n${body}\r\n0\r\n\r\n`).events).toEqual([`data ${body}`, 'end'])
  })

  it('knows the value of every hexadecimal digit', () => {
    for (const digit of '123456789abcdefABCDEF') {
      const body = 'x'.repeat(Number.parseInt(digit, 16))
      expect(decode(`${digit}\r\n${body}\r\n0\r\n\r\n`).events).toEqual([`data ${body}`, 'end'])
    }
  })

  it('takes leading zeros, also before the last chunk (RFC 9112 §7.1)', () => {
    expect(decode(`${'0'.repeat(200)}3\r\nabc\r\n000\r\n\r\n`)).toMatchObject({ events: ['data abc', 'end'] })
  })

  it('takes the largest size that a number holds exactly', () => {
    expect(decode('1fffffffffffff\r\nabc')).toMatchObject({
      events: ['data abc'],
      error: undefined,
      finished: false,
    })
  })

  it('refuses a larger size at the digit that makes it so (RFC 9112 §7.1)', () => {
    expect(errorOf('20000000000000')).toBe('ERR_CHUNK_SIZE_TOO_LARGE at 13')
    expect(errorOf('1fffffffffffff0')).toBe('ERR_CHUNK_SIZE_TOO_LARGE at 14')
    expect(errorOf('ffffffffffffffffffffff\r\n')).toBe('ERR_CHUNK_SIZE_TOO_LARGE at 13')
    expect(errorOf(`${'0'.repeat(100)}20000000000000`)).toBe('ERR_CHUNK_SIZE_TOO_LARGE at 113')
  })

  it('refuses a line without a size (RFC 9112 §7.1)', () => {
    expect(errorOf('\r\n')).toBe('ERR_CHUNK_SIZE at 0')
    expect(errorOf(';a\r\n')).toBe('ERR_CHUNK_SIZE at 0')
    expect(errorOf('1\r\na\r\n\r\n')).toBe('ERR_CHUNK_SIZE at 6')
  })

  it('refuses what other languages call a number (RFC 9112 §7.1)', () => {
    expect(errorOf('0x3\r\nabc')).toBe('ERR_CHUNK_SIZE at 1')
    expect(errorOf('+3\r\nabc')).toBe('ERR_CHUNK_SIZE at 0')
    expect(errorOf('-3\r\nabc')).toBe('ERR_CHUNK_SIZE at 0')
    expect(errorOf('1_0\r\n')).toBe('ERR_CHUNK_SIZE at 1')
    expect(errorOf('1.0\r\n')).toBe('ERR_CHUNK_SIZE at 1')
    expect(errorOf('1h\r\n')).toBe('ERR_CHUNK_SIZE at 1')
    expect(errorOf('g\r\n')).toBe('ERR_CHUNK_SIZE at 0')
    expect(errorOf('\xb2\r\n')).toBe('ERR_CHUNK_SIZE at 0')
  })

  it('refuses whitespace before the size (RFC 9112 §7.1)', () => {
    expect(errorOf(' 3\r\nabc')).toBe('ERR_CHUNK_SIZE at 0')
    expect(errorOf('\t3\r\nabc')).toBe('ERR_CHUNK_SIZE at 0')
  })

  it('refuses whitespace behind the size when no extension follows (RFC 9112 §7.1.1)', () => {
    expect(errorOf('3 \r\nabc')).toBe('ERR_CHUNK_SIZE at 2')
    expect(errorOf('3\t \r\nabc')).toBe('ERR_CHUNK_SIZE at 3')
    expect(errorOf('3 3\r\nabc')).toBe('ERR_CHUNK_SIZE at 2')
  })

  it('refuses every octet behind a digit that can neither go on nor end the size', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      const character = String.fromCharCode(octet)
      if (/[0-9A-Fa-f;\r \t\n]/.test(character)) continue
      expect(errorOf(`3${character}`)).toBe('ERR_CHUNK_SIZE at 1')
    }
  })

  it('refuses a bare LF behind the size (RFC 9112 §7.1)', () => {
    expect(errorOf('3\nabc\r\n')).toBe('ERR_CHUNK_BARE_LF at 1')
    expect(errorOf('3;a\nabc\r\n')).toBe('ERR_CHUNK_BARE_LF at 3')
    expect(errorOf('3 \n')).toBe('ERR_CHUNK_BARE_LF at 2')
    expect(errorOf('\n')).toBe('ERR_CHUNK_BARE_LF at 0')
  })

  it('refuses a bare CR behind the size (RFC 9112 §7.1)', () => {
    expect(errorOf('3\rabc\r\n')).toBe('ERR_CHUNK_BARE_CR at 2')
    expect(errorOf('3\r\r\n')).toBe('ERR_CHUNK_BARE_CR at 2')
    expect(errorOf('3;a\rb')).toBe('ERR_CHUNK_BARE_CR at 4')
  })

  it('refuses data that is not followed by CRLF (RFC 9112 §7.1)', () => {
    expect(errorOf('3\r\nabcd\r\n')).toBe('ERR_CHUNK_DATA_END at 6')
    expect(errorOf('3\r\nabcXX0\r\n\r\n')).toBe('ERR_CHUNK_DATA_END at 6')
    expect(errorOf('3\r\nabc\n0\r\n\r\n')).toBe('ERR_CHUNK_DATA_END at 6')
    expect(errorOf('3\r\nabc\r0\r\n\r\n')).toBe('ERR_CHUNK_DATA_END at 7')
    expect(errorOf('3\r\nabc0\r\n\r\n')).toBe('ERR_CHUNK_DATA_END at 6')
  })

  it('gives the data before an error, however the body is cut', () => {
    expect(decode('3\r\nabc\r\n2\r\nde!')).toEqual({
      events: ['data abcde'],
      error: 'ERR_CHUNK_DATA_END at 13',
      finished: false,
      rest: '',
    })
  })

  it('refuses a body that does not end with an empty line (RFC 9112 §7.1)', () => {
    expect(errorOf('0\r\n\n')).toBe('ERR_CHUNK_BARE_LF at 3')
    expect(errorOf('0\r\n\r\r\n')).toBe('ERR_CHUNK_BARE_CR at 4')
    expect(errorOf('0\r\n\rx')).toBe('ERR_CHUNK_BARE_CR at 4')
  })

  it('waits, and says nothing, as long as the body may still become right', () => {
    const wire = '4;a="b\\"c"\r\nabcd\r\n0\r\nx: y\r\n\r\n'
    for (let length = 0; length < wire.length; length += 1) {
      expect(decode(wire.slice(0, length))).toMatchObject({ error: undefined, finished: false })
    }
    expect(decode(wire)).toMatchObject({ error: undefined, finished: true })
  })
})
