import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, Request } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head, observe, wireBytes } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

/** Keeps its requests, and answers when the test says so. */
function held(make?: (options: HTTPChannelOptions) => HTTPChannel): {
  conversation: Conversation
  requests: Request[]
} {
  const requests: Request[] = []
  class Kept extends Request {
    override process(): void {
      requests.push(this)
    }
  }
  return {
    conversation: new Conversation({ requestFactory: (channel, of) => new Kept(channel, of) }, make),
    requests,
  }
}

/** The status and the code of the refusal of one request, the same however it is cut; nothing may follow it. */
function refusal(wire: string): [number[], string[]] {
  const whole = new Conversation().send(wireBytes(`${wire}${GET}`))
  const seen = observe(whole)
  for (const pieces of splits(`${wire}${GET}`, { maxCuts: 20 })) {
    expect(observe(new Conversation().send(...pieces))).toEqual(seen)
  }
  expect(whole.closed).toBe(true)
  return [whole.statuses, whole.codes]
}

describe('HTTPChannel refuses', () => {
  it('with a whole answer: Date, Content-Length, Connection: close, and nothing of the request', () => {
    const conversation = new Conversation({ sendDate: true }).send('BAD <script>\r\n')
    expect(conversation.wire).toBe(
      'HTTP/1.1 400 Bad Request\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n' +
        'Content-Length: 16\r\nConnection: close\r\n\r\n400 Bad Request\n',
    )
  })

  it.each([
    ['two lengths, equal', ['Content-Length: 3', 'Content-Length: 3'], 400],
    ['two lengths', ['Content-Length: 3', 'Content-Length: 4'], 400],
    ['a length and chunked', ['Content-Length: 3', 'Transfer-Encoding: chunked'], 400],
    ['a length and identity', ['Content-Length: 3', 'Transfer-Encoding: identity'], 400],
    ['an unknown coding below chunked', ['Transfer-Encoding: gzip, chunked'], 501],
    ['identity alone', ['Transfer-Encoding: identity'], 400],
    ['a length of 5000 digits', [`Content-Length: ${'1'.repeat(5_000)}`], 413],
    ['a length above 2^64', ['Content-Length: 18446744073709551617'], 413],
    ['a signed length', ['Content-Length: +3'], 400],
    ['a folded field line', ['X: a', '  Content-Length: 3'], 400],
    ['a bare LF in a field', ['X: a\nContent-Length: 3'], 400],
    ['a bare CR in a field', ['X: a\rContent-Length: 3'], 400],
    ['NUL in a field', ['X: a\0'], 400],
    ['a space before the colon', ['Content-Length : 3'], 400],
  ])('framing that two readers could take differently, once: %s', (_what, fields, status) => {
    const [statuses, codes] = refusal(`${head('POST / HTTP/1.1', 'Host: a', ...fields)}abc`)
    expect(statuses).toEqual([status])
    expect(codes).toHaveLength(1)
  })

  it.each([
    ['GET foo HTTP/1.1', 400],
    ['GET /a#b HTTP/1.1', 400],
    ['GET * HTTP/1.1', 400],
    ['CONNECT /x HTTP/1.1', 400],
    ['GET /\x7f HTTP/1.1', 400],
    ['GET /\x90 HTTP/1.1', 400],
    ['GET  / HTTP/1.1', 400],
    ['GET /', 400],
    ['G@T / HTTP/1.1', 400],
    ['GET / HTTP/2.0', 505],
  ])('the request line %j, once', (line, status) => {
    expect(refusal(head(line, 'Host: a'))[0]).toEqual([status])
  })

  it('takes HTTP/1.2 for HTTP/1.1 (RFC 9110 §6.2)', () => {
    const { conversation, requests } = held()
    conversation.send(head('GET / HTTP/1.2', 'Host: a'))
    expect(requests[0]?.clientproto).toBe('HTTP/1.1')
    requests[0]?.finish()
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 200/)
  })

  it.each([['close, TE'], ['TE', 'close'], ['Close']])(
    'a second request after Connection: %s',
    (...values) => {
      const fields = values.map((value) => `Connection: ${value}`)
      const conversation = new Conversation().send(head('GET / HTTP/1.1', 'Host: a', ...fields) + GET)
      expect([conversation.statuses, conversation.closed]).toEqual([[200], true])
    },
  )

  it('broken content once, however many reads follow', () => {
    const { conversation, requests } = held()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'))
    requests[0]?.content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    conversation.send('zz\r\n', 'zz\r\n', 'zz\r\n')
    expect([conversation.statuses, conversation.closed]).toEqual([[400], true])
  })

  it.each(['headerReceived', 'allHeadersReceived', 'checkPersistence', 'rawDataReceived'] as const)(
    'with 500 what makes an overridden %s throw',
    (hook) => {
      const make = (options: HTTPChannelOptions): HTTPChannel =>
        Object.assign(new HTTPChannel(options), {
          [hook]: () => {
            throw new Error('secret')
          },
        })
      const { conversation, requests } = held(make)
      conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3'))
      requests[0]?.content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
      conversation.send('abc', GET)
      expect([conversation.statuses, conversation.closed]).toEqual([[500], true])
      expect(conversation.wire).not.toContain('secret')
      expect(conversation.codes).toEqual(['Error: secret'])
    },
  )

  it('with 500 what makes the request factory throw', () => {
    const conversation = new Conversation({
      requestFactory: () => {
        throw new Error('secret')
      },
    }).send(GET)
    expect([conversation.statuses, conversation.codes]).toEqual([[500], ['Error: secret']])
  })
})
