import { describe, expect, it } from 'vitest'
import { fieldLines, forwardProxy, head, OK, RawOrigin } from './lab.ts'

describe('the forward proxy', () => {
  it('P12: fetches an absolute-form target, whose authority replaces Host', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await forwardProxy()
    const client = send(head(`GET http://127.0.0.1:${origin.port}/a?b=c HTTP/1.1`, 'Host: other.example'))
    expect(await client.until('\r\n\r\nok')).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(origin.received).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\n/)
    expect(fieldLines(origin.received, 'host')).toEqual([`Host: 127.0.0.1:${origin.port}`])
  })

  it('P12: asks for / where the target has no path', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await forwardProxy()
    await send(head(`GET http://127.0.0.1:${origin.port} HTTP/1.1`, 'Host: x')).until('ok')
    await send(head(`GET http://127.0.0.1:${origin.port}?q HTTP/1.1`, 'Host: x')).until('ok')
    expect(origin.received).toContain('GET / HTTP/1.1\r\n')
    expect(origin.received).toContain('GET /?q HTTP/1.1\r\n')
  })

  it('P14: forwards the target octet for octet', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await forwardProxy()
    const target = '/a/..%2f../%2e%2e//b;x=%zz?a=/../%00'
    await send(head(`GET http://127.0.0.1:${origin.port}${target} HTTP/1.1`, 'Host: x')).until('ok')
    expect(origin.received).toContain(`GET ${target} HTTP/1.1\r\n`)
  })

  it('uses connections again, on both sides', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await forwardProxy()
    const request = head(`GET http://127.0.0.1:${origin.port}/ HTTP/1.1`, 'Host: x')
    const client = send(request)
    await client.until(/ok$/)
    client.send(request)
    await client.until(/ok[^]*ok$/)
    expect(origin.connections).toHaveLength(1)
  })

  it('P19: answers pipelined requests in order, one at a time', async () => {
    const asked: string[] = []
    const origin = await RawOrigin.start(async (connection) => {
      for (let count = 1; ; count += 1) {
        const text = await connection.until((received) => received.split('\r\n\r\n').length > count)
        asked.push(text.split('GET ').at(-1)?.slice(0, 2) ?? '')
        connection.send(head('HTTP/1.1 200 OK', 'Content-Length: 1') + count)
      }
    })
    const { send } = await forwardProxy()
    const requests = ['/1', '/2', '/3'].map((path) =>
      head(`GET http://127.0.0.1:${origin.port}${path} HTTP/1.1`, 'Host: x'),
    )
    const text = await send(requests.join('')).until(/3$/)
    expect(text.match(/\r\n\r\n\d/g)).toEqual(['\r\n\r\n1', '\r\n\r\n2', '\r\n\r\n3'])
    expect(asked).toEqual(['/1', '/2', '/3'])
    expect(origin.connections).toHaveLength(1)
  })

  it.each([
    ['P13: a target in origin-form', ['GET / HTTP/1.1', 'Host: a'], 400],
    ['P13: * without OPTIONS', ['GET * HTTP/1.1', 'Host: a'], 400],
    ['another scheme', ['GET https://127.0.0.1/ HTTP/1.1', 'Host: a'], 501],
    ['P15: TRACE', ['TRACE http://127.0.0.1/ HTTP/1.1', 'Host: a'], 405],
    ['P11: no Host', ['GET http://127.0.0.1/ HTTP/1.1'], 400],
    ['P11: two Hosts', ['GET http://127.0.0.1/ HTTP/1.1', 'Host: a', 'Host: a'], 400],
    ['P11: userinfo', ['GET http://u@127.0.0.1/ HTTP/1.1', 'Host: a'], 400],
    ['P12: an empty authority', ['GET http:/// HTTP/1.1', 'Host: a'], 400],
    [
      'P22: a protected field in Connection',
      ['GET http://127.0.0.1/ HTTP/1.1', 'Host: a', 'Connection: Host'],
      400,
    ],
    [
      'P26: our own name in Via',
      ['GET http://127.0.0.1/ HTTP/1.1', 'Host: a', 'Via: 1.0 x, 1.1 test (c)'],
      508,
    ],
  ])('refuses %s, and closes', async (_name, lines, status) => {
    const { send, gateway } = await forwardProxy()
    const text = await send(head(...lines)).untilEnd()
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(fieldLines(text, 'connection')).toEqual(['Connection: close'])
    expect(gateway.pool.status.origins).toBe(0)
  })

  it('P15: answers OPTIONS about itself, says what it does, and counts Max-Forwards', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await forwardProxy()
    const own = await send(head('OPTIONS * HTTP/1.1', 'Host: a', 'Connection: close')).untilEnd()
    expect(own).toMatch(/^HTTP\/1\.1 204 /)
    expect(fieldLines(own, 'allow')).toEqual(['Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT'])
    const url = `http://127.0.0.1:${origin.port}`
    const none = head(`OPTIONS ${url}/ HTTP/1.1`, 'Host: a', 'Max-Forwards: 0', 'Connection: close')
    expect(await send(none).untilEnd()).toMatch(/^HTTP\/1\.1 204 /)
    expect(origin.received).toBe('')
    await send(head(`OPTIONS ${url} HTTP/1.1`, 'Host: a', 'Max-Forwards: 2')).until('ok')
    expect(origin.received).toMatch(/^OPTIONS \* HTTP\/1\.1\r\n/)
    expect(fieldLines(origin.received, 'max-forwards')).toEqual(['Max-Forwards: 1'])
  })

  it('P26: notices when it is sent in a circle', async () => {
    const { send, port } = await forwardProxy()
    const text = await send(head(`GET http://127.0.0.1:${port}/ HTTP/1.1`, `Host: 127.0.0.1:${port}`)).until(
      '\r\n\r\n',
    )
    expect(text).toMatch(/^HTTP\/1\.1 508 Loop Detected\r\n/)
  })
})
