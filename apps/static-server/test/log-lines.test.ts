import { describe, expect, it } from 'vitest'
import { escapeForLog, exchangeLine, failureLine, refusalLine, unknownClientLine } from '../src/log-lines.ts'

const exchange = {
  method: 'GET',
  requestTarget: '/a.txt?q',
  status: 200,
  contentBytes: 64,
  durationMs: 1.26,
  complete: true,
}

describe('exchangeLine', () => {
  it('has method, target, status, bytes and milliseconds', () => {
    expect(exchangeLine(exchange)).toBe('GET /a.txt?q 200 64 B 1.3 ms')
  })

  it('says that a response did not leave whole', () => {
    expect(exchangeLine({ ...exchange, complete: false })).toBe('GET /a.txt?q 200 64 B 1.3 ms broken off')
  })

  it('has a dash for a client that left before it had a status', () => {
    expect(exchangeLine({ ...exchange, status: undefined, contentBytes: 0, complete: false })).toBe(
      'GET /a.txt?q - 0 B 1.3 ms broken off',
    )
  })

  it('stays one line that no terminal obeys, whatever the target holds', () => {
    const line = exchangeLine({ ...exchange, requestTarget: '/\r\n\x1b[2J\x00\x7f\u202e' })
    expect(line).toBe('GET /\\x0d\\n\\x1b[2J\\x00\\x7f\\u{202e} 200 64 B 1.3 ms')
  })
})

describe('escapeForLog', () => {
  it('leaves printable ASCII as it is, and tells a backslash from an escape', () => {
    expect(escapeForLog('a b~!"%\\x1b')).toBe('a b~!"%\\\\x1b')
  })

  it('writes each character beyond ASCII as one escape', () => {
    expect(escapeForLog('é€😀')).toBe('\\xe9\\u{20ac}\\u{1f600}')
  })
})

describe('refusalLine', () => {
  it('has status, code and reason', () => {
    expect(refusalLine({ statusHint: 400, code: 'ERR_HOST_MISSING', message: 'no Host\n' })).toBe(
      'refused 400 ERR_HOST_MISSING: no Host\\n',
    )
  })
})

describe('unknownClientLine', () => {
  const refusal = { statusHint: 403, code: 'ERR_PROXY_UNTRUSTED', message: 'not trusted' }

  it('names the address that a list of trusted proxies would need', () => {
    const peer = { family: 'IPv6', host: '2001:db8::7', port: 4711 } as const
    expect(unknownClientLine(refusal, peer)).toBe(
      'refused 403 ERR_PROXY_UNTRUSTED: not trusted, from 2001:db8::7',
    )
  })

  it('says of a unix socket that it is one', () => {
    const line = unknownClientLine(refusal, { family: 'unix', path: '' })
    expect(line).toBe('refused 403 ERR_PROXY_UNTRUSTED: not trusted, from unix')
  })
})

describe('failureLine', () => {
  const request = { method: 'GET', requestTarget: '/a.txt' }

  it('has the message of a system error', () => {
    const error = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
    expect(failureLine(error, request)).toBe('GET /a.txt failed: EIO: i/o error, read')
  })

  it('has the stack of any other error, in one line', () => {
    const line = failureLine(new TypeError('a mistake'), request)
    expect(line).toMatch(/^GET \/a\.txt failed: TypeError: a mistake\\n {4}at .*log-lines\.test/)
    expect(line).not.toContain('\n')
  })

  it('has whatever else was thrown', () => {
    expect(failureLine('no', request)).toBe('GET /a.txt failed: no')
  })
})
