import { FakeClock, MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPClientChannel, Pool } from '../src/index.ts'
import type { Origin, OutgoingRequest, PendingRequest, PoolOptions } from '../src/index.ts'
import { get, RecordingHandler } from './recording-handler.ts'

const A: Origin = { host: 'a.example', port: 80, secure: false }
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** A pool whose connections are made when the test says so. */
class PoolTest {
  readonly clock = new FakeClock()
  readonly transports: MemoryTransport[] = []
  readonly dialled: Origin[] = []
  readonly handlerErrors: unknown[] = []
  readonly pool: Pool
  #dials: { resolve: (channel: HTTPClientChannel) => void; reject: (error: unknown) => void }[] = []

  constructor(options: Partial<PoolOptions> = {}) {
    this.pool = new Pool({
      clock: this.clock,
      onHandlerError: (error) => void this.handlerErrors.push(error),
      connect: (origin) => {
        this.dialled.push(origin)
        return new Promise((resolve, reject) => this.#dials.push({ resolve, reject }))
      },
      ...options,
    })
  }

  send(request: OutgoingRequest = get(), origin: Origin = A): RecordingHandler & { pending: PendingRequest } {
    const handler = new RecordingHandler() as RecordingHandler & { pending: PendingRequest }
    handler.pending = this.pool.request(origin, request, handler)
    return handler
  }

  /** Lets the connection that was asked for first stand. */
  async connected(): Promise<MemoryTransport> {
    const transport = new MemoryTransport()
    const channel = new HTTPClientChannel({ clock: this.clock })
    transport.connect(channel)
    this.transports.push(transport)
    this.#dials.shift()!.resolve(channel)
    await turn()
    return transport
  }

  async refused(error: unknown = new Error('refused')): Promise<void> {
    this.#dials.shift()!.reject(error)
    await turn()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('Pool', () => {
  it('uses a connection again, and keeps origins apart', async () => {
    const test = new PoolTest()
    const first = test.send()
    const transport = await test.connected()
    transport.deliver(OK)
    const second = test.send()
    transport.deliver(OK)
    expect([first.outcome, second.outcome]).toEqual([
      [200, 'ok', 'done'],
      [200, 'ok', 'done'],
    ])
    expect(second.exchange?.reused).toBe(true)
    test.send(get(), { ...A, port: 81 })
    test.send(get(), { ...A, secure: true })
    test.send(get(), { ...A, host: 'b.example' })
    expect(test.dialled).toHaveLength(4)
    expect(test.pool.status).toEqual({ origins: 4, idle: 1, busy: 0, connecting: 3, waiting: 0 })
  })

  it('takes the connection that was used last', async () => {
    const test = new PoolTest()
    test.send()
    test.send()
    const [one, two] = [await test.connected(), await test.connected()]
    two.deliver(OK)
    one.deliver(OK)
    two.takeWritten()
    one.takeWritten()
    test.send()
    expect(one.writtenText).toContain('GET / HTTP/1.1')
    expect(two.writtenText).toBe('')
  })

  it('does not take a connection that the server has closed meanwhile', async () => {
    const test = new PoolTest()
    test.send()
    const transport = await test.connected()
    transport.deliver(OK)
    transport.deliverEnd()
    expect(test.pool.status.idle).toBe(0)
    test.send()
    expect(test.dialled).toHaveLength(2)
  })

  it('forgets an origin with its last connection', async () => {
    const test = new PoolTest()
    test.send()
    const transport = await test.connected()
    transport.deliver(OK)
    expect(test.pool.status.origins).toBe(1)
    transport.deliverEnd()
    expect(test.pool.status).toEqual({ origins: 0, idle: 0, busy: 0, connecting: 0, waiting: 0 })
    expect(test.clock.pending).toBe(0)
  })

  it('refuses a bad request at the call, and costs no connection', () => {
    const test = new PoolTest()
    expect(() => test.send(get({ method: '' }))).toThrowError(
      expect.objectContaining({ code: 'ERR_REQUEST_METHOD' }),
    )
    expect(test.dialled).toHaveLength(0)
  })

  it('needs a clock, a way to connect, and limits that are some', () => {
    const connect = (): Promise<never> => Promise.reject(new Error())
    expect(() => new Pool({ connect } as never)).toThrow(TypeError)
    expect(() => new Pool({ clock: new FakeClock() } as never)).toThrow(TypeError)
    for (const name of ['maxConnectionsPerOrigin', 'maxIdlePerOrigin', 'maxWaitingPerOrigin'] as const) {
      expect(() => new PoolTest({ [name]: -1 })).toThrow(RangeError)
    }
    for (const name of ['waitTimeoutMs', 'connectTimeoutMs', 'idleTimeoutMs'] as const) {
      expect(() => new PoolTest({ [name]: -1 })).toThrow(RangeError)
    }
    expect(() => new PoolTest({ maxConnectionsPerOrigin: 0 })).toThrow(RangeError)
  })

  it('reports what a handler throws when there is no connection for it', async () => {
    const test = new PoolTest()
    const handler = new RecordingHandler()
    handler.responseLost = () => {
      throw new Error('mine')
    }
    test.pool.request(A, get(), handler)
    await test.refused()
    expect(test.handlerErrors).toEqual([new Error('mine')])
  })
})

describe('the limits of a pool', () => {
  it('make connections up to the maximum, then let requests wait in order', async () => {
    const test = new PoolTest({ maxConnectionsPerOrigin: 2 })
    const handlers = ['/1', '/2', '/3', '/4'].map((requestTarget) => test.send(get({ requestTarget })))
    expect(test.pool.status).toMatchObject({ connecting: 2, waiting: 2 })
    const transport = await test.connected()
    transport.deliver(OK)
    expect(transport.writtenText).toMatch(/GET \/1 [^]*GET \/3 /)
    transport.deliver(OK)
    transport.deliver(OK)
    expect(handlers.map(({ events }) => events.length > 0)).toEqual([true, false, true, true])
  })

  it('let exactly the maximum wait', () => {
    const test = new PoolTest({ maxConnectionsPerOrigin: 1, maxWaitingPerOrigin: 1 })
    const handlers = [test.send(), test.send(), test.send()]
    expect(handlers.map(({ code }) => code)).toEqual([undefined, undefined, 'ERR_UPSTREAM_QUEUE_FULL'])
    expect(handlers[2]?.error?.statusHint).toBe(503)
  })

  it('end a wait in time', () => {
    const test = new PoolTest({ maxConnectionsPerOrigin: 1, waitTimeoutMs: 10, connectTimeoutMs: null })
    test.send()
    const waiting = test.send()
    test.clock.advance(10)
    expect(waiting.code).toBe('ERR_UPSTREAM_QUEUE_TIMEOUT')
    expect(test.pool.status.waiting).toBe(0)
  })

  it('give a waiting request the room that a lost connection leaves', async () => {
    const test = new PoolTest({ maxConnectionsPerOrigin: 1 })
    test.send()
    const waiting = test.send()
    const transport = await test.connected()
    transport.reset()
    expect(test.dialled).toHaveLength(2)
    const next = await test.connected()
    next.deliver(OK)
    expect(waiting.outcome).toEqual([200, 'ok', 'done'])
  })

  it('keep exactly the maximum without use, and close the one that was used longest ago', async () => {
    const test = new PoolTest({ maxIdlePerOrigin: 1 })
    test.send()
    test.send()
    const [one, two] = [await test.connected(), await test.connected()]
    one.deliver(OK)
    expect(one.disconnecting).toBe(false)
    two.deliver(OK)
    expect([one.disconnecting, two.disconnecting]).toEqual([true, false])
    const none = new PoolTest({ maxIdlePerOrigin: 0 })
    none.send()
    const transport = await none.connected()
    transport.deliver(OK)
    expect(transport.disconnecting).toBe(true)
  })

  it('close a connection that is not used in time', async () => {
    const test = new PoolTest({ idleTimeoutMs: 100 })
    test.send()
    const transport = await test.connected()
    transport.deliver(OK)
    test.clock.advance(99)
    expect(transport.disconnecting).toBe(false)
    test.clock.advance(1)
    expect(transport.disconnecting).toBe(true)
    transport.settle()
    expect(test.clock.pending).toBe(0)
  })

  it('leave a connection a second before the server does, when it says when', async () => {
    const test = new PoolTest()
    test.send()
    const transport = await test.connected()
    transport.deliver('HTTP/1.1 204 \r\nKeep-Alive: max=5, timeout=5\r\n\r\n')
    test.clock.advance(3_999)
    expect(transport.disconnecting).toBe(false)
    test.clock.advance(1)
    expect(transport.disconnecting).toBe(true)
  })
})

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
