import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHttpDate, parseHttpDate } from '../src/http-date.ts'

const NOW_MS = Date.UTC(2026, 5, 15)
const EXAMPLE = 784_111_777

const parse = (text: string): number | undefined => parseHttpDate(text, NOW_MS)

describe('parseHttpDate', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'R21: reads %s (RFC 9110 §5.6.7)',
    (text) => expect(parse(text)).toBe(EXAMPLE),
  )

  it('R21: reads a two-digit year as at most 50 years ahead', () => {
    expect(parse('Monday, 15-Jun-76 00:00:00 GMT')).toBe(Date.UTC(2076, 5, 15) / 1000)
    expect(parse('Monday, 15-Jun-76 00:00:01 GMT')).toBe(Date.UTC(1976, 5, 15, 0, 0, 1) / 1000)
    expect(parse('Monday, 15-Jun-99 00:00:00 GMT')).toBe(Date.UTC(1999, 5, 15) / 1000)
    expect(parse('Monday, 15-Jun-00 00:00:00 GMT')).toBe(Date.UTC(2000, 5, 15) / 1000)
  })

  it.each([
    'yesterday',
    '2099-01-01T00:00:00Z',
    '784111777',
    '',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sun Nov 06 08:49:37 94',
  ])('R20: %j is no HTTP-date', (text) => {
    expect(parse(text)).toBeUndefined()
  })

  it.each([
    'Mon, 30 Feb 2026 00:00:00 GMT',
    'Mon, 29 Feb 2025 00:00:00 GMT',
    'Mon, 00 Jan 2026 00:00:00 GMT',
    'Mon, 01 Jan 2026 24:00:00 GMT',
    'Mon, 01 Jan 2026 00:60:00 GMT',
    'Mon, 01 Jan 2026 00:00:61 GMT',
  ])('R20: %j is no moment of the calendar', (text) => {
    expect(parse(text)).toBeUndefined()
  })

  it('reads a leap second, and years before 100 as they are', () => {
    expect(parse('Sat, 31 Dec 2016 23:59:60 GMT')).toBe(Date.UTC(2017, 0, 1) / 1000)
    expect(parse('Sat, 01 Jan 0050 00:00:00 GMT')).toBe(new Date('0050-01-01T00:00:00Z').getTime() / 1000)
  })

  it('reads back every moment it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        expect(parse(formatHttpDate(seconds))).toBe(seconds)
      }),
    )
  })
})

describe('formatHttpDate', () => {
  it('writes an IMF-fixdate', () => {
    expect(formatHttpDate(EXAMPLE)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })
})
