import { FakeClock, MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPClientChannel } from '../src/index.ts'
import type { OutgoingRequest } from '../src/index.ts'
import { OK, PoolTest, turn } from './pool-test.ts'
import { get, type RecordingHandler } from './recording-handler.ts'

describe('a connection that cannot be made', () => {
  it('fails its request with the reason', async () => {
    const test = new PoolTest()
    const handler = test.send()
    await test.refused(new Error('ECONNREFUSED'))
    expect([handler.code, handler.error?.statusHint]).toEqual(['ERR_UPSTREAM_CONNECT', 502])
    expect(handler.error?.cause).toEqual(new Error('ECONNREFUSED'))
    expect(test.pool.status.origins).toBe(0)
    expect(test.clock.pending).toBe(0)
  })

  it('fails it with a timeout when that is the reason', async () => {
    const test = new PoolTest()
    const handler = test.send()
    await test.refused(Object.assign(new Error(), { code: 'ERR_CONNECT_TIMEOUT', statusHint: 504 }))
    expect(handler.code).toBe('ERR_UPSTREAM_CONNECT_TIMEOUT')
  })

  it('fails it when it throws at once', async () => {
    const test = new PoolTest({
      connect: () => {
        throw new TypeError('no such host')
      },
    })
    const handler = test.send()
    await turn()
    expect(handler.error?.cause).toEqual(new TypeError('no such host'))
  })

  it('fails it in time, and a connection that comes too late is kept for the next request', async () => {
    const test = new PoolTest({ connectTimeoutMs: 10 })
    const handler = test.send()
    test.clock.advance(10)
    expect([handler.code, handler.error?.statusHint]).toEqual(['ERR_UPSTREAM_CONNECT_TIMEOUT', 504])
    await test.connected()
    expect(test.pool.status).toMatchObject({ idle: 1, connecting: 0 })
  })

  it('fails it when the connection ended before it could be used', async () => {
    const test = new PoolTest({
      connect: async () => {
        const transport = new MemoryTransport()
        const channel = new HTTPClientChannel({ clock: new FakeClock() })
        transport.connect(channel)
        transport.deliverEnd()
        return channel
      },
    })
    const handler = test.send()
    await turn()
    expect(handler.code).toBe('ERR_UPSTREAM_CONNECT')
  })
})

describe('P28: a stale connection', () => {
  async function stale(request: OutgoingRequest): Promise<{ test: PoolTest; handler: RecordingHandler }> {
    const test = new PoolTest()
    test.send()
    const transport = await test.connected()
    transport.deliver(OK)
    const handler = test.send(request)
    expect(handler.exchange?.reused).toBe(true)
    transport.reset()
    return { test, handler }
  }

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])('is replaced for %s', async (method) => {
    const { test, handler } = await stale(get({ method }))
    expect(handler.error).toBeNull()
    const transport = await test.connected()
    transport.deliver('HTTP/1.1 204 \r\n\r\n')
    expect(handler.outcome).toEqual([204, 'done'])
    expect(test.pool.status.origins).toBe(1)
  })

  it('is replaced for content that is at hand', async () => {
    const { test, handler } = await stale(get({ method: 'PUT', content: new Uint8Array([0x61]) }))
    const transport = await test.connected()
    expect(transport.writtenText).toMatch(/^PUT [^]*\r\n\r\na$/)
    expect(handler.error).toBeNull()
  })

  it.each(['POST', 'PATCH', 'LOCK'])('is not replaced for %s', async (method) => {
    const { test, handler } = await stale(get({ method }))
    expect(handler.code).toBe('ERR_UPSTREAM_STALE')
    expect(test.dialled).toHaveLength(1)
  })

  it('is not replaced for content that was written', async () => {
    const { handler } = await stale(get({ method: 'PUT', contentLength: 5 }))
    expect(handler.code).toBe('ERR_UPSTREAM_STALE')
  })

  it('is replaced once, by one that was never used', async () => {
    const { test, handler } = await stale(get())
    const transport = await test.connected()
    expect(handler.exchange?.reused).toBe(false)
    transport.reset()
    expect(handler.code).toBe('ERR_UPSTREAM_CLOSED')
    expect(test.dialled).toHaveLength(2)
  })

  it('is not replaced once an octet of the response came', async () => {
    const test = new PoolTest()
    test.send()
    const transport = await test.connected()
    transport.deliver(OK)
    const handler = test.send()
    transport.deliver('HTTP/1.1 ')
    transport.reset()
    expect(handler.code).toBe('ERR_UPSTREAM_CLOSED')
    expect(test.dialled).toHaveLength(1)
  })
})

describe('abort', () => {
  it('takes a request back that waits, and one whose connection is being made', async () => {
    const test = new PoolTest({ maxConnectionsPerOrigin: 1 })
    const connecting = test.send()
    const waiting = test.send()
    waiting.pending.abort()
    connecting.pending.abort()
    expect(test.pool.status).toMatchObject({ waiting: 0, connecting: 1 })
    const transport = await test.connected()
    expect(transport.writtenText).toBe('')
    expect(test.pool.status).toMatchObject({ idle: 1, connecting: 0 })
    expect([...connecting.events, ...waiting.events]).toEqual([])
  })

  it('breaks the connection of one that is under way', async () => {
    const test = new PoolTest()
    const handler = test.send()
    const transport = await test.connected()
    handler.pending.abort()
    handler.pending.abort()
    transport.settle()
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
    expect(test.pool.status.origins).toBe(0)
    expect(handler.events).toEqual([])
    expect(test.clock.pending).toBe(0)
  })
})

describe('an exchange that ends without its last hook', () => {
  it('is forgotten when it is aborted directly', async () => {
    const test = new PoolTest()
    const handler = test.send()
    await test.connected()
    handler.exchange?.abort()
    expect(handler.exchange?.aborted).toBe(true)
    expect(test.pool.status.origins).toBe(0)
  })

  it('is forgotten when its handler throws', async () => {
    const test = new PoolTest()
    const handler = test.send()
    handler.onHead = () => {
      throw new Error('mine')
    }
    const transport = await test.connected()
    transport.deliver(OK)
    expect(test.pool.status.origins).toBe(0)
    expect(() => test.clock.advance(0)).toThrow('mine')
  })
})

describe('closing a pool', () => {
  it('closes what is idle, then what becomes idle, and takes nothing more', async () => {
    const test = new PoolTest()
    test.send()
    const busy = test.send()
    const [one, two] = [await test.connected(), await test.connected()]
    one.deliver(OK)
    test.pool.close()
    expect([one.disconnecting, two.disconnecting]).toEqual([true, false])
    two.deliver(OK)
    expect(busy.outcome).toEqual([200, 'ok', 'done'])
    expect(two.disconnecting).toBe(true)
    expect(() => test.send()).toThrow('closed')
  })

  it('or breaks off everything', async () => {
    const test = new PoolTest({ maxConnectionsPerOrigin: 2 })
    const handlers = [test.send(), test.send(), test.send()]
    await test.connected()
    test.pool.abort()
    expect(handlers.map(({ code }) => code)).toEqual(Array(3).fill('ERR_UPSTREAM_CLOSED'))
    await test.connected()
    expect(test.pool.status.origins).toBe(0)
  })
})
