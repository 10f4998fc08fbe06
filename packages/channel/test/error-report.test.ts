import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, Request } from '../src/index.ts'
import type { RemoteProtocolError } from '../src/index.ts'
import { Conversation, head, unanswered, wireBytes } from './conversation.ts'
import { CHUNKED, GET, makers, reporter, reportOf, text } from './error-reports.ts'

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
