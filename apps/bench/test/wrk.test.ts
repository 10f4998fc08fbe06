import { describe, expect, it } from 'vitest'
import { parseWrk, requestScript } from '../src/wrk.ts'

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

describe('requestScript', () => {
  it('writes every octet as a number, so that nothing has to be quoted', () => {
    const load = { connections: 1, pipelined: 2, secure: false, request: Buffer.from('a"\r\n1') }
    expect(requestScript(load)).toContain('string.rep("\\097\\034\\013\\010\\049", 2)')
  })
})
