import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, Request, type RemoteProtocolError } from '../src/index.ts'
import type { ErrorContext, ErrorHook, HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head, unanswered, wireBytes } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')
const POST = head('POST /up HTTP/1.1', 'Host: a', 'Content-Length: 5')
const CHUNKED = head('POST /up HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')

/** Sees every line, so that heads take the way through the hooks. */
class HookedChannel extends HTTPChannel {
  override headerReceived(line: Uint8Array): boolean {
    return super.headerReceived(line)
  }
}

const makers: [string, (options: HTTPChannelOptions) => HTTPChannel][] = [
  ['scanned', (options) => new HTTPChannel(options)],
  ['through the line hooks', (options) => new HookedChannel(options)],
]

interface Report {
  readonly error: unknown
  readonly context: ErrorContext
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** An `onError` that keeps what it was told. */
function reporter(answer: ErrorHook = () => undefined): { reports: Report[]; onError: ErrorHook } {
  const reports: Report[] = []
  const onError: ErrorHook = (error, context) => {
    reports.push({ error, context })
    return answer(error, context)
  }
  return { reports, onError }
}

/** What the hook is told of one conversation, which has one error. */
function reportOf(
  pieces: readonly (Uint8Array | string)[],
  options: Partial<HTTPChannelOptions> = {},
  make?: (options: HTTPChannelOptions) => HTTPChannel,
): Report {
  const { reports, onError } = reporter()
  new Conversation({ ...options, onError }, make).send(...pieces)
  expect(reports).toHaveLength(1)
  return reports[0] as Report
}

describe('the offset of an error in a head', () => {
  it.each([
    ['ERR_IMPOSSIBLE_BYTE', 'GET / HTTP/1.1\r\nHost: a\x00', 23],
    ['ERR_IMPOSSIBLE_BYTE', '\x16\x03\x01\x00\xa5\x01\x00\x00', 0],
    ['ERR_VERSION_UNSUPPORTED', head('GET / HTTP/2.0'), 11],
    ['ERR_TARGET_FRAGMENT', head('GET /a#b HTTP/1.1', 'Host: a'), 6],
    ['ERR_CONNECT_PORT', head('CONNECT a HTTP/1.1', 'Host: a'), 9],
    ['ERR_HOST', head('GET / HTTP/1.1', 'A: b', 'hOST: \t a b'), 31],
    ['ERR_HOST_REPEATED', head('GET / HTTP/1.1', 'Host: a', 'Host: a'), 31],
    ['ERR_HOST_EMPTY', head('GET / HTTP/1.1', 'Host:'), 21],
    ['ERR_CONTENT_LENGTH', head('GET / HTTP/1.1', 'Host: a', 'Content-Length: 3x'), 42],
    [
      'ERR_CONTENT_LENGTH_REPEATED',
      head('GET / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Content-Length: 3'),
      60,
    ],
    ['ERR_TRANSFER_CODING', head('GET / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked'), 44],
    [
      'ERR_TRANSFER_ENCODING_WITH_LENGTH',
      head('GET / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked'),
      63,
    ],
    ['ERR_EXPECTATION', head('GET / HTTP/1.1', 'Host: a', 'Expect: tea'), 33],
    ['ERR_CONTENT_TOO_LARGE', head('GET / HTTP/1.1', 'Host: a', 'Content-Length: 99'), 41],
  ])('is that of the octet or the value at fault, however it is cut: %s', (code, wire, offset) => {
    for (const [, make] of makers) {
      for (const pieces of splits(wire)) {
        const { error } = reportOf(pieces, { maxBodySize: 9 }, make)
        expect(error).toMatchObject({ code, offset, phase: 'head' })
      }
    }
  })

  it('is left out where there is no octet at fault', () => {
    const { error } = reportOf([head('GET / HTTP/1.1')])
    expect(error).toMatchObject({ code: 'ERR_HOST_MISSING', offset: undefined })
  })

  it.each(makers)('is how much came, for one that stays incomplete or comes too late (%s)', (_name, make) => {
    const { reports, onError } = reporter()
    const cut = '\r\nGET / HTTP/1.1\r\nHost: a\r\nX'
    new Conversation({ onError }, make).send(cut).transport.deliverEnd()
    new Conversation({ onError }, make).send(...cut).clock.advance(30_000)
    expect(reports.map(({ error }) => error)).toMatchObject([
      { code: 'ERR_HEAD_INCOMPLETE', offset: cut.length - 2 },
      { code: 'ERR_HEADER_TIMEOUT', offset: cut.length - 2 },
    ])
    expect(reports.map(({ context }) => text(context.rawHead))).toEqual([cut.slice(2), cut.slice(2)])
  })

  it('is where the line begins that headerReceived refuses', () => {
    class Picky extends HTTPChannel {
      override headerReceived(line: Uint8Array): boolean {
        return line[0] !== 0x58 && super.headerReceived(line)
      }
    }
    const { error, context } = reportOf(
      [head('GET / HTTP/1.1', 'Host: a', 'X: y')],
      {},
      (options) => new Picky(options),
    )
    expect(error).toMatchObject({ code: 'ERR_HEADER_REFUSED', offset: 25 })
    expect(text(context.rawHead)).toBe(head('GET / HTTP/1.1', 'Host: a', 'X: y'))
  })
})

describe.each(makers)('the raw head of an error (%s)', (_name, make) => {
  it.each([
    ['a bad request line', head('GET  / HTTP/1.1', 'Host: a')],
    ['a bad field line', head('GET / HTTP/1.1', 'Host: a', 'A : b', 'C: d')],
    ['an impossible byte', head('GET / HTTP/1.1', 'Host: \x01', 'C: d')],
    ['no Host', head('GET /no-host HTTP/1.1', 'A:b', 'c:  d ')],
    ['no fields at all', head('GET / HTTP/1.1')],
    ['both lengths', head('POST / HTTP/1.2', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked')],
  ])('is what came of it, octet for octet, and nothing behind it: %s', (_what, wire) => {
    const { error, context } = reportOf([`${wire}${GET}`], {}, make)
    expect(text(context.rawHead)).toBe(wire)
    expect(context).toMatchObject({ phase: 'head', request: null, status: 400 })
    for (const pieces of splits(wire)) {
      const { rawHead } = reportOf(pieces, {}, make).context
      expect(wire.startsWith(text(rawHead))).toBe(true)
      expect(rawHead.length).toBeGreaterThan((error as RemoteProtocolError).offset ?? 0)
    }
  })

  it('is totalHeadersSize octets at most', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a', `X: ${'x'.repeat(100)}`)
    const { rawHead } = reportOf([wire], { totalHeadersSize: 50 }, make).context
    expect(text(rawHead)).toBe(wire.slice(0, 50))
    const long = reportOf([wire], { maxLength: 50 }, make).context.rawHead
    expect(text(long)).toBe(wire)
  })

  it('has a line that is one too many just once', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a')
    expect(text(reportOf([wire], { maxHeaders: 0 }, make).context.rawHead)).toBe(wire)
  })

  it('does not hold the memory of the read', () => {
    const { rawHead } = reportOf(
      [wireBytes(`GET  / HTTP/1.1\r\n${'x'.repeat(10_000)}`)],
      { totalHeadersSize: 20 },
      make,
    ).context
    expect(rawHead.buffer.byteLength).toBe(20)
  })

  it('is that of the second request when the second is broken', () => {
    const { context } = reportOf([`${GET}GET /2 HTTP/1.1\r\nHost : a\r\n\r\n`], {}, make)
    expect(text(context.rawHead)).toBe('GET /2 HTTP/1.1\r\nHost : a\r\n\r\n')
  })

  it('is that of the request when its content is broken', () => {
    const { error, context } = reportOf([`${CHUNKED}3\r\nabcd`], {}, make)
    expect(error).toMatchObject({
      code: 'ERR_CHUNK_DATA_END',
      phase: 'content',
      offset: 6,
      section: 'RFC 9112 §7.1',
    })
    expect(context).toMatchObject({ phase: 'content', status: 400 })
    expect(context.request?.requestTarget).toBe('/up')
    expect(text(context.rawHead)).toBe(CHUNKED)
  })

  it('is that of the request when its handler fails', () => {
    const failing = (channel: never, of: never): Request =>
      new (class extends Request {
        override process(): void {
          throw new Error('no')
        }
      })(channel, of)
    const { error, context } = reportOf([GET], { requestFactory: failing as never }, make)
    expect(error).toEqual(new Error('no'))
    expect(context).toMatchObject({ phase: 'response', status: 500 })
    expect(text(context.rawHead)).toBe(GET)
  })
})

describe('the status of an error', () => {
  it('is null when the response began', () => {
    const { reports, onError } = reporter()
    const { conversation, requests } = unanswered({ onError })
    conversation.send(CHUNKED)
    requests[0]?.content.read().catch(() => undefined)
    requests[0]?.write('begun')
    conversation.send('zz\r\n')
    expect(reports[0]?.context).toMatchObject({ phase: 'content', status: null })
    expect(conversation.wire).not.toContain('400')
  })

  it('is null when the response is complete, and its request is still told', () => {
    const { reports, onError } = reporter()
    const { conversation, requests } = unanswered({ onError })
    conversation.send(CHUNKED)
    requests[0]?.finish('early')
    conversation.send('zz\r\n')
    expect(reports[0]?.context).toMatchObject({ phase: 'content', status: null, request: requests[0] })
    expect(conversation.statuses).toEqual([200])
  })

  it('is 500, and the phase that of the head, when the request factory fails', () => {
    const requestFactory = (): Request => {
      throw new Error('no')
    }
    const { context } = reportOf([GET], { requestFactory })
    expect(context).toMatchObject({ phase: 'head', status: 500, request: null })
    expect(text(context.rawHead)).toBe(GET)
  })
})

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
