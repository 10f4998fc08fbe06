import { describe, expect, it } from 'vitest'
import { isToken, TOKEN_CHARS } from '../src/index.ts'
import { isSameName } from '../src/field-name.ts'

const TCHAR = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/

describe('TOKEN_CHARS', () => {
  it('allows tchar and nothing else (RFC 9110 §5.6.2)', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      expect([octet, TOKEN_CHARS[octet]]).toEqual([octet, TCHAR.test(String.fromCharCode(octet)) ? 1 : 0])
    }
  })
})

describe('isToken', () => {
  it('takes every tchar (RFC 9110 §5.6.2)', () => {
    expect(isToken("!#$%&'*+-.^_`|~09AZaz")).toBe(true)
  })

  it('refuses the empty text (RFC 9110 §5.6.2)', () => {
    expect(isToken('')).toBe(false)
  })

  it('refuses a delimiter, a space, a control character, and what is above ASCII', () => {
    for (const bad of ['a(b', 'a b', 'a\tb', 'a\0', 'a\n', 'é', 'aĀ', 'a\u{1f600}', 'a:', 'a=', 'a"', 'a/']) {
      expect([bad, isToken(bad)]).toEqual([bad, false])
    }
  })

  it('refuses a character that has a tchar in its lower octet', () => {
    expect(isToken('\u0161')).toBe(false) // 0x61 is "a"
  })
})

describe('isSameName', () => {
  it('ignores the case of ASCII letters (RFC 9110 §5.1)', () => {
    expect(isSameName('Content-LENGTH', 'cONTENT-length')).toBe(true)
  })

  it('tells all pairs of octets apart that are not one letter', () => {
    for (let a = 0; a < 256; a += 1) {
      for (let b = 0; b < 256; b += 1) {
        const [one, other] = [String.fromCharCode(a), String.fromCharCode(b)]
        const isOneLetter = a < 128 && b < 128 && one.toLowerCase() === other.toLowerCase()
        if (isSameName(one, other) !== (a === b || isOneLetter)) expect.fail(`${a} and ${b}`)
      }
    }
  })

  it('does not take the Kelvin sign for a k', () => {
    expect(isSameName('\u212aeep', 'keep')).toBe(false)
  })
})
