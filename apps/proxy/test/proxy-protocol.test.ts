import { connect } from 'node:net'
import { encodeProxyHeaderV1, encodeProxyHeaderV2 } from '@millrace/proxy-protocol'
import { FakeClock, wireText } from '@millrace/testing'
import { testCertificate } from '@millrace/testing/certificate'
import { describe, expect, it } from 'vitest'
import { Gateway, ReverseProxy, serveProxy } from '../src/index.ts'
import type { GatewayOptions, RunningProxy, ServeProxyOptions } from '../src/index.ts'
import { atEnd, fieldLines, head, OK, RawConnection, RawOrigin } from './lab.ts'

const ENDS = {
  source: { family: 'IPv6', host: '2001:db8::7', port: 56_324 },
  destination: { family: 'IPv6', host: '2001:db8::1', port: 443 },
} as const
const V1 = wireText(encodeProxyHeaderV1(ENDS))
const V2 = wireText(encodeProxyHeaderV2(ENDS))
const GET = head('GET / HTTP/1.1', 'Host: a')
const trusted = ['127.0.0.1']

interface Lab extends RunningProxy {
  readonly gateway: Gateway
  readonly origin: RawOrigin
  send(text: string): RawConnection
}

async function start(options: ServeProxyOptions, gatewayOptions: GatewayOptions = {}): Promise<Lab> {
  const origin = await RawOrigin.answering(OK)
  const gateway = new Gateway({ pseudonym: 'test', ...gatewayOptions })
  const to = { host: '127.0.0.1', port: origin.port, secure: false }
  const running = await serveProxy(gateway, () => new ReverseProxy(gateway, to), {
    host: '127.0.0.1',
    ...options,
  })
  atEnd(() => running.close(0))
  const send = (text: string): RawConnection =>
    new RawConnection(connect({ port: running.port, host: '127.0.0.1', allowHalfOpen: true })).send(text)
  return { ...running, gateway, origin, send }
}

describe('serveProxy behind a proxy', () => {
  it.each([V1, V2])('tells the server where the client is, by %j', async (header) => {
    const { send, origin } = await start({ proxyProtocol: { trusted } })
    await send(header + GET).until('ok')
    expect(fieldLines(origin.received, 'x-forwarded-for')).toEqual(['X-Forwarded-For: 2001:db8::7'])
    expect(fieldLines(origin.received, 'forwarded')[0]).toContain('for="[2001:db8::7]"')
  })

  it('breaks off what comes without a header, and says where from', async () => {
    const seen: unknown[] = []
    const onError = ({ code }: { code: string }, peer: unknown): void => void seen.push([code, peer])
    const { send, origin } = await start({ proxyProtocol: { trusted, onError } })
    expect(await send(GET).untilClosed()).toBe('')
    expect(origin.received).toBe('')
    expect(seen).toEqual([['ERR_PROXY_MISSING', expect.objectContaining({ host: '127.0.0.1' })]])
  })

  it('breaks off who is not trusted, or takes it for a client', async () => {
    const strict = await start({ proxyProtocol: { trusted: ['192.0.2.1'] } })
    expect(await strict.send(V1 + GET).untilClosed()).toBe('')
    const open = await start({ proxyProtocol: { trusted: ['192.0.2.1'], untrusted: 'plain' } })
    await open.send(GET).until('ok')
    expect(await open.send(V1 + GET).untilClosed()).toBe('')
  })

  it('ends a connection whose header does not come in time, by the clock of the gateway', async () => {
    const clock = new FakeClock()
    const { send, gateway } = await start({ proxyProtocol: { trusted, headerTimeoutMs: 1_000 } }, { clock })
    const client = send('PROXY')
    await expect.poll(() => clock.pending).toBe(1)
    clock.advance(1_000)
    expect(await client.untilClosed()).toBe('')
    await expect.poll(() => gateway.channels.size).toBe(0)
  })

  it('closes connections that have not said whose they are, and waits for none', async () => {
    const { send, gateway, close } = await start({ proxyProtocol: { trusted } })
    const silent = send('')
    const partial = send(V1.slice(0, 10))
    const idle = send(V1)
    await expect
      .poll(() => [...gateway.channels].filter((channel) => channel instanceof ReverseProxy).length)
      .toBe(1)
    await expect.poll(() => gateway.channels.size).toBe(3)
    await close(60_000)
    expect(await Promise.all([silent, partial, idle].map((client) => client.untilEnd()))).toEqual([
      '',
      '',
      '',
    ])
    expect(gateway.channels.size).toBe(0)
  })

  it('breaks them off when the gateway is', async () => {
    const { send, gateway } = await start({ proxyProtocol: { trusted } })
    const client = send(V1.slice(0, 10))
    await expect.poll(() => gateway.channels.size).toBe(1)
    gateway.abort()
    expect(await client.untilClosed()).toBe('')
  })

  it('reports a wrong option at once', async () => {
    await expect(start({ proxyProtocol: {} })).rejects.toThrow(TypeError)
    await expect(start({ proxyProtocol: { trusted: ['localhost'] } })).rejects.toThrow(TypeError)
    await expect(start({ proxyProtocol: { trusted, headerTimeoutMs: -1 } })).rejects.toThrow(RangeError)
  })

  it('takes no TLS: the header comes before the handshake', async () => {
    const tls = await testCertificate()
    await expect(start({ tls, proxyProtocol: { trusted } })).rejects.toThrow('proxyProtocol takes no tls')
  })
})

it('a PROXY header that nobody asked for is a bad request', async () => {
  const { send, origin } = await start({})
  expect(await send(V1 + GET).untilEnd()).toMatch(/^HTTP\/1\.1 400 /)
  expect(origin.received).toBe('')
})
