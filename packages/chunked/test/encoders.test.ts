import { Headers } from '@millrace/headers'
import { joinBytes, wireBytes, wireText } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ChunkedEncoder,
  chunkHead,
  encodeTrailers,
  fromChunk,
  IdentityEncoder,
  LAST_CHUNK,
  toChunk,
} from '../src/index.ts'
import { decode } from './outcome.ts'

function text(parts: readonly Uint8Array[]): string {
  return wireText(joinBytes(parts))
}

describe('chunkHead', () => {
  it('is the length in hexadecimal digits and CRLF (RFC 9112 §7.1)', () => {
    expect(chunkHead(1)).toBe('1\r\n')
    expect(chunkHead(26)).toBe('1a\r\n')
    expect(chunkHead(Number.MAX_SAFE_INTEGER)).toBe('1fffffffffffff\r\n')
  })

  it('refuses 0, which would end the body, and what is no length', () => {
    for (const bad of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53])
      expect(() => chunkHead(bad)).toThrow(RangeError)
  })
})

describe('toChunk', () => {
  it('puts data between its length and CRLF (RFC 9112 §7.1)', () => {
    expect(text(toChunk(wireBytes('abcdefghijk')))).toBe('b\r\nabcdefghijk\r\n')
  })

  it('does not copy the data', () => {
    const data = wireBytes('abc')
    expect(toChunk(data)[1]).toBe(data)
  })

  it('makes no chunk of no data: it would end the body (RFC 9112 §7.1)', () => {
    expect(toChunk(new Uint8Array(0))).toEqual([])
  })
})

describe('fromChunk', () => {
  it('gives the data and what follows', () => {
    const [data, rest] = fromChunk(wireBytes('3\r\nabc\r\nrest'))!
    expect([wireText(data), wireText(rest)]).toEqual(['abc', 'rest'])
  })

  it('gives views', () => {
    const wire = wireBytes('3 ; a="b"\r\nabc\r\nrest')
    const [data, rest] = fromChunk(wire)!
    expect([data.buffer, rest.buffer]).toEqual([wire.buffer, wire.buffer])
    expect(wireText(data)).toBe('abc')
  })

  it('gives no data for the last chunk', () => {
    const [data, rest] = fromChunk(wireBytes('0\r\n\r\nrest'))!
    expect([wireText(data), wireText(rest)]).toEqual(['', 'rest'])
  })

  it('gives undefined for a chunk that is not complete', () => {
    const wire = 'a;b\r\n0123456789\r\n'
    for (let length = 0; length < wire.length; length += 1) {
      expect(fromChunk(wireBytes(wire.slice(0, length)))).toBeUndefined()
    }
    expect(fromChunk(wireBytes(wire))).toBeDefined()
  })

  it('throws what the decoder throws', () => {
    const bad: readonly (readonly [wire: string, code: string, offset: number])[] = [
      ['x', 'ERR_CHUNK_SIZE', 0],
      ['3 \r\n', 'ERR_CHUNK_SIZE', 2],
      ['3;\r\n', 'ERR_CHUNK_EXTENSION', 2],
      ['3\n', 'ERR_CHUNK_BARE_LF', 1],
      ['3\rx', 'ERR_CHUNK_BARE_CR', 2],
      ['20000000000000', 'ERR_CHUNK_SIZE_TOO_LARGE', 13],
      ['1\r\nab\r\n', 'ERR_CHUNK_DATA_END', 4],
      ['1\r\na\rb', 'ERR_CHUNK_DATA_END', 5],
    ]
    for (const [wire, code, offset] of bad) {
      expect(() => fromChunk(wireBytes(wire))).toThrow(expect.objectContaining({ code, offset }))
      expect(decode(wire).error).toBe(`${code} at ${offset}`)
    }
  })

  it('undoes toChunk (property)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.uint8Array(), (data, rest) => {
        const [backData, backRest] = fromChunk(joinBytes([...toChunk(data), rest]))!
        expect([...backData]).toEqual([...data])
        expect([...backRest]).toEqual([...rest])
      }),
    )
  })
})

describe('encodeTrailers', () => {
  it('puts fields between the last chunk and the empty line (RFC 9112 §7.1.2)', () => {
    expect(encodeTrailers(new Headers({ 'X-A': '1', b: ['2', '3'] }))).toBe(
      '0\r\nX-A: 1\r\nb: 2\r\nb: 3\r\n\r\n',
    )
  })

  it('without fields is the last chunk', () => {
    expect(encodeTrailers(new Headers())).toBe(wireText(LAST_CHUNK))
  })

  it('refuses a field that is forbidden in a trailer section (RFC 9110 §6.5.1)', () => {
    expect(() => encodeTrailers(new Headers({ a: '1', 'Content-Length': '5' }))).toThrow(TypeError)
    expect(() => encodeTrailers(new Headers({ 'set-Cookie': '1' }))).toThrow(/set-Cookie/)
  })
})

describe('ChunkedEncoder', () => {
  it('makes a body that the decoder takes apart again', () => {
    const encoder = new ChunkedEncoder()
    const parts = [
      ...encoder.encode(wireBytes('abc')),
      ...encoder.encode(new Uint8Array(0)),
      ...encoder.encode(wireBytes('de')),
      ...encoder.finish(new Headers({ 'X-Sum': '1' })),
    ]
    expect(text(parts)).toBe('3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n')
    expect(decode(text(parts)).events).toEqual(['data abcde', 'end [["X-Sum","1"]]'])
  })

  it('ends without trailers by the last chunk', () => {
    expect(text(new ChunkedEncoder().finish())).toBe('0\r\n\r\n')
    expect(text(new ChunkedEncoder().finish(new Headers()))).toBe('0\r\n\r\n')
  })

  it('is not finished by trailers that it refuses', () => {
    const encoder = new ChunkedEncoder()
    expect(() => encoder.finish(new Headers({ Host: 'a' }))).toThrow(TypeError)
    expect(text(encoder.finish())).toBe('0\r\n\r\n')
  })

  it('takes nothing after the end', () => {
    const encoder = new ChunkedEncoder()
    encoder.finish()
    expect(() => encoder.encode(wireBytes('a'))).toThrow(/finished/)
    expect(() => encoder.finish()).toThrow(/finished/)
  })

  it('and the decoder are the reverse of each other (property)', () => {
    const value = fc.stringMatching(/^[!-~\x80-\xff]{0,20}$/)
    const trailers = fc.array(fc.tuple(fc.stringMatching(/^x-[a-zA-Z0-9]{1,10}$/), value), { maxLength: 4 })
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 }), trailers, (datas, fields) => {
        const encoder = new ChunkedEncoder()
        const wire = joinBytes([
          ...datas.flatMap((data) => encoder.encode(data)),
          ...encoder.finish(new Headers(fields)),
        ])
        const data = wireText(joinBytes(datas))
        const end = fields.length === 0 ? 'end' : `end ${JSON.stringify(fields)}`
        expect(decode(wire)).toEqual({
          events: data === '' ? [end] : [`data ${data}`, end],
          error: undefined,
          finished: true,
          rest: '',
        })
      }),
    )
  })
})

describe('IdentityEncoder', () => {
  it('passes the data on as it is', () => {
    const encoder = new IdentityEncoder(5)
    const data = wireBytes('abc')
    expect(encoder.encode(data)[0]).toBe(data)
    expect(encoder.encode(new Uint8Array(0))).toEqual([])
    expect(encoder.remaining).toBe(2)
    expect(text(encoder.encode(wireBytes('de')))).toBe('de')
    expect(encoder.finish()).toEqual([])
  })

  it('refuses more than was announced, and none of it counts as sent (RFC 9110 §8.6)', () => {
    const encoder = new IdentityEncoder(3)
    encoder.encode(wireBytes('ab'))
    expect(() => encoder.encode(wireBytes('cd'))).toThrow(RangeError)
    expect(encoder.remaining).toBe(1)
    expect(text(encoder.encode(wireBytes('c')))).toBe('c')
    expect(encoder.finish()).toEqual([])
  })

  it('refuses to end with less than was announced (RFC 9110 §8.6)', () => {
    const encoder = new IdentityEncoder(3)
    encoder.encode(wireBytes('ab'))
    expect(() => encoder.finish()).toThrow(RangeError)
    expect(() => encoder.encode(wireBytes('c'))).toThrow(/finished/)
  })

  it('has no end of its own without a length', () => {
    const encoder = new IdentityEncoder(null)
    expect(encoder.remaining).toBeNull()
    expect(text(encoder.encode(wireBytes('abc')))).toBe('abc')
    expect(encoder.finish()).toEqual([])
    expect(() => encoder.finish()).toThrow(/finished/)
  })

  it('has no trailers (RFC 9112 §7.1.2)', () => {
    const encoder = new IdentityEncoder(0)
    expect(() => encoder.finish(new Headers({ a: '1' }))).toThrow(TypeError)
    expect(encoder.finish(new Headers())).toEqual([])
  })

  it('refuses a length that is none', () => {
    for (const bad of [-1, 1.5, Number.NaN, Infinity, 2 ** 53])
      expect(() => new IdentityEncoder(bad)).toThrow(RangeError)
  })
})
