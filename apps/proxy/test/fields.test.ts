import { describe, expect, it } from 'vitest'
import { fieldLines, head, OK, RawOrigin, reverseProxy } from './lab.ts'

/** What the server gets of a request with these fields. */
async function sentOn(...fields: string[]): Promise<string> {
  const origin = await RawOrigin.answering(OK)
  const { send } = await reverseProxy(origin.port)
  await send(head('GET / HTTP/1.1', 'Host: a', ...fields)).until('ok')
  return origin.received
}

/** What the client gets of a response with these fields. */
async function sentBack(...fields: string[]): Promise<string> {
  const origin = await RawOrigin.answering(head('HTTP/1.1 200 OK', 'Content-Length: 2', ...fields) + 'ok')
  const { send } = await reverseProxy(origin.port)
  return send(head('GET / HTTP/1.1', 'Host: a')).until('ok')
}

describe('the fields of a request', () => {
  it('P27: keep order, spelling, duplicates; Cookie lines stay apart', async () => {
    const lines = ['X-B: 2', 'x-a: 1', 'X-B: 3', 'Cookie: a=1', 'Cookie: b=2', 'X-Empty: ', 'X-Latin: \xe9']
    const received = await sentOn(...lines)
    const between = received.split('\r\n').filter((line) => lines.includes(line))
    expect(between).toEqual(lines)
  })

  it.each([
    'Connection: keep-alive',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic c2VjcmV0',
    'Proxy-Authenticate: Basic',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABk',
    'TE: gzip',
    'Trailer: X-Sum',
    'Proxy: http://evil.example',
  ])('P21: lose %s', async (line) => {
    const name = line.slice(0, line.indexOf(':'))
    expect(fieldLines(await sentOn(line), name)).toEqual([])
  })

  it('P21: lose whatever Connection names, over all its lines', async () => {
    const received = await sentOn(
      'Connection: close, X-Secret',
      'Connection: x-other',
      'X-Secret: 1',
      'X-OTHER: 2',
      'X-Kept: 3',
    )
    expect(received).not.toMatch(/secret|other/i)
    expect(fieldLines(received, 'x-kept')).toEqual(['X-Kept: 3'])
    expect(fieldLines(received, 'connection')).toEqual([])
  })

  it('P21: keep TE: trailers, as a request of our own', async () => {
    const received = await sentOn('TE: gzip, trailers', 'Connection: TE')
    expect(fieldLines(received, 'te')).toEqual(['TE: trailers'])
    expect(fieldLines(received, 'connection')).toEqual(['Connection: TE'])
  })

  it('P23: never carry what was meant for us', async () => {
    expect(await sentOn('Proxy-Authorization: Basic c2VjcmV0')).not.toContain('c2VjcmV0')
  })

  it('P26: get our name behind those of others', async () => {
    const received = await sentOn('Via: 1.0 first, 1.1 second')
    expect(fieldLines(received, 'via')).toEqual(['Via: 1.0 first, 1.1 second', 'Via: 1.1 test'])
  })

  it('P26: tell the version that came', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    await send(head('GET / HTTP/1.0')).until('ok')
    expect(fieldLines(origin.received, 'via')).toEqual(['Via: 1.0 test'])
    expect(origin.received).toMatch(/^GET \/ HTTP\/1\.1\r\n/)
  })
})

describe('the fields of a response', () => {
  it('P27: keep order, spelling and duplicates', async () => {
    const lines = [
      'X-B: 2',
      'Set-Cookie: a=1',
      'x-a: 1',
      'Set-Cookie: b=2',
      'Date: Sun, 06 Nov 1994 08:49:37 GMT',
    ]
    const received = await sentBack(...lines)
    expect(received.split('\r\n').filter((line) => lines.includes(line))).toEqual(lines)
    expect(fieldLines(received, 'date')).toHaveLength(1)
  })

  it.each([
    'Keep-Alive: timeout=5',
    'Proxy-Authenticate: Basic realm="x"',
    'Proxy-Connection: keep-alive',
    'Upgrade: h2c',
    'TE: trailers',
    'Trailer: X-Sum',
  ])('P32: lose %s', async (line) => {
    const name = line.slice(0, line.indexOf(':'))
    expect(fieldLines(await sentBack(line), name)).toEqual([])
  })

  it('P32: lose whatever Connection names, but for the framing', async () => {
    const received = await sentBack('Connection: X-Secret, content-length', 'X-Secret: 1', 'X-Kept: 2')
    expect(received).not.toMatch(/secret/i)
    expect(fieldLines(received, 'x-kept')).toEqual(['X-Kept: 2'])
    expect(fieldLines(received, 'content-length')).toEqual(['Content-Length: 2'])
  })

  it('P32: get our name', async () => {
    expect(fieldLines(await sentBack('Via: 1.1 cache'), 'via')).toEqual(['Via: 1.1 cache', 'Via: 1.1 test'])
  })

  it('keep the reason phrase of the server', async () => {
    const origin = await RawOrigin.answering(head('HTTP/1.1 418 I am a teapot', 'Content-Length: 0'))
    const { send } = await reverseProxy(origin.port)
    expect(await send(head('GET / HTTP/1.1', 'Host: a')).until('\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 418 I am a teapot\r\n/,
    )
  })

  it('get a Date when the server has no clock', async () => {
    expect(fieldLines(await sentBack(), 'date')).toHaveLength(1)
  })
})
