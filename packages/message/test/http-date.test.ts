import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHttpDate, parseHttpDate } from '../src/index.ts'

const MOMENT = Date.UTC(1994, 10, 6, 8, 49, 37)
const NOW = Date.UTC(2026, 0, 1)

describe('formatHttpDate', () => {
  it('writes an IMF-fixdate (RFC 9110 §5.6.7)', () => {
    expect(formatHttpDate(MOMENT)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })

  it('drops the fraction of a second, also before 1970', () => {
    expect(formatHttpDate(MOMENT + 999)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
    expect(formatHttpDate(-1)).toBe('Wed, 31 Dec 1969 23:59:59 GMT')
  })

  it('agrees with the platform', () => {
    const years = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 11, 31) })
    fc.assert(
      fc.property(years, (timeMs) => {
        expect(formatHttpDate(timeMs)).toBe(new Date(timeMs).toUTCString())
      }),
    )
  })

  it.each([NaN, Infinity, Date.UTC(10_000, 0), -62_167_219_200_001])(
    'throws a RangeError for %d',
    (timeMs) => {
      expect(() => formatHttpDate(timeMs)).toThrow(RangeError)
    },
  )

  it('writes the last moment of the year 9999 and the first of the year 0', () => {
    expect(formatHttpDate(Date.UTC(10_000, 0) - 1)).toBe('Fri, 31 Dec 9999 23:59:59 GMT')
    expect(formatHttpDate(-62_167_219_200_000)).toBe('Sat, 01 Jan 0000 00:00:00 GMT')
  })
})

describe('parseHttpDate', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads each of the three forms (RFC 9110 §5.6.7): %s',
    (text) => {
      expect(parseHttpDate(text, NOW)).toBe(MOMENT)
    },
  )

  it('reads what formatHttpDate writes', () => {
    const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 })
    fc.assert(
      fc.property(seconds, (s) => {
        expect(parseHttpDate(formatHttpDate(s * 1000), NOW)).toBe(s * 1000)
      }),
    )
  })

  it('takes a year of two digits for the nearest one that is not more than 50 years ahead', () => {
    expect(parseHttpDate('Wednesday, 01-Jan-76 00:00:00 GMT', NOW)).toBe(Date.UTC(2076, 0, 1))
    expect(parseHttpDate('Friday, 02-Jan-76 00:00:00 GMT', NOW)).toBe(Date.UTC(1976, 0, 2))
    expect(parseHttpDate('Saturday, 01-Jan-00 00:00:00 GMT', Date.UTC(1999, 5, 1))).toBe(Date.UTC(2000, 0, 1))
  })

  it('takes a leap second for the next one', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT', NOW)).toBe(Date.UTC(2017, 0, 1))
  })

  it.each([
    '',
    'yesterday',
    '1994-11-06T08:49:37Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Wed, 30 Feb 1994 00:00:00 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
  ])('is undefined for %j', (text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined()
  })
})
