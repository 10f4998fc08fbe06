import { describe, expect, it } from 'vitest'
import { fieldLines, head, OK, proxy, RawOrigin, reverseProxy } from './lab.ts'
import { ReverseProxy } from '../src/index.ts'

describe('the reverse proxy', () => {
  it('sends every target to its one server, with the Host of that server', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    await send(head('GET /a?b HTTP/1.1', 'Host: www.example')).until('ok')
    expect(origin.received).toMatch(/^GET \/a\?b HTTP\/1\.1\r\n/)
    expect(fieldLines(origin.received, 'host')).toEqual([`Host: 127.0.0.1:${origin.port}`])
  })

  it('keeps the Host of the client when it is told to', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port, {}, true)
    await send(head('GET / HTTP/1.1', 'Host: www.example')).until('ok')
    await send(head('GET / HTTP/1.0')).until('ok')
    expect(origin.received.match(/^Host: .*/gm)).toEqual([
      'Host: www.example',
      `Host: 127.0.0.1:${origin.port}`,
    ])
  })

  it('P24: says who the client is, whatever the client says', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    const claims = [
      'X-Forwarded-For: 1.2.3.4',
      'X_Forwarded_For: 1.2.3.4',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Port: 443',
      'x-real-ip: 1.2.3.4',
      'Forwarded: for=1.2.3.4',
    ]
    await send(head('GET / HTTP/1.1', 'Host: www.example:81', ...claims)).until('ok')
    expect(origin.received).not.toContain('1.2.3.4')
    expect(origin.received).not.toContain('443')
    expect(fieldLines(origin.received, 'forwarded')).toEqual([
      'Forwarded: for=127.0.0.1;host="www.example:81";proto=http',
    ])
    expect(fieldLines(origin.received, 'x-forwarded-for')).toEqual(['X-Forwarded-For: 127.0.0.1'])
    expect(fieldLines(origin.received, 'x-forwarded-proto')).toEqual(['X-Forwarded-Proto: http'])
    expect(fieldLines(origin.received, 'x-forwarded-host')).toEqual(['X-Forwarded-Host: www.example:81'])
  })

  it('P22: Connection cannot hide what we add', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    await send(head('GET / HTTP/1.1', 'Host: a', 'Connection: X-Forwarded-For, Via, Forwarded')).until('ok')
    expect(fieldLines(origin.received, 'x-forwarded-for')).toHaveLength(1)
    expect(fieldLines(origin.received, 'forwarded')).toHaveLength(1)
    expect(fieldLines(origin.received, 'via')).toEqual(['Via: 1.1 test'])
  })

  it('P12: takes an absolute-form target, whose authority is the one asked for', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    await send(head('GET http://b.example/x HTTP/1.1', 'Host: a.example')).until('ok')
    expect(origin.received).toMatch(/^GET \/x HTTP\/1\.1\r\n/)
    expect(fieldLines(origin.received, 'x-forwarded-host')).toEqual(['X-Forwarded-Host: b.example'])
    const other = await send(head('GET https://b.example/x HTTP/1.1', 'Host: a.example')).untilEnd()
    expect(other).toMatch(/^HTTP\/1\.1 421 /)
  })

  it('P13: refuses CONNECT and never sends it on', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    const text = await send(
      head('CONNECT a.example:443 HTTP/1.1', 'Host: a.example:443') + 'tunnel bytes',
    ).untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 405 /)
    expect(fieldLines(text, 'allow')).toEqual(['Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'])
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(origin.received).toBe('')
  })

  it('P15: refuses TRACE', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    expect(await send(head('TRACE / HTTP/1.1', 'Host: a', 'Max-Forwards: 5')).untilEnd()).toMatch(
      /^HTTP\/1\.1 405 /,
    )
    expect(origin.received).toBe('')
  })

  it('sends OPTIONS * on', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await reverseProxy(origin.port)
    await send(head('OPTIONS * HTTP/1.1', 'Host: a')).until('ok')
    expect(origin.received).toMatch(/^OPTIONS \* HTTP\/1\.1\r\n/)
  })

  it('P26: notices when it is sent in a circle', async () => {
    let port = 0
    const running = await proxy(
      {},
      (gateway) => new ReverseProxy(gateway, { host: '127.0.0.1', port, secure: false }),
    )
    port = running.port
    const text = await running.send(head('GET / HTTP/1.1', 'Host: a')).until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 508 Loop Detected\r\n/)
  })
})
