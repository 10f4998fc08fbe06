import { describe, expect, it } from 'vitest'
import { FIELD_VALUE_CHARS, isFieldValue } from '../src/index.ts'
import { trimBlank } from '../src/field-value.ts'

const SHORT = 'a'
const LONG = 'a'.repeat(40) // long values take another way

describe('FIELD_VALUE_CHARS', () => {
  it('allows HTAB, SP, VCHAR and obs-text, and nothing else (RFC 9110 §5.5)', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      const allowed = octet === 0x09 || (octet >= 0x20 && octet !== 0x7f)
      expect([octet, FIELD_VALUE_CHARS[octet]]).toEqual([octet, allowed ? 1 : 0])
    }
  })
})

describe('isFieldValue', () => {
  it('agrees with the table on every octet, in short and long values', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      const character = String.fromCharCode(octet)
      const allowed = FIELD_VALUE_CHARS[octet] === 1
      for (const around of [SHORT, LONG]) {
        expect([octet, isFieldValue(around + character + around)]).toEqual([octet, allowed])
      }
    }
  })

  it('takes the empty value (RFC 9110 §5.5)', () => {
    expect(isFieldValue('')).toBe(true)
  })

  it('refuses what no octet can hold, also when its lower octet is fine', () => {
    for (const around of [SHORT, LONG]) {
      expect(isFieldValue(`${around}\u0141`)).toBe(false)
      expect(isFieldValue(`${around}\u560a`)).toBe(false) // a LF, when cut to one octet
      expect(isFieldValue(`${around}\u{1f600}`)).toBe(false)
    }
  })

  it('refuses a line end at the very end', () => {
    for (const around of [SHORT, LONG]) {
      expect(isFieldValue(`${around}\n`)).toBe(false)
      expect(isFieldValue(`${around}\r\n`)).toBe(false)
    }
  })
})

describe('trimBlank', () => {
  it('drops SP and HTAB at the ends only (RFC 9110 §5.6.3)', () => {
    expect(trimBlank(' \t a \t b\t ')).toBe('a \t b')
  })

  it('keeps other whitespace, such as VT, FF and NBSP', () => {
    expect(trimBlank('\v\f\u00a0a\u00a0\f\v')).toBe('\v\f\u00a0a\u00a0\f\v')
  })

  it('leaves nothing of blanks', () => {
    expect(trimBlank(' \t ')).toBe('')
    expect(trimBlank('')).toBe('')
  })
})
