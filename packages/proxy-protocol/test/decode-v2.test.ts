import { splits, wireBytes, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { ipv4, ipv6, read } from './filter.ts'
import { expectError, expectHeader } from './outcomes.ts'
import { headerV2, INET, SIGNATURE } from './wire-v2.ts'

const ENDS = { source: ipv4('192.0.2.7', 56_324), destination: ipv4('198.51.100.3', 443) }
const OWN_ENDS = { endpoints: null, transport: null, tlvs: [], alpn: null, authority: null, uniqueId: null }

const INET6 = `\x20\x01\x0d\xb8${'\0'.repeat(11)}\x07${'\0'.repeat(15)}\x01\xff\xff\x00\x00`

const unix = (path: string): string => path.padEnd(108, '\0')

describe('a header of version 2', () => {
  it('names both ends over IPv4', () => {
    expectHeader(headerV2(0x21, 0x11, INET), {
      version: 2,
      command: 'proxy',
      transport: 'stream',
      endpoints: ENDS,
      tlvs: [],
      alpn: null,
      authority: null,
      uniqueId: null,
    })
  })

  it('names both ends over IPv6', () => {
    expectHeader(headerV2(0x21, 0x21, INET6), {
      transport: 'stream',
      endpoints: { source: ipv6('2001:db8::7', 65_535), destination: ipv6('::1', 0) },
    })
  })

  it('names both ends on unix sockets: a path up to its NUL, none, an abstract name, a path without a NUL', () => {
    const endsOf = (source: string, destination: string): object => ({
      endpoints: {
        source: { family: 'unix', path: source },
        destination: { family: 'unix', path: destination },
      },
    })
    const header = (source: string, destination: string): Uint8Array =>
      headerV2(0x21, 0x31, unix(source) + unix(destination))
    expectHeader(header('', '/run/a.sock'), endsOf('', '/run/a.sock'))
    expectHeader(header('\0abstract', '/run/\xc3\xa9'), endsOf('\0abstract', '/run/é'))
    expectHeader(header('/a\0garbage', `/${'b'.repeat(107)}`), endsOf('/a', `/${'b'.repeat(107)}`))
  })

  it('refuses a path that is not UTF-8', () => {
    expectError(headerV2(0x21, 0x31, unix('/a') + unix('/\xff')), 'ERR_PROXY_ADDRESS', 16 + 108)
    expectError(headerV2(0x21, 0x31, unix('/\xc0\x80') + unix('/a')), 'ERR_PROXY_ADDRESS', 16)
  })

  it('knows datagrams', () => {
    expectHeader(headerV2(0x21, 0x12, INET), { transport: 'dgram', endpoints: ENDS })
    expectHeader(headerV2(0x21, 0x22, INET6), { transport: 'dgram' })
    expectHeader(headerV2(0x21, 0x32, unix('') + unix('')), { transport: 'dgram' })
  })

  it('ends where its length says: every byte behind it belongs to the protocol above', () => {
    const wire = wireText(headerV2(0x21, 0x11, INET))
    expectHeader(`${wire}GET / HTTP/1.1\r\n\r\n`, { endpoints: ENDS }, 'GET / HTTP/1.1\r\n\r\n')
    expectHeader(wire + wire, { endpoints: ENDS }, wire)
    expectHeader(`${wire}\r\n\r\n`, { endpoints: ENDS }, '\r\n\r\n')
  })

  it('is a proxy’s own with LOCAL: its block is dropped, whatever it and the family are', () => {
    expectHeader(
      wireText(headerV2(0x20, 0x00)) + 'rest',
      { version: 2, command: 'local', ...OWN_ENDS },
      'rest',
    )
    expectHeader(wireText(headerV2(0x20, 0x11, INET)) + 'rest', { command: 'local', ...OWN_ENDS }, 'rest')
    expectHeader(
      wireText(headerV2(0x20, 0xff, '\x01\xff')) + 'rest',
      { command: 'local', ...OWN_ENDS },
      'rest',
    )
  })

  it.each([0x00, 0x01, 0x02, 0x10, 0x20, 0x30])(
    'names no ends with family and protocol %i: its block is dropped',
    (family) => {
      expectHeader(wireText(headerV2(0x21, family)) + 'rest', { command: 'proxy', ...OWN_ENDS }, 'rest')
      expectHeader(
        wireText(headerV2(0x21, family, '\x01\xffx')) + 'rest',
        { command: 'proxy', ...OWN_ENDS },
        'rest',
      )
    },
  )

  it('is not complete before its last octet', () => {
    const wire = headerV2(0x21, 0x11, INET)
    for (const pieces of splits(wire.subarray(0, -1))) expect(read(pieces)).toBe('more')
  })

  it('is refused at the first octet that is not its signature', () => {
    for (let at = 1; at < SIGNATURE.length; at += 1) {
      expectError(`${SIGNATURE.slice(0, at)}x${SIGNATURE.slice(at + 1)}!!!!`, 'ERR_PROXY_MISSING', at)
    }
  })

  it.each([
    [0x11, 0x11, 'ERR_PROXY_VERSION', 12],
    [0x31, 0x11, 'ERR_PROXY_VERSION', 12],
    [0x01, 0xff, 'ERR_PROXY_VERSION', 12],
    [0x22, 0x11, 'ERR_PROXY_COMMAND', 12],
    [0x2f, 0xff, 'ERR_PROXY_COMMAND', 12],
    [0x21, 0x41, 'ERR_PROXY_FAMILY', 13],
    [0x21, 0x13, 'ERR_PROXY_FAMILY', 13],
    [0x21, 0x40, 'ERR_PROXY_FAMILY', 13],
    [0x21, 0x03, 'ERR_PROXY_FAMILY', 13],
    [0x21, 0xff, 'ERR_PROXY_FAMILY', 13],
  ] as const)('refuses version and command %i with family %i', (verCmd, family, code, offset) => {
    expectError(headerV2(verCmd, family, INET), code, offset)
  })

  it.each([
    [0x11, 12],
    [0x12, 12],
    [0x21, 36],
    [0x31, 216],
  ])(
    'refuses family %i with one octet less than its addresses take, and takes all of them',
    (family, bytes) => {
      expectError(headerV2(0x21, family, '\0'.repeat(bytes - 1)), 'ERR_PROXY_LENGTH', 14)
      expectHeader(headerV2(0x21, family, '\0'.repeat(bytes)), { tlvs: [] })
    },
  )

  it('takes maxHeaderBytes, and no more', () => {
    const padded = (length: number): Uint8Array => headerV2(0x20, 0, 'x'.repeat(length - 16))
    expectHeader(padded(100), { command: 'local' }, '', { maxHeaderBytes: 100 })
    expectError(padded(101), 'ERR_PROXY_TOO_LARGE', 14, { maxHeaderBytes: 100 })
    expectHeader(padded(16), { command: 'local' }, '', { maxHeaderBytes: 16 })
    expectError(padded(17), 'ERR_PROXY_TOO_LARGE', 14, { maxHeaderBytes: 16 })
  })

  it('takes 4096 octets unless told otherwise, and 65551 at most', () => {
    const pieces = (length: number): Uint8Array[] => [headerV2(0x20, 0, 'x'.repeat(length - 16))]
    expect(read(pieces(4_096))).toMatchObject({ header: { command: 'local' } })
    expect(read(pieces(4_097))).toEqual({ code: 'ERR_PROXY_TOO_LARGE', offset: 14 })
    expect(read(pieces(65_551), { maxHeaderBytes: 65_551 })).toMatchObject({ header: { command: 'local' } })
  })

  it('is refused as too large before its block comes', () => {
    expect(read([wireBytes(`${SIGNATURE}\x21\x11\xff\xff`)])).toEqual({
      code: 'ERR_PROXY_TOO_LARGE',
      offset: 14,
    })
  })

  it('is refused where only version 1 is accepted', () => {
    expectError(headerV2(0x21, 0x11, INET), 'ERR_PROXY_VERSION', 0, { versions: [1] })
    expectHeader(headerV2(0x21, 0x11, INET), { version: 2 }, '', { versions: [2] })
  })
})
