import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve, type FetchHandler, type Server, type ServeOptions } from '../src/index.ts'
import { Deferred } from './deferred.ts'
import { RawClient } from './raw-client.ts'

const servers: Server[] = []

afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(servers.splice(0).map((server) => server.close({ graceMs: 0 })))
})

async function start(handler: FetchHandler, options?: ServeOptions): Promise<Server> {
  const server = await serve(handler, options)
  servers.push(server)
  return server
}

describe('serve', () => {
  it('answers fetch with what the handler returns', async () => {
    const server = await start(async (request) => {
      return new Response(`${request.method} ${request.url}: ${await request.text()}`, { status: 201 })
    })
    const response = await fetch(`${server.url}/a?b=c`, { method: 'POST', body: 'hello' })
    expect(response.status).toBe(201)
    expect(await response.text()).toBe(`POST ${server.url}/a?b=c: hello`)
  })

  it('tells the handler where the client is', async () => {
    const server = await start((_, { peer }) => Response.json(peer))
    expect(await (await fetch(server.url)).json()).toMatchObject({ family: 'IPv4', host: '127.0.0.1' })
  })

  it('passes limits on to its channels', async () => {
    const server = await start(async (request) => new Response(await request.text()), {
      channel: { maxBodySize: 5 },
    })
    expect((await fetch(server.url, { method: 'POST', body: '12345' })).status).toBe(200)
    expect((await fetch(server.url, { method: 'POST', body: '123456' })).status).toBe(413)
  })

  it('prints what a handler throws unless it is taken, and goes on', async () => {
    const printed: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      printed.push(String(text))
      return true
    })
    const server = await start(() => {
      throw new Error('boom')
    })
    expect((await fetch(server.url)).status).toBe(500)
    expect((await fetch(server.url)).status).toBe(500)
    expect(printed).toHaveLength(2)
    expect(printed[0]).toMatch(/^Error: boom\n +at /)
  })

  it('reports what a peer broke to the channel’s onError alone', async () => {
    const ours: unknown[] = []
    const theirs: unknown[] = []
    const server = await start(() => new Response('hi'), {
      onError: (error) => void ours.push(error),
      channel: { onError: (error) => void theirs.push(error) },
    })
    const client = await RawClient.connect(server.port)
    client.send('nonsense\r\n\r\n')
    await client.closed
    expect(ours).toEqual([])
    expect(theirs).toMatchObject([{ name: 'RemoteProtocolError' }])
  })

  it('lets the channel’s onError answer what a peer broke', async () => {
    const server = await start(() => new Response('hi'), {
      channel: { onError: (_error, { status, rawHead }) => ({ body: `${status} ${rawHead.length}` }) },
    })
    const client = await RawClient.connect(server.port)
    client.send('nonsense\r\n\r\n')
    await client.closed
    expect(client.received).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n400 12$/)
  })

  it('tells a handler that streams for ever when the client leaves', async () => {
    const fired = new Deferred<unknown>()
    const cancelled = new Deferred<unknown>()
    const server = await start(({ signal }) => {
      signal.addEventListener('abort', () => fired.resolve(signal.reason))
      const forever = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
        cancel: (reason) => cancelled.resolve(reason),
      })
      return new Response(forever)
    })
    const client = await RawClient.connect(server.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.until(/\r\n\r\n/)
    client.socket.resetAndDestroy()
    await expect(fired.promise).resolves.toMatchObject({ name: 'AbortError' })
    await expect(cancelled.promise).resolves.toBeInstanceOf(Error)
  })

  it('does not pull a body for a client that does not read', async () => {
    let pulled = 0
    const stalled = new Deferred()
    const server = await start(() => {
      const forever = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          pulled += 1
          controller.enqueue(new Uint8Array(1_000_000))
          if (pulled === 2) stalled.resolve()
        },
      })
      return new Response(forever)
    })
    const client = await RawClient.connect(server.port)
    client.socket.pause()
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await stalled.promise
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(pulled).toBeLessThan(30) // what the system's buffers hold, and a little
    client.socket.destroy()
  })

  it.each([undefined, {}, 'handler'])('refuses %j as a handler', async (handler) => {
    await expect(serve(handler as never)).rejects.toThrow(TypeError)
  })
})
