import { Headers } from '@millrace/headers'
import { describe, expect, it } from 'vitest'
import { Request, type HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

/** A request that waits for its answer. */
function asked(
  wire = GET,
  options: Partial<HTTPChannelOptions> = {},
): { conversation: Conversation; request: Request } {
  const { conversation, requests } = unanswered(options)
  conversation.send(wire)
  return { conversation, request: requests[0] as Request }
}

const failure = (code: string): Error => expect.objectContaining({ code }) as Error

describe('informational', () => {
  it('sends a head before the final one, at once, without Date and without framing (rule 69, 70)', async () => {
    const { conversation, requests } = unanswered({ sendDate: true })
    conversation.send(GET)
    const [request] = requests as [Request]
    expect(request.informational(103, { Link: ['</a.css>; rel=preload', '</b.js>'] })).toBe(true)
    await Promise.resolve()
    expect(conversation.wire).toBe(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>\r\n\r\n',
    )
    request.finish('ok')
    expect(conversation.statuses).toEqual([103, 200])
  })

  it('leaves at the end of the turn, when the handler goes on later', () => {
    class Hinting extends Request {
      override process(): Promise<void> {
        this.informational(103)
        return new Promise(() => undefined)
      }
    }
    const conversation = new Conversation({ requestFactory: (channel, of) => new Hinting(channel, of) })
    expect(conversation.send(GET).wire).toBe('HTTP/1.1 103 Early Hints\r\n\r\n')
  })

  it('may be sent any number of times, with any code of its own', () => {
    const { conversation, request } = asked()
    for (const code of [102, 103, 103, 110, 199]) request.informational(code)
    request.finish()
    expect(conversation.statuses).toEqual([102, 103, 103, 110, 199, 200])
  })

  it('rule 77: has the space after a code without a phrase', () => {
    const { conversation, request } = asked()
    request.informational(199)
    request.finish()
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 199 \r\n\r\n/)
  })

  it('changes nothing of the final head, and takes nothing from it', () => {
    const { conversation, request } = asked()
    request.setHeader('X', 'final')
    request.informational(103, { X: 'hint' })
    request.finish()
    expect(conversation.wire).toBe(
      'HTTP/1.1 103 Early Hints\r\nX: hint\r\n\r\nHTTP/1.1 200 OK\r\nX: final\r\nContent-Length: 0\r\n\r\n',
    )
  })

  it('rule 76: writes nothing to HTTP/1.0, and says so', () => {
    const { conversation, request } = asked(head('GET / HTTP/1.0'))
    expect(request.informational(103, { Link: '</a>' })).toBe(false)
    request.finish()
    expect(conversation.statuses).toEqual([200])
  })

  it.each([100, 101, 99, 200, 404, 102.5, NaN])('refuses code %d', (code) => {
    const { conversation, request } = asked()
    expect(() => request.informational(code)).toThrow(RangeError)
    expect(conversation.wire).toBe('')
  })

  it.each(['Content-Length', 'transfer-encoding', 'Connection', 'Trailer', 'UPGRADE'])(
    'refuses %s: it says nothing of content or connection',
    (name) => {
      const { conversation, request } = asked()
      expect(() => request.informational(103, { [name]: '1' })).toThrow(failure('ERR_INTERIM_FIELD'))
      expect(conversation.wire).toBe('')
    },
  )

  it.each([
    ['a value', { X: 'a\r\nb: c' }, 'ERR_HEADER_VALUE'],
    ['a value with NUL', { X: 'a\0' }, 'ERR_HEADER_VALUE'],
    ['a name', { 'X\r\nY': 'a' }, 'ERR_HEADER_NAME'],
    ['a name nobody checked', Headers.fromParsed(['X: y\r\nSet-Cookie'], ['a']), 'ERR_HEADER_NAME'],
  ])('rule 79: refuses %s that would end its line', (_what, headers, code) => {
    const { conversation, request } = asked()
    expect(() => request.informational(103, headers)).toThrow(failure(code))
    expect(conversation.wire).toBe('')
  })

  it('rule 78: is refused behind the final head, and once the response is complete', () => {
    const { request } = asked()
    request.write('x')
    expect(() => request.informational(103)).toThrow(failure('ERR_HEAD_SENT'))
    request.finish()
    expect(() => request.informational(103)).toThrow(failure('ERR_HEAD_SENT'))
  })

  it('rule 85: is refused for a request that is not dispatched yet', () => {
    const thrown: unknown[] = []
    class Early extends Request {
      constructor(...args: ConstructorParameters<typeof Request>) {
        super(...args)
        try {
          this.informational(103)
        } catch (error) {
          thrown.push(error)
        }
      }
    }
    new Conversation({ requestFactory: (channel, of) => new Early(channel, of) }).send(GET)
    expect(thrown).toEqual([failure('ERR_NOT_CURRENT')])
  })

  it('does nothing after the connection is lost', () => {
    const { conversation, request } = asked()
    conversation.transport.reset()
    expect(request.informational(103)).toBe(false)
    expect([conversation.wire, conversation.codes]).toEqual(['', []])
  })

  it('goes in the order of the exchanges, between their answers', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET + GET)
    requests[0]?.informational(103)
    requests[0]?.finish()
    requests[1]?.informational(102)
    requests[1]?.finish()
    expect(conversation.statuses).toEqual([103, 200, 102, 200])
  })

  it('is a sign of life of the handler: handlerTimeoutMs begins again', async () => {
    const { conversation, requests } = unanswered({ handlerTimeoutMs: 100 })
    conversation.send(GET)
    conversation.clock.advance(99)
    requests[0]?.informational(102)
    await Promise.resolve()
    conversation.clock.advance(99)
    expect(conversation.statuses).toEqual([102])
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([102, 503])
  })

  it('does not fill memory when much is sent in one turn', () => {
    const { conversation, request } = asked(GET, { writeAheadBytes: 65_536 })
    const value = 'x'.repeat(10_000)
    for (let i = 0; i < 10; i += 1) request.informational(103, { X: value })
    expect(conversation.transport.written.length).toBeGreaterThan(65_536)
  })
})
