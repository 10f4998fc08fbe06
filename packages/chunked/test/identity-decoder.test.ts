import { splits, wireBytes, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { IdentityDecoder, TruncatedBody } from '../src/index.ts'

const NOTHING = (): void => {}

/** Data and rest of a body of this length; cut in every way it must be the same. */
function decode(contentLength: number | null, wire: string): { data: string; rest: string | undefined } {
  const outcomes = Array.from(splits(wire), (pieces) => {
    let data = ''
    let rest: string | undefined
    const decoder = new IdentityDecoder(
      contentLength,
      (chunk) => {
        expect(chunk.length).toBeGreaterThan(0)
        data += wireText(chunk)
      },
      (bytes, trailers) => {
        expect(trailers).toBeUndefined()
        expect(rest).toBeUndefined()
        rest = wireText(bytes)
      },
    )
    for (const piece of pieces) {
      if (decoder.finished) rest += wireText(piece)
      else decoder.dataReceived(piece)
    }
    return { data, rest }
  })
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
  return outcomes[0]!
}

describe('IdentityDecoder of a known length', () => {
  it('gives as many octets as announced, and the rest (RFC 9112 §6.2)', () => {
    expect(decode(5, 'abcdefgh')).toEqual({ data: 'abcde', rest: 'fgh' })
    expect(decode(8, 'abcdefgh')).toEqual({ data: 'abcdefgh', rest: '' })
  })

  it('waits for octets that are missing', () => {
    expect(decode(9, 'abcdefgh')).toEqual({ data: 'abcdefgh', rest: undefined })
  })

  it('does not look into the data', () => {
    expect(decode(7, '0\r\n\r\n\0\xffGET')).toEqual({ data: '0\r\n\r\n\0\xff', rest: 'GET' })
  })

  it('of 0 is complete at the first call, not before', () => {
    for (const act of [
      (decoder: IdentityDecoder) => decoder.dataReceived(new Uint8Array(0)),
      (decoder: IdentityDecoder) => decoder.noMoreData(),
    ]) {
      let ends = 0
      const decoder = new IdentityDecoder(0, NOTHING, () => (ends += 1))
      expect([ends, decoder.finished, decoder.remaining]).toEqual([0, false, 0])
      act(decoder)
      expect([ends, decoder.finished]).toEqual([1, true])
    }
    expect(decode(0, 'next')).toEqual({ data: '', rest: 'next' })
  })

  it('tells what remains', () => {
    const decoder = new IdentityDecoder(5, NOTHING, NOTHING)
    expect(decoder.remaining).toBe(5)
    decoder.dataReceived(wireBytes('abc'))
    expect(decoder.remaining).toBe(2)
    decoder.dataReceived(wireBytes('defg'))
    expect(decoder.remaining).toBe(0)
  })

  it('may be as long as a number holds exactly', () => {
    const decoder = new IdentityDecoder(Number.MAX_SAFE_INTEGER, NOTHING, NOTHING)
    decoder.dataReceived(wireBytes('a'))
    expect(decoder.remaining).toBe(Number.MAX_SAFE_INTEGER - 1)
  })

  it('refuses a length that is none', () => {
    for (const bad of [-1, 1.5, Number.NaN, Infinity, 2 ** 53, undefined, '5']) {
      expect(() => new IdentityDecoder(bad as number, NOTHING, NOTHING)).toThrow(RangeError)
    }
  })

  it('tells truncation from completion (RFC 9112 §8)', () => {
    const decoder = new IdentityDecoder(3, NOTHING, NOTHING)
    decoder.dataReceived(wireBytes('ab'))
    let first: unknown
    try {
      decoder.noMoreData()
    } catch (error) {
      first = error
    }
    expect(first).toBeInstanceOf(TruncatedBody)
    expect(first).toMatchObject({ offset: 2 })
    expect(() => decoder.dataReceived(wireBytes('c'))).toThrow(first as Error)
    expect(() => decoder.noMoreData()).toThrow(first as Error)
    expect(decoder.finished).toBe(false)
  })

  it('has nothing to say to noMoreData when it is complete', () => {
    let ends = 0
    const decoder = new IdentityDecoder(1, NOTHING, () => (ends += 1))
    decoder.dataReceived(wireBytes('a'))
    expect(() => decoder.noMoreData()).not.toThrow()
    expect(ends).toBe(1)
  })
})

describe('IdentityDecoder until the end of the connection', () => {
  it('gives everything, and ends with noMoreData (RFC 9112 §6.3)', () => {
    expect(decode(null, 'abc')).toEqual({ data: 'abc', rest: undefined })
    const events: string[] = []
    const decoder = new IdentityDecoder(
      null,
      (chunk) => events.push(wireText(chunk)),
      (rest) => events.push(`end ${rest.length}`),
    )
    decoder.dataReceived(wireBytes('abc'))
    expect([decoder.finished, decoder.remaining]).toEqual([false, null])
    decoder.noMoreData()
    decoder.noMoreData()
    expect(events).toEqual(['abc', 'end 0'])
    expect(decoder.finished).toBe(true)
  })

  it('is not woken by empty input', () => {
    let calls = 0
    const decoder = new IdentityDecoder(
      null,
      () => (calls += 1),
      () => (calls += 1),
    )
    decoder.dataReceived(new Uint8Array(0))
    expect(calls).toBe(0)
  })
})

describe('the callbacks of an IdentityDecoder', () => {
  it('get the input itself when all of it is data, else views of it', () => {
    const chunks: Uint8Array[] = []
    let rest: Uint8Array | undefined
    const decoder = new IdentityDecoder(
      5,
      (chunk) => chunks.push(chunk),
      (bytes) => (rest = bytes),
    )
    const [one, other] = [wireBytes('abc'), wireBytes('defg')]
    decoder.dataReceived(one)
    decoder.dataReceived(other)
    expect(chunks[0]).toBe(one)
    expect(chunks[1]!.buffer).toBe(other.buffer)
    expect(rest!.buffer).toBe(other.buffer)
    expect([...chunks, rest!].map(wireText)).toEqual(['abc', 'de', 'fg'])
  })

  it('find a consistent decoder, and may feed it', () => {
    const events: string[] = []
    const more = ['cd', 'ef', 'g']
    const decoder: IdentityDecoder = new IdentityDecoder(
      5,
      (chunk) => {
        events.push(`${wireText(chunk)} ${decoder.remaining} ${decoder.finished}`)
        const next = more.shift()
        if (next !== undefined) decoder.dataReceived(wireBytes(next))
      },
      (rest) => events.push(`end ${wireText(rest)} ${decoder.remaining} ${decoder.finished}`),
    )
    decoder.dataReceived(wireBytes('ab'))
    expect(events).toEqual(['ab 3 false', 'cd 1 false', 'e 0 false', 'end fg 0 true'])
  })

  it('may end it early, and get no end after the end', () => {
    const events: string[] = []
    const decoder: IdentityDecoder = new IdentityDecoder(
      2,
      (chunk) => {
        events.push(wireText(chunk))
        decoder.noMoreData()
      },
      () => events.push('end'),
    )
    decoder.dataReceived(wireBytes('abc'))
    expect(events).toEqual(['ab', 'end'])
  })

  it('make it fail for good when they throw', () => {
    const broken = new Error('broken')
    const fail = (): void => {
      throw broken
    }
    for (const [data, finish] of [
      [fail, NOTHING],
      [NOTHING, fail],
    ] as const) {
      const decoder = new IdentityDecoder(2, data, finish)
      expect(() => decoder.dataReceived(wireBytes('abc'))).toThrow(broken)
      expect(() => decoder.dataReceived(wireBytes('d'))).toThrow(broken)
      expect(() => decoder.noMoreData()).toThrow(broken)
    }
    const untilClose = new IdentityDecoder(null, NOTHING, fail)
    expect(() => untilClose.noMoreData()).toThrow(broken)
    expect(() => untilClose.noMoreData()).toThrow(broken)
  })

  it('may not be fed after the end', () => {
    const decoder: IdentityDecoder = new IdentityDecoder(1, NOTHING, NOTHING)
    decoder.dataReceived(wireBytes('a'))
    expect(() => decoder.dataReceived(wireBytes('b'))).toThrow(/complete/)
    const inside: IdentityDecoder = new IdentityDecoder(1, NOTHING, () => inside.dataReceived(wireBytes('b')))
    expect(() => inside.dataReceived(wireBytes('a'))).toThrow(/complete/)
  })
})
