import { FakeClock, RecordingProtocol } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { Pool } from '../src/index.ts'
import { A, OK, PoolTest } from './pool-test.ts'
import { get, RecordingHandler } from './recording-handler.ts'

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

  it('forgets an origin whose last connection became another protocol’s', async () => {
    const test = new PoolTest()
    const handler = new RecordingHandler()
    const successor = new RecordingProtocol()
    handler.switchProtocol = () => successor
    const pending = test.pool.request(A, get({ fields: { Connection: 'upgrade', Upgrade: 'chat' } }), handler)
    const transport = await test.connected()
    transport.deliver('HTTP/1.1 101 \r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nfirst')
    expect(test.pool.status).toEqual({ origins: 0, idle: 0, busy: 0, connecting: 0, waiting: 0 })
    pending.abort()
    test.pool.abort()
    transport.deliver(' second')
    expect([successor.receivedText, transport.lostReason]).toEqual(['first second', null])
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
