import { describe, expect, it, vi } from 'vitest'
import type * as octets from '../src/octets.ts'

async function load(platform: 'with Buffer' | 'without Buffer'): Promise<typeof octets> {
  vi.resetModules()
  if (platform === 'without Buffer') vi.stubGlobal('Buffer', undefined)
  try {
    return await import('../src/octets.ts')
  } finally {
    vi.unstubAllGlobals()
  }
}

describe.each(['with Buffer', 'without Buffer'] as const)('content as octets, %s', async (platform) => {
  const { toOctets } = await load(platform)

  it('leaves ASCII of up to 8,192 characters as text', () => {
    const text = '\0~'.repeat(4_096)
    expect(toOctets(text)).toBe(text)
  })

  it('encodes a text that is longer by one', () => {
    const encoded = toOctets('x'.repeat(8_193)) as Uint8Array
    expect(Buffer.alloc(8_193, 'x').equals(encoded)).toBe(true)
  })

  it.each([
    ['\x80', [0xc2, 0x80]],
    ['h\u00e9', [0x68, 0xc3, 0xa9]],
    ['\u{1f600}', [0xf0, 0x9f, 0x98, 0x80]],
    ['\ud800', [0xef, 0xbf, 0xbd]],
  ])('encodes anything else as UTF-8: %j', (text, encoded) => {
    expect([...(toOctets(text) as Uint8Array)]).toEqual(encoded)
  })

  it('leaves bytes as they are', () => {
    const bytes = new Uint8Array([0xff])
    expect(toOctets(bytes)).toBe(bytes)
  })
})
