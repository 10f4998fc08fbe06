import { wireBytes, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../src/crc32c.ts'
import { PROXY_TLV } from '../src/index.ts'
import { read } from './filter.ts'
import { expectError, expectHeader } from './outcomes.ts'
import { headerV2, INET, tlv } from './wire-v2.ts'

/** Where TLVs begin in a header with IPv4 addresses. */
const START = 28

const withTlvs = (...tlvs: string[]): Uint8Array => headerV2(0x21, 0x11, INET + tlvs.join(''))

/** Fills the checksum in that begins at `at`. */
function sum(header: Uint8Array, at: number): Uint8Array {
  new DataView(header.buffer).setUint32(at, crc32c(header, at))
  return header
}

describe('the TLVs of version 2', () => {
  it('are a list of types and values, in order', () => {
    expectHeader(withTlvs(tlv(0xe0, 'one'), tlv(PROXY_TLV.NOOP, ''), tlv(0xe0, '\xff\0')), {
      tlvs: [
        { type: 0xe0, value: wireBytes('one') },
        { type: 0x04, value: new Uint8Array(0) },
        { type: 0xe0, value: wireBytes('\xff\0') },
      ],
    })
  })

  it('leave what comes behind the header alone', () => {
    expectHeader(
      `${wireText(withTlvs(tlv(0xe0, 'one')))}GET`,
      { tlvs: [{ type: 0xe0, value: wireBytes('one') }] },
      'GET',
    )
  })

  it('say what the client and the proxy agreed on (ALPN, RFC 7301)', () => {
    expectHeader(withTlvs(tlv(PROXY_TLV.ALPN, 'http/1.1')), { alpn: 'http/1.1' })
    expectHeader(withTlvs(tlv(PROXY_TLV.ALPN, '\x0a\xff')), { alpn: '\x0a\xff' })
    expectHeader(withTlvs(tlv(PROXY_TLV.ALPN, 'x'.repeat(255))), { alpn: 'x'.repeat(255) })
    expectError(withTlvs(tlv(PROXY_TLV.ALPN, 'x'.repeat(256))), 'ERR_PROXY_TLV', START)
    expectError(withTlvs(tlv(PROXY_TLV.ALPN, '')), 'ERR_PROXY_TLV', START)
  })

  it('say which host the client asked for, in UTF-8', () => {
    expectHeader(withTlvs(tlv(PROXY_TLV.AUTHORITY, 'example.com')), { authority: 'example.com' })
    expectHeader(withTlvs(tlv(PROXY_TLV.AUTHORITY, 'b\xc3\xbccher.example')), { authority: 'bücher.example' })
  })

  it.each(['\xff', 'a\xc3', '\xed\xa0\x80', 'a\r\nb', 'a b', 'a\0', '\x7f'])('refuse the host %j', (name) => {
    expectError(withTlvs(tlv(0xe0, ''), tlv(PROXY_TLV.AUTHORITY, name)), 'ERR_PROXY_TLV', START + 3)
  })

  it('give the connection a name of 128 octets at most', () => {
    expectHeader(withTlvs(tlv(PROXY_TLV.UNIQUE_ID, '\x01\x02')), { uniqueId: wireBytes('\x01\x02') })
    expectHeader(withTlvs(tlv(PROXY_TLV.UNIQUE_ID, 'x'.repeat(128))), {
      uniqueId: wireBytes('x'.repeat(128)),
    })
    expectError(withTlvs(tlv(PROXY_TLV.UNIQUE_ID, 'x'.repeat(129))), 'ERR_PROXY_TLV', START)
  })

  it('leave what the proxy says about TLS as it is', () => {
    const value = `\x01\0\0\0\0${tlv(0x21, 'TLSv1.3')}`
    expectHeader(withTlvs(tlv(PROXY_TLV.SSL, value)), { tlvs: [{ type: 0x20, value: wireBytes(value) }] })
  })

  it('are refused when one is cut off, at where it begins', () => {
    expectError(withTlvs('\x04'), 'ERR_PROXY_TLV', START)
    expectError(withTlvs('\x04\0'), 'ERR_PROXY_TLV', START)
    expectError(withTlvs('\x04\0\x01'), 'ERR_PROXY_TLV', START)
    expectError(withTlvs(tlv(0x04, 'abc'), '\x04\0\x02x'), 'ERR_PROXY_TLV', START + 6)
  })

  it.each(['ALPN', 'AUTHORITY', 'UNIQUE_ID', 'SSL', 'CRC32C'] as const)(
    'are refused when %s comes twice',
    (name) => {
      const one = tlv(PROXY_TLV[name], 'abcd')
      expectError(withTlvs(one, one), 'ERR_PROXY_TLV', START + 7)
    },
  )
})

describe('the checksum', () => {
  it('is the CRC32c of RFC 4960', () => {
    expect(crc32c(wireBytes('123456789'), -4)).toBe(0xe306_9283)
    expect(crc32c(new Uint8Array(32), -4)).toBe(0x8a91_36aa)
    expect(crc32c(new Uint8Array(32).fill(0xff), -4)).toBe(0x62a8_ab43)
  })

  it('takes its own four octets for zeros', () => {
    expect(crc32c(wireBytes('abc1234d'), 3)).toBe(crc32c(wireBytes('abc\0\0\0\0d'), -4))
  })

  it('is verified where there is one', () => {
    const header = (): Uint8Array => withTlvs(tlv(PROXY_TLV.CRC32C, '\0\0\0\0'), tlv(0xe0, 'after'))
    expectHeader(sum(header(), START + 3), { tlvs: [{ type: 3 }, { type: 0xe0 }] } as object)
    expectError(header(), 'ERR_PROXY_CHECKSUM', START)
  })

  it('finds each octet that was changed', () => {
    const header = sum(
      withTlvs(tlv(0xe0, 'before'), tlv(PROXY_TLV.CRC32C, '\0\0\0\0'), tlv(0xe0, 'after')),
      START + 12,
    )
    for (let at = 16; at < header.length; at += 1) {
      if (at === START + 9) continue // its own type: without it there is no checksum to verify
      const changed = new Uint8Array(header)
      changed[at]! ^= 0x10
      expect(read([changed])).toEqual({
        code: expect.stringMatching(/^ERR_PROXY_(CHECKSUM|TLV)$/),
        offset: expect.any(Number),
      })
    }
  })

  it.each(['', '\0\0\0', '\0\0\0\0\0'])('is refused when it is not four octets: %j', (value) => {
    expectError(withTlvs(tlv(PROXY_TLV.CRC32C, value)), 'ERR_PROXY_TLV', START)
  })
})
