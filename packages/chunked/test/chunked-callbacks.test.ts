import type { Headers } from '@millrace/headers'
import { joinBytes, splits, wireBytes, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { ChunkedDecoder, TruncatedBody } from '../src/index.ts'

const NOTHING = (): void => {}

describe('the data callback', () => {
  it('gets views of the input, not copies', () => {
    const wire = Buffer.from('xx3\r\nabc\r\n4\r\ndefg\r\n').subarray(2)
    const chunks: Uint8Array[] = []
    new ChunkedDecoder((chunk) => chunks.push(chunk), NOTHING).dataReceived(wire)
    expect(chunks.map(wireText)).toEqual(['abc', 'defg'])
    wire.fill('!')
    expect(chunks.map(wireText)).toEqual(['!!!', '!!!!'])
  })

  it('gets the input itself when all of it is data', () => {
    const chunks: Uint8Array[] = []
    const decoder = new ChunkedDecoder((chunk) => chunks.push(chunk), NOTHING)
    const [one, other] = [wireBytes('abc'), wireBytes('de')]
    for (const bytes of [wireBytes('5\r\n'), one, other]) decoder.dataReceived(bytes)
    expect(chunks[0]).toBe(one)
    expect(chunks[1]).toBe(other)
  })

  it('gets one call for each chunk that comes in one piece', () => {
    const chunks: string[] = []
    const decoder = new ChunkedDecoder((chunk) => chunks.push(wireText(chunk)), NOTHING)
    decoder.dataReceived(wireBytes('1\r\na\r\n2\r\nbc\r\n3\r\nd'))
    decoder.dataReceived(wireBytes('ef\r\n'))
    expect(chunks).toEqual(['a', 'bc', 'd', 'ef'])
  })

  it('is not called for empty input', () => {
    let calls = 0
    const decoder = new ChunkedDecoder(() => (calls += 1), NOTHING)
    for (const piece of ['', '3', '', '\r\n', '', 'ab', '', 'c', '']) decoder.dataReceived(wireBytes(piece))
    expect(calls).toBe(2)
  })
})

describe('the finish callback', () => {
  it('is called once, with the decoder finished', () => {
    const seen: boolean[] = []
    const decoder: ChunkedDecoder = new ChunkedDecoder(NOTHING, () => seen.push(decoder.finished))
    expect(decoder.finished).toBe(false)
    decoder.dataReceived(wireBytes('0\r\n\r'))
    expect(seen).toEqual([])
    decoder.dataReceived(wireBytes('\n'))
    expect(seen).toEqual([true])
  })

  it('gets the rest as a view, and trailers as a list of its own', () => {
    let rest: Uint8Array | undefined
    let trailers: Headers | undefined
    const wire = wireBytes('0\r\na: 1\r\n\r\nrest')
    const decoder = new ChunkedDecoder(NOTHING, (bytes, fields) => {
      rest = bytes
      trailers = fields
    })
    decoder.dataReceived(wire)
    expect(trailers?.get('A')).toBe('1')
    expect(rest?.buffer).toBe(wire.buffer)
    expect(wireText(rest!)).toBe('rest')
  })

  it('may start the next decoder with the rest', () => {
    const bodies: string[] = []
    const start = (): ChunkedDecoder => {
      let body = ''
      return new ChunkedDecoder(
        (chunk) => (body += wireText(chunk)),
        (rest) => {
          bodies.push(body)
          if (rest.length > 0) start().dataReceived(rest)
        },
      )
    }
    start().dataReceived(wireBytes('1\r\na\r\n0\r\n\r\n2\r\nbc\r\n0\r\n\r\n1\r\nd\r\n0\r\n\r\n'))
    expect(bodies).toEqual(['a', 'bc', 'd'])
  })
})

describe('after the end', () => {
  it('further bytes are the mistake of the caller', () => {
    const decoder = new ChunkedDecoder(NOTHING, NOTHING)
    decoder.dataReceived(wireBytes('0\r\n\r\n'))
    expect(() => decoder.dataReceived(wireBytes('x'))).toThrow(/complete/)
    expect(decoder.finished).toBe(true)
  })

  it('further bytes from the finish callback are, too', () => {
    const decoder: ChunkedDecoder = new ChunkedDecoder(NOTHING, () => decoder.dataReceived(wireBytes('x')))
    expect(() => decoder.dataReceived(wireBytes('0\r\n\r\n'))).toThrow(/complete/)
  })

  it('noMoreData has nothing to say', () => {
    const decoder = new ChunkedDecoder(NOTHING, NOTHING)
    decoder.dataReceived(wireBytes('0\r\n\r\n'))
    expect(() => decoder.noMoreData()).not.toThrow()
  })
})

describe('noMoreData', () => {
  it('tells truncation from completion at every octet (RFC 9112 §8)', () => {
    const wire = '3\r\nabc\r\n0\r\na: 1\r\n\r\n'
    for (let length = 0; length < wire.length; length += 1) {
      for (const pieces of splits(wire.slice(0, length), { maxCuts: 3 })) {
        const decoder = new ChunkedDecoder(NOTHING, NOTHING)
        for (const piece of pieces) decoder.dataReceived(piece)
        expect(() => decoder.noMoreData()).toThrow(TruncatedBody)
        expect(decoder.finished).toBe(false)
      }
    }
  })

  it('says how much arrived, and again the same error', () => {
    const decoder = new ChunkedDecoder(NOTHING, NOTHING)
    decoder.dataReceived(wireBytes('3\r\na'))
    const errors: unknown[] = []
    for (const act of [
      () => decoder.noMoreData(),
      () => decoder.noMoreData(),
      () => decoder.dataReceived(wireBytes('b')),
    ]) {
      try {
        act()
      } catch (error) {
        errors.push(error)
      }
    }
    expect(errors[0]).toMatchObject({ code: 'ERR_BODY_TRUNCATED', offset: 4 })
    expect(errors[1]).toBe(errors[0])
    expect(errors[2]).toBe(errors[0])
  })

  it('called by a callback takes effect after the bytes that are there', () => {
    const decode = (wire: string): string => {
      let data = ''
      const decoder: ChunkedDecoder = new ChunkedDecoder(
        (chunk) => {
          data += wireText(chunk)
          decoder.noMoreData()
        },
        () => (data += '.'),
      )
      try {
        decoder.dataReceived(wireBytes(wire))
      } catch (error) {
        data += ` ${(error as { code: string }).code}`
      }
      return data
    }
    expect(decode('1\r\na\r\n1\r\nb\r\n0\r\n\r\n')).toBe('ab.')
    expect(decode('1\r\na\r\n1\r\nb\r\n0\r\n\r')).toBe('ab ERR_BODY_TRUNCATED')
  })
})

describe('a callback that calls dataReceived', () => {
  it('has its bytes decoded behind those that are there', () => {
    let data = ''
    let rest = ''
    const more = ['1\r\nc', '\r\n0\r\n\r\nr', 'es', 't']
    const decoder: ChunkedDecoder = new ChunkedDecoder(
      (chunk) => {
        data += wireText(chunk)
        for (const piece of more.splice(0)) decoder.dataReceived(wireBytes(piece))
      },
      (bytes) => (rest = wireText(bytes)),
    )
    decoder.dataReceived(wireBytes('1\r\na\r\n1\r\nb\r\n'))
    expect([data, rest]).toEqual(['abc', 'rest'])
  })

  it('may do so again and again', () => {
    let data = ''
    const decoder: ChunkedDecoder = new ChunkedDecoder((chunk) => {
      data += wireText(chunk)
      if (data.length % 2 === 1) decoder.dataReceived(wireBytes('\r\n1\r\nb'))
    }, NOTHING)
    decoder.dataReceived(wireBytes('1\r\na'))
    decoder.dataReceived(wireBytes('\r\n1\r\na'))
    decoder.dataReceived(wireBytes('\r\n1\r\na'))
    expect(data).toBe('ababab')
  })

  it('gives what is left of its bytes to the rest', () => {
    let rest: Uint8Array = new Uint8Array(0)
    const decoder: ChunkedDecoder = new ChunkedDecoder(
      () => decoder.dataReceived(wireBytes('queued')),
      (bytes) => (rest = bytes),
    )
    decoder.dataReceived(wireBytes('1\r\na\r\n0\r\n\r\nrest, '))
    expect(wireText(rest)).toBe('rest, queued')
  })

  it('gives the same outcome as whoever feeds the bytes in order', () => {
    const wire = '3\r\nabc\r\n2;x\r\nde\r\n0\r\nt: 1\r\n\r\nnext'
    for (const pieces of splits(wire)) {
      const left = [...pieces]
      const events: string[] = []
      let data = ''
      const feedAll = (): void => {
        for (const piece of left.splice(0)) {
          if (decoder.finished) events.push(`late ${wireText(piece)}`)
          else decoder.dataReceived(piece)
        }
      }
      const decoder: ChunkedDecoder = new ChunkedDecoder(
        (chunk) => {
          data += wireText(chunk)
          feedAll()
        },
        (rest, trailers) => events.push(`${data} ${trailers?.get('t')} ${wireText(rest)}`),
        { onExtension: feedAll },
      )
      feedAll()
      expect(events.join('').replaceAll('late ', '')).toBe('abcde 1 next')
    }
  })

  it('sees errors offset by all bytes before, queued ones too', () => {
    const decoder: ChunkedDecoder = new ChunkedDecoder((chunk) => {
      if (wireText(chunk) === 'a') decoder.dataReceived(wireBytes('1\r\nb!'))
    }, NOTHING)
    expect(() => decoder.dataReceived(wireBytes('1\r\na\r\n'))).toThrow(
      expect.objectContaining({ code: 'ERR_CHUNK_DATA_END', offset: 10 }),
    )
  })
})

describe('a callback that throws', () => {
  const bodies: readonly [string, string][] = [
    ['data', '1\r\na\r\n'],
    ['extension', '1;a\r\n'],
    ['finish', '0\r\n\r\n'],
  ]

  it.each(bodies)('makes the decoder fail for good: the %s callback', (which, wire) => {
    const broken = new Error('broken')
    let calls = 0
    const callback = (name: string) => (): void => {
      calls += 1
      if (name === which) throw broken
    }
    const decoder = new ChunkedDecoder(callback('data'), callback('finish'), {
      onExtension: callback('extension'),
    })
    expect(() => decoder.dataReceived(joinBytes([wireBytes(wire), wireBytes('1;b\r\nc\r\n')]))).toThrow(
      broken,
    )
    const callsBefore = calls
    expect(() => decoder.dataReceived(wireBytes('1\r\nd\r\n'))).toThrow(broken)
    expect(() => decoder.noMoreData()).toThrow(broken)
    expect(calls).toBe(callsBefore)
  })

  it('may throw anything, also undefined', () => {
    const decoder = new ChunkedDecoder(() => {
      throw undefined
    }, NOTHING)
    let thrown = 0
    for (const piece of ['1\r\na', '\r\n']) {
      try {
        decoder.dataReceived(wireBytes(piece))
      } catch {
        thrown += 1
      }
    }
    expect(thrown).toBe(2)
  })
})

describe('after an error of the peer', () => {
  it('every call throws the same error, and no callback runs', () => {
    let calls = 0
    const decoder = new ChunkedDecoder(
      () => (calls += 1),
      () => (calls += 1),
    )
    const errors: unknown[] = []
    for (const piece of ['1\r\nab', '\r\n0\r\n\r\n', '']) {
      try {
        decoder.dataReceived(wireBytes(piece))
      } catch (error) {
        errors.push(error)
      }
    }
    expect(errors.length).toBe(3)
    expect(new Set(errors).size).toBe(1)
    expect(() => decoder.noMoreData()).toThrow(errors[0] as Error)
    expect(calls).toBe(1)
  })
})
