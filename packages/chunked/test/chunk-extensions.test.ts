import { describe, expect, it } from 'vitest'
import { decode, errorOf } from './outcome.ts'

/** The chunk line, as the only one of its body, is taken and changes nothing. */
function expectFine(line: string): void {
  expect(decode(`${line}\r\nabc\r\n0\r\n\r\n`)).toMatchObject({ events: ['data abc', 'end'], finished: true })
}

function extensionsOf(wire: string): readonly string[] {
  return decode(wire, { withExtensions: true }).events
}

describe('a chunk extension', () => {
  it('is ignored, known to nobody as it is (RFC 9112 §7.1.1)', () => {
    expectFine('3;a')
    expectFine('3;a=b')
    expectFine('3;a="b c"')
    expectFine('3;a;b=c;d')
  })

  it('may come with the last chunk (RFC 9112 §7.1)', () => {
    expect(decode('0;a=b\r\n\r\n')).toMatchObject({ events: ['end'], finished: true })
  })

  it('may have SP and HTAB around its semicolon and its equals sign (RFC 9110 §5.6.3)', () => {
    expectFine('3 ;a')
    expectFine('3\t; a')
    expectFine('3 \t ; \t a')
    expectFine('3;a =b')
    expectFine('3;a= b')
    expectFine('3;a \t=\t b')
    expectFine('3;a= "b" ;c')
    expectFine('3;a ;b')
    expectFine('3;a=b ; c')
  })

  it('may not have whitespace at the end of the line (RFC 9112 §7.1.1)', () => {
    expect(errorOf('3;a \r\n')).toBe('ERR_CHUNK_EXTENSION at 4')
    expect(errorOf('3;a=b\t\r\n')).toBe('ERR_CHUNK_EXTENSION at 6')
    expect(errorOf('3;a="b" \r\n')).toBe('ERR_CHUNK_EXTENSION at 8')
  })

  it('may not have whitespace inside its name or its value', () => {
    expect(errorOf('3;a b\r\n')).toBe('ERR_CHUNK_EXTENSION at 4')
    expect(errorOf('3;a=b c\r\n')).toBe('ERR_CHUNK_EXTENSION at 6')
    expect(errorOf('3;a="b" c\r\n')).toBe('ERR_CHUNK_EXTENSION at 8')
  })

  it('does not exist without a name: a bare semicolon is an error (RFC 9112 §7.1.1)', () => {
    expect(errorOf('3;\r\n')).toBe('ERR_CHUNK_EXTENSION at 2')
    expect(errorOf('3; \r\n')).toBe('ERR_CHUNK_EXTENSION at 3')
    expect(errorOf('3;;a\r\n')).toBe('ERR_CHUNK_EXTENSION at 2')
    expect(errorOf('3;a;\r\n')).toBe('ERR_CHUNK_EXTENSION at 4')
    expect(errorOf('3;=b\r\n')).toBe('ERR_CHUNK_EXTENSION at 2')
    expect(errorOf('3;"a"\r\n')).toBe('ERR_CHUNK_EXTENSION at 2')
    expect(errorOf('0;\r\n\r\n')).toBe('ERR_CHUNK_EXTENSION at 2')
  })

  it('has a value behind its equals sign (RFC 9112 §7.1.1)', () => {
    expect(errorOf('3;a=\r\n')).toBe('ERR_CHUNK_EXTENSION at 4')
    expect(errorOf('3;a= \r\n')).toBe('ERR_CHUNK_EXTENSION at 5')
    expect(errorOf('3;a=;b\r\n')).toBe('ERR_CHUNK_EXTENSION at 4')
    expect(errorOf('3;a==b\r\n')).toBe('ERR_CHUNK_EXTENSION at 4')
    expect(errorOf('3;a=b=c\r\n')).toBe('ERR_CHUNK_EXTENSION at 5')
  })

  it('may have a quoted value with anything visible in it (RFC 9110 §5.6.4)', () => {
    expectFine('3;a=""')
    expectFine('3;a=" \t;=,:\\"\\\\\\a\x80\xff"')
    expectFine('3;a="b";c="d"')
  })

  it('has nothing but whitespace or a semicolon behind a quoted value', () => {
    expect(errorOf('3;a="b"c\r\n')).toBe('ERR_CHUNK_EXTENSION at 7')
    expect(errorOf('3;a="b""c"\r\n')).toBe('ERR_CHUNK_EXTENSION at 7')
    expect(errorOf('3;a=b"c"\r\n')).toBe('ERR_CHUNK_EXTENSION at 5')
  })

  it('ends its quoted value in the same line (RFC 9110 §5.6.4)', () => {
    expect(errorOf('3;a="b\r\n')).toBe('ERR_CHUNK_EXTENSION at 6')
    expect(errorOf('3;a="b\\\r\n')).toBe('ERR_CHUNK_EXTENSION at 7')
    expect(errorOf('3;a="b\n"\r\n')).toBe('ERR_CHUNK_BARE_LF at 6')
  })

  it('holds no control character, nowhere (RFC 9112 §7.1.1)', () => {
    for (let octet = 0; octet < 0x20; octet += 1) {
      const control = String.fromCharCode(octet)
      if ('\t\r\n'.includes(control)) continue
      expect(errorOf(`3;a${control}`)).toBe('ERR_CHUNK_EXTENSION at 3')
      expect(errorOf(`3;a=b${control}`)).toBe('ERR_CHUNK_EXTENSION at 5')
      expect(errorOf(`3;a="b${control}`)).toBe('ERR_CHUNK_EXTENSION at 6')
      expect(errorOf(`3;a="b\\${control}`)).toBe('ERR_CHUNK_EXTENSION at 7')
    }
    expect(errorOf('3;a="\x7f')).toBe('ERR_CHUNK_EXTENSION at 5')
  })

  it('holds no CR and no LF, which would end the line for one reader and not for another (RFC 9112 §7.1.1)', () => {
    expect(errorOf('3;a="b\rc"\r\n')).toBe('ERR_CHUNK_EXTENSION at 6')
    expect(errorOf('3;a\n;b\r\n')).toBe('ERR_CHUNK_BARE_LF at 3')
    expect(errorOf('3;a=\nb\r\n')).toBe('ERR_CHUNK_BARE_LF at 4')
  })

  it('takes tokens only where tokens belong', () => {
    expect(errorOf('3;a(\r\n')).toBe('ERR_CHUNK_EXTENSION at 3')
    expect(errorOf('3;a\x80\r\n')).toBe('ERR_CHUNK_EXTENSION at 3')
    expect(errorOf('3;a=b/c\r\n')).toBe('ERR_CHUNK_EXTENSION at 5')
    expect(errorOf('3;a:b\r\n')).toBe('ERR_CHUNK_EXTENSION at 3')
    expect(errorOf('3;\\\r\n')).toBe('ERR_CHUNK_EXTENSION at 2')
  })
})

describe('onExtension', () => {
  it('is told names and values, before the data of their chunk, and its size', () => {
    expect(extensionsOf('1;a ; b = c\r\nx\r\n0;d\r\n\r\n')).toEqual([
      '1 a undefined',
      '1 b "c"',
      'data x',
      '0 d undefined',
      'end',
    ])
  })

  it('is told quoted values without quotes and escapes (RFC 9110 §5.6.4)', () => {
    expect(extensionsOf('0;a="b \\"c\\\\ ;d=e";f=""\r\n\r\n')).toEqual([
      '0 a "b \\"c\\\\ ;d=e"',
      '0 f ""',
      'end',
    ])
  })

  it('is not called for a chunk without extensions', () => {
    expect(extensionsOf('1\r\nx\r\n1;a\r\ny\r\n1\r\nz\r\n0\r\n\r\n')).toEqual([
      'data x',
      '1 a undefined',
      'data yz',
      'end',
    ])
  })
})
