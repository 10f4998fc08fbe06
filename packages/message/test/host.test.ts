import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHost, parseHost, parseRequestTarget } from '../src/index.ts'
import { refusalOf } from './outcome.ts'

describe('parseHost', () => {
  it.each([
    ['', '', null],
    ['a', 'a', null],
    ['Example.COM', 'example.com', null],
    ['example.com.', 'example.com.', null],
    ['example.com:', 'example.com', null],
    ['example.com:80', 'example.com', 80],
    ['example.com:0', 'example.com', 0],
    ['example.com:00080', 'example.com', 80],
    ['example.com:65535', 'example.com', 65535],
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['0.0.0.0=5000', '0.0.0.0=5000', null],
    ['under_score', 'under_score', null],
    ["a-._~!$&'()*+;=", "a-._~!$&'()*+;=", null],
    ['a%20B%C3', 'a%20b%c3', null],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', null],
    ['[::1]', '[::1]', null],
    ['[::1]:', '[::1]', null],
    ['[2001:DB8::A]:443', '[2001:db8::a]', 443],
    ['[v1.a:B]', '[v1.a:b]', null],
    [':80', '', 80],
  ])('takes %j apart (RFC 9112 §3.2)', (value, host, port) => {
    expect(parseHost(value)).toEqual({ host, port })
  })

  it.each([
    ['a b', 1],
    [' a', 0],
    ['a\tb', 1],
    ['a/b', 1],
    ['a?b', 1],
    ['a#b', 1],
    ['a\\b', 1],
    ['a,b', 1],
    ['a, a', 1],
    ['u@a', 1],
    ['u:p@a', 2],
    ['http://a', 5],
    ['a%', 1],
    ['a%2', 1],
    ['a%zz', 1],
    ['a\x00', 1],
    ['a\x7f', 1],
    ['\xe9', 0],
    ['\u{212a}', 0],
    ['a"', 1],
    ['<a>', 0],
    ['a|b', 1],
    ['a:b', 2],
    ['a:80:80', 4],
    ['a:+80', 2],
    ['a:-1', 2],
    ['a: 80', 2],
    ['a:65536', 6],
    ['a:99999999999999999999', 6],
    ['::1', 1],
    ['[', 0],
    ['[]', 0],
    ['[::1', 0],
    ['[::1]a', 5],
    ['[::1]80', 5],
    ['[::1]:a', 6],
    ['a[::1]', 1],
    ['[fe80::1%25eth0]', 0],
    ['[fe80::1%eth0]', 0],
    ['[127.0.0.1]', 0],
    ['[a]', 0],
    ['[v.a]', 0],
    ['[v1.]', 0],
    ['[vg.a]', 0],
    ['[v1.a,b]', 0],
  ])('rule 17: refuses %j (RFC 9112 §3.2)', (value, offset) => {
    expect(refusalOf(() => parseHost(value))).toEqual({ code: 'ERR_HOST', statusHint: 400, offset })
  })

  it.each([
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1::8',
    '0000:FFFF::',
    '1:2:3:4:5:6:1.2.3.4',
    '::1.2.3.4',
    '::ffff:255.255.255.255',
    '1:2:3:4:5::0.0.0.0',
  ])('accepts the IPv6 address %s (RFC 3986 §3.2.2)', (address) => {
    expect(parseHost(`[${address}]`).host).toBe(`[${address.toLowerCase()}]`)
  })

  it.each([
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '1::2::3',
    '1:::2',
    ':1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7:',
    '12345::',
    'g::',
    '1.2.3.4',
    '::1.2.3',
    '::1.2.3.4.5',
    '::1.2.3.256',
    '::01.2.3.4',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:7:1.2.3.4',
    '1:2:3:4:5:6::1.2.3.4',
  ])('rule 17: refuses [%s], which is no IPv6 address (RFC 3986 §3.2.2)', (address) => {
    expect(refusalOf(() => parseHost(`[${address}]`))).toMatchObject({ code: 'ERR_HOST' })
  })

  it("agrees with Node's parser about IPv6 addresses", () => {
    const part = fc.constantFrom('::', ':', ':', ':', '0', 'f', 'ab12', '12345', '1.2.3.4', '.', '256', 'g')
    const address = fc.oneof(
      fc.ipV6(),
      fc.array(part, { minLength: 1, maxLength: 16 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(address, (text) => {
        expect(accepts(`[${text}]`)).toBe(isIPv6(text))
      }),
      { numRuns: 3_000 },
    )
  })

  it('accepts what the grammar accepts, and nothing else', () => {
    const grammar = /^(?:[a-z0-9\-._~!$&'()*+;=]|%[0-9a-f]{2})*(?::0*[0-9]{0,5})?$/i
    const unit = fc.constantFrom(...'aZ09-._~%:,@/[] 2f\x80'.split(''), '\x00')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (value) => {
        const port = Number(/:([0-9]+)$/.exec(value)?.[1] ?? 0)
        expect(accepts(value)).toBe(grammar.test(value) && port <= 65_535)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('checkHost', () => {
  const origin = parseRequestTarget('GET', '/')
  const asterisk = parseRequestTarget('OPTIONS', '*')
  const absolute = parseRequestTarget('GET', 'http://Target.example:81/')
  const connect = parseRequestTarget('CONNECT', 'Tunnel.example:443')

  it('gives the value of Host as received (RFC 9112 §3.3)', () => {
    expect(checkHost({ minorVersion: 1, target: origin, hostValues: ['Example.com:80'] })).toBe(
      'Example.com:80',
    )
    expect(checkHost({ minorVersion: 1, target: asterisk, hostValues: ['a'] })).toBe('a')
  })

  it.each([1, 2, 9])(
    'rule 15: refuses a request with HTTP/1.%d and no Host (RFC 9112 §3.2)',
    (minorVersion) => {
      for (const target of [origin, asterisk, absolute, connect]) {
        const refusal = refusalOf(() => checkHost({ minorVersion, target, hostValues: [] }))
        expect(refusal).toMatchObject({ code: 'ERR_HOST_MISSING', statusHint: 400 })
      }
    },
  )

  it.each([
    ['a', 'b'],
    ['a', 'a'],
    ['', ''],
  ])('rule 16: refuses two Host lines, %j and %j (RFC 9112 §3.2)', (...hostValues) => {
    for (const minorVersion of [0, 1]) {
      const refusal = refusalOf(() => checkHost({ minorVersion, target: origin, hostValues }))
      expect(refusal).toMatchObject({ code: 'ERR_HOST_REPEATED', statusHint: 400 })
    }
  })

  it('rule 17: refuses an invalid Host, also where the target overrides it (RFC 9112 §3.2)', () => {
    for (const target of [origin, asterisk, absolute, connect]) {
      const refusal = refusalOf(() => checkHost({ minorVersion: 1, target, hostValues: ['a/b'] }))
      expect(refusal).toMatchObject({ code: 'ERR_HOST', statusHint: 400 })
    }
  })

  it.each(['', ':80'])(
    'rule 18: refuses the Host %j for a target in origin-form (RFC 9110 §4.2.1)',
    (value) => {
      const refusal = refusalOf(() => checkHost({ minorVersion: 1, target: origin, hostValues: [value] }))
      expect(refusal).toMatchObject({ code: 'ERR_HOST_EMPTY', statusHint: 400 })
    },
  )

  it('rule 18: accepts an empty Host in the other forms (RFC 9112 §3.2)', () => {
    expect(checkHost({ minorVersion: 1, target: asterisk, hostValues: [''] })).toBe('')
    expect(checkHost({ minorVersion: 1, target: connect, hostValues: [''] })).toBe('Tunnel.example:443')
    expect(checkHost({ minorVersion: 1, target: absolute, hostValues: [''] })).toBe('Target.example:81')
  })

  it('rule 19: accepts HTTP/1.0 without Host (RFC 9112 §3.3)', () => {
    expect(checkHost({ minorVersion: 0, target: origin, hostValues: [] })).toBe('')
    expect(checkHost({ minorVersion: 0, target: absolute, hostValues: [] })).toBe('Target.example:81')
  })

  it('rule 12: lets an absolute-form override Host (RFC 9112 §3.2.2)', () => {
    expect(checkHost({ minorVersion: 1, target: absolute, hostValues: ['other'] })).toBe('Target.example:81')
  })

  it('lets an authority-form override Host (RFC 9112 §3.3)', () => {
    expect(checkHost({ minorVersion: 1, target: connect, hostValues: ['other'] })).toBe('Tunnel.example:443')
  })
})

function accepts(value: string): boolean {
  try {
    parseHost(value)
    return true
  } catch {
    return false
  }
}
