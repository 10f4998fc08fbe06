import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { HTTPChannel, Request } from '@millrace/channel'
import { listen, nodeClock } from '@millrace/node-transport'
import { testCertificate } from '@millrace/testing/certificate'
import { afterEach, describe, expect, it } from 'vitest'
import { createPool, request } from '../src/node.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  closers.push(() => server.close())
  return (server.address() as AddressInfo).port
}

async function nodeServer(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await start(createServer(listener))}`
}

function pool(...args: Parameters<typeof createPool>): ReturnType<typeof createPool> {
  const made = createPool(...args)
  closers.push(() => made.abort())
  return made
}

const echo: RequestListener = (incoming, outgoing) => {
  outgoing.writeHead(200, { 'X-Target': incoming.url, 'X-Method': incoming.method })
  incoming.pipe(outgoing)
}

describe('request', () => {
  it('talks to node:http', async () => {
    const url = await nodeServer(echo)
    const shared = pool()
    for (const body of ['hello', [Buffer.from('he'), Buffer.from('llo')]]) {
      const response = await request(`${url}/a?b#c`, { method: 'PUT', body, pool: shared })
      expect([response.status, response.headers.get('x-method'), response.headers.get('x-target')]).toEqual([
        200,
        'PUT',
        '/a?b',
      ])
      expect(await response.text()).toBe('hello')
    }
    expect(shared.status).toMatchObject({ idle: 1, busy: 0 })
  })

  it('talks to our own server', async () => {
    class Hello extends Request {
      override process(): void {
        this.finish('hello from ours')
      }
    }
    const requestFactory = (...args: ConstructorParameters<typeof Request>): Request => new Hello(...args)
    const options = { clock: nodeClock, requestFactory }
    const listener = await listen(() => new HTTPChannel(options), { host: '127.0.0.1' })
    closers.push(() => listener[Symbol.asyncDispose]())
    const response = await request(new URL(`http://127.0.0.1:${listener.port}/`))
    expect(await response.text()).toBe('hello from ours')
  })

  it('talks TLS, and verifies certificates', async () => {
    const { key, cert } = await testCertificate()
    const port = await start(createTlsServer({ key, cert }, echo))
    const trusting = pool({ tls: { ca: cert } })
    const response = await request(`https://localhost:${port}/`, { pool: trusting })
    expect(response.status).toBe(200)
    await response.bytes()
    await expect(request(`https://localhost:${port}/`, { pool: pool() })).rejects.toMatchObject({
      code: 'ERR_UPSTREAM_CONNECT',
      statusHint: 502,
    })
  })

  it('streams 64 MiB there and back', async () => {
    const url = await nodeServer(echo)
    const piece = new Uint8Array(65_536).fill(7)
    async function* many(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 1_024; i += 1) yield piece
    }
    const response = await request(url, { method: 'POST', body: many() })
    let received = 0
    for await (const chunk of response.body) received += chunk.length
    expect(received).toBe(67_108_864)
  })

  it('survives a server that closes kept connections', async () => {
    // It says nothing of closing, and closes a turn later: some requests cross the close.
    const url = await nodeServer((_incoming, outgoing) => {
      outgoing.on('finish', () => setImmediate(() => outgoing.socket?.destroy()))
      outgoing.end('hi')
    })
    const shared = pool()
    for (let i = 0; i < 50; i += 1) {
      expect(await (await request(url, { pool: shared })).text()).toBe('hi')
    }
  })

  it('gives up in time when there is no answer', async () => {
    const url = await nodeServer(() => {})
    const impatient = pool({ channel: { headTimeoutMs: 20 } })
    await expect(request(url, { pool: impatient })).rejects.toMatchObject({
      code: 'ERR_UPSTREAM_HEAD_TIMEOUT',
    })
  })

  it('fails where nobody listens', async () => {
    const server = createTcpServer()
    const port = await start(server)
    closers.pop()
    await new Promise((resolve) => server.close(resolve))
    await expect(request(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'ERR_UPSTREAM_CONNECT',
      cause: { code: 'ERR_CONNECT_REFUSED' },
    })
  })

  it('ends with its signal', async () => {
    const url = await nodeServer(() => {})
    const controller = new AbortController()
    const pending = request(url, { signal: controller.signal })
    controller.abort('enough')
    await expect(pending).rejects.toBe('enough')
    await expect(request(url, { signal: AbortSignal.abort('before') })).rejects.toBe('before')
  })

  it('refuses URLs that it cannot ask for', async () => {
    await expect(request('ftp://a.example/')).rejects.toThrow(TypeError)
    await expect(request('http://user:secret@a.example/')).rejects.toThrow('Authorization')
  })
})
