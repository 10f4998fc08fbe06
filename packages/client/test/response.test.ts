import { splits } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Connection, get, RecordingHandler } from './recording-handler.ts'
import type { Event } from './recording-handler.ts'

interface Outcome {
  readonly events: Event[]
  readonly state: string
  readonly closed: boolean
}

function run(pieces: Iterable<Uint8Array>, method: string, isEnded: boolean): Outcome {
  const connection = new Connection({
    maxLength: 60,
    totalHeadersSize: 200,
    maxHeaders: 4,
    maxInformational: 2,
  })
  const handler = connection.send(get({ method }))
  for (const piece of pieces) if (!connection.transport.disconnecting) connection.receive(piece)
  if (isEnded) connection.transport.deliverEnd()
  return {
    events: handler.events,
    state: connection.channel.state,
    closed: connection.transport.disconnecting,
  }
}

/** Feeds a response whole, octet by octet and cut at each place: the outcome must be the same. */
function outcomeOf(wire: string, { method = 'GET', ended = false } = {}): Outcome {
  let first: Outcome | undefined
  for (const pieces of splits(wire)) {
    const outcome = run(pieces, method, ended)
    first ??= outcome
    expect(outcome).toEqual(first)
  }
  return first as Outcome
}

function codeOf(wire: string, options: { method?: string; ended?: boolean } = {}): unknown {
  const last = outcomeOf(wire, options).events.at(-1)
  return last?.[0] === 'lost' ? last[1] : last
}

describe('a response', () => {
  it('has its content by Content-Length, and leaves the connection free (RFC 9112 §6.3)', () => {
    const outcome = outcomeOf('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello')
    expect(outcome).toEqual({
      events: [
        [
          'head',
          200,
          'OK',
          1,
          [
            ['Content-Length', '5'],
            ['X-A', 'b'],
          ],
          { kind: 'content-length', length: 5 },
        ],
        ['data', 'hello'],
        ['done'],
      ],
      state: 'idle',
      closed: false,
    })
  })

  it('has its content by chunks, with trailers (RFC 9112 §7.1)', () => {
    const wire =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 6\r\n\r\n'
    const { events, state } = outcomeOf(wire)
    expect(events.slice(1)).toEqual([
      ['data', 'hello!'],
      ['done', [['X-Sum', '6']]],
    ])
    expect(state).toBe('idle')
  })

  it('without a length lasts until the connection ends, which is then used up (RFC 9112 §6.3)', () => {
    const { events, state } = outcomeOf('HTTP/1.1 200 OK\r\n\r\nall of it', { ended: true })
    expect(events.slice(1)).toEqual([['data', 'all of it'], ['done']])
    expect(state).toBe('closed')
  })

  it.each([
    ['to HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'],
    ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ['of no length', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ])('P34: %s has no content', (_name, method, wire) => {
    const { events, state } = outcomeOf(wire, { method })
    expect(events.map(([name]) => name)).toEqual(['head', 'done'])
    expect(state).toBe('idle')
  })

  it('P34: octets behind a response are given to nobody, and end the connection', () => {
    const { events, state } = outcomeOf(
      'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    )
    expect(events.map(([name]) => name)).toEqual(['head', 'done'])
    expect(state).toBe('closed')
    expect(outcomeOf('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!').state).toBe('closed')
  })

  it('comes behind interim ones', () => {
    const wire =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'
    expect(outcomeOf(wire).events).toEqual([
      ['informational', 100, []],
      ['informational', 103, [['Link', '</a>']]],
      ['head', 204, 'No Content', 1, [], { kind: 'none' }],
      ['done'],
    ])
  })

  it('P33: takes interim responses up to the limit, and not one more', () => {
    const interim = 'HTTP/1.1 102 Processing\r\n\r\n'
    const final = 'HTTP/1.1 204 No Content\r\n\r\n'
    expect(codeOf(interim.repeat(2) + final)).toEqual(['done'])
    expect(codeOf(interim.repeat(3) + final)).toBe('ERR_UPSTREAM_INFORMATIONAL_COUNT')
  })

  it('P33: refuses a 101 that nobody asked for', () => {
    expect(codeOf('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n')).toBe(
      'ERR_UPSTREAM_SWITCH',
    )
  })

  it.each([
    ['an empty reason phrase', 'HTTP/1.1 200 \r\n'],
    ['no reason phrase at all', 'HTTP/1.1 200\r\n'],
    ['a higher minor version', 'HTTP/1.7 200 OK\r\n'],
  ])('may have %s (RFC 9112 §4)', (_name, statusLine) => {
    expect(codeOf(`${statusLine}Content-Length: 0\r\n\r\n`)).toEqual(['done'])
  })
})

describe('P30: a bad response', () => {
  it.each([
    ['P31: that is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['P31: that is no HTTP and never ends its line', '\x15\x03\x01\x00\x02'],
    ['P31: of another major version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['with a status of two digits', 'HTTP/1.1 99 Low\r\n\r\n'],
    ['with a status of four digits', 'HTTP/1.1 2000 High\r\n\r\n'],
    ['with an empty line in front', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['P07: with a bare LF behind the status line', 'HTTP/1.1 200 OK\n\r\n'],
    ['P07: with a bare LF behind a field', 'HTTP/1.1 200 OK\r\nA: b\n\r\n'],
    ['P08: with a bare CR in a value', 'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n'],
    ['P08: with a NUL in a value', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n'],
    ['P08: with a control octet in the reason phrase', 'HTTP/1.1 200 O\x01K\r\n\r\n'],
    ['P09: with a folded field', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
    ['P10: with space before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n'],
    ['P10: with an empty field name', 'HTTP/1.1 200 OK\r\n: b\r\n\r\n'],
    ['without a colon', 'HTTP/1.1 200 OK\r\nwhat\r\n\r\n'],
  ])('%s is refused', (_name, wire) => {
    const { events, closed } = outcomeOf(wire)
    expect(events).toEqual([['lost', 'ERR_UPSTREAM_HEAD', 502, expect.any(Number)]])
    expect(closed).toBe(true)
  })

  it.each([
    ['Content-Length and Transfer-Encoding', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['a length that is none', 'Content-Length: 0x5\r\n'],
    ['a coding that is not known', 'Transfer-Encoding: gzip, chunked\r\n'],
  ])('with %s is refused', (_name, fields) => {
    expect(codeOf(`HTTP/1.1 200 OK\r\n${fields}\r\n`)).toBe('ERR_UPSTREAM_FRAMING')
  })

  it('P39: with a status above 599 is refused', () => {
    expect(codeOf('HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n')).toEqual(['done'])
    expect(codeOf('HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n')).toBe('ERR_UPSTREAM_STATUS')
  })

  it.each([
    ['a bad chunk size', 'x\r\n'],
    ['P05: a chunk size with a space behind it', '2 \r\nab\r\n'],
    ['P07: a bare LF behind a chunk size', '2\nab\r\n'],
    ['data of another length', '2\r\nabc\r\n'],
    ['a bad trailer', '0\r\nno colon\r\n\r\n'],
  ])('with %s is refused', (_name, content) => {
    const { events } = outcomeOf(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${content}`)
    expect(events.at(-1)).toEqual(['lost', 'ERR_UPSTREAM_CONTENT', 502, expect.any(Number)])
  })

  it('P36: cut off inside its content is lost, never done', () => {
    const byLength = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell'
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'
    expect(codeOf(byLength, { ended: true })).toBe('ERR_UPSTREAM_TRUNCATED')
    expect(codeOf(chunked, { ended: true })).toBe('ERR_UPSTREAM_TRUNCATED')
  })

  it('P36: broken off before its length is known is lost too', () => {
    const connection = new Connection()
    const handler = connection.send()
    connection.receive('HTTP/1.1 200 OK\r\n\r\nsome').transport.reset(new Error('ECONNRESET'))
    expect(handler.outcome).toEqual([200, 'some', 'lost'])
    expect(handler.code).toBe('ERR_UPSTREAM_TRUNCATED')
    expect(handler.error?.cause).toEqual(new Error('ECONNRESET'))
  })

  it('cut off inside its head is lost', () => {
    expect(codeOf('HTTP/1.1 200 OK\r\nContent-', { ended: true })).toBe('ERR_UPSTREAM_CLOSED')
    expect(codeOf('', { ended: true })).toBe('ERR_UPSTREAM_CLOSED')
  })
})

describe('the limits of a response', () => {
  it('allow a line of exactly the maximum (60), wherever it is cut', () => {
    const line = (length: number): string => `A: ${'x'.repeat(length - 3)}\r\n`
    const response = (length: number): string => `HTTP/1.1 204 \r\n${line(length)}\r\n`
    expect(codeOf(response(60))).toEqual(['done'])
    expect(codeOf(response(61))).toBe('ERR_UPSTREAM_HEAD_TOO_LARGE')
  })

  it('allow a head of exactly the maximum (200), wherever it is cut', () => {
    const response = (length: number): string => {
      const base = `HTTP/1.1 204 \r\n${`A: ${'x'.repeat(47)}\r\n`.repeat(3)}B: \r\n\r\n`
      return base.replace('B: ', `B: ${'y'.repeat(length - base.length)}`)
    }
    expect(response(200)).toHaveLength(200)
    expect(codeOf(response(200))).toEqual(['done'])
    expect(codeOf(response(201))).toBe('ERR_UPSTREAM_HEAD_TOO_LARGE')
  })

  it('allow exactly the maximum of fields (4)', () => {
    expect(codeOf(`HTTP/1.1 204 \r\n${'A: b\r\n'.repeat(4)}\r\n`)).toEqual(['done'])
    expect(codeOf(`HTTP/1.1 204 \r\n${'A: b\r\n'.repeat(5)}\r\n`)).toBe('ERR_UPSTREAM_FIELD_COUNT')
  })

  it('count from anew behind an interim response', () => {
    const interim = `HTTP/1.1 103 \r\n${'A: b\r\n'.repeat(4)}\r\n`
    expect(codeOf(`${interim}${interim}HTTP/1.1 204 \r\n\r\n`)).toEqual(['done'])
  })

  it('end a line that never ends', () => {
    expect(codeOf(`HTTP/1.1 200 ${'x'.repeat(100)}`)).toBe('ERR_UPSTREAM_HEAD_TOO_LARGE')
  })
})

describe('any octets behind a valid response', () => {
  it('give the same events however they are cut', () => {
    const noise = fc.string({
      unit: fc.constantFrom('H', 'T', '/', '1', '.', ' ', '\r', '\n', 'a', ':', '0', ';'),
      maxLength: 30,
    })
    const parts = fc.array(
      fc.oneof(
        fc.constantFrom('HTTP/1.1 ', '200', ' OK\r\n', 'A: b\r\n', 'Content-Length: 3\r\n', '\r\n', 'abc'),
        fc.constantFrom(
          'Transfer-Encoding: chunked\r\n',
          '3\r\nabc\r\n',
          '0\r\n\r\n',
          'HTTP/1.1 100 \r\n\r\n',
        ),
        noise,
      ),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(parts, fc.boolean(), (pieces, ended) => {
        outcomeOf(`HTTP/1.1 200 OK\r\n${pieces.join('')}`, { ended })
        outcomeOf(pieces.join(''), { ended })
      }),
      { numRuns: 150 },
    )
  })
})

describe('RecordingHandler', () => {
  it('sees pieces as views of what was read', () => {
    const connection = new Connection()
    const handler = new RecordingHandler()
    let seen: Uint8Array | null = null
    handler.onData = (chunk) => (seen = chunk)
    connection.send(get(), handler)
    const read = new TextEncoder().encode('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')
    connection.receive(read)
    expect((seen as Uint8Array | null)?.buffer).toBe(read.buffer)
  })
})
