import { FakeClock } from '@millrace/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { serve, type FetchHandler, type ServeOptions, type Server } from '../src/index.ts'
import { Deferred } from './deferred.ts'
import { RawClient } from './raw-client.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

const servers: Server[] = []

async function start(handler: FetchHandler, options?: ServeOptions): Promise<Server> {
  const server = await serve(handler, options)
  servers.push(server)
  return server
}

/** A handler that answers when it is let, and tells when it was called. */
class Slow {
  readonly called = new Deferred()
  readonly response = new Deferred<Response>()

  readonly handler: FetchHandler = () => {
    this.called.resolve()
    return this.response.promise
  }
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close({ graceMs: 0 })))
})

describe('connections', () => {
  it('holds the channels that are open, and no others', async () => {
    const server = await start(() => new Response('hi'))
    expect(server.connections.size).toBe(0)
    const client = await RawClient.connect(server.port)
    client.send(GET)
    await client.until('hi')
    expect([...server.connections].map((channel) => channel.readState)).toEqual(['idle'])
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await client.closed
    await server.close()
    expect(server.connections.size).toBe(0)
  })
})

describe('close', () => {
  it('accepts no more connections', async () => {
    const server = await start(() => new Response('hi'))
    await server.close()
    await expect(RawClient.connect(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('closes idle connections at once', async () => {
    const server = await start(() => new Response('hi'), { channel: { clock: new FakeClock() } })
    const silent = await RawClient.connect(server.port)
    const kept = await RawClient.connect(server.port)
    kept.send(GET)
    await kept.until('hi')
    await server.close()
    await Promise.all([silent.closed, kept.closed])
  })

  it('lets a response finish that is owed, says Connection: close, then closes', async () => {
    const slow = new Slow()
    const server = await start(slow.handler)
    const client = await RawClient.connect(server.port)
    client.send(GET)
    await slow.called.promise
    const closed = server.close()
    slow.response.resolve(new Response('late'))
    expect(await client.closed).toMatch(/\r\nConnection: close\r\n\r\nlate$/)
    await closed
  })

  it('breaks off what is left when the grace is over, not before', async () => {
    const slow = new Slow()
    const clock = new FakeClock()
    const server = await start(slow.handler, { channel: { clock } })
    const client = await RawClient.connect(server.port)
    client.send(GET)
    await slow.called.promise
    const closed = server.close({ graceMs: 5_000 })
    clock.advance(4_999)
    expect([...server.connections].map((channel) => channel.transport.disconnecting)).toEqual([false])
    clock.advance(1)
    expect(await client.closed).toBe('')
    await closed
  })

  it('tells the handler by its signal when the grace is over', async () => {
    const request = new Deferred<Request>()
    const handler: FetchHandler = (got) => {
      request.resolve(got)
      return new Promise(() => undefined)
    }
    const server = await start(handler)
    const client = await RawClient.connect(server.port)
    client.send(GET)
    const { signal } = await request.promise
    await server.close({ graceMs: 0 })
    expect(signal.aborted).toBe(true)
    await client.closed
  })

  it('waits 5,000 ms unless told otherwise', async () => {
    const slow = new Slow()
    const clock = new FakeClock()
    const server = await start(slow.handler, { channel: { clock, abortTimeout: null } })
    const client = await RawClient.connect(server.port)
    client.send(GET)
    await slow.called.promise
    const closed = server.close()
    expect(clock.dueTimesMs).toContain(clock.now() + 5_000)
    clock.advance(5_000)
    await closed
  })

  it('answers what an idle connection still asks within its own grace, and closes it when that is over', async () => {
    const clock = new FakeClock()
    const server = await start(() => new Response('just in time'), { channel: { clock } })
    const silent = await RawClient.connect(server.port)
    const asking = await RawClient.connect(server.port)
    silent.send(GET)
    await silent.until('just in time')
    const closed = server.close({ idleGraceMs: 3_000 })
    asking.send(GET)
    expect(await asking.closed).toMatch(/\r\nConnection: close\r\n\r\njust in time$/)
    expect(silent.socket.readableEnded).toBe(false)
    clock.advance(3_000)
    await Promise.all([closed, silent.closed])
  })

  it('can be called again, with less grace', async () => {
    const slow = new Slow()
    const clock = new FakeClock()
    const server = await start(slow.handler, { channel: { clock } })
    const client = await RawClient.connect(server.port)
    client.send(GET)
    await slow.called.promise
    const patient = server.close({ graceMs: 60_000 })
    const impatient = server.close({ graceMs: 1_000 })
    clock.advance(1_000)
    await Promise.all([patient, impatient, client.closed])
  })

  it('does nothing when all is closed', async () => {
    const server = await start(() => new Response('hi'))
    await server.close()
    await server.close()
  })

  it.each([-1, Number.NaN, Infinity])('refuses a grace of %d ms', async (graceMs) => {
    const server = await start(() => new Response('hi'))
    await expect(server.close({ graceMs })).rejects.toThrow(RangeError)
    await expect(server.close({ idleGraceMs: graceMs })).rejects.toThrow(RangeError)
  })

  it('is what Symbol.asyncDispose does', async () => {
    const server = await start(() => new Response('hi'))
    await server[Symbol.asyncDispose]()
    await expect(RawClient.connect(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
