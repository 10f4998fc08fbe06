import { describe, expect, it } from 'vitest'
import { splits } from '@millrace/testing'
import { ipv4, ipv6, read, V1 } from './filter.ts'
import { expectError, expectHeader } from './outcomes.ts'

const UNKNOWN = { version: 1, command: 'proxy', endpoints: null, transport: null } as const

describe('a header of version 1', () => {
  it('names both ends over IPv4', () => {
    expectHeader(V1, {
      version: 1,
      command: 'proxy',
      transport: 'stream',
      endpoints: { source: ipv4('192.0.2.7', 56_324), destination: ipv4('198.51.100.3', 443) },
      tlvs: [],
      alpn: null,
      authority: null,
      uniqueId: null,
    })
  })

  it('names both ends over IPv6, in the one spelling of RFC 5952', () => {
    expectHeader('PROXY TCP6 2001:DB8:0:0:0:0:0:7 ::ffff:192.0.2.1 0 65535\r\n', {
      endpoints: { source: ipv6('2001:db8::7', 0), destination: ipv6('::ffff:192.0.2.1', 65_535) },
    })
  })

  it('ends with its CRLF: every byte behind it belongs to the protocol above', () => {
    expectHeader(`${V1}GET / HTTP/1.1\r\n\r\n`, {}, 'GET / HTTP/1.1\r\n\r\n')
    expectHeader(`${V1}\r\n`, {}, '\r\n')
    expectHeader(V1 + V1, {}, V1)
  })

  it('says UNKNOWN, and whatever follows is ignored', () => {
    expectHeader('PROXY UNKNOWN\r\nrest', UNKNOWN, 'rest')
    expectHeader('PROXY UNKNOWN \r\n', UNKNOWN)
    expectHeader('PROXY UNKNOWN 1.2.3.4 \xff  nonsense -1\r\n', UNKNOWN)
  })

  it('is not complete before the LF', () => {
    for (const pieces of splits(V1.slice(0, -1))) expect(read(pieces)).toBe('more')
  })

  it('takes 107 octets, and no more (§2.1)', () => {
    const line = (length: number): string => `PROXY UNKNOWN ${'x'.repeat(length - 16)}\r\n`
    expect(line(107)).toHaveLength(107)
    expectHeader(`${line(107)}rest`, UNKNOWN, 'rest')
    expectError(line(108), 'ERR_PROXY_LINE_TOO_LONG', 106)
    expectError(line(109), 'ERR_PROXY_LINE_TOO_LONG', 106)
  })

  it('takes the longest line of the specification', () => {
    const host = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'
    expectHeader(`PROXY UNKNOWN ${host} ${host} 65535 65535\r\n`, UNKNOWN)
    expectHeader(`PROXY TCP6 ${host} ${host} 65535 65535\r\n`, {
      endpoints: { source: ipv6(host, 65_535), destination: ipv6(host, 65_535) },
    })
  })

  it.each([
    ['\n', 43],
    ['\r\r\n', 43],
    ['\rx', 43],
    ['\r', 43],
  ])('refuses %j in place of CRLF', (end, offset) => {
    if (end === '\r') expect(read([Buffer.from(V1.slice(0, -2) + end)])).toBe('more')
    else expectError(V1.slice(0, -2) + end, 'ERR_PROXY_LINE_END', offset)
  })

  it.each(['PROXY UNKNOWN a\nb\r\n', 'PROXY UNKNOWN a\rb\r\n'])(
    'refuses a line end alone, also in %j',
    (wire) => {
      expectError(wire, 'ERR_PROXY_LINE_END', 15)
    },
  )

  it.each([
    ['GET / HTTP/1.1\r\n', 0],
    ['proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n', 0],
    ['PROXY\tTCP4', 5],
    ['PROXX', 4],
    [' PROXY TCP4', 0],
    ['\nPROXY TCP4', 0],
    ['\x16\x03\x01', 0],
  ])('is not there in %j: refused at the first octet that shows it', (wire, offset) => {
    expectError(wire, 'ERR_PROXY_MISSING', offset)
  })

  it.each([
    ['PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_LINE', 6],
    ['PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_LINE', 6],
    ['PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_LINE', 6],
    ['PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_LINE', 6],
    ['PROXY UNKNOWNS\r\n', 'ERR_PROXY_LINE', 6],
    ['PROXY \r\n', 'ERR_PROXY_LINE', 6],
    ['PROXY TCP4\r\n', 'ERR_PROXY_LINE', 10],
    ['PROXY TCP4 \r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 19],
    ['PROXY TCP4 1.2.3.4 5.6.7.8  1 2\r\n', 'ERR_PROXY_PORT', 27],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n', 'ERR_PROXY_LINE', 28],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n', 'ERR_PROXY_PORT', 29],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n', 'ERR_PROXY_LINE', 31],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n', 'ERR_PROXY_LINE', 31],
    ['PROXY TCP4\t1.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_LINE', 6],
    ['PROXY TCP4 ::1 ::1 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP6 ::1 1.2.3.4 1 2\r\n', 'ERR_PROXY_ADDRESS', 15],
    ['PROXY TCP6 [::1] ::1 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP6 fe80::1%1 ::1 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP4 localhost 5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n', 'ERR_PROXY_PORT', 27],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n', 'ERR_PROXY_PORT', 27],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n', 'ERR_PROXY_PORT', 27],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 1e3 2\r\n', 'ERR_PROXY_PORT', 27],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n', 'ERR_PROXY_PORT', 29],
    ['PROXY TCP4 1.2.3.4 5.6.7.8 1 100000\r\n', 'ERR_PROXY_PORT', 29],
    ['PROXY TCP4 \xb9.2.3.4 5.6.7.8 1 2\r\n', 'ERR_PROXY_ADDRESS', 11],
  ] as const)('refuses %j', (wire, code, offset) => {
    expectError(wire, code, offset)
  })
})

describe('the versions that are accepted', () => {
  it('are both, or the one that is asked for', () => {
    expectHeader(V1, { version: 1 }, '', { versions: [1] })
    expectError(V1, 'ERR_PROXY_VERSION', 0, { versions: [2] })
  })
})
