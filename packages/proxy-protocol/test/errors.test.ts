import { describe, expect, it } from 'vitest'
import { ProxyProtocolError } from '../src/index.ts'
import type { ProxyProtocolErrorCode, ProxyProtocolOptions } from '../src/index.ts'
import { Filtered, ipv4, V1 } from './filter.ts'
import { headerV2, INET, tlv } from './wire-v2.ts'

interface Cause {
  readonly statusHint: number
  readonly section: string
  readonly options?: Partial<ProxyProtocolOptions>
  readonly wire?: string | Uint8Array
  readonly after?: (filtered: Filtered) => void
}

const STRANGER = ipv4('203.0.113.5', 1)

/** For each code what brings it about. */
const CAUSES: Readonly<Record<ProxyProtocolErrorCode, Cause>> = {
  ERR_PROXY_UNTRUSTED: { statusHint: 403, section: '§2', options: { trusted: [] } },
  ERR_PROXY_FORBIDDEN: { statusHint: 400, section: '§5', options: { mode: 'forbidden' }, wire: V1 },
  ERR_PROXY_MISSING: { statusHint: 400, section: '§2.2', wire: 'GET' },
  ERR_PROXY_TIMEOUT: { statusHint: 408, section: '§2', after: ({ clock }) => clock.advance(5_000) },
  ERR_PROXY_INCOMPLETE: {
    statusHint: 400,
    section: '§2.2',
    wire: 'P',
    after: ({ transport }) => transport.deliverEnd(),
  },
  ERR_PROXY_VERSION: { statusHint: 400, section: '§2.2', wire: headerV2(0x11, 0x11, INET) },
  ERR_PROXY_LINE: { statusHint: 400, section: '§2.1', wire: 'PROXY TCP\r\n' },
  ERR_PROXY_LINE_END: { statusHint: 400, section: '§2.1', wire: 'PROXY \n' },
  ERR_PROXY_LINE_TOO_LONG: { statusHint: 400, section: '§2.1', wire: `PROXY ${'x'.repeat(101)}` },
  ERR_PROXY_ADDRESS: { statusHint: 400, section: '§2.1', wire: 'PROXY TCP4 1 2 3 4\r\n' },
  ERR_PROXY_PORT: { statusHint: 400, section: '§2.1', wire: 'PROXY TCP4 1.2.3.4 1.2.3.4 x 1\r\n' },
  ERR_PROXY_COMMAND: { statusHint: 400, section: '§2.2', wire: headerV2(0x22, 0x11, INET) },
  ERR_PROXY_FAMILY: { statusHint: 400, section: '§2.2', wire: headerV2(0x21, 0x41, INET) },
  ERR_PROXY_LENGTH: { statusHint: 400, section: '§2.2', wire: headerV2(0x21, 0x11, 'short') },
  ERR_PROXY_TOO_LARGE: { statusHint: 400, section: '§2.2', wire: headerV2(0x20, 0, 'x'.repeat(4_081)) },
  ERR_PROXY_TLV: { statusHint: 400, section: '§2.2', wire: headerV2(0x21, 0x11, `${INET}x`) },
  ERR_PROXY_CHECKSUM: {
    statusHint: 400,
    section: '§2.2.3',
    wire: headerV2(0x21, 0x11, INET + tlv(3, '\0\0\0\0')),
  },
}

describe('ProxyProtocolError', () => {
  for (const [code, { statusHint, section, options, wire, after }] of Object.entries(CAUSES)) {
    it(`says ${code}, status ${statusHint}, ${section} and the offset, and the connection is broken off`, () => {
      const filtered = new Filtered(options, code === 'ERR_PROXY_FORBIDDEN' ? { peer: STRANGER } : {})
      if (wire !== undefined) filtered.send(wire)
      after?.(filtered)
      const [error] = filtered.errors
      expect(error).toBeInstanceOf(ProxyProtocolError)
      expect(error).toMatchObject({
        name: 'ProxyProtocolError',
        code,
        statusHint,
        section: `PROXY protocol ${section}`,
      })
      expect(error?.message).not.toBe('')
      expect(error?.offset).toBeGreaterThanOrEqual(0)
      expect(filtered.errors).toHaveLength(1)
      expect(filtered.brokenOff).toBe(true)
    })
  }
})
