import { describe, expect, it } from 'vitest'
import {
  deadPort,
  fieldLines,
  forwardProxy,
  head,
  nodeOrigin,
  OK,
  ourOrigin,
  RawOrigin,
  reverseProxy,
} from './lab.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('P37: when the server fails, the client gets', () => {
  it('502 where nobody listens', async () => {
    const { send, failures, gateway } = await reverseProxy(await deadPort())
    const text = await send(GET).until('\n\r\n502 Bad Gateway\n')
    expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
    expect(fieldLines(text, 'proxy-status')).toEqual(['Proxy-Status: test; error=connection_refused'])
    expect(failures).toMatchObject([{ code: 'ERR_UPSTREAM_CONNECT' }])
    expect(gateway.pool.status.origins).toBe(0)
  })

  it('502 for a name that has no address', async () => {
    const { send } = await forwardProxy()
    const text = await send(head('GET http://no-such-host.invalid/ HTTP/1.1', 'Host: a')).until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 502 /)
    expect(fieldLines(text, 'proxy-status')).toEqual(['Proxy-Status: test; error=dns_error'])
  })

  it.each([
    ['P31: octets that are no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['P30: two lengths', head('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2')],
    ['P30: a length and chunks', head('HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['P30: a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    [
      'P33: a 101 that nobody asked for',
      head('HTTP/1.1 101 Switching Protocols', 'Upgrade: x', 'Connection: upgrade'),
    ],
    ['P39: the status 888', head('HTTP/1.1 888 Lucky', 'Content-Length: 0')],
    ['P38: a NUL in a field', head('HTTP/1.1 200 OK', 'X: \0')],
  ])('502 for %s', async (_name, response) => {
    const origin = await RawOrigin.answering(response)
    const { send, gateway } = await reverseProxy(origin.port)
    const text = await send(GET).until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
    expect(fieldLines(text, 'proxy-status')[0]).toMatch(/^Proxy-Status: test; error=http_/)
    expect(gateway.pool.status.origins).toBe(0) // P35
  })

  it('502 when the server breaks the connection off, or closes it', async () => {
    for (const how of ['resetAndDestroy', 'end'] as const) {
      const origin = await RawOrigin.start(async (connection) => {
        await connection.until('\r\n\r\n')
        connection.socket[how]()
      })
      const { send } = await reverseProxy(origin.port)
      const text = await send(GET).until('\r\n\r\n')
      expect(text).toMatch(/^HTTP\/1\.1 502 /)
      expect(fieldLines(text, 'proxy-status')).toEqual(['Proxy-Status: test; error=connection_terminated'])
    }
  })

  it('504 when the head of the response does not come', async () => {
    const origin = await RawOrigin.start(() => {})
    const { send } = await reverseProxy(origin.port, { upstream: { headTimeoutMs: 20 } })
    const text = await send(GET).until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/)
    expect(fieldLines(text, 'proxy-status')).toEqual(['Proxy-Status: test; error=http_response_timeout'])
    await origin.connections[0]?.untilClosed()
  })

  it('503 and when to come back, when too many wait', async () => {
    const origin = await RawOrigin.start(() => {})
    const { send } = await reverseProxy(origin.port, {
      pool: { maxConnectionsPerOrigin: 1, maxWaitingPerOrigin: 0 },
    })
    send(GET)
    const text = await send(GET).until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
    expect(fieldLines(text, 'retry-after')).toEqual(['Retry-After: 1'])
  })

  it('the next response on the same connection', async () => {
    const { send } = await reverseProxy(await deadPort())
    const client = send(GET)
    await client.until('502 Bad Gateway\n')
    client.send(GET)
    await client.until(/502 Bad Gateway\n[^]*502 Bad Gateway\n/)
  })

  it('no content with the answer to HEAD', async () => {
    const { send } = await reverseProxy(await deadPort())
    const text = await send(head('HEAD / HTTP/1.1', 'Host: a', 'Connection: close')).untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 502 [^]*\r\n\r\n$/)
  })
})

describe('P36: a response that is cut off', () => {
  it.each([
    ['by its length', head('HTTP/1.1 200 OK', 'Content-Length: 10') + 'hello', '1.1'],
    ['in chunks', head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n', '1.1'],
    [
      'in chunks, to HTTP/1.0',
      head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n',
      '1.0',
    ],
  ])('%s breaks the connection to the client', async (_name, response, version) => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(response)
    })
    const { send, failures } = await reverseProxy(origin.port)
    const client = send(head(`GET / HTTP/${version}`, 'Host: a'))
    await client.until('hello')
    origin.connections[0]?.socket.end()
    const text = await client.untilClosed()
    expect(text).not.toContain('0\r\n\r\n')
    expect(client.error).toMatchObject({ code: 'ECONNRESET' })
    expect(failures).toMatchObject([{ code: 'ERR_UPSTREAM_TRUNCATED' }])
  })

  it('broken in its framing breaks it too', async () => {
    const chunks = head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked') + '5\r\nhello\r\nxyz\r\n'
    const origin = await RawOrigin.answering(chunks)
    const { send } = await reverseProxy(origin.port)
    const client = send(GET)
    await client.untilClosed()
    expect(client.error).toMatchObject({ code: 'ECONNRESET' })
  })

  it('that stops coming breaks it in time', async () => {
    const origin = await RawOrigin.answering(head('HTTP/1.1 200 OK', 'Content-Length: 10') + 'hello')
    const { send, failures } = await reverseProxy(origin.port, { upstream: { idleTimeoutMs: 20 } })
    const client = send(GET)
    await client.untilClosed()
    expect(failures).toMatchObject([{ code: 'ERR_UPSTREAM_IDLE_TIMEOUT' }])
  })
})

describe('P35: when the client leaves', () => {
  it('before the response, the server is left too', async () => {
    const origin = await RawOrigin.start(() => {})
    const { send, gateway } = await reverseProxy(origin.port)
    const client = send(GET)
    await expect.poll(() => origin.received).toContain('\r\n\r\n')
    client.socket.resetAndDestroy()
    await origin.connections[0]?.untilClosed()
    expect(gateway.pool.status.origins).toBe(0)
    expect(gateway.channels.size).toBe(0)
  })

  it('inside the response, the server is left too', async () => {
    const origin = await RawOrigin.answering(
      head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n',
    )
    const { send, gateway } = await reverseProxy(origin.port)
    const client = send(GET)
    await client.until('hello')
    client.socket.resetAndDestroy()
    await origin.connections[0]?.untilClosed()
    expect(gateway.pool.status.origins).toBe(0)
  })

  it('inside its own request, the server is left too', async () => {
    const origin = await RawOrigin.start(() => {})
    const { send, gateway } = await reverseProxy(origin.port)
    const client = send(head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 10') + 'hello')
    await expect.poll(() => origin.received).toContain('hello')
    client.socket.end()
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    await origin.connections[0]?.untilClosed()
    expect(gateway.pool.status.origins).toBe(0)
  })

  it('quietly, a silent server is left in time', async () => {
    const origin = await RawOrigin.answering(
      head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n',
    )
    const { send, gateway } = await reverseProxy(origin.port, { halfCloseTimeoutMs: 20 })
    const client = send(GET)
    await client.until('hello')
    client.socket.destroy()
    await origin.connections[0]?.untilClosed()
    expect(gateway.pool.status.origins).toBe(0)
  })

  it('but only stops sending, it gets its response', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      await expect.poll(() => gateway.channels.size).toBe(1)
      connection.send(OK)
    })
    const { send, gateway } = await reverseProxy(origin.port)
    const client = send(GET)
    client.socket.end()
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK[^]*ok$/)
  })
})

describe('P28: a kept connection that the server has closed', () => {
  it('is replaced for a GET, and nobody notices', async () => {
    const port = await nodeOrigin((_incoming, outgoing) => {
      outgoing.on('finish', () => setImmediate(() => outgoing.socket?.destroy()))
      outgoing.end('hi')
    })
    const { send, failures } = await reverseProxy(port)
    const client = send('')
    for (let count = 1; count <= 30; count += 1) {
      client.send(GET)
      const text = await client.until((received) => received.split('\r\n\r\nhi').length > count)
      expect(text).not.toContain('502')
    }
    expect(failures).toEqual([])
  })

  it('costs a POST its answer: it may have run', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(OK)
      await connection.until('POST')
      connection.socket.resetAndDestroy()
    })
    const { send } = await reverseProxy(origin.port)
    const client = send(GET)
    await client.until('ok')
    client.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 0'))
    expect(await client.until('502')).toContain('connection_terminated')
    expect(origin.connections).toHaveLength(1)
  })
})

describe('P51: 100-continue', () => {
  const PUT = head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Expect: 100-continue')

  it('is asked of the server, and given when the server gives it', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until(/expect: 100-continue[^]*\r\n\r\n$/i)
      connection.send(head('HTTP/1.1 100 Continue'))
      await connection.until(/hello$/)
      connection.send(OK)
    })
    const { send } = await reverseProxy(origin.port, { expectTimeoutMs: 60_000 })
    const client = send(PUT)
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    client.send('hello')
    await client.until(/200 OK[^]*ok$/)
    expect(client.received.match(/100 Continue/g)).toHaveLength(1)
  })

  it('refused by the server, the content is not read and the connection ends', async () => {
    const refusal = head('HTTP/1.1 413 Content Too Large', 'Content-Length: 0')
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(refusal)
    })
    const { send } = await reverseProxy(origin.port, { expectTimeoutMs: 60_000 })
    const text = await send(PUT).untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(fieldLines(text, 'connection')).toEqual(['Connection: close'])
    expect(origin.received).not.toContain('hello')
  })

  it('is given by us when the server keeps silent', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until(/hello$/)
      connection.send(OK)
    })
    const { send } = await reverseProxy(origin.port, { expectTimeoutMs: 10 })
    const client = send(PUT)
    await client.until('100 Continue')
    client.send('hello')
    await client.until(/200 OK[^]*ok$/)
  })

  it('is ignored in HTTP/1.0', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until(/hello$/)
      connection.send(OK)
    })
    const { send } = await reverseProxy(origin.port, { expectTimeoutMs: 60_000 })
    await send(PUT.replace('1.1', '1.0') + 'hello').until(/200 OK[^]*ok$/)
    expect(fieldLines(origin.received, 'expect')).toEqual([])
  })

  it('works end to end with our own server', async () => {
    const port = await ourOrigin(async (request) => request.finish(await request.content.bytes()))
    const { send } = await reverseProxy(port, { expectTimeoutMs: 60_000 })
    const client = send(PUT)
    await client.until('100 Continue')
    client.send('hello')
    await client.until(/200 OK[^]*hello$/)
  })
})

describe('an early answer', () => {
  it('reaches a client that is still sending (RFC 9112 §9.5)', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('hello')
      connection.send(head('HTTP/1.1 413 Content Too Large', 'Content-Length: 3') + 'big')
    })
    const { send, gateway } = await reverseProxy(origin.port)
    const client = send(head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 1000000000') + 'hello')
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 413 [^]*big$/)
    expect(gateway.pool.status.origins).toBe(0)
  })
})

describe('P50: after many bad exchanges', () => {
  it('nothing is left', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      const text = await connection.until('\r\n\r\n')
      if (text.includes('/reset')) connection.socket.resetAndDestroy()
      if (text.includes('/garbage')) connection.send('garbage\r\n')
      if (text.includes('/cut')) connection.send(head('HTTP/1.1 200 OK', 'Content-Length: 9')).socket.end()
    })
    const { send, gateway } = await reverseProxy(origin.port, { halfCloseTimeoutMs: 20 })
    const paths = ['/reset', '/garbage', '/cut', '/silent']
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const client = send(head(`GET ${paths[index % 4]} HTTP/1.1`, 'Host: a', 'Connection: close'))
        if (index % 4 === 3) client.socket.resetAndDestroy()
        await client.untilEnd()
        client.socket.destroy()
      }),
    )
    await expect.poll(() => gateway.pool.status.origins).toBe(0)
    await expect.poll(() => gateway.channels.size).toBe(0)
  })
})
