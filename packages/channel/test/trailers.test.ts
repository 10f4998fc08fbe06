import { describe, expect, it } from 'vitest'
import { Request } from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

/** What `answer` writes for a request. */
function respond(answer: (request: Request) => void, requestLine = 'GET / HTTP/1.1'): string {
  class Answering extends Request {
    override process(): void {
      answer(this)
    }
  }
  const conversation = new Conversation({ requestFactory: (channel, of) => new Answering(channel, of) })
  return conversation.send(head(requestLine, 'Host: a')).wire
}

const failure = (code: string): Error => expect.objectContaining({ code }) as Error

describe('response trailers', () => {
  it('that are set before the head are announced, each name once (RFC 9110 §6.6.2)', () => {
    const wire = respond((request) => {
      request.responseTrailers.append('Server-Timing', 'a')
      request.responseTrailers.append('server-timing', 'b')
      request.responseTrailers.set('Digest', 'x')
      request.finish('hi')
    })
    expect(wire).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Server-Timing, Digest\r\n\r\n' +
        '2\r\nhi\r\n0\r\nServer-Timing: a\r\nserver-timing: b\r\nDigest: x\r\n\r\n',
    )
  })

  it('that are set behind the head are sent all the same', () => {
    const wire = respond((request) => {
      request.write('hi')
      request.responseTrailers.set('Digest', 'x')
      request.finish()
    })
    expect(wire).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nDigest: x\r\n\r\n',
    )
  })

  it('are not announced twice', () => {
    const wire = respond((request) => {
      request.setHeader('Trailer', 'Digest, Server-Timing')
      request.responseTrailers.set('Digest', 'x')
      request.finish('hi')
    })
    expect(wire.match(/Trailer: /g)).toHaveLength(1)
    expect(wire).toContain('Trailer: Digest, Server-Timing\r\n')
  })

  it('make content of no octets chunked, so that they have a place', () => {
    const wire = respond((request) => {
      request.responseTrailers.set('Digest', 'x')
      request.finish()
    })
    expect(wire).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Digest\r\n\r\n0\r\nDigest: x\r\n\r\n',
    )
  })

  const withTrailers = (more: (request: Request) => void): ((request: Request) => void) => {
    return (request) => {
      more(request)
      request.responseTrailers.set('Digest', 'x')
      request.finish('hi')
    }
  }

  it.each([
    ['to HTTP/1.0', 'GET / HTTP/1.0', withTrailers(() => undefined), /Content-Length: 2\r\n[^]*\r\n\r\nhi$/],
    ['to HEAD', 'HEAD / HTTP/1.1', withTrailers(() => undefined), /^HTTP\/1\.1 200 OK\r\n\r\n$/],
    [
      'behind a Content-Length',
      'GET / HTTP/1.1',
      withTrailers((request) => request.setHeader('Content-Length', '2')),
      /^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\n\r\nhi$/,
    ],
    [
      'behind content that was one piece',
      'GET / HTTP/1.1',
      (request: Request): void => {
        request.finish('hi')
        request.responseTrailers.set('Digest', 'x')
      },
      /^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\n\r\nhi$/,
    ],
    [
      'with a 204',
      'GET / HTTP/1.1',
      withTrailers((request) => request.setResponseCode(204)),
      /^HTTP\/1\.1 204 No Content\r\n\r\n$/,
    ],
    [
      'with a 304',
      'GET / HTTP/1.1',
      withTrailers((request) => request.setResponseCode(304)),
      /^HTTP\/1\.1 304 Not Modified\r\n\r\n$/,
    ],
    [
      'with a 205',
      'GET / HTTP/1.1',
      withTrailers((request) => request.setResponseCode(205)),
      /^HTTP\/1\.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n$/,
    ],
  ])('are dropped where they have no place: %s', (_what, requestLine, answer, expected) => {
    const wire = respond(answer, requestLine)
    expect(wire).toMatch(expected)
    expect(wire).not.toMatch(/digest|trailer/i)
  })

  it.each(['Content-Length', 'transfer-encoding', 'Host', 'Set-Cookie', 'TRAILER', 'Content-Type', 'Date'])(
    'are refused where they are set: %s (RFC 9110 §6.5.1)',
    (name) => {
      const wire = respond((request) => {
        const { responseTrailers: trailers } = request
        for (const put of [
          () => trailers.set(name, 'x'),
          () => trailers.append(name, 'x'),
          () => trailers.addRawHeader(name, 'x'),
          () => trailers.setRawHeaders(name, ['x']),
        ])
          expect(put).toThrow(failure('ERR_TRAILER_FIELD'))
        expect(trailers.size).toBe(0)
        request.finish('hi')
      })
      expect(wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')
    },
  )

  it.each([
    ['Digest', 'a\r\n\r\nHTTP/1.1 200 OK', 'ERR_HEADER_VALUE'],
    ['Digest\r\n', 'a', 'ERR_HEADER_NAME'],
  ])('rule 79: are refused when they would end their line: %j: %j', (name, value, code) => {
    respond((request) => {
      expect(() => request.responseTrailers.set(name, value)).toThrow(failure(code))
      request.finish()
    })
  })
})
