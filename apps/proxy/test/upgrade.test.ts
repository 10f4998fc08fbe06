import { createServer, request as nodeRequest } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Gateway } from '../src/index.ts'
import { atEnd, fieldLines, forwardProxy, head, RawOrigin, reverseProxy } from './lab.ts'
import type { RawConnection } from './lab.ts'

const OFFER = ['Connection: keep-alive, Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: abc']
const ASK = head('GET /chat HTTP/1.1', 'Host: a', ...OFFER)
const AGREE = head(
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: WebSocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: def',
  'Keep-Alive: timeout=5',
)

/** A server that agrees, and a client that is through to it. */
async function switched(
  options = {},
): Promise<{ client: RawConnection; server: RawConnection; gateway: Gateway; head: string }> {
  const origin = await RawOrigin.start(async (connection) => {
    await connection.until('\r\n\r\n')
    connection.send(AGREE)
  })
  const { send, gateway } = await reverseProxy(origin.port, options)
  const client = send(ASK)
  const text = await client.until('\r\n\r\n')
  client.received = ''
  const server = origin.connections[0] as RawConnection
  server.received = ''
  return { client, server, gateway, head: text }
}

describe('P46: an Upgrade', () => {
  it('is passed on, alone and anew, and so is the 101', async () => {
    const origin = await RawOrigin.answering(AGREE)
    const { send } = await reverseProxy(origin.port)
    const text = await send(ASK).until('\r\n\r\n')
    expect(fieldLines(origin.received, 'upgrade')).toEqual(['Upgrade: websocket'])
    expect(fieldLines(origin.received, 'connection')).toEqual(['Connection: Upgrade'])
    expect(fieldLines(origin.received, 'sec-websocket-key')).toEqual(['Sec-WebSocket-Key: abc'])
    expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    expect(fieldLines(text, 'upgrade')).toEqual(['Upgrade: WebSocket'])
    expect(fieldLines(text, 'connection')).toEqual(['Connection: upgrade'])
    expect(fieldLines(text, 'sec-websocket-accept')).toEqual(['Sec-WebSocket-Accept: def'])
    expect([...fieldLines(text, 'keep-alive'), ...fieldLines(text, 'content-length')]).toEqual([])
    expect(fieldLines(text, 'via')).toEqual(['Via: 1.1 test'])
  })

  it('carries octets both ways, and each direction ends by itself', async () => {
    const { client, server, gateway } = await switched()
    client.send('ping')
    await server.until('ping')
    server.send('pong')
    await client.until('pong')
    client.socket.end('bye')
    await server.untilEnd()
    expect(server.received).toBe('pingbye')
    server.socket.end('and good night')
    expect(await client.untilClosed()).toBe('pongand good night')
    await expect.poll(() => gateway.channels.size).toBe(0)
    expect(gateway.pool.status.origins).toBe(0)
  })

  it('takes what stands behind both heads along', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(`${AGREE}hello`)
    })
    const { send } = await reverseProxy(origin.port)
    const client = send(`${ASK}early`)
    expect(await client.until('hello')).toMatch(/\r\n\r\nhello$/)
    await origin.connections[0]?.until(/\r\n\r\nearly$/)
  })

  it('lets no octet through before the server agreed', async () => {
    const origin = await RawOrigin.start(() => {})
    const { send } = await reverseProxy(origin.port)
    const client = send(`${ASK}early`)
    await expect.poll(() => origin.received).toMatch(/\r\n\r\n$/)
    client.send('more')
    const server = origin.connections[0] as RawConnection
    server.send(head('HTTP/1.1 103 Early Hints', 'Link: </a>'))
    await client.until('Early Hints')
    expect(server.received).not.toMatch(/early|more/)
    server.send(AGREE)
    await server.until(/\r\n\r\nearlymore$/)
  })

  it('P47: that is refused is a response like others; then nothing behind the request is looked at', async () => {
    const origin = await RawOrigin.answering(head('HTTP/1.1 403 Forbidden', 'Content-Length: 2') + 'no')
    const { send, gateway } = await reverseProxy(origin.port)
    const text = await send(`${ASK}${head('GET /smuggled HTTP/1.1', 'Host: a')}`).untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\nno$/)
    expect(fieldLines(text, 'connection')).toEqual(['Connection: close'])
    expect(origin.received).not.toContain('smuggled')
    expect(gateway.pool.status.origins).toBe(0) // P35: nobody knows what the server makes of the next octets
  })

  it.each([
    [
      'names another protocol',
      head('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c', 'Connection: upgrade'),
    ],
    ['names none', head('HTTP/1.1 101 Switching Protocols', 'Connection: upgrade')],
  ])('to a 101 that %s is a 502, and closes', async (_what, response) => {
    const origin = await RawOrigin.answering(response)
    const { send } = await reverseProxy(origin.port)
    const text = await send(`${ASK}${head('GET /smuggled HTTP/1.1', 'Host: a')}`).untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 502 /)
    expect(fieldLines(text, 'proxy-status')).toEqual(['Proxy-Status: test; error=http_upgrade_failed'])
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(origin.received).not.toContain('smuggled')
  })

  it.each([
    ['P48: h2c', head('GET / HTTP/1.1', 'Host: a', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c')],
    ['of two protocols', head('GET / HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket, h2c')],
    ['that Connection does not name', head('GET / HTTP/1.1', 'Host: a', 'Upgrade: websocket')],
    ['rule 63: in HTTP/1.0', head('GET / HTTP/1.0', 'Connection: Upgrade', 'Upgrade: websocket')],
    [
      'with content',
      head('GET / HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 2') +
        'hi',
    ],
    [
      'of another method',
      head('POST / HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 0'),
    ],
  ])('%s never reaches the server', async (_what, request) => {
    const origin = await RawOrigin.answering(head('HTTP/1.1 204 No Content'))
    const { send } = await reverseProxy(origin.port)
    expect(await send(request).until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 204 /)
    expect(fieldLines(origin.received, 'upgrade')).toEqual([])
    expect(fieldLines(origin.received, 'connection')).toEqual([])
  })

  it('is for the protocols that the gateway allows', async () => {
    const origin = await RawOrigin.answering(head('HTTP/1.1 204 No Content'))
    const { send } = await reverseProxy(origin.port, { upgradeProtocols: ['IRC'] })
    await send(ASK).until('204')
    expect(fieldLines(origin.received, 'upgrade')).toEqual([])
    await send(ASK.replace('websocket', 'irc')).until('204')
    expect(origin.received).toContain('Upgrade: irc\r\n')
  })

  it.each(['h2c', 'TLS', 'a b', ''])('%j can never be allowed', (protocol) => {
    expect(() => new Gateway({ upgradeProtocols: [protocol] })).toThrow(TypeError)
  })

  it('goes through a forward proxy too', async () => {
    const origin = await RawOrigin.answering(AGREE)
    const { send } = await forwardProxy()
    const target = `http://127.0.0.1:${origin.port}/chat`
    const text = await send(head(`GET ${target} HTTP/1.1`, 'Host: a', ...OFFER)).until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 101 /)
  })

  it('that is silent for too long is ended', async () => {
    const { client, server } = await switched({ tunnelIdleTimeoutMs: 20 })
    await client.untilClosed()
    await server.untilClosed()
  })

  it('breaks the other side off when one side is broken off', async () => {
    const { client, server } = await switched()
    client.socket.resetAndDestroy()
    await server.untilClosed()
    expect(server.error).toMatchObject({ code: 'ECONNRESET' })
  })

  it('is ended when the proxy closes, at the end of the grace', async () => {
    const { client, gateway } = await switched()
    gateway.drain()
    client.send('x')
    expect(gateway.channels.size).toBe(1)
    gateway.abort()
    await client.untilClosed()
    expect(gateway.channels.size).toBe(0)
  })

  it('joins Node’s own client and server', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end())
    server.on('upgrade', (request, socket: Socket, early) => {
      socket.write(
        head(
          'HTTP/1.1 101 Switching Protocols',
          `Upgrade: ${request.headers.upgrade}`,
          'Connection: Upgrade',
        ),
      )
      socket.write(early)
      socket.pipe(socket)
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    atEnd(() => server.close())
    const { port } = await reverseProxy((server.address() as AddressInfo).port)
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' }
    const sent = nodeRequest({ port, host: '127.0.0.1', headers }).end()
    const socket = await new Promise<Socket>((resolve) =>
      sent.on('upgrade', (response, connection) => {
        expect([response.statusCode, response.headers.upgrade]).toEqual([101, 'websocket'])
        resolve(connection)
      }),
    )
    const echoed: Buffer[] = []
    socket.on('data', (bytes: Buffer) => echoed.push(bytes))
    const all = Buffer.alloc(1 << 20, 'frames')
    socket.end(all)
    await new Promise((resolve) => socket.on('end', resolve))
    expect(Buffer.concat(echoed).equals(all)).toBe(true)
  })
})
