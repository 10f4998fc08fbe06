import { describe, expect, it } from 'vitest'
import { HeaderError } from '@millrace/headers'
import type { Request } from '../../src/index.ts'
import { type Conversation, unanswered } from '../conversation.ts'
import { CANARY, exchange, head, type How } from './rule-exchange.ts'

/** What is written for a request, its answer being `answer`, and for one behind it. */
function respond(answer: (request: Request) => void, requestLine = 'GET / HTTP/1.1', how: How = {}): string {
  const calls: Request[] = []
  const seen = exchange(head(requestLine, 'Host: a', 'Connection: keep-alive') + CANARY, {
    ...how,
    maxCuts: 10,
    answer: (request) => {
      calls.push(request)
      if (request.requestTarget === '/canary') request.finish('canary')
      else answer(request)
    },
  })
  expect(calls.length).toBeGreaterThan(0)
  return seen.wire
}

const NEXT = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ncanary'

/** An answer with a status and content in two pieces. */
function inPieces(code: number): (request: Request) => void {
  return (request) => {
    request.setResponseCode(code, '')
    request.write('ab')
    request.finish('c')
  }
}

/** An answer with a status and content in one piece. */
function atOnce(code: number, fields: Record<string, string> = {}): (request: Request) => void {
  return (request) => {
    request.setResponseCode(code, '')
    for (const [name, value] of Object.entries(fields)) request.setHeader(name, value)
    request.finish('abc')
  }
}

describe('the fields of a response', () => {
  it.each([200, 204, 206, 301, 304, 400, 404, 417, 500, 503])(
    'rule 68: %i has a Date in IMF-fixdate',
    (code) => {
      const wire = respond(atOnce(code), 'GET / HTTP/1.1', { options: { sendDate: true } })
      expect(wire).toContain(`HTTP/1.1 ${code} \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n`)
    },
  )

  it.each([
    ['BAD\r\n', 400],
    [head('GET / HTTP/2.0'), 505],
    [head('GET / HTTP/1.1', 'Host: a', 'Expect: x'), 417],
  ])('rule 68: an answer of the channel itself has a Date: %j', (wire, code) => {
    const seen = exchange(wire, { options: { sendDate: true } })
    expect(seen.statuses).toEqual([code])
    expect(seen.wire).toContain('\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n')
  })

  it.each([
    ['GET / HTTP/1.1', 204],
    ['HEAD / HTTP/1.1', 204],
  ])('rule 69: no Content-Length in the answer to %s with %i', (line, code) => {
    expect(respond(atOnce(code, { 'Content-Length': '3' }), line)).toBe(`HTTP/1.1 ${code} \r\n\r\n${NEXT}`)
    expect(respond(atOnce(code), line)).toBe(`HTTP/1.1 ${code} \r\n\r\n${NEXT}`)
  })

  it('rule 69: no Content-Length in 100, 101 and a 2xx to CONNECT', () => {
    const wire = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Expect: 100-continue')
    expect(exchange(wire).wire).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    const connect = atOnce(200, { 'Content-Length': '3' })
    expect(respond(connect, 'CONNECT a:1 HTTP/1.1')).toBe('HTTP/1.1 200 \r\nConnection: close\r\n\r\n')
  })

  it.each([
    ['GET / HTTP/1.1', 204],
    ['GET / HTTP/1.1', 304],
    ['CONNECT a:1 HTTP/1.1', 200],
    ['CONNECT a:1 HTTP/1.1', 299],
  ])('rule 70: no Transfer-Encoding and no content in the answer to %s with %i', (line, code) => {
    const wire = respond(inPieces(code), line)
    expect(wire).not.toMatch(/transfer-encoding/i)
    expect(wire).toMatch(/^[^\r]*\r\n(?:Connection: close\r\n)?\r\n(?:HTTP[^]*)?$/)
  })

  it('rule 71: no Transfer-Encoding for HTTP/1.0', () => {
    const wire = respond(inPieces(200), 'GET / HTTP/1.0')
    expect(wire).toBe('HTTP/1.1 200 \r\nConnection: close\r\n\r\nabc')
  })

  it.each(['chunked', 'gzip, chunked', 'identity', ''])(
    'rule 72: Transfer-Encoding %j is not the application’s to set',
    (value) => {
      const wire = respond((request) => {
        request.setHeader('transfer-encoding', value)
        expect(() => request.write('abc')).toThrow(expect.objectContaining({ code: 'ERR_FRAMING_FIELD' }))
        request.responseHeaders.removeHeader('transfer-encoding')
        request.finish('abc')
      })
      expect(wire).toBe(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc${NEXT}`)
    },
  )

  it('rule 72: a response with a length is not chunked, and one that is chunked has none', () => {
    const announced = respond((request) => {
      request.setHeader('content-length', '3')
      inPieces(200)(request)
    })
    expect(announced).toBe(`HTTP/1.1 200 \r\ncontent-length: 3\r\n\r\nabc${NEXT}`)
    expect(respond(inPieces(200))).toBe(
      `HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n${NEXT}`,
    )
  })
})

describe('responses without content', () => {
  it('rule 73: HEAD gets the fields of GET and no content', () => {
    expect(respond(atOnce(200), 'HEAD / HTTP/1.1')).toBe(`HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\n${NEXT}`)
    const announced = atOnce(200, { 'Content-Length': '3' })
    expect(respond(announced, 'HEAD / HTTP/1.1')).toBe(`HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\n${NEXT}`)
    expect(respond(inPieces(404), 'HEAD / HTTP/1.1')).toBe(`HTTP/1.1 404 \r\n\r\n${NEXT}`)
  })

  it('rule 73: an error that the channel answers to HEAD has no content', () => {
    const seen = exchange(head('HEAD / HTTP/1.1', 'Host: a', 'Expect: x') + CANARY)
    expect(seen.wire).toMatch(/^HTTP\/1\.1 417 [^]*\r\n\r\n$/)
    expect(seen.closed).toBe(true)
  })

  it('rule 74: 304 has no content, and the length of a 200 if the application tells it', () => {
    expect(respond(atOnce(304))).toBe(`HTTP/1.1 304 \r\n\r\n${NEXT}`)
    expect(respond(inPieces(304))).toBe(`HTTP/1.1 304 \r\n\r\n${NEXT}`)
    const told = respond(atOnce(304, { 'Content-Length': '1000' }))
    expect(told).toBe(`HTTP/1.1 304 \r\nContent-Length: 1000\r\n\r\n${NEXT}`)
  })

  it.each(['GET', 'HEAD', 'POST'])('rule 75: 205 to %s has no content, and says so', (method) => {
    for (const answer of [atOnce(205), inPieces(205), atOnce(205, { 'Content-Length': '3' })]) {
      const wire = respond(answer, `${method} / HTTP/1.1`)
      expect(wire).toBe(`HTTP/1.1 205 \r\nContent-Length: 0\r\n\r\n${NEXT}`)
    }
  })

  it('rule 76: HTTP/1.0 gets neither 100 nor 101', () => {
    const expecting = head('POST / HTTP/1.0', 'Content-Length: 3', 'Expect: 100-continue')
    expect(exchange(expecting).wire).toBe('')
    const offering = head('GET / HTTP/1.0', 'Connection: upgrade', 'Upgrade: x')
    const seen = exchange(offering, {
      answer: (request) => {
        request.setResponseCode(101)
        expect(() => request.upgrade(undefined as never)).toThrow(
          expect.objectContaining({ code: 'ERR_NO_UPGRADE' }),
        )
        request.setResponseCode(200)
        request.finish()
      },
    })
    expect(seen.statuses).toEqual([200])
  })
})

describe('the status line', () => {
  it('rule 77: a space follows the code, also when there is no reason phrase', () => {
    expect(respond(atOnce(200))).toMatch(/^HTTP\/1\.1 200 \r\n/)
    expect(
      respond((request) => {
        request.setResponseCode(299)
        request.finish()
      }),
    ).toMatch(/^HTTP\/1\.1 299 \r\n/)
  })

  it.each([0, 99, 100, 102, 103, 199, 600, 999, 200.5, NaN, Infinity, -200])(
    'rule 78: %d is no final status',
    (code) => {
      const wire = respond((request) => {
        expect(() => request.setResponseCode(code)).toThrow(RangeError)
        request.finish('abc')
      })
      expect(wire).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    },
  )

  it.each([200, 299, 300, 451, 511, 599])('rule 78: %d is a final status', (code) => {
    expect(respond(atOnce(code))).toBe(`HTTP/1.1 ${code} \r\nContent-Length: 3\r\n\r\nabc${NEXT}`)
  })

  it('rule 78: there is one final status, also when more is tried, or the handler throws behind it', () => {
    const wire = respond((request) => {
      request.finish('abc')
      expect(() => request.setResponseCode(500)).toThrow(expect.objectContaining({ code: 'ERR_HEAD_SENT' }))
      expect(() => request.finish()).toThrow(expect.objectContaining({ code: 'ERR_FINISHED' }))
      throw new Error('too late')
    })
    expect(wire).toBe(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc${NEXT}`)
  })

  it('rule 78: 100 comes before the final status, once', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Expect: 100-continue'))
    requests[0]?.content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    requests[0]?.content.pauseProducing()
    requests[0]?.content.resumeProducing()
    conversation.send('abc')
    requests[0]?.finish()
    expect(conversation.statuses).toEqual([100, 200])
  })

  const INJECTIONS = [
    'a\r\nX-Inj: 1',
    'a\rb',
    'a\nb',
    'a\0b',
    '\r\n\r\nHTTP/1.1 200 OK',
    'a\x7f',
    '\x01',
    '\u010a',
    'ł',
  ]

  it.each(INJECTIONS)('rule 79: %j gets into no reason phrase, field or trailer', (text) => {
    const wire = respond((request) => {
      expect(() => request.setResponseCode(200, text)).toThrow(TypeError)
      expect(() => request.setHeader('X', text)).toThrow(HeaderError)
      expect(() => request.setHeader(text, 'x')).toThrow(HeaderError)
      expect(() => request.responseHeaders.append('X', text)).toThrow(HeaderError)
      expect(() => request.responseTrailers.set('X', text)).toThrow(HeaderError)
      expect(() => request.responseTrailers.set(text, 'x')).toThrow(HeaderError)
      request.finish('abc')
    })
    expect(wire).toBe(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc${NEXT}`)
  })

  it.each(['', ' ', 'a b', 'a:', 'a:b', 'a,', 'ä', '(a)'])('rule 79: %j is no field name', (name) => {
    respond((request) => {
      expect(() => request.setHeader(name, 'x')).toThrow(HeaderError)
      expect(() => request.responseTrailers.set(name, 'x')).toThrow(HeaderError)
      request.finish('abc')
    })
  })
})

describe('the length of a response', () => {
  it('rule 80: more than was announced is never sent, and the connection is broken off', () => {
    for (const wrong of ['abcdef', 'abcd']) {
      const conversation = answeredBy((request) => {
        request.setHeader('Content-Length', '3')
        request.write('ab')
        expect(() => request.write(wrong)).toThrow(
          expect.objectContaining({ code: 'ERR_CONTENT_LENGTH_EXCEEDED' }),
        )
      })
      expect(conversation.wire).not.toContain(wrong)
      expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
    }
  })

  it('rule 80: less than was announced breaks the connection off', () => {
    const conversation = answeredBy((request) => {
      request.setHeader('Content-Length', '3')
      request.write('a')
      expect(() => request.finish('b')).toThrow(expect.objectContaining({ code: 'ERR_CONTENT_LENGTH_SHORT' }))
    })
    expect(conversation.statuses.length).toBeLessThanOrEqual(1)
    expect(conversation.wire).not.toContain('canary')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('rule 81: content of unknown length is chunked, and the connection stays', () => {
    expect(respond(inPieces(200))).toContain(
      'Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\nHTTP',
    )
    const empty = respond((request) => {
      request.write('')
      request.finish('')
    })
    expect(empty).toBe(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`)
  })

  it('rule 81: to HTTP/1.0 it ends with the connection, whatever was asked for', () => {
    const seen = exchange(head('GET / HTTP/1.0', 'Connection: keep-alive') + CANARY, {
      answer: inPieces(200),
    })
    expect(seen).toMatchObject({ wire: 'HTTP/1.1 200 \r\nConnection: close\r\n\r\nabc', closed: true })
    expect(seen.calls).toEqual(['GET /'])
  })
})

/** A request and one behind it; the first is answered by `answer`. */
function answeredBy(answer: (request: Request) => void): Conversation {
  const { conversation, requests } = unanswered()
  conversation.send(head('GET / HTTP/1.1', 'Host: a') + CANARY)
  answer(requests[0] as Request)
  expect(requests).toHaveLength(1)
  return conversation
}
