import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { ChunkedDecoder, DEFAULT_CHUNKED_LIMITS } from '../src/index.ts'
import type { ChunkedDecoderOptions } from '../src/index.ts'
import { decodePieces, errorOf } from './outcome.ts'
import type { OutcomeOptions } from './outcome.ts'

const LAST = '0\r\n\r\n'

/** Data that pays for much framing, so that no other limit is in the way. */
function paid(chunkLine: string): string {
  return `${chunkLine}\r\n${'x'.repeat(0x400)}\r\n`
}

/** As `errorOf`, for long bodies: cut whole, octet by octet, and at some places. */
function longErrorOf(wire: string, options?: OutcomeOptions): string | undefined {
  const errors = Array.from(splits(wire, { maxCuts: 30 }), (pieces) => decodePieces(pieces, options).error)
  expect(new Set(errors).size).toBe(1)
  return errors[0]
}

describe('maxChunkLineBytes', () => {
  it('counts every octet of the line: N passes, N + 1 does not', () => {
    const options = { maxChunkLineBytes: 8 }
    expect(errorOf(`3;a=bc\r\nabc\r\n${LAST}`, options)).toBeUndefined()
    expect(errorOf(`3;a=bcd\r\nabc\r\n${LAST}`, options)).toBe('ERR_CHUNK_LINE_TOO_LONG at 8')
    expect(errorOf(`000001\r\na\r\n${LAST}`, options)).toBeUndefined()
    expect(errorOf(`0000001\r\na\r\n${LAST}`, options)).toBe('ERR_CHUNK_LINE_TOO_LONG at 8')
  })

  it('is for each line, not for their sum', () => {
    expect(errorOf(`${'000001\r\na\r\n'.repeat(4)}000000\r\n\r\n`, { maxChunkLineBytes: 8 })).toBeUndefined()
  })

  it('refuses the first octet above it at once, without waiting for a line end', () => {
    expect(errorOf('0'.repeat(9), { maxChunkLineBytes: 8 })).toBe('ERR_CHUNK_LINE_TOO_LONG at 8')
    expect(errorOf('0'.repeat(8), { maxChunkLineBytes: 8 })).toBeUndefined()
  })

  it('is 1,024 octets when left out', () => {
    expect(longErrorOf(`${'0'.repeat(1_021)}1\r\na\r\n${LAST}`)).toBeUndefined()
    expect(longErrorOf(`${'0'.repeat(1_022)}1\r\na\r\n${LAST}`)).toBe('ERR_CHUNK_LINE_TOO_LONG at 1024')
  })

  it('may be as small as the shortest line', () => {
    expect(errorOf(`1\r\na\r\n${LAST}`, { maxChunkLineBytes: 3 })).toBeUndefined()
  })
})

describe('maxExtensionBytes', () => {
  it('counts all extensions of the body: N passes, N + 1 does not', () => {
    const options = { maxExtensionBytes: 10 }
    expect(errorOf('1;a=b\r\nx\r\n1 ;c\r\ny\r\n0; d\r\n\r\n', options)).toBeUndefined()
    expect(errorOf('1;a=b\r\nx\r\n1 ;c\r\ny\r\n0; de\r\n\r\n', options)).toBe(
      'ERR_CHUNK_EXTENSION_TOO_LARGE at 25',
    )
  })

  it('counts neither sizes nor line ends', () => {
    expect(errorOf(`0001\r\nx\r\n0001\r\ny\r\n${LAST}`, { maxExtensionBytes: 0 })).toBeUndefined()
    expect(errorOf('1;a\r\nx\r\n', { maxExtensionBytes: 0 })).toBe('ERR_CHUNK_EXTENSION_TOO_LARGE at 4')
  })

  it('is 16,384 octets when left out, whatever the data', () => {
    const line = paid(`400;${'a'.repeat(1_000 - 1)}`).repeat(16)
    expect(longErrorOf(`${line}${paid(`400;${'a'.repeat(383)}`)}${LAST}`)).toBeUndefined()
    expect(longErrorOf(`${line}${paid(`400;${'a'.repeat(384)}`)}`)).toMatch('ERR_CHUNK_EXTENSION_TOO_LARGE')
  })
})

describe('maxOverheadBytes', () => {
  it('counts framing above 16 octets for each octet of data: N passes, N + 1 does not', () => {
    // A line of 20 and the CRLF behind the data make 22, of which one octet of data pays for 16.
    const chunk = `${'0'.repeat(17)}1\r\nx\r\n`
    expect(errorOf(chunk.repeat(3), { maxOverheadBytes: 18 })).toBeUndefined()
    expect(errorOf(chunk.repeat(3), { maxOverheadBytes: 17 })).toBe('ERR_CHUNK_OVERHEAD_TOO_LARGE at 65')
  })

  it('lets chunks of one octet go on for ever', () => {
    expect(longErrorOf('1\r\nx\r\n'.repeat(2_000), { maxOverheadBytes: 0 })).toBeUndefined()
    expect(longErrorOf('1;ext=1234\r\nx\r\n'.repeat(200), { maxOverheadBytes: 0 })).toBeUndefined()
  })

  it('does not let early data pay for later framing', () => {
    const wire = `3e8\r\n${'x'.repeat(1_000)}\r\n${'0'.repeat(17)}1\r\nx\r\n`
    expect(longErrorOf(wire, { maxOverheadBytes: 6 })).toBeUndefined()
    expect(longErrorOf(wire, { maxOverheadBytes: 5 })).toBe('ERR_CHUNK_OVERHEAD_TOO_LARGE at 1026')
  })

  it('counts the last chunk, which has no data, and both its CRLF', () => {
    expect(errorOf(LAST, { maxOverheadBytes: 5 })).toBeUndefined()
    expect(errorOf(LAST, { maxOverheadBytes: 4 })).toBe('ERR_CHUNK_OVERHEAD_TOO_LARGE at 2')
  })

  it('is 16,384 octets when left out: long lines for no data end soon', () => {
    const chunk = `${'0'.repeat(1_000)}1\r\nx\r\n` // 1,003 + 2 - 16 = 989 each
    expect(longErrorOf(chunk.repeat(16))).toBeUndefined()
    expect(longErrorOf(chunk.repeat(17))).toBe(`ERR_CHUNK_OVERHEAD_TOO_LARGE at ${16 * 1_006 + 1_002}`)
  })
})

describe('maxTrailerBytes', () => {
  it('counts every octet of the trailer lines: N passes, N + 1 does not', () => {
    const wire = '0\r\na: 1\r\nbc: 23\r\n\r\n' // 6 + 8
    expect(errorOf(wire, { maxTrailerBytes: 14 })).toBeUndefined()
    expect(errorOf(wire, { maxTrailerBytes: 13 })).toBe('ERR_TRAILER_TOO_LARGE at 16')
  })

  it('refuses a line that begins when nothing is left', () => {
    expect(errorOf('0\r\na: 1\r\nb: 2\r\n\r\n', { maxTrailerBytes: 6 })).toBe('ERR_TRAILER_TOO_LARGE at 9')
    expect(errorOf('0\r\na: 1\r\n\r\n', { maxTrailerBytes: 6 })).toBeUndefined()
  })

  it('counts forbidden fields, which cost the same to read', () => {
    expect(errorOf('0\r\nHost: a\r\n\r\n', { maxTrailerBytes: 8 })).toBe('ERR_TRAILER_TOO_LARGE at 11')
  })

  it('refuses the first octet above it at once, without waiting for a line end', () => {
    expect(errorOf('0\r\na: 12', { maxTrailerBytes: 5 })).toBeUndefined()
    expect(errorOf('0\r\na: 123', { maxTrailerBytes: 5 })).toBe('ERR_TRAILER_TOO_LARGE at 8')
  })

  it('may be 0: the empty line does not count', () => {
    expect(errorOf(LAST, { maxTrailerBytes: 0 })).toBeUndefined()
    expect(errorOf('0\r\na', { maxTrailerBytes: 0 })).toBe('ERR_TRAILER_TOO_LARGE at 3')
  })

  it('is 16,384 octets when left out', () => {
    expect(longErrorOf(`0\r\na: ${'1'.repeat(16_379)}\r\n\r\n`)).toBeUndefined()
    expect(longErrorOf(`0\r\na: ${'1'.repeat(16_380)}\r\n\r\n`)).toBe('ERR_TRAILER_TOO_LARGE at 16387')
  })
})

describe('maxTrailerCount', () => {
  it('counts trailer lines: N pass, the first octet of one more does not', () => {
    expect(errorOf('0\r\na: 1\r\nb: 2\r\n\r\n', { maxTrailerCount: 2 })).toBeUndefined()
    expect(errorOf('0\r\na: 1\r\nb: 2\r\nc', { maxTrailerCount: 2 })).toBe('ERR_TRAILER_COUNT at 15')
  })

  it('counts forbidden fields', () => {
    expect(errorOf('0\r\nHost: 1\r\nb: 2\r\n\r\n', { maxTrailerCount: 1 })).toBe('ERR_TRAILER_COUNT at 12')
  })

  it('may be 0', () => {
    expect(errorOf(LAST, { maxTrailerCount: 0 })).toBeUndefined()
    expect(errorOf('0\r\na', { maxTrailerCount: 0 })).toBe('ERR_TRAILER_COUNT at 3')
  })

  it('is 100 when left out', () => {
    expect(longErrorOf(`0\r\n${'a: 1\r\n'.repeat(100)}\r\n`)).toBeUndefined()
    expect(longErrorOf(`0\r\n${'a: 1\r\n'.repeat(101)}\r\n`)).toBe('ERR_TRAILER_COUNT at 603')
  })
})

describe('the options', () => {
  const names = Object.keys(DEFAULT_CHUNKED_LIMITS) as (keyof typeof DEFAULT_CHUNKED_LIMITS)[]

  function construct(options: Record<string, unknown>): void {
    new ChunkedDecoder(
      () => {},
      () => {},
      options as ChunkedDecoderOptions,
    )
  }

  it.each(names)('%s is a whole number that is not negative, or a RangeError', (name) => {
    for (const bad of [-1, 1.5, Number.NaN, Infinity, '5']) {
      expect(() => construct({ [name]: bad })).toThrow(RangeError)
      expect(() => construct({ [name]: bad })).toThrow(name)
    }
    expect(() => construct({ [name]: 1_000 })).not.toThrow()
    expect(() => construct({ [name]: undefined })).not.toThrow()
  })

  it('do not allow a chunk line that is too short for any chunk', () => {
    expect(() => construct({ maxChunkLineBytes: 2 })).toThrow(RangeError)
    expect(() => construct({ maxChunkLineBytes: 3 })).not.toThrow()
  })
})
