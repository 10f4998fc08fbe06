import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/index.ts'
import { unanswered } from '../conversation.ts'
import { CANARY, exchange, expectContentRefused, expectRefused, expectServed, head } from './rule-exchange.ts'

/** A POST with these lines behind Host. */
function post(...lines: string[]): string {
  return head('POST / HTTP/1.1', 'Host: a', ...lines)
}

const CHUNKED = post('Transfer-Encoding: chunked')

describe('Content-Length', () => {
  it.each([
    '+3',
    '-0',
    '-3',
    '0x3',
    '',
    '3 4',
    '3,4',
    '3, 4',
    '3;4',
    '3.0',
    '3e0',
    '"3"',
    'a',
    '\xb2',
    '3_0',
    '3a',
  ])('rule 32: %j is no length', (value) => {
    expectRefused(`${post(`Content-Length: ${value}`)}abc`, 400)
  })

  it.each(['0', '3', '03', '0000000000000000000003'])('rule 32: %j is a length', (value) => {
    expectServed(post(`Content-Length: ${value}`) + (value === '0' ? '' : 'abc'), [
      value === '0' ? '' : 'abc',
    ])
  })

  it.each([
    ['Content-Length: 3, 3'],
    ['Content-Length: 3,3'],
    ['Content-Length: 3', 'Content-Length: 3'],
    ['content-length: 3', 'X: y', 'CONTENT-LENGTH: 3'],
    ['Content-Length: 0', 'Content-Length: 0'],
    ['Content-Length: ,3'],
    ['Content-Length: 3,'],
  ])('rule 33: an equal length twice is refused: %s', (...lines) => {
    expectRefused(`${post(...lines)}abc`, 400)
  })

  it.each([
    ['3', '4'],
    ['0', '3'],
    ['3', ''],
    ['', '3'],
  ])('rule 33: two different lengths are refused: %j and %j', (first, second) => {
    expectRefused(`${post(`Content-Length: ${first}`, `Content-Length: ${second}`)}abc`, 400)
  })

  it.each(['9007199254740992', '18446744073709551617', '4294967296000000000000', '9'.repeat(5_000)])(
    'rule 34: %s octets are 413 at once',
    (length) => {
      expectRefused(post(`Content-Length: ${length}`), 413, { maxCuts: 50 })
    },
  )

  it('rule 34: a length of 2^53-1 is awaited, one above maxBodySize is 413 at once', () => {
    expect(exchange(`${post('Content-Length: 9007199254740991')}abc`)).toMatchObject({
      wire: '',
      state: 'body',
    })
    const options = { maxBodySize: 3 }
    expectServed(`${post('Content-Length: 3')}abc`, ['abc'], { options })
    expectRefused(post('Content-Length: 4'), 413, { options })
  })
})

describe('Transfer-Encoding', () => {
  it.each([
    ['Transfer-Encoding: chunked', 'Content-Length: 3'],
    ['Content-Length: 3', 'Transfer-Encoding: chunked'],
    ['Content-Length: 0', 'Transfer-Encoding: chunked'],
    ['Content-Length: x', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: gzip', 'Content-Length: 3'],
    ['Transfer-Encoding:', 'Content-Length: 3'],
  ])('rule 35: %s with %s is refused and closes', (first, second) => {
    expectRefused(`${post(first, second)}0\r\n\r\n`, 400)
  })

  it.each([['chunked, gzip'], ['chunked,identity'], ['chunked', 'gzip'], ['chunked, x, y']])(
    'rule 36: chunked is not final: %s',
    (...values) => {
      expectRefused(`${post(...values.map((value) => `Transfer-Encoding: ${value}`))}0\r\n\r\n`, 400)
    },
  )

  it.each([['gzip, chunked'], ['x-foo,chunked'], ['gzip', 'chunked'], ['deflate, gzip, chunked']])(
    'rule 37: a coding below chunked is 501: %s',
    (...values) => {
      expectRefused(`${post(...values.map((value) => `Transfer-Encoding: ${value}`))}0\r\n\r\n`, 501)
    },
  )

  it.each([['gzip'], ['x-foo'], ['xchunked'], ['chunkedx'], ['chunke']])(
    'rule 37: %s alone says no length, and is refused',
    (value) => {
      expectRefused(`${post(`Transfer-Encoding: ${value}`)}0\r\n\r\n`, 400)
    },
  )

  it('rule 38: identity is no coding: 400 alone, 501 below chunked', () => {
    expectRefused(post('Transfer-Encoding: identity'), 400)
    expectRefused(post('Transfer-Encoding: identity', 'Content-Length: 3'), 400)
    expectRefused(post('Transfer-Encoding: identity, chunked'), 501)
  })

  it.each(['chunked;q=1', 'chunked;', 'chunked ; a=b', 'chunked; a="b"'])(
    'rule 39: chunked with parameters is refused: %s',
    (value) => {
      expectRefused(`${post(`Transfer-Encoding: ${value}`)}0\r\n\r\n`, 400)
    },
  )

  it.each([['chunked, chunked'], ['chunked', 'chunked'], ['Chunked,CHUNKED'], ['chunked, gzip, chunked']])(
    'rule 40: chunked twice is refused: %s',
    (...values) => {
      expectRefused(`${post(...values.map((value) => `Transfer-Encoding: ${value}`))}0\r\n\r\n`, 400)
    },
  )

  it.each([
    '',
    ' ',
    ',',
    ', chunked',
    'chunked,',
    '\x0bchunked',
    'chunked\x0c',
    '"chunked"',
    'chun ked',
    'c/d',
  ])('rule 41: %j is no list of codings', (value) => {
    expectRefused(`${post(`Transfer-Encoding: ${value}`)}0\r\n\r\n`, 400)
  })

  it('rule 41: an empty one does not leave the framing to Content-Length', () => {
    expectRefused(`${post('Transfer-Encoding:', 'Content-Length: 3')}abc`, 400)
  })

  it.each(['chunked', 'CHUNKED', 'Chunked', 'cHuNkEd', '\tchunked \t'])('rule 42: %j is chunked', (value) => {
    expectServed(`${post(`TRANSFER-encoding:${value}`)}3\r\nabc\r\n0\r\n\r\n`, ['abc'])
  })

  it.each(['chunked', 'identity', 'gzip, chunked'])(
    'rule 43: %s in HTTP/1.0 is refused and closes',
    (value) => {
      const lines = ['POST / HTTP/1.0', 'Connection: keep-alive', `Transfer-Encoding: ${value}`]
      expectRefused(`${head(...lines)}0\r\n\r\n`, 400)
    },
  )
})

describe('chunks', () => {
  it.each(['3', '03', `${'0'.repeat(1_021)}3`])(
    'rule 44: a size is hex digits, up to the limit of its line',
    (size) => {
      expectServed(`${CHUNKED}${size}\r\nabc\r\n0\r\n\r\n`, ['abc'], { maxCuts: 50 })
    },
  )

  it('rule 44: digits of either case count, and a line beyond its limit is 413', () => {
    expectServed(`${CHUNKED}a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n`, ['01234567890123456789'])
    expectContentRefused(`${CHUNKED}${'0'.repeat(1_022)}3\r\nabc\r\n0\r\n\r\n`, 413, { maxCuts: 50 })
  })

  it.each(['20000000000000', 'ffffffffffffffff', '2000000000000000000000', '1'.repeat(500)])(
    'rule 44: a size of %s is 413 at once',
    (size) => {
      expectContentRefused(CHUNKED + size, 413, { maxCuts: 50 })
    },
  )

  it.each(['0x3', '+3', '-3', ' 3', '\t3', '3 ', '3\t', '', 'g', '3h', '3.', '"3"', '3,3', '\x0b3', '\xb3'])(
    'rule 45: %j is no size',
    (size) => {
      expectContentRefused(`${CHUNKED}${size}\r\nabc\r\n0\r\n\r\n`, 400)
    },
  )

  it.each([' ;x=y', ';x =y', ';x= y', ';x = y', '\t;\tx\t=\t"y"', ' ; x ; y', ';x; y=z'])(
    'rule 46: whitespace around ; and = is read and ignored: %j',
    (extension) => {
      expectServed(`${CHUNKED}3${extension}\r\nabc\r\n0${extension}\r\n\r\n`, ['abc'])
    },
  )

  it.each([' ;', ' ', '\t', ';x=y\x0b', ' \x0c;x', ';x=\x0by'])(
    'rule 46: other whitespace, or none of an extension, is refused: %j',
    (extension) => {
      expectContentRefused(`${CHUNKED}3${extension}\r\nabc\r\n0\r\n\r\n`, 400)
    },
  )

  it.each([
    '3\nabc\r\n0\r\n\r\n',
    '3\r\nabc\n0\r\n\r\n',
    '3\r\nabc\r\n0\n\r\n',
    '3\r\nabc\r\n0\r\n\n',
    '3;x=y\nabc\r\n0\r\n\r\n',
    '3;x\nabc\r\n0\r\n\r\n',
    '3;x="\n"\r\nabc\r\n0\r\n\r\n',
    '3\r\nabc\r\n0\r\nX: y\n\r\n',
    '3\r\nabc\r\n0\r\nX: y\r\n\n',
    '\n3\r\nabc\r\n0\r\n\r\n',
  ])('rule 47: the bare LF in %j is refused', (body) => {
    expectContentRefused(CHUNKED + body, 400)
  })

  it.each([
    '3\r\nabcd\r\n',
    '3\r\nabcXX',
    '3\r\nabc  ',
    '3\r\nabc\r\r',
    '3\r\nabc\n\r',
    '3\r\nabc0\r\n\r\n',
    '3\r\nabc\rX',
  ])('rule 48: data that no CRLF follows is refused: %j', (body) => {
    expectContentRefused(`${CHUNKED}${body}0\r\n\r\n`, 400)
  })

  it.each([';x', ';x=y', ';x="y;\\"z"', ';x=y;z', ";a!#$%&'*+-.^_`|~=b", ';x=""'])(
    'rule 49: the extension %j is ignored',
    (extension) => {
      expectServed(`${CHUNKED}3${extension}\r\nabc\r\n0${extension}\r\n\r\n`, ['abc'])
    },
  )

  it('rule 49: extensions of one body have a limit, and one octet more is 413', () => {
    const options = { chunked: { maxExtensionBytes: 6 } }
    const body = (last: string): string => `1;ab\r\nx\r\n0;${last}\r\n\r\n`
    expectServed(CHUNKED + body('cd'), ['x'], { options })
    expectContentRefused(CHUNKED + body('cde'), 413, { options })
  })

  it.each([
    ';',
    ';;x',
    ';x;',
    ';=y',
    ';x=',
    ';x=y z',
    ';x="y',
    ';x=\x01',
    ';x="\x7f"',
    ';x\r=y',
    ';x="\r"',
    ';(x)',
    '; ;x',
  ])('rule 50: the extension %j is refused', (extension) => {
    expectContentRefused(`${CHUNKED}3${extension}\r\nabc\r\n0\r\n\r\n`, 400)
  })
})

describe('trailers', () => {
  /** Answers with trailers and headers, once the content is read. */
  const answer = (request: Request): void =>
    request.content.deliverTo({
      dataReceived: () => undefined,
      contentDone: (trailers) =>
        request.finish(
          JSON.stringify({ trailers: [...(trailers ?? [])], headers: [...request.requestHeaders] }),
        ),
      contentLost: () => undefined,
    })

  it('rule 51: trailers stand by themselves, without those that may not stand there', () => {
    const forbidden =
      'Transfer-Encoding: chunked|Content-Length: 9|Host: b|Connection: close|Upgrade: x|TE: x|Trailer: x|' +
      'Authorization: x|Cookie: x|Proxy-Authorization: x|Content-Type: x|Content-Encoding: x|Content-Range: x|' +
      'Expect: x|Range: x|Cache-Control: x|Max-Forwards: 0|X-Forwarded-For: x'
    const lines = ['Digest: abc', ...forbidden.split('|'), 'x: y', ...forbidden.toLowerCase().split('|')]
    const seen = exchange(`${CHUNKED}1\r\nx\r\n0\r\n${head(...lines)}${CANARY}`, { answer, maxCuts: 100 })
    expect(seen).toMatchObject({ statuses: [200, 200], closed: false })
    expect(seen.wire).toContain(
      '{"trailers":[["Digest","abc"],["x","y"]],"headers":[["Host","a"],["Transfer-Encoding","chunked"]]}',
    )
  })

  it.each([
    'not a header line',
    'X',
    ': y',
    'X : y',
    ' X: y',
    'X: \x01',
    'X: a\rb',
    'X\0: y',
    '(X): y',
    'X: y\x7f',
  ])('rule 52: the trailer line %j is refused', (line) => {
    expectContentRefused(`${CHUNKED}1\r\nx\r\n0\r\n${line}\r\n\r\n`, 400)
    expectContentRefused(`${CHUNKED}1\r\nx\r\n0\r\nA: b\r\n${line}\r\n\r\n`, 400)
  })
})

describe('where a message ends', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'FROB'])(
    'rule 53: %s without Transfer-Encoding and Content-Length has no content',
    (method) => {
      expectServed(head(`${method} / HTTP/1.1`, 'Host: a'), [''])
      expectServed(head(`${method} / HTTP/1.0`, 'Connection: keep-alive'), [''])
    },
  )

  it.each(['GET', 'DELETE', 'OPTIONS', 'TRACE', 'FROB'])(
    'rule 54: the content of %s is content, not a request',
    (method) => {
      const line = [`${method} / HTTP/1.1`, 'Host: a']
      const hidden = head('GET /hidden HTTP/1.1', 'Host: a')
      expectServed(head(...line, `Content-Length: ${hidden.length}`) + hidden, [hidden])
      const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
      expectServed(head(...line, 'Transfer-Encoding: chunked') + chunk, [hidden])
    },
  )

  it('rule 54: the content of HEAD is content, not a request', () => {
    const seen = exchange(`${head('HEAD / HTTP/1.1', 'Host: a', 'Content-Length: 3')}abc${CANARY}`)
    expect(seen).toMatchObject({ contents: ['abc', ''], calls: ['HEAD /', 'GET /canary'], closed: false })
  })

  it.each([
    ['by its length', `${post('Content-Length: 4')}abc`],
    ['in a chunk', `${CHUNKED}4\r\nabc`],
    ['between chunks', `${CHUNKED}3\r\nabc\r\n`],
    ['in the trailers', `${CHUNKED}0\r\nX: y\r\n`],
    ['before the last LF', `${CHUNKED}0\r\n\r`],
    ['before any of it', post('Content-Length: 4')],
  ])('rule 55: an end of input inside content, %s, is an error and closes', (_where, wire) => {
    const seen = exchange(wire, { end: true })
    expect(seen).toMatchObject({
      statuses: [400],
      contents: [null],
      codes: ['ERR_BODY_TRUNCATED'],
      closed: true,
    })
  })

  it('rule 55: content that stops coming is an error and closes', () => {
    const { conversation, requests } = unanswered({ bodyIdleTimeoutMs: 1_000 })
    conversation.send(`${post('Content-Length: 4')}abc`)
    const events: string[] = []
    requests[0]?.content.deliverTo({
      dataReceived: (chunk) => void events.push(Buffer.from(chunk).toString()),
      contentDone: () => void events.push('done'),
      contentLost: () => void events.push('lost'),
    })
    conversation.clock.advance(999)
    expect(events).toEqual(['abc'])
    conversation.clock.advance(1)
    expect(events).toEqual(['abc', 'lost'])
    expect(conversation).toMatchObject({ statuses: [408], closed: true })
  })

  it('rule 56: content that nobody reads is read to its end, or the connection closes', () => {
    const ignore = { answer: (request: Request): void => request.finish(), options: { discardBytes: 3 } }
    const kept = exchange(`${post('Content-Length: 3')}abc${CANARY}`, ignore)
    expect(kept).toMatchObject({ statuses: [200, 200], calls: ['POST /', 'GET /canary'], closed: false })
    const closed = exchange(`${post('Content-Length: 4')}abcd${CANARY}`, ignore)
    expect(closed).toMatchObject({ statuses: [200], calls: ['POST /'], closed: true })
    expect(closed.wire).toContain('\r\nConnection: close\r\n')
    const chunked = exchange(`${CHUNKED}4\r\nabcd\r\n0\r\n\r\n${CANARY}`, ignore)
    expect(chunked).toMatchObject({ statuses: [200], calls: ['POST /'], closed: true })
  })

  it('rule 56: bad framing in content that nobody reads closes, without a second answer', () => {
    const seen = exchange(`${CHUNKED}1\r\nxZZ${CANARY}`, { answer: (request) => request.finish() })
    expect(seen).toMatchObject({ statuses: [200], calls: ['POST /'], closed: true })
  })
})
