import { describe, expect, it } from 'vitest'
import type { Request } from '../src/index.ts'
import { type Conversation, head, unanswered } from './conversation.ts'

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const EXPECTING = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Expect: 100-continue')
const NEXT = head('GET /next HTTP/1.1', 'Host: a')

function asked(wire = EXPECTING): { conversation: Conversation; requests: Request[]; request: Request } {
  const { conversation, requests } = unanswered()
  conversation.send(wire)
  return { conversation, requests, request: requests[0] as Request }
}

describe('expectsContinue', () => {
  it.each([
    ['rule 62: true of any case', 'POST / HTTP/1.1', ['Content-Length: 3', 'expect: 100-CONTINUE'], true],
    [
      'true of chunked content',
      'POST / HTTP/1.1',
      ['Transfer-Encoding: chunked', 'Expect: 100-continue'],
      true,
    ],
    [
      'rule 31: true of a list with empty elements',
      'POST / HTTP/1.1',
      ['Content-Length: 3', 'Expect: , 100-continue'],
      true,
    ],
    ['rule 58: false in HTTP/1.0', 'POST / HTTP/1.0', ['Content-Length: 3', 'Expect: 100-continue'], false],
    ['rule 59: false without content', 'GET / HTTP/1.1', ['Expect: 100-continue'], false],
    [
      'rule 59: false of content of length 0',
      'POST / HTTP/1.1',
      ['Content-Length: 0', 'Expect: 100-continue'],
      false,
    ],
    ['false without Expect', 'POST / HTTP/1.1', ['Content-Length: 3'], false],
  ])('is %s', (_what, requestLine, fields, expected) => {
    expect(asked(head(requestLine, 'Host: a', ...fields)).request.expectsContinue).toBe(expected)
  })

  it('does not depend on what arrived already', () => {
    expect(asked(`${EXPECTING}abc`).request.expectsContinue).toBe(true)
  })
})

describe('sendContinue', () => {
  it('rule 57: tells the client to go on, at once and once', async () => {
    const { conversation, request } = asked()
    expect(request.sendContinue()).toBe(true)
    expect(request.sendContinue()).toBe(false)
    await Promise.resolve()
    expect(conversation.wire).toBe(CONTINUE)
    conversation.send('abc')
    expect(Buffer.from(await request.content.bytes()).toString()).toBe('abc')
    request.finish()
    conversation.send(NEXT)
    expect(conversation.statuses).toEqual([100, 200])
    expect(conversation.closed).toBe(false)
  })

  it('is what asking for content does', async () => {
    const { conversation, request } = asked()
    const reading = request.content.read()
    expect(request.sendContinue()).toBe(false)
    conversation.send('abc')
    await reading
    expect(conversation.wire).toBe(CONTINUE)
  })

  it('rule 59: says nothing when content came already', () => {
    const { conversation, request } = asked(`${EXPECTING}a`)
    expect(request.sendContinue()).toBe(false)
    request.finish()
    expect(conversation.statuses).toEqual([200])
  })

  it.each([
    ['rule 58: to HTTP/1.0', head('POST / HTTP/1.0', 'Content-Length: 3', 'Expect: 100-continue')],
    ['rule 59: where there is no content', head('GET / HTTP/1.1', 'Host: a', 'Expect: 100-continue')],
    ['to who does not wait', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3')],
  ])('says nothing %s', (_what, wire) => {
    const { conversation, request } = asked(wire)
    expect(request.sendContinue()).toBe(false)
    expect(conversation.wire).toBe('')
  })

  it('is refused behind the final head', () => {
    const { request } = asked()
    request.write('x')
    expect(() => request.sendContinue()).toThrow(expect.objectContaining({ code: 'ERR_HEAD_SENT' }))
    request.finish()
    expect(() => request.sendContinue()).toThrow(expect.objectContaining({ code: 'ERR_HEAD_SENT' }))
  })

  it('does nothing after the connection is lost', () => {
    const { conversation, request } = asked()
    conversation.transport.reset()
    expect(request.sendContinue()).toBe(false)
    expect(conversation.wire).toBe('')
  })

  it('may come behind other interim responses', () => {
    const { conversation, request } = asked()
    request.informational(103)
    expect(request.sendContinue()).toBe(true)
    request.informational(102)
    request.finish()
    expect(conversation.statuses).toEqual([103, 100, 102, 200])
  })

  it('does not let the client fill memory before anybody reads', () => {
    const { conversation, requests } = unanswered({ readAheadBytes: 10 })
    conversation.send(EXPECTING.replace(': 3', ': 1000'))
    requests[0]?.sendContinue()
    conversation.send('x'.repeat(11))
    expect(conversation.transport.paused).toBe(true)
  })
})

describe('a refusal of content that is expected to wait', () => {
  const refusals: [string, (request: Request) => void][] = [
    ['finishes at once', (request) => request.finish('no')],
    [
      'is written piece by piece',
      (request) => {
        request.write('n')
        request.write('o')
        request.finish()
      },
    ],
    ['comes behind an interim response', (request) => (request.informational(103), request.finish('no'))],
  ]

  it.each(refusals)('rule 61: says close, and does not wait, when it %s', (_what, refuse) => {
    const { conversation, requests, request } = asked()
    request.setResponseCode(413)
    refuse(request)
    expect(conversation.wire).toMatch(/HTTP\/1\.1 413 [^]*Connection: close\r\n/)
    expect(conversation.wire).not.toContain('100 Continue')
    expect(conversation.closed).toBe(true)
    conversation.send('abc', NEXT)
    expect(requests).toHaveLength(1)
  })

  it.each(refusals)(
    'rule 61: drops content that came without waiting, and what is behind it, when it %s',
    (_what, refuse) => {
      const { conversation, requests, request } = asked(`${EXPECTING}abc${NEXT}`)
      request.setResponseCode(413)
      refuse(request)
      expect(conversation.wire).toMatch(/HTTP\/1\.1 413 [^]*Connection: close\r\n/)
      expect(conversation.closed).toBe(true)
      expect(requests).toHaveLength(1)
    },
  )

  it('keeps the connection when the content was asked for before the answer', async () => {
    const { conversation, requests, request } = asked()
    const reading = request.content.bytes()
    conversation.send('abc')
    await reading
    request.setResponseCode(403)
    request.finish()
    conversation.send(NEXT)
    expect(conversation.wire).not.toContain('close')
    expect(requests.at(-1)?.requestTarget).toBe('/next')
  })
})
