import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testCertificate } from '@millrace/testing/certificate'
import { Agent, Client, fetch } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { serve, type FetchHandler, type Server, type ServeOptions } from '../src/index.ts'
import { Deferred } from './deferred.ts'
import { exampleApp } from './example-app.ts'

const cleanUps: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function start(handler: FetchHandler = exampleApp, options?: ServeOptions): Promise<Server> {
  const server = await serve(handler, options)
  cleanUps.push(() => server.close({ graceMs: 0 }))
  return server
}

/** A client that counts its connections. */
function clientOf(origin: string, options: Client.Options = {}): { client: Client; connects: () => number } {
  const client = new Client(origin, options)
  let connects = 0
  client.on('connect', () => {
    connects += 1
  })
  cleanUps.push(() => client.destroy())
  return { client, connects: () => connects }
}

async function bodyOf(client: Client, path: string): Promise<string> {
  const { body } = await client.request({ method: 'GET', path })
  return await body.text()
}

describe('undici', () => {
  it('gets a page, with its length', async () => {
    const { client } = clientOf((await start()).url)
    const { statusCode, headers, body } = await client.request({ method: 'GET', path: '/hello' })
    expect([statusCode, headers['content-length'], await body.text()]).toEqual([200, '6', 'hello\n'])
  })

  it('uses one connection for several requests', async () => {
    const { client, connects } = clientOf((await start()).url)
    for (let count = 0; count < 3; count += 1) expect(await bodyOf(client, '/hello')).toBe('hello\n')
    expect(connects()).toBe(1)
  })

  it('pipelines, and gets the answers in order (RFC 9112 §9.3.2)', async () => {
    const handler: FetchHandler = (request) => new Response(new URL(request.url).pathname)
    const { client, connects } = clientOf((await start(handler)).url, { pipelining: 10 })
    const paths = Array.from({ length: 40 }, (_, index) => `/${index}`)
    expect(await Promise.all(paths.map((path) => bodyOf(client, path)))).toEqual(paths)
    expect(connects()).toBe(1)
  })

  it('uploads a stream in chunks and gets it back', async () => {
    const { client } = clientOf((await start()).url)
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let count = 0; count < 50; count += 1) yield Buffer.alloc(10_000, count)
    }
    const answer = await client.request({ method: 'POST', path: '/echo', body: pieces() as never })
    const content = Buffer.from(await answer.body.arrayBuffer())
    expect(answer.headers['x-framing']).toBe('chunked')
    expect(
      content.equals(Buffer.concat(Array.from({ length: 50 }, (_, count) => Buffer.alloc(10_000, count)))),
    ).toBe(true)
  })

  it('gets trailers', async () => {
    const handler: FetchHandler = (_, { request }) => {
      request.responseTrailers.set('X-Sum', '9')
      return new Response('abc')
    }
    const { client } = clientOf((await start(handler)).url)
    const { body, trailers } = await client.request({ method: 'GET', path: '/' })
    expect(await body.text()).toBe('abc')
    expect(trailers).toEqual({ 'x-sum': '9' })
  })

  it('fetches over HTTPS, trusting the certificate', async () => {
    const certificate = await testCertificate()
    const server = await start((request) => new Response(request.url), { tls: certificate })
    const dispatcher = new Agent({ connect: { ca: certificate.cert } })
    cleanUps.push(() => dispatcher.destroy())
    const url = `https://localhost:${server.port}/a`
    expect(await (await fetch(url, { dispatcher })).text()).toBe(url)
  })

  it('gets a page over a unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
    cleanUps.push(() => rm(folder, { recursive: true }))
    const socketPath = join(folder, 'socket')
    await start(exampleApp, { path: socketPath })
    expect(await bodyOf(clientOf('http://localhost', { socketPath }).client, '/hello')).toBe('hello\n')
  })

  it('aborts: the signal of the request fires, and the body of the response is given up', async () => {
    const fired = new Deferred<unknown>()
    const cancelled = new Deferred<unknown>()
    const server = await start(({ signal }) => {
      signal.addEventListener('abort', () => fired.resolve(signal.reason))
      const forever = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
        cancel: (reason) => cancelled.resolve(reason),
      })
      return new Response(forever)
    })
    const controller = new AbortController()
    const response = await fetch(server.url, { signal: controller.signal })
    await response.body?.getReader().read()
    controller.abort()
    await expect(fired.promise).resolves.toMatchObject({ name: 'AbortError' })
    await expect(cancelled.promise).resolves.toBeInstanceOf(Error)
  })

  it('is told that the server closes, and asks another one time over a new connection', async () => {
    const handler: FetchHandler = () => new Response('hi', { headers: { connection: 'close' } })
    const { client, connects } = clientOf((await start(handler)).url)
    expect(await bodyOf(client, '/')).toBe('hi')
    expect(await bodyOf(client, '/')).toBe('hi')
    expect(connects()).toBe(2)
  })
})
