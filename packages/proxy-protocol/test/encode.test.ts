import { wireBytes, wireText } from '@millrace/testing'
import type { Address } from '@millrace/transport'
import { describe, expect, it } from 'vitest'
import { encodeProxyHeaderV1, encodeProxyHeaderV2, PROXY_TLV } from '../src/index.ts'
import type { EncodeV2Options, ProxyEndpoints } from '../src/index.ts'
import { ipv4, ipv6, read, V1 } from './filter.ts'
import { headerV2, INET, tlv } from './wire-v2.ts'

const ENDS = { source: ipv4('192.0.2.7', 56_324), destination: ipv4('198.51.100.3', 443) }
const unix = (path: string): Address => ({ family: 'unix', path })
const memory: Address = { family: 'memory', name: 'a' }

describe('encodeProxyHeaderV1', () => {
  it('writes one line', () => {
    expect(wireText(encodeProxyHeaderV1(ENDS))).toBe(V1)
  })

  it('writes IPv6 in the spelling of RFC 5952, without a zone', () => {
    const ends = { source: ipv6('2001:DB8:0:0:1:0:0:1', 1), destination: ipv6('fe80::1%eth0', 2) }
    expect(wireText(encodeProxyHeaderV1(ends))).toBe('PROXY TCP6 2001:db8::1:0:0:1 fe80::1 1 2\r\n')
  })

  it('writes UNKNOWN where nothing is known', () => {
    expect(wireText(encodeProxyHeaderV1(null))).toBe('PROXY UNKNOWN\r\n')
  })

  it.each([
    [ipv4('1.2.3.4', 1), ipv6('::1', 1)],
    [unix('/a'), unix('/b')],
    [memory, memory],
    [ipv4('1.2.3', 1), ipv4('1.2.3.4', 1)],
    [ipv4('1.2.3.4 5', 1), ipv4('1.2.3.4', 1)],
    [ipv4('', 0), ipv4('', 0)],
    [ipv6('1.2.3.4', 1), ipv6('::1', 1)],
  ] as const)('refuses %j and %j with a TypeError', (source, destination) => {
    expect(() => encodeProxyHeaderV1({ source, destination })).toThrow(TypeError)
  })

  it.each([-1, 65_536, 1.5, Number.NaN])('refuses port %d with a RangeError', (port) => {
    expect(() =>
      encodeProxyHeaderV1({ source: ipv4('1.2.3.4', port), destination: ipv4('1.2.3.4', 1) }),
    ).toThrow(RangeError)
  })
})

describe('encodeProxyHeaderV2', () => {
  const encode = (ends: ProxyEndpoints | null, options?: EncodeV2Options): string =>
    wireText(encodeProxyHeaderV2(ends, options))

  it('writes addresses and ports', () => {
    expect(encode(ENDS)).toBe(wireText(headerV2(0x21, 0x11, INET)))
    expect(encode(ENDS, { transport: 'dgram' })).toBe(wireText(headerV2(0x21, 0x12, INET)))
  })

  it('writes LOCAL for the proxy itself', () => {
    expect(encode(null)).toBe(wireText(headerV2(0x20, 0)))
    expect(() => encode(null, { authority: 'a' })).toThrow(TypeError)
  })

  it('writes what is known besides, the checksum last', () => {
    const header = encode(ENDS, {
      checksum: true,
      tlvs: [{ type: 0xe0, value: wireBytes('x') }],
      uniqueId: wireBytes('id'),
      authority: 'é',
      alpn: 'h2',
    })
    const tlvs = [tlv(1, 'h2'), tlv(2, '\xc3\xa9'), tlv(5, 'id'), tlv(0xe0, 'x')].join('')
    const sum = header.slice(-4)
    expect(header).toBe(wireText(headerV2(0x21, 0x11, INET + tlvs + tlv(3, sum))))
    expect(read([wireBytes(header)])).toMatchObject({ header: { authority: 'é', alpn: 'h2' } })
  })

  it('writes a path of 108 octets, and none of 109', () => {
    const path = `/${'é'.repeat(53)}x`
    const written = encodeProxyHeaderV2({ source: unix(path), destination: unix('') })
    expect(read([written])).toMatchObject({
      header: { endpoints: { source: { path }, destination: { path: '' } } },
    })
    expect(() => encodeProxyHeaderV2({ source: unix(`${path}x`), destination: unix('') })).toThrow(RangeError)
  })

  it.each([
    [ipv4('1.2.3.4', 1), ipv6('::1', 1)],
    [memory, memory],
    [unix('/a'), memory],
    [unix('/a\0b'), unix('')],
    [unix('\0a\0b'), unix('')],
    [ipv6('::g', 1), ipv6('::1', 1)],
  ] as const)('refuses %j and %j with a TypeError', (source, destination) => {
    expect(() => encode({ source, destination })).toThrow(TypeError)
  })

  it.each([
    { alpn: '' },
    { alpn: 'x'.repeat(256) },
    { authority: 'a b' },
    { uniqueId: new Uint8Array(129) },
    { alpn: 'h2', tlvs: [{ type: PROXY_TLV.ALPN, value: wireBytes('h3') }] },
    { tlvs: [{ type: PROXY_TLV.CRC32C, value: new Uint8Array(4) }] },
  ])('refuses what no receiver would take: %j', (options) => {
    expect(() => encode(ENDS, options)).toThrow(TypeError)
  })

  it.each([
    { alpn: '\u0100' },
    { tlvs: [{ type: 256, value: new Uint8Array(0) }] },
    { tlvs: [{ type: -1, value: new Uint8Array(0) }] },
    { tlvs: [{ type: 0.5, value: new Uint8Array(0) }] },
  ])('refuses what has no place in a header: %j', (options) => {
    expect(() => encode(ENDS, options)).toThrow(RangeError)
  })

  it('writes 65551 octets, and none more', () => {
    const filled = (length: number): string =>
      encode(ENDS, { tlvs: [{ type: 0xe0, value: new Uint8Array(length) }] })
    expect(filled(65_535 - 12 - 3)).toHaveLength(65_551)
    expect(() => filled(65_535 - 12 - 3 + 1)).toThrow(RangeError)
    expect(() => filled(65_536)).toThrow(RangeError)
  })

  it('refuses half a surrogate pair', () => {
    expect(() => encode(ENDS, { authority: '\ud800' })).toThrow(URIError)
  })
})
