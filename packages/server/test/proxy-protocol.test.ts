import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HTTPChannel, Request } from '@millrace/channel'
import {
  encodeProxyHeaderV1,
  encodeProxyHeaderV2,
  ProxiedTransport,
  ProxyProtocol,
} from '@millrace/proxy-protocol'
import { FakeClock, MemoryTransport, splits, wireText } from '@millrace/testing'
import { testCertificate } from '@millrace/testing/certificate'
import { afterEach, describe, expect, it } from 'vitest'
import { listen, serve, type FetchHandler, type ServeOptions, type Server } from '../src/index.ts'
import { RawClient } from './raw-client.ts'

const ENDS = {
  source: { family: 'IPv6', host: '2001:db8::7', port: 56_324 },
  destination: { family: 'IPv6', host: '2001:db8::1', port: 443 },
} as const
const V1 = wireText(encodeProxyHeaderV1(ENDS))
const V2 = wireText(encodeProxyHeaderV2(ENDS, { authority: 'example.com' }))
const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

const cleanUps: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Tells each client where it is. */
const whoAmI: FetchHandler = (_, { peer }) => Response.json(peer)

async function start(options: ServeOptions, handler: FetchHandler = whoAmI): Promise<Server> {
  const server = await serve(handler, options)
  cleanUps.push(() => server.close({ graceMs: 0 }))
  return server
}

const trusted = ['127.0.0.1']

async function ask(target: number | string, wire: string): Promise<string> {
  const client = await RawClient.connect(target)
  client.send(wire)
  return await client.closed
}

/** The content of the one answer in `wire`. */
function answer(wire: string): unknown {
  return JSON.parse(wire.slice(wire.indexOf('\r\n\r\n') + 4))
}

describe('serve behind a proxy', () => {
  it.each([V1, V2])('tells the handler where the client is, by %j', async (header) => {
    const server = await start({ proxyProtocol: { trusted } })
    expect(answer(await ask(server.port, header + GET))).toEqual(ENDS.source)
  })

  it('reads the header however it is cut', async () => {
    const server = await start({ proxyProtocol: { trusted } })
    const client = await RawClient.connect(server.port)
    for (const octet of V2 + GET) {
      client.send(octet)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(answer(await client.closed)).toEqual(ENDS.source)
  })

  it('hands over what the header says besides', async () => {
    const server = await start({ proxyProtocol: { trusted } }, (_, { request }) => {
      const { transport } = request.channel
      return Response.json(transport instanceof ProxiedTransport ? transport.header.authority : null)
    })
    expect(answer(await ask(server.port, V2 + GET))).toBe('example.com')
  })

  it('keeps the client’s address for the whole connection, and closes as ever', async () => {
    const server = await start({ proxyProtocol: { trusted } })
    const wire = await ask(server.port, `${V1}GET / HTTP/1.1\r\nHost: a\r\n\r\n${GET}`)
    expect(wire.match(/2001:db8::7/g)).toHaveLength(2)
    expect(wire.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(2)
  })

  it('keeps the proxy’s own address with LOCAL', async () => {
    const server = await start({ proxyProtocol: { trusted } })
    const wire = await ask(server.port, wireText(encodeProxyHeaderV2(null)) + GET)
    expect(answer(wire)).toMatchObject({ family: 'IPv4', host: '127.0.0.1' })
  })

  it('breaks off what comes without a header, without a word', async () => {
    const codes: string[] = []
    const onError = ({ code }: { code: string }): void => void codes.push(code)
    const server = await start({ proxyProtocol: { trusted, onError } })
    expect(await ask(server.port, GET)).toBe('')
    expect(codes).toEqual(['ERR_PROXY_MISSING'])
    expect(answer(await ask(server.port, V1 + GET))).toEqual(ENDS.source)
  })

  it('breaks off who is not trusted, or takes it for a client', async () => {
    const strict = await start({ proxyProtocol: { trusted: ['192.0.2.1'] } })
    expect(await ask(strict.port, V1 + GET)).toBe('')
    const open = await start({ proxyProtocol: { trusted: ['192.0.2.1'], untrusted: 'plain' } })
    expect(answer(await ask(open.port, GET))).toMatchObject({ host: '127.0.0.1' })
    expect(await ask(open.port, V1 + GET)).toBe('')
  })

  it('trusts a unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
    cleanUps.push(() => rm(folder, { recursive: true }))
    const path = join(folder, 'socket')
    await start({ path, proxyProtocol: { trusted: ['unix'] } })
    expect(answer(await ask(path, V2 + GET))).toEqual(ENDS.source)
  })

  it('ends a connection whose header does not come in time', async () => {
    const clock = new FakeClock()
    const server = await start({ channel: { clock }, proxyProtocol: { trusted, headerTimeoutMs: 1_000 } })
    const client = await RawClient.connect(server.port)
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_000)
    expect(await client.closed).toBe('')
  })
})

describe('listen behind a proxy', () => {
  it('makes the channel when it is known whose the connection is', async () => {
    const peers: unknown[] = []
    class Hello extends Request {
      override process(): void {
        this.finish('hello')
      }
    }
    const server = await listen(
      (settings, connection) => {
        peers.push(connection.getPeer(), connection.getHost())
        return new HTTPChannel(settings)
      },
      { channel: { requestFactory: (owner, head) => new Hello(owner, head) }, proxyProtocol: { trusted } },
    )
    cleanUps.push(() => server.close({ graceMs: 0 }))
    const client = await RawClient.connect(server.port)
    client.send(V1)
    while (server.connections.size === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(peers).toEqual([ENDS.source, ENDS.destination])
    client.send(GET)
    expect(await client.closed).toMatch(/hello$/)
  })

  it('reports a wrong option at once', async () => {
    const refused = (options: ServeOptions): Promise<unknown> =>
      start(options).then(
        () => null,
        (error) => error,
      )
    expect(await refused({ proxyProtocol: {} })).toBeInstanceOf(TypeError)
    expect(await refused({ proxyProtocol: { trusted: ['localhost'] } })).toBeInstanceOf(TypeError)
    expect(await refused({ proxyProtocol: { trusted, headerTimeoutMs: -1 } })).toBeInstanceOf(RangeError)
  })

  it('takes no TLS: the header comes before the handshake', async () => {
    const tls = await testCertificate()
    await expect(start({ tls, proxyProtocol: { trusted } })).rejects.toThrow(TypeError)
  })

  it('counts the connections whose header is still to come', async () => {
    const server = await start({ maxConnections: 1, proxyProtocol: { trusted } })
    const first = await RawClient.connect(server.port)
    first.send(V1.slice(0, 10))
    expect(await ask(server.port, V1 + GET)).toBe('')
    first.send(V1.slice(10) + GET)
    expect(answer(await first.closed)).toEqual(ENDS.source)
  })

  it('closes those at once when the server is closed, and waits for none', async () => {
    const server = await serve(whoAmI, { proxyProtocol: { trusted } })
    const silent = await RawClient.connect(server.port)
    const partial = await RawClient.connect(server.port)
    partial.send(V1.slice(0, 10))
    const last = await RawClient.connect(server.port)
    last.send(V1)
    while (server.connections.size === 0) await new Promise((resolve) => setImmediate(resolve))
    await server.close({ graceMs: 60_000 })
    expect(await Promise.all([silent.closed, partial.closed, last.closed])).toEqual(['', '', ''])
  })

  it('lets them come while there is a grace for idle connections, and breaks off the rest', async () => {
    const server = await serve(whoAmI, { proxyProtocol: { trusted } })
    const silent = await RawClient.connect(server.port)
    const late = await RawClient.connect(server.port)
    late.send(V1.slice(0, 10))
    const other = await RawClient.connect(server.port)
    other.send(V1)
    while (server.connections.size === 0) await new Promise((resolve) => setImmediate(resolve))
    const closing = server.close({ graceMs: 60_000, idleGraceMs: 60_000 })
    late.send(V1.slice(10) + GET)
    expect(answer(await late.closed)).toEqual(ENDS.source)
    await server.close({ graceMs: 0 })
    await closing
    expect(await silent.closed).toBe('')
  })
})

describe('the signature of version 2, which begins with two empty lines', () => {
  class WhoAmI extends Request {
    override process(): void {
      this.finish(JSON.stringify(this.channel.transport.getPeer()))
    }
  }
  const channel = (clock: FakeClock): HTTPChannel =>
    new HTTPChannel({ clock, sendDate: false, requestFactory: (owner, head) => new WhoAmI(owner, head) })

  it('is read before a channel skips empty lines, under every cut', () => {
    for (const pieces of splits(V2 + GET)) {
      const clock = new FakeClock()
      const transport = new MemoryTransport()
      transport.connect(new ProxyProtocol(() => channel(clock), { clock, trusted: () => true }))
      for (const piece of pieces) transport.deliver(piece)
      expect(answer(transport.writtenText)).toEqual(ENDS.source)
    }
  })

  it('is a bad request to a channel without the filter, and names nobody', () => {
    for (const pieces of splits(V2 + GET)) {
      const transport = new MemoryTransport()
      transport.connect(channel(new FakeClock()))
      for (const piece of pieces) transport.deliver(piece)
      expect(transport.writtenText).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
      expect(transport.writtenText).not.toMatch(/2001|200 OK/)
    }
  })
})
