import { FakeClock, MemoryTransport, RecordingProtocol, memoryPair } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { deadPort, fieldLines, forwardProxy, head, RawOrigin } from './lab.ts'
import type { RawConnection } from './lab.ts'
import { Tunnel } from '../src/tunnel.ts'

const connectTo = (port: number, host = '127.0.0.1'): string =>
  head(`CONNECT ${host}:${port} HTTP/1.1`, `Host: ${host}:${port}`)

async function tunnelTo(origin: RawOrigin): Promise<{ client: RawConnection; server: () => RawConnection }> {
  const { send } = await forwardProxy({ connectPorts: [origin.port] })
  const client = send(connectTo(origin.port))
  await client.until('\r\n\r\n')
  client.received = ''
  return { client, server: () => origin.connections[0] as RawConnection }
}

describe('CONNECT', () => {
  it('P43: opens a tunnel with a 2xx that says nothing of content', async () => {
    const origin = await RawOrigin.start((connection) => connection.send('banner'))
    const { send } = await forwardProxy({ connectPorts: [origin.port] })
    const client = send(connectTo(origin.port))
    const text = await client.until('banner')
    expect(text).toMatch(/^HTTP\/1\.1 200 Connection established\r\n/)
    expect(fieldLines(text, 'content-length')).toEqual([])
    expect(fieldLines(text, 'transfer-encoding')).toEqual([])
  })

  it('P43: delivers what came behind the head, whatever it looks like', async () => {
    const origin = await RawOrigin.start(() => {})
    const { send } = await forwardProxy({ connectPorts: 'all' })
    const early = `\x16\x03\x01\0${head('GET / HTTP/1.1')}`
    send(`${connectTo(origin.port)}${early}`)
    await expect.poll(() => origin.received).toBe(early)
  })

  it('carries octets both ways, and each direction ends by itself (P45)', async () => {
    const origin = await RawOrigin.start(() => {})
    const { client, server } = await tunnelTo(origin)
    client.send('ping')
    await server().until('ping')
    client.socket.end('last')
    await server().untilEnd()
    expect(server().received).toBe('pinglast')
    server().send('still there')
    await client.until('still there')
    server().socket.end()
    await client.untilClosed()
    await server().untilClosed()
  })

  it('P45: breaks the other side off when one side is broken off', async () => {
    for (const [broken, other] of [
      ['client', 'server'],
      ['server', 'client'],
    ] as const) {
      const { client, server } = await tunnelTo(await RawOrigin.start(() => {}))
      const ends = { client, server: server() }
      ends[broken].socket.resetAndDestroy()
      await ends[other].untilClosed()
      expect(ends[other].error).toMatchObject({ code: 'ECONNRESET' })
    }
  })

  it('keeps the pace of the slower side', async () => {
    const origin = await RawOrigin.start(() => {})
    const { client, server } = await tunnelTo(origin)
    client.socket.pause()
    const piece = Buffer.alloc(1 << 20)
    let given = 0
    let isFull = false
    server().socket.on('drain', () => (isFull = false))
    for (let turn = 0; turn < 200; turn += 1) {
      for (; !isFull && given < 1 << 29; given += piece.length) isFull = !server().socket.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    // What fits into the buffers of the system, and a little of ours: far from all.
    expect(given).toBeLessThan(1 << 26)
    client.socket.resume()
    client.socket.destroy()
  })

  it('P45: ends a tunnel that is silent for too long', async () => {
    const origin = await RawOrigin.start(() => {})
    const { send, gateway } = await forwardProxy({ connectPorts: 'all', tunnelIdleTimeoutMs: 20 })
    const client = send(connectTo(origin.port))
    await client.untilClosed()
    await origin.connections[0]?.untilClosed()
    await expect.poll(() => gateway.channels.size).toBe(0)
  })

  it('goes to IPv6 addresses too', async () => {
    const dialled: string[] = []
    const { send } = await forwardProxy({
      connectPorts: 'all',
      connect: async (host, port) => {
        dialled.push(`${host} ${port}`)
        throw new Error('no route')
      },
    })
    await send(connectTo(443, '[::1]')).untilEnd()
    expect(dialled).toEqual(['::1 443'])
  })
})

describe('P44: a CONNECT that is refused', () => {
  it.each([
    ['P41: to a port that is not allowed', connectTo(25), 403],
    ['P41: without a port', head('CONNECT a.example HTTP/1.1', 'Host: a.example'), 400],
    ['P41: to port 0', head('CONNECT a.example:0 HTTP/1.1', 'Host: a.example'), 400],
    [
      'with content',
      head('CONNECT a.example:443 HTTP/1.1', 'Host: a.example', 'Content-Length: 1') + 'x',
      400,
    ],
  ])('%s closes the connection, and nothing behind it is looked at', async (_name, request, status) => {
    const { send } = await forwardProxy()
    const text = await send(`${request}${head('GET http://127.0.0.1/ HTTP/1.1', 'Host: a')}`).untilEnd()
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(fieldLines(text, 'connection')).toEqual(['Connection: close'])
  })

  it('where nobody listens is a 502, and closes', async () => {
    const { send, failures } = await forwardProxy({ connectPorts: 'all' })
    const text = await send(connectTo(await deadPort())).untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 502 /)
    expect(fieldLines(text, 'proxy-status')).toEqual(['Proxy-Status: test; error=connection_refused'])
    expect(fieldLines(text, 'connection')).toEqual(['Connection: close'])
    expect(failures).toMatchObject([{ code: 'ERR_CONNECT_REFUSED' }])
  })

  it('that takes too long is a 504', async () => {
    const timeout = Object.assign(new Error('late'), { code: 'ERR_CONNECT_TIMEOUT', statusHint: 504 })
    const { send } = await forwardProxy({ connect: () => Promise.reject(timeout) })
    expect(await send(connectTo(443)).untilEnd()).toMatch(/^HTTP\/1\.1 504 /)
  })

  it('by a client that left leaves nothing behind', async () => {
    let connected: (() => void) | undefined
    const transport = new MemoryTransport()
    const { send, gateway } = await forwardProxy({
      connect: (_host, _port, protocol) =>
        new Promise((resolve) => {
          connected = () => resolve(transport.connect(protocol))
        }),
    })
    const client = send(connectTo(443))
    await expect.poll(() => connected).toBeDefined()
    client.socket.resetAndDestroy()
    await expect.poll(() => gateway.channels.size).toBe(0)
    connected?.()
    transport.settle()
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })
})

describe('Tunnel', () => {
  it('is silent only when both directions are', () => {
    const clock = new FakeClock()
    const [client, server] = [new RecordingProtocol(), new RecordingProtocol()]
    const links: { settle(): void }[] = []
    const tunnel = new Tunnel(clock, 100, () => links.push(memoryPair(client, tunnel.near)))
    links.push(memoryPair(tunnel.far, server))
    const settle = (): void => links.forEach((link) => link.settle())
    settle()
    for (let i = 0; i < 5; i += 1) {
      clock.advance(90)
      const speaker = i % 2 === 0 ? client : server
      speaker.transport.write(new Uint8Array(1))
      settle()
    }
    expect([client.receivedBytes, server.receivedBytes]).toEqual([2, 3])
    clock.advance(100)
    settle()
    expect([client.reason?.kind, server.reason?.kind]).toEqual(['reset', 'reset'])
    expect(clock.pending).toBe(0)
  })
})
