import { wireBytes } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { ChunkedDecoder, ChunkedError, IdentityDecoder, TruncatedBody } from '../src/index.ts'
import type { ChunkedErrorCode } from '../src/index.ts'

/** For each code the status a server answers, and the shortest body that brings it about. */
const BODIES: Readonly<Record<ChunkedErrorCode, readonly [statusHint: number, wire: string]>> = {
  ERR_CHUNK_SIZE: [400, 'x'],
  ERR_CHUNK_SIZE_TOO_LARGE: [413, 'ffffffffffffff'],
  ERR_CHUNK_LINE_TOO_LONG: [413, '0'.repeat(1_025)],
  ERR_CHUNK_EXTENSION: [400, '1;;'],
  ERR_CHUNK_EXTENSION_TOO_LARGE: [413, `100;${'a'.repeat(999)}\r\n${'x'.repeat(256)}\r\n`.repeat(17)],
  ERR_CHUNK_OVERHEAD_TOO_LARGE: [413, `${'0'.repeat(999)}1\r\nx\r\n`.repeat(17)],
  ERR_CHUNK_BARE_LF: [400, '1\n'],
  ERR_CHUNK_BARE_CR: [400, '1\r1'],
  ERR_CHUNK_DATA_END: [400, '1\r\nxx'],
  ERR_TRAILER_TOO_LARGE: [431, `0\r\na:${'b'.repeat(16_384)}`],
  ERR_TRAILER_COUNT: [431, `0\r\n${'a:\r\n'.repeat(101)}`],
}

function errorOf(act: () => void): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('ChunkedError', () => {
  for (const [code, [statusHint, wire]] of Object.entries(BODIES)) {
    it(`says ${code}, status ${statusHint}, a section and the offset`, () => {
      const decoder = new ChunkedDecoder(
        () => {},
        () => {},
      )
      const error = errorOf(() => decoder.dataReceived(wireBytes(wire))) as ChunkedError
      expect(error).toBeInstanceOf(ChunkedError)
      expect(error).toMatchObject({ name: 'ChunkedError', code, statusHint })
      expect(error.section).toMatch(/^RFC \d{4} §[\d.]+$/)
      expect(error.message).not.toBe('')
      expect(error.offset).toBeLessThan(wire.length)
    })
  }
})

describe('TruncatedBody', () => {
  it('says ERR_BODY_TRUNCATED, status 400, a section and how much arrived (RFC 9112 §8)', () => {
    const decoder = new IdentityDecoder(
      5,
      () => {},
      () => {},
    )
    decoder.dataReceived(wireBytes('abc'))
    const error = errorOf(() => decoder.noMoreData())
    expect(error).toBeInstanceOf(TruncatedBody)
    expect(error).toMatchObject({
      name: 'TruncatedBody',
      code: 'ERR_BODY_TRUNCATED',
      statusHint: 400,
      section: 'RFC 9112 §8',
      offset: 3,
    })
  })
})
