import { describe, expect, it } from 'vitest'
import { median, spread, summarise, table, type Round } from '../src/report.ts'
import { parseWrk } from '../src/wrk.ts'

function round(contestant: string, requestsPerSecond: number): Round {
  return {
    load: 'hello',
    contestant,
    requestsPerSecond,
    userMicrosecondsPerRequest: 2,
    systemMicrosecondsPerRequest: 5,
    late: 0,
  }
}

describe('median and spread', () => {
  it('takes the middle of an odd count, and the mean of the two in the middle of an even one', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 7])).toBe(6)
  })

  it('refuses nothing', () => {
    expect(() => median([])).toThrow(RangeError)
  })

  it('tells the spread as a share of the median', () => {
    expect(spread([90, 100, 110])).toBeCloseTo(0.2)
  })
})

describe('summarise', () => {
  it('takes ratios within a round: a slow round of the machine does not count', () => {
    const rounds = [
      round('a', 100),
      round('b', 200),
      round('a', 10),
      round('b', 20),
      round('a', 100),
      round('b', 210),
    ]
    const [a, b] = summarise(rounds, 'hello', ['a'])
    expect(a?.ratios).toEqual({ a: 1 })
    expect(b?.ratios).toEqual({ a: 2 })
    expect(b?.requestsPerSecond).toBe(200)
  })

  it('prints a table whose columns stand below each other', () => {
    const lines = table('hello', summarise([round('a', 100), round('bb', 2000)], 'hello', ['a'])).split('\n')
    expect(lines[0]).toMatch(/^hello\s+req\/s\s+spread\s+user µs\s+sys µs\s+late\s+× a$/)
    expect(lines[3]).toMatch(/^bb\s+2,000\s+0 %\s+2\.00\s+5\.00\s+0\s+20\.00$/)
  })
})

describe('parseWrk', () => {
  it('reads requests and seconds', () => {
    expect(parseWrk('  123456 requests in 3.10s, 17.00MB read\nRequests/sec: 1\n')).toEqual({
      requests: 123456,
      seconds: 3.1,
      failures: 0,
      late: 0,
    })
  })

  it('adds up what failed, and counts apart what was late', () => {
    const output = `  10 requests in 1.00m, 1KB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 5`
    expect(parseWrk(output)).toEqual({ requests: 10, seconds: 60, failures: 11, late: 4 })
  })

  it('throws on anything else', () => {
    expect(() => parseWrk('unable to connect')).toThrow('no summary')
  })
})
