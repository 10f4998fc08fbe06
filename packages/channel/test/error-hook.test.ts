import { describe, expect, it } from 'vitest'
import { Request } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, unanswered } from './conversation.ts'
import { CHUNKED, GET, POST, reporter } from './error-reports.ts'

describe('an error response by the application', () => {
  const broken = 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'

  it('replaces ours', () => {
    const conversation = new Conversation({
      onError: () => ({
        statusCode: 422,
        reason: 'No',
        headers: { 'Content-Type': 'application/json', 'X-Why': ['a', 'b'] },
        body: '{"é":1}',
      }),
    }).send(broken)
    expect(conversation.wire).toBe(
      'HTTP/1.1 422 No\r\nContent-Type: application/json\r\nX-Why: a\r\nX-Why: b\r\n' +
        'Content-Length: 8\r\nConnection: close\r\n\r\n{"Ã©":1}',
    )
    expect(conversation.closed).toBe(true)
  })

  it('is ours in all that it leaves out', () => {
    const conversation = new Conversation({ onError: () => ({}), sendDate: true }).send(broken)
    expect(conversation.wire).toBe(
      'HTTP/1.1 400 Bad Request\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain; charset=utf-8\r\n' +
        'Content-Length: 16\r\nConnection: close\r\n\r\n400 Bad Request\n',
    )
  })

  it('may have its own Date, and bytes, whose type nobody guesses', () => {
    const conversation = new Conversation({
      onError: () => ({ headers: [['Date', 'today']], body: new Uint8Array([0xff]) }),
      sendDate: true,
    }).send(broken)
    expect(conversation.wire).toBe(
      'HTTP/1.1 400 Bad Request\r\nDate: today\r\nContent-Length: 1\r\nConnection: close\r\n\r\n\xff',
    )
  })

  it('has no say in framing and persistence', () => {
    const headers = { 'Content-Length': '1', 'transfer-encoding': 'chunked', Connection: 'keep-alive' }
    const conversation = new Conversation({ onError: () => ({ headers, body: 'abc' }) }).send(broken)
    expect(conversation.wire).toMatch(/\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc$/)
    expect(conversation.wire).not.toMatch(/chunked|keep-alive|Length: 1/)
  })

  it('has no content for HEAD', () => {
    const wire = new Conversation({ onError: () => ({ body: 'abc' }) }).send(
      'HEAD / HTTP/1.1\r\nHost : a\r\n\r\n',
    ).wire
    expect(wire).toMatch(/\r\nContent-Length: 3\r\nConnection: close\r\n\r\n$/)
  })

  it('waits for the responses before it', () => {
    const { conversation, requests } = unanswered({ onError: () => ({ statusCode: 418, body: 'late' }) })
    conversation.send(GET + broken)
    expect(conversation.wire).toBe('')
    requests[0]?.finish('first')
    expect(conversation.statuses).toEqual([200, 418])
    expect(conversation.wire).toMatch(/first[^]*late$/)
  })

  it('answers for a handler that failed', async () => {
    const requestFactory: HTTPChannelOptions['requestFactory'] = (channel, of) =>
      new (class extends Request {
        override process(): Promise<void> {
          return Promise.reject(new Error('no'))
        }
      })(channel, of)
    const conversation = new Conversation({ requestFactory, onError: () => ({ statusCode: 503 }) }).send(GET)
    await new Promise(setImmediate)
    expect(conversation.statuses).toEqual([503])
    expect(conversation.closed).toBe(true)
  })

  it('answers for a handler that took too long', () => {
    const { reports, onError } = reporter(() => ({ body: 'busy' }))
    const { conversation } = unanswered({ onError, handlerTimeoutMs: 1_000 })
    conversation.send(GET)
    conversation.clock.advance(1_000)
    expect(reports).toMatchObject([
      {
        error: { code: 'ERR_HANDLER_TIMEOUT', statusHint: 503 },
        context: { phase: 'response', status: 503 },
      },
    ])
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 503 [^]*busy$/)
  })

  it('answers a deadline that passed', () => {
    const conversation = new Conversation({ onError: () => ({ body: 'slow' }) }).send('GET /')
    conversation.clock.advance(30_000)
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 408 [^]*slow$/)
  })

  it('is not sent where nothing can be answered any more', () => {
    const { conversation, requests } = unanswered({ onError: () => ({ body: 'never' }) })
    conversation.send(CHUNKED)
    requests[0]?.finish('early')
    conversation.send('zz\r\n')
    expect(conversation.wire).not.toContain('never')
  })

  it.each([
    ['a status that is no error', { statusCode: 200 }],
    ['a status that is none', { statusCode: 400.5 }],
    ['a status beyond the last', { statusCode: 600 }],
    ['a line end in the reason', { reason: 'a\r\nb: c' }],
    ['a line end in a field', { headers: { a: 'b\r\nc: d' } }],
    ['headers that are none', { headers: [null] as never }],
    ['a body that is none', { body: 5 as never }],
  ])('is not sent when it may not go out, and the hook learns why: %s', (_what, response) => {
    const { reports, onError } = reporter(() => response)
    const conversation = new Conversation({ onError }).send(broken)
    expect(conversation.wire).toBe(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 16\r\nConnection: close\r\n\r\n400 Bad Request\n',
    )
    expect(reports).toHaveLength(2)
    expect(reports[1]?.error).toBeInstanceOf(Error)
    expect(reports[1]?.context).toMatchObject({ phase: 'response', status: 400 })
  })

  it.each(['a number', 5, true, Symbol('no')])('is nothing but an object: %s', (returned) => {
    const { reports, onError } = reporter(() => returned as never)
    expect(new Conversation({ onError }).send(broken).statuses).toEqual([400])
    expect(reports).toHaveLength(1)
  })
})

describe('a hook for errors', () => {
  it('that throws changes nothing', () => {
    const onError = (): never => {
      throw new Error('no')
    }
    expect(new Conversation({ onError }).send('\x16').statuses).toEqual([400])
  })

  it('that is async answers too late, and may reject', async () => {
    const onError = (() => Promise.reject(new Error('no'))) as never
    expect(new Conversation({ onError }).send('\x16').statuses).toEqual([400])
    await new Promise(setImmediate)
  })

  it('may close: nothing is answered', () => {
    const conversation: Conversation = new Conversation({
      onError: () => {
        conversation.channel.loseConnection()
        return { body: 'never' }
      },
    })
    conversation.send('\x16')
    expect(conversation.wire).toBe('')
    expect(conversation.closed).toBe(true)
  })

  it('may break off', () => {
    const conversation: Conversation = new Conversation({
      onError: () => {
        conversation.channel.abortConnection()
      },
    })
    conversation.send('\x16')
    conversation.transport.settle()
    expect(conversation.channel.readState).toBe('closed')
    expect(conversation.clock.pending).toBe(0)
  })

  it('that finishes the request all the same is not answered over', () => {
    const { conversation, requests } = unanswered({
      onError: (_error, { request }) => {
        request?.finish('mine')
        return { body: 'never' }
      },
    })
    conversation.send(POST)
    void requests[0]?.content.read().catch(() => undefined)
    conversation.clock.advance(30_000)
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close\r\n\r\nmine$/)
    expect(conversation.closed).toBe(true)
  })
})
