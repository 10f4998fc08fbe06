import { describe, expect, it, vi } from 'vitest'
import { Request } from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

/** What `answer` writes for a request, without Date. */
function respond(
  answer: (request: Request) => void,
  requestLine = 'GET / HTTP/1.1',
  options = {},
): Conversation {
  class Answering extends Request {
    override process(): void {
      answer(this)
    }
  }
  const conversation = new Conversation({
    requestFactory: (channel, of) => new Answering(channel, of),
    ...options,
  })
  return conversation.send(head(requestLine, 'Host: example.org'))
}

describe('the response on the wire', () => {
  it('announces the length when all content comes at once', () => {
    expect(respond((request) => request.finish('hello')).wire).toBe(
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    )
  })

  it('counts octets, not characters', () => {
    expect(respond((request) => request.finish('ü')).wire).toContain('Content-Length: 2\r\n')
  })

  it('rule 81: chunks content of unknown length', () => {
    const { wire } = respond((request) => {
      request.write('hello')
      request.write('')
      request.write(new TextEncoder().encode('world!'))
      request.finish()
    })
    expect(wire).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n',
    )
  })

  it('rule 71, 81: ends content of unknown length by closing for a 1.0 client', () => {
    const conversation = respond((request) => {
      request.write('hello')
      request.finish()
    }, 'GET / HTTP/1.0')
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello')
    expect(conversation.closed).toBe(true)
  })

  it('keeps to a length that the application announced', () => {
    const { wire } = respond((request) => {
      request.setHeader('content-length', '5')
      request.write('he')
      request.write('llo')
      request.finish()
    })
    expect(wire).toBe('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello')
  })

  it('rule 80: throws at the octet beyond the announced length, and breaks the connection', () => {
    const conversation = respond((request) => {
      request.setHeader('Content-Length', '5')
      expect(() => request.write('hello!')).toThrow(
        expect.objectContaining({ code: 'ERR_CONTENT_LENGTH_EXCEEDED' }),
      )
    })
    expect(conversation.wire).not.toContain('hello')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('rule 80: throws when the content ends before the announced length, and breaks the connection', () => {
    const conversation = respond((request) => {
      request.setHeader('Content-Length', '5')
      request.write('h')
      expect(() => request.finish('ell')).toThrow(
        expect.objectContaining({ code: 'ERR_CONTENT_LENGTH_SHORT' }),
      )
    })
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it.each([
    ['hell', 'ERR_CONTENT_LENGTH_SHORT'],
    ['hello!', 'ERR_CONTENT_LENGTH_EXCEEDED'],
  ])('rule 80: a response in one piece of another length never reaches the wire: %j', (content, code) => {
    const conversation = respond((request) => {
      request.setHeader('Content-Length', '5')
      request.finish(content)
    })
    expect(conversation.errors).toEqual([expect.objectContaining({ code })])
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 500 /)
  })

  it('rule 80: a response that is cut short takes none of those before it along', () => {
    const conversation = respond((request) => {
      if (request.path === '/good') return request.finish('good')
      request.setHeader('Content-Length', '5')
      request.write('hello!')
    }, 'GET /good HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1')
    expect(conversation.wire).toContain('good')
    expect(conversation.wire).not.toContain('hello')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it.each(['', '-1', '1.5', '0x1', '1e3', '5, 5'])(
    'refuses Content-Length %j of the application',
    (length) => {
      respond((request) => {
        request.setHeader('Content-Length', length)
        expect(() => request.finish('hello')).toThrow(expect.objectContaining({ code: 'ERR_CONTENT_LENGTH' }))
      })
    },
  )

  it('rule 72: refuses Transfer-Encoding of the application', () => {
    respond((request) => {
      request.setHeader('Transfer-Encoding', 'chunked')
      expect(() => request.finish('hello')).toThrow(expect.objectContaining({ code: 'ERR_FRAMING_FIELD' }))
    })
  })

  it('rule 73: HEAD has the fields of GET and no content', () => {
    const answer = (request: Request): void => request.finish('hello')
    expect(respond(answer, 'HEAD / HTTP/1.1').wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
  })

  it.each([204, 304])('rule 69, 70, 74: %i has no content, and no framing field of ours', (code) => {
    const { wire } = respond((request) => {
      request.setResponseCode(code)
      request.write('dropped')
      request.finish()
    })
    expect(wire).toMatch(/^HTTP\/1\.1 \d{3} [A-Za-z ]+\r\n\r\n$/)
  })

  it('rule 69: drops Content-Length from a 204, keeps it on a 304', () => {
    const withLength = (code: number): string =>
      respond((request) => {
        request.setResponseCode(code)
        request.setHeader('Content-Length', '3')
        request.finish()
      }).wire
    expect(withLength(204)).not.toContain('Content-Length')
    expect(withLength(304)).toContain('Content-Length: 3\r\n')
  })

  it('rule 75: 205 says that it has no content', () => {
    const { wire } = respond((request) => {
      request.setResponseCode(205)
      request.finish('dropped')
    })
    expect(wire).toBe('HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n')
  })

  it('rule 75: 205 has no content, even when the application announced some', () => {
    const { wire } = respond((request) => {
      request.setResponseCode(205)
      request.setHeader('Content-Length', '7')
      request.finish('dropped')
    })
    expect(wire).toBe('HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n')
  })

  it('rule 69: 205 to CONNECT has no Content-Length', () => {
    const { wire } = respond((request) => {
      request.setResponseCode(205)
      request.finish()
    }, 'CONNECT a:1 HTTP/1.1')
    expect(wire).toBe('HTTP/1.1 205 Reset Content\r\nConnection: close\r\n\r\n')
  })

  it('rule 77: has the space after the code when the reason phrase is empty', () => {
    expect(
      respond((request) => {
        request.setResponseCode(299)
        request.finish()
      }).wire,
    ).toMatch(/^HTTP\/1\.1 299 \r\n/)
  })

  it('sends a reason phrase of the application, and refuses control characters in it (rule 79)', () => {
    const { wire } = respond((request) => {
      expect(() => request.setResponseCode(200, 'OK\r\nX-Inj: 1')).toThrow(TypeError)
      request.setResponseCode(200, 'Fine')
      request.finish()
    })
    expect(wire).toMatch(/^HTTP\/1\.1 200 Fine\r\n/)
  })

  it.each(['a\r\nb: c', 'a\nb', 'a\0b', 'a\x7fb', 'ł'])('rule 79: refuses field value %j', (value) => {
    respond((request) => {
      expect(() => request.setHeader('X', value)).toThrow(TypeError)
      request.finish()
    })
  })

  it.each([99, 100, 103, 199, 600, 200.5, NaN])('rule 78: refuses status code %d', (code) => {
    respond((request) => {
      expect(() => request.setResponseCode(code)).toThrow(RangeError)
      request.finish()
    })
  })

  it('rule 68: has a Date in IMF-fixdate, built once a second', () => {
    const conversation = respond((request) => request.finish(), 'GET / HTTP/1.1', { sendDate: true })
    expect(conversation.wire).toContain('Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n')
    conversation.clock.advance(1000)
    conversation.send(head('GET / HTTP/1.1', 'Host: a'))
    expect(conversation.wire).toContain('Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n')
  })

  it('changes its Date with the second of the wall clock, not a second after the last', () => {
    const conversation = respond((request) => request.finish(), 'GET / HTTP/1.1', { sendDate: true })
    conversation.clock.setWallTimeMs(Date.UTC(1994, 10, 6, 8, 50, 0) + 999)
    conversation.clock.advance(1000)
    conversation.send(head('GET / HTTP/1.1', 'Host: a'))
    conversation.clock.advance(1)
    conversation.send(head('GET / HTTP/1.1', 'Host: a'))
    expect(conversation.wire.match(/08:\d\d:\d\d/g)).toEqual(['08:49:37', '08:50:01', '08:50:02'])
  })

  it('asks the clock once in a turn, for its dates and its deadlines', () => {
    const conversation = respond((request) => request.finish(), 'GET / HTTP/1.1', { sendDate: true })
    const asked = vi.spyOn(conversation.clock, 'now')
    conversation.send(head('GET / HTTP/1.1', 'Host: a').repeat(3))
    expect(conversation.wire.match(/^Date/gm)).toHaveLength(4)
    expect(asked).toHaveBeenCalledTimes(1)
  })

  it('leaves the Date of the application alone', () => {
    const { wire } = respond(
      (request) => {
        request.setHeader('date', 'yesterday')
        request.finish()
      },
      'GET / HTTP/1.1',
      { sendDate: true },
    )
    expect(wire.match(/date/gi)).toHaveLength(1)
  })

  it('rule 84: does what the application’s Connection: close says', () => {
    const conversation = respond((request) => {
      request.setHeader('Connection', 'close')
      request.finish()
    })
    expect(conversation.wire.match(/connection/gi)).toHaveLength(1)
    expect(conversation.closed).toBe(true)
  })

  it('does not change a head that was sent', () => {
    respond((request) => {
      request.write('x')
      const sent = expect.objectContaining({ code: 'ERR_HEAD_SENT' }) as Error
      expect(() => request.setHeader('A', 'b')).toThrow(sent)
      expect(() => request.setResponseCode(404)).toThrow(sent)
      request.finish()
      expect(() => request.write('y')).toThrow(expect.objectContaining({ code: 'ERR_FINISHED' }))
    })
  })

  it('sends trailers behind chunked content', () => {
    const { wire } = respond((request) => {
      request.write('x')
      request.responseTrailers.set('Digest', 'abc')
      request.finish()
    })
    expect(wire).toMatch(/1\r\nx\r\n0\r\nDigest: abc\r\n\r\n$/)
  })

  it('announces the length when there are no trailers, or no place for them', () => {
    const asked = respond((request) => {
      expect(request.responseTrailers.size).toBe(0)
      request.finish('x')
    })
    expect(asked.wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx')
    const old = respond((request) => {
      request.responseTrailers.set('Digest', 'abc')
      request.finish('x')
    }, 'GET / HTTP/1.0')
    expect(old.wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx')
  })

  it('sends a large piece without copying it', () => {
    const large = new Uint8Array(100_000)
    const sequences: (readonly Uint8Array[])[] = []
    respond((request) => {
      request.channel.transport.writeSequence = (parts) => void sequences.push(parts)
      request.finish(large)
    })
    expect(sequences).toHaveLength(1)
    expect(sequences[0]?.[1]).toBe(large)
  })
})
