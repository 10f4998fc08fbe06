import { describe, expect, it } from 'vitest'
import { fieldLines, head, OK, RawOrigin, reverseProxy } from './lab.ts'

describe('a request that is framed badly', () => {
  const requests: [name: string, request: string, status: number][] = [
    [
      'P01: Content-Length and Transfer-Encoding',
      head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked'),
      400,
    ],
    [
      'P02: Transfer-Encoding in HTTP/1.0',
      head('POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked'),
      400,
    ],
    [
      'P03: a coding that is not chunked',
      head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: xchunked'),
      400,
    ],
    [
      'P03: chunked not last',
      head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked, identity'),
      400,
    ],
    [
      'P03: chunked twice',
      head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
      400,
    ],
    [
      'P04: lengths that differ',
      head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Content-Length: 2'),
      400,
    ],
    ['P04: equal lengths', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1, 1'), 400],
    ['P04: a signed length', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: +2'), 400],
    ['P04: a hexadecimal length', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 0x2'), 400],
    ['P04: an empty length', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: '), 400],
    [
      'P04: a length above 2^53-1',
      head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 9007199254740993'),
      413,
    ],
    ['P07: a bare LF', 'GET / HTTP/1.1\nHost: a\n\n', 400],
    ['P08: a NUL in a value', head('GET / HTTP/1.1', 'Host: a', 'X: \0'), 400],
    ['P08: a bare CR in a value', head('GET / HTTP/1.1', 'Host: a', 'X: a\rb'), 400],
    ['P09: a folded field', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n', 400],
    ['P10: space before a colon', head('GET / HTTP/1.1', 'Host: a', 'X : a'), 400],
    ['P14: a fragment', head('GET /#a HTTP/1.1', 'Host: a'), 400],
    ['P14: a backslash', head('GET /\\a HTTP/1.1', 'Host: a'), 400],
    ['P16: a long target', head(`GET /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: a'), 414],
    ['P16: a long field', head('GET / HTTP/1.1', 'Host: a', `X: ${'a'.repeat(20_000)}`), 431],
  ]

  it.each(requests)('%s is refused, closed, and not sent on', async (_name, request, status) => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    const text = await send(`${request}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`).untilEnd()
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1) // P18: what is left over is no request
    expect(origin.received).toBe('')
  })

  it.each([
    ['0x2', 'P05'],
    ['+2', 'P05'],
    ['2 ', 'P05'],
    ['11111111111111111', 'P05'],
    ['2;a\rb', 'P06'],
  ])('%j as a chunk line ends the request (%s)', async (chunkLine) => {
    const origin = await RawOrigin.answering('')
    const { send } = await reverseProxy(origin.port)
    const request = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')
    const text = await send(`${request}${chunkLine}\r\nab\r\n0\r\n\r\n`).untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 4(?:00|13) /)
    expect(origin.received).not.toContain('0\r\n\r\n')
  })
})

describe('P20: the framing of a request', () => {
  async function sentOn(request: string, until: RegExp): Promise<string> {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until(until)
      connection.send(OK)
    })
    const { send } = await reverseProxy(origin.port)
    await send(request).until('ok')
    return origin.received
  }

  it('is written anew: a length', async () => {
    const received = await sentOn(
      head('PUT / HTTP/1.1', 'Host: a', 'content-length: 0005') + 'hello',
      /hello$/,
    )
    expect(fieldLines(received, 'content-length')).toEqual(['Content-Length: 5'])
    expect(fieldLines(received, 'transfer-encoding')).toEqual([])
  })

  it('is written anew: chunks, P06: without their extensions', async () => {
    const chunks = '5;secret=1\r\nhello\r\n1\r\n!\r\n0\r\n\r\n'
    const received = await sentOn(
      head('PUT / HTTP/1.1', 'Host: a', 'Transfer-Encoding: CHUNKED') + chunks,
      /0\r\n\r\n$/,
    )
    expect(fieldLines(received, 'transfer-encoding')).toEqual(['Transfer-Encoding: chunked'])
    expect(received).toMatch(/\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n$/)
  })

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('is kept for %s with content', async (method) => {
    const request = head(`${method} / HTTP/1.1`, 'Host: a', 'Content-Length: 2', 'Connection: close') + 'hi'
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until(/hi$/)
      connection.send(head('HTTP/1.1 204 No Content'))
    })
    const { send } = await reverseProxy(origin.port)
    expect(await send(request).untilEnd()).toMatch(/^HTTP\/1\.1 204 /)
    expect(fieldLines(origin.received, 'content-length')).toEqual(['Content-Length: 2'])
  })

  it('tells of an empty POST that it is empty', async () => {
    const received = await sentOn(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 0'), /\r\n\r\n/)
    expect(fieldLines(received, 'content-length')).toEqual(['Content-Length: 0'])
  })

  it('P40: carries trailers, and their announcement, without those that are forbidden', async () => {
    const request = head('PUT / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Trailer: X-Sum, Host')
    const received = await sentOn(
      `${request}1\r\na\r\n0\r\nX-Sum: 1\r\nHost: evil\r\nContent-Length: 9\r\n\r\n`,
      /0\r\n[^]*\r\n\r\n$/,
    )
    expect(received).toMatch(/0\r\nX-Sum: 1\r\n\r\n$/)
    expect(fieldLines(received, 'trailer')).toEqual(['Trailer: x-sum'])
  })

  it('P40: a Trailer field without chunks harms nobody', async () => {
    const received = await sentOn(
      head('GET / HTTP/1.1', 'Host: a', 'Trailer: X\x7fY'.replace('\x7f', '-')),
      /\r\n\r\n/,
    )
    expect(fieldLines(received, 'trailer')).toEqual([])
  })
})

describe('the framing of a response', () => {
  async function sentBack(
    response: string,
    { method = 'GET', version = '1.1', ends = false } = {},
  ): Promise<string> {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(response)
      if (ends) connection.socket.end()
    })
    const { send } = await reverseProxy(origin.port)
    return send(head(`${method} / HTTP/${version}`, 'Host: a', 'Connection: close')).untilEnd()
  }

  it('is kept: a length', async () => {
    const text = await sentBack(head('HTTP/1.1 200 OK', 'content-length: 5') + 'hello')
    expect(fieldLines(text, 'content-length')).toEqual(['Content-Length: 5'])
    expect(text).toMatch(/\r\n\r\nhello$/)
  })

  it('is written anew: chunks, with trailers', async () => {
    const chunks = '5;x\r\nhello\r\n0\r\nX-Sum: 5\r\nSet-Cookie: a=b\r\n\r\n'
    const text = await sentBack(
      head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Trailer: X-Sum') + chunks,
    )
    expect(text).toMatch(/\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n$/)
    expect(fieldLines(text, 'trailer')).toEqual(['Trailer: x-sum'])
  })

  it('becomes chunks when the server ends by closing', async () => {
    const text = await sentBack(head('HTTP/1.1 200 OK') + 'hello', { ends: true })
    expect(text).toMatch(/\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/)
  })

  it('ends by closing for an HTTP/1.0 client', async () => {
    const chunks = '5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n'
    const text = await sentBack(
      head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Trailer: X-Sum') + chunks,
      { version: '1.0' },
    )
    expect(text).toMatch(/\r\n\r\nhello$/)
    expect(fieldLines(text, 'transfer-encoding')).toEqual([])
    expect(fieldLines(text, 'trailer')).toEqual([])
  })

  it('P34: HEAD tells the length and has no content', async () => {
    const text = await sentBack(head('HTTP/1.1 200 OK', 'Content-Length: 5'), { method: 'HEAD' })
    expect(fieldLines(text, 'content-length')).toEqual(['Content-Length: 5'])
    expect(text).toMatch(/\r\n\r\n$/)
  })

  it('P34: 204 and 304 have no content', async () => {
    const empty = await sentBack(head('HTTP/1.1 204 No Content', 'Content-Length: 5'))
    expect(fieldLines(empty, 'content-length')).toEqual([])
    const unchanged = await sentBack(head('HTTP/1.1 304 Not Modified', 'Content-Length: 5'))
    expect(fieldLines(unchanged, 'content-length')).toEqual(['Content-Length: 5'])
    expect(unchanged).toMatch(/\r\n\r\n$/)
  })

  it('P34: what comes behind a response is given to nobody, and its connection not used again', async () => {
    const origin = await RawOrigin.answering(OK + head('HTTP/1.1 200 OK', 'Content-Length: 4') + 'evil')
    const { send } = await reverseProxy(origin.port)
    const client = send(head('GET / HTTP/1.1', 'Host: a'))
    await client.until(/ok$/)
    client.send(head('GET / HTTP/1.1', 'Host: a'))
    expect(await client.until(/ok[^]*ok$/)).not.toContain('evil')
    expect(origin.connections).toHaveLength(2)
  })

  const interim = head('HTTP/1.1 103 Early Hints', 'Link: </a>') + head('HTTP/1.1 102 Processing')

  it('P33: interim responses are passed on before the final one, and not taken for it', async () => {
    expect(await sentBack(interim + OK)).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\nVia: 1\.1 test\r\n\r\nHTTP\/1\.1 102 Processing\r\nVia: 1\.1 test\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/,
    )
  })

  it('P33: interim responses are passed on at once', async () => {
    const origin = await RawOrigin.answering(interim)
    const { send } = await reverseProxy(origin.port)
    const client = send(head('GET / HTTP/1.1', 'Host: a'))
    await client.until('102 Processing')
    origin.connections[0]?.send(OK)
    await client.until(/ok$/)
  })

  it('P33: interim responses never go to HTTP/1.0', async () => {
    const origin = await RawOrigin.answering(interim + OK)
    const { send } = await reverseProxy(origin.port)
    expect(await send(head('GET / HTTP/1.0')).untilEnd()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  it('P33: interim responses lose the fields that are for us, and those that they may not have', async () => {
    const fields = [
      'Connection: X-Hop',
      'X-Hop: a',
      'Keep-Alive: b',
      'Content-Length: 3',
      'Trailer: c',
      'Upgrade: d',
    ]
    const text = await sentBack(head('HTTP/1.1 103 Early Hints', ...fields, 'Link: </a>') + OK, {
      method: 'HEAD',
    })
    expect(text).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\nVia: 1\.1 test\r\n\r\nHTTP\/1\.1 200 /,
    )
  })

  it('P51: interim responses go before the 100 that the client waits for', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(`${interim}HTTP/1.1 100 Continue\r\n\r\n`)
      await connection.until(/hi$/)
      connection.send(OK)
    })
    const { send } = await reverseProxy(origin.port)
    const client = send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Expect: 100-continue'))
    await client.until('100 Continue\r\n\r\n')
    const statuses = [...(await client.send('hi').until(/ok$/)).matchAll(/HTTP\/1\.1 (\d+)/g)]
    expect(statuses.map(([, status]) => status)).toEqual(['103', '102', '100', '200'])
  })
})
