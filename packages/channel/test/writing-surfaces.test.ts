import { Headers } from '@millrace/headers'
import { wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { addCookie, LocalProtocolError, redirect, type Request, setETag } from '../src/index.ts'
import { head, unanswered } from './conversation.ts'
import { fc, test } from './property.ts'
import { type Asked, ReferenceReader, type ReadResponse } from './reference-response.ts'

/** What could end a line, a head or a message, where a service passes on what its users wrote. */
const evil = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\x7f',
    '\x0b',
    ' ',
    '\t',
    ',',
    ';',
    ':',
    'é',
    'ł',
    '\u{1f600}',
    '',
  ),
  fc.constantFrom(
    '\r\nSet-Cookie: a=b',
    '\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    '0\r\n\r\n',
    'close',
    'chunked',
    '5',
  ),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const text = fc.array(evil, { maxLength: 3 }).map((pieces) => pieces.join(''))
const names = ['X', 'Link', 'Date', 'Trailer', 'Digest', 'Host', 'Upgrade']
const framingNames = ['Content-Length', 'transfer-encoding', 'Connection']
const name = fc.oneof(fc.constantFrom(...names, ...framingNames), text)
const value = fc.oneof(fc.constantFrom('a', '0', '3', 'close', 'X, Y'), text)
const code = fc.oneof(
  fc.constantFrom(100, 101, 102, 103, 200, 204, 205, 304, 404),
  fc.integer({ min: -1, max: 1000 }),
)

type Op = (request: Request, written: Written) => void

/** What got through. */
interface Written {
  content: string
  finished: boolean
  readonly names: Set<string>
}

/** A piece of content, as the octets that it stands for. */
function octets(piece: string): string {
  return wireText(new TextEncoder().encode(piece))
}

function field(put: (request: Request, name: string, value: string) => void): fc.Arbitrary<Op> {
  return fc.tuple(name, value).map(([n, v]): Op => (request, written) => {
    put(request, n, v)
    written.names.add(n.toLowerCase())
  })
}

function fixed(fieldName: string, put: (request: Request, text: string) => void): fc.Arbitrary<Op> {
  return value.map((v): Op => (request, written) => {
    put(request, v)
    written.names.add(fieldName)
  })
}

const op: fc.Arbitrary<Op> = fc.oneof(
  fc.tuple(code, fc.option(text)).map(
    ([c, reason]): Op =>
      (request) =>
        request.setResponseCode(c, reason),
  ),
  field((request, n, v) => request.setHeader(n, v)),
  field((request, n, v) => request.responseHeaders.append(n, v)),
  field((request, n, v) => request.responseHeaders.setRawHeaders(n, [v, 'x', v])),
  field((request, n, v) => request.responseTrailers.set(n, v)),
  field((request, n, v) => request.responseTrailers.append(n, v)),
  field((request, n, v) => request.responseTrailers.setRawHeaders(n, [v, v])),
  fc.tuple(code, name, value).map(([c, n, v]): Op => (request, written) => {
    request.informational(c, [[n, v]])
    written.names.add(n.toLowerCase())
  }),
  fc.tuple(name, value).map(([n, v]): Op => (request, written) => {
    request.informational(103, Headers.fromParsed([n], [v]))
    written.names.add(n.toLowerCase())
  }),
  fc.constant<Op>((request) => void request.sendContinue()),
  fixed('set-cookie', (request, v) => addCookie(request, 'a', v, { path: v })),
  fixed('location', (request, v) => redirect(request, v)),
  fixed('etag', (request, v) => void setETag(request, `"${v}"`)),
  text.map((piece): Op => (request, written) => {
    request.write(piece)
    written.content += octets(piece)
  }),
  text.map((piece): Op => (request, written) => {
    request.finish(piece)
    written.content += octets(piece)
    written.finished = true
  }),
)

const OF_THE_CHANNEL = new Set(['content-length', 'transfer-encoding', 'connection', 'trailer'])
const CANARY = head('GET /canary HTTP/1.1', 'Host: a')

const asked = fc.constantFrom<readonly [string, Asked]>(
  [head('GET / HTTP/1.1', 'Host: a'), { method: 'GET', minorVersion: 1 }],
  [head('GET / HTTP/1.0', 'Connection: keep-alive'), { method: 'GET', minorVersion: 0 }],
  [head('HEAD / HTTP/1.1', 'Host: a'), { method: 'HEAD', minorVersion: 1 }],
  [head('CONNECT a:1 HTTP/1.1', 'Host: a:1'), { method: 'CONNECT', minorVersion: 1 }],
  [
    head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Expect: 100-continue'),
    { method: 'POST', minorVersion: 1 },
  ],
)

/** Runs what gets through of `ops`; what does not was the caller's mistake, and said so. */
function run(request: Request, ops: readonly Op[]): Written {
  const written: Written = { content: '', finished: false, names: new Set() }
  const finish: Op = (last, seen) => {
    last.finish()
    seen.finished = true
  }
  const plainly: Op = (last, seen) => {
    last.responseHeaders.removeHeader('transfer-encoding')
    last.responseHeaders.removeHeader('content-length')
    last.setResponseCode(200)
    finish(last, seen)
  }
  for (const step of [...ops, finish, plainly]) {
    try {
      if (!request.finished) step(request, written)
    } catch (error) {
      const isTyped = [LocalProtocolError, TypeError, RangeError].some((type) => error instanceof type)
      if (!isTyped) throw error
    }
  }
  return written
}

function check(responses: ReadResponse[], aborted: boolean, written: Written): void {
  for (const { fields, trailers } of responses) {
    for (const [fieldName] of [...fields, ...trailers]) {
      const known = written.names.has(fieldName.toLowerCase()) || OF_THE_CHANNEL.has(fieldName.toLowerCase())
      if (!known) throw new Error(`a field that nobody set: ${fieldName}`)
    }
  }
  if (!aborted) expect(responses.map(({ complete }) => complete)).not.toContain(false)
  const final = responses.find(({ status }) => status >= 200)
  if (final === undefined) return expect(aborted).toBe(true)
  expect(written.content.startsWith(final.content)).toBe(true)
  const { status, content, complete } = final
  if (complete && content !== '' && status < 300) expect(content).toBe(written.content)
}

describe('whatever is written', () => {
  test.prop([asked, fc.array(op, { maxLength: 8 })], { numRuns: 6000 })(
    'what leaves is one response to each request, and holds nothing that nobody set (rule 79, property)',
    ([wire, what], ops) => {
      const { conversation, requests } = unanswered()
      conversation.send(wire)
      const written = run(requests[0] as Request, ops)
      conversation.send(what.method === 'POST' ? '' : CANARY)
      const mark = requests.length
      if (mark === 2) requests[1]?.finish('canary')
      conversation.transport.settle()
      const aborted = conversation.transport.lostReason?.kind === 'aborted'
      const all = new ReferenceReader(conversation.wire).readAll([what, { method: 'GET', minorVersion: 1 }])
      if (mark === 2) expect(all.pop()?.content).toBe('canary')
      check(all, aborted, written)
    },
  )

  test.prop([text, code, text, fc.array(fc.tuple(name, value), { maxLength: 2 })], { numRuns: 2000 })(
    'writeHeaders writes one head, or throws (rule 79, property)',
    (version, status, reason, pairs) => {
      const { conversation } = unanswered()
      conversation.send(head('GET / HTTP/1.1', 'Host: a'))
      for (const protocol of ['HTTP/1.1', version]) {
        try {
          const headers = new Headers(pairs)
          conversation.channel.writeHeaders(protocol as 'HTTP/1.1', status, reason, headers)
        } catch (error) {
          expect([TypeError, RangeError].some((type) => error instanceof type)).toBe(true)
        }
      }
      conversation.send('x')
      expect(conversation.wire).toMatch(/^(HTTP\/1\.1 \d{3} [^\r\n\0]*\r\n([^\r\n\0]+\r\n)*\r\n){0,2}$/)
    },
  )
})

describe('the reference reader', () => {
  const read = (wire: string, method = 'GET', minorVersion = 1): ReadResponse[] =>
    new ReferenceReader(wire).readAll([{ method, minorVersion }])

  it.each([
    ['a second response', 'HTTP/1.1 204 \r\n\r\nHTTP/1.1 204 \r\n\r\n'],
    ['a bare LF', 'HTTP/1.1 204 \n\r\n'],
    ['a control character', 'HTTP/1.1 204 \r\nA: \x01\r\n\r\n'],
    ['no space behind the code', 'HTTP/1.1 204\r\n\r\n'],
    [
      'both framings',
      'HTTP/1.1 200 \r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 \r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
    ['a length with 204', 'HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n'],
    ['octets behind the content', 'HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nab\r\n'],
    ['a length in an interim response', 'HTTP/1.1 103 \r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 \r\n\r\n'],
    ['a forbidden trailer', 'HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: a\r\n\r\n'],
    [
      'a chunk extension with CR',
      'HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n1;\r\r\na\r\n0\r\n\r\n',
    ],
    ['content without an end', 'HTTP/1.1 200 \r\n\r\nabc'],
  ])('refuses %s', (_what, wire) => {
    expect(() => read(wire)).toThrow(Error)
  })

  it('refuses what HTTP/1.0 does not know', () => {
    expect(() => read('HTTP/1.1 103 \r\n\r\nHTTP/1.1 204 \r\n\r\n', 'GET', 0)).toThrow(Error)
    expect(() => read('HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'GET', 0)).toThrow(
      Error,
    )
  })

  it('reads interim responses, chunks and trailers', () => {
    const wire =
      'HTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\n\r\n'
    expect(read(wire)).toMatchObject([
      { status: 103, fields: [['Link', 'a']] },
      { status: 200, content: 'hi', trailers: [['A', 'b']], complete: true },
    ])
  })
})
