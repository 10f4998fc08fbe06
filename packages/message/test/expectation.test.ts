import { describe, expect, it } from 'vitest'
import { decideExpectation } from '../src/index.ts'

describe('decideExpectation', () => {
  it('finds nothing without Expect (RFC 9110 §10.1.1)', () => {
    expect(decideExpectation({ minorVersion: 1, expect: [] })).toBe('none')
  })

  it.each([['100-continue'], ['', '100-continue'], ['100-continue,'], ['100-continue', '100-continue']])(
    'rule 57: finds 100-continue in %j %j (RFC 9110 §10.1.1)',
    (...values) => {
      expect(decideExpectation({ minorVersion: 1, expect: values })).toBe('100-continue')
    },
  )

  it.each(['100-continue', 'unheard-of'])('rule 58: ignores %s in HTTP/1.0 (RFC 9110 §10.1.1)', (value) => {
    expect(decideExpectation({ minorVersion: 0, expect: [value] })).toBe('none')
  })

  it.each([
    ['unheard-of'],
    ['100-continue, unheard-of'],
    ['unheard-of', '100-continue'],
    ['100'],
    ['100-continue;a'],
  ])('rule 60: does not know %j %j (RFC 9110 §10.1.1)', (...values) => {
    expect(decideExpectation({ minorVersion: 1, expect: values })).toBe('unknown')
  })

  it.each(['100-Continue', '100-CONTINUE'])('rule 62: knows %s in any case (RFC 9110 §10.1.1)', (value) => {
    expect(decideExpectation({ minorVersion: 1, expect: [value] })).toBe('100-continue')
  })

  it.each([[''], [','], [' ']])('takes an empty list for nothing: %j (RFC 9110 §5.6.1)', (...values) => {
    expect(decideExpectation({ minorVersion: 1, expect: values })).toBe('none')
  })
})
