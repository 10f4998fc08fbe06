import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { Request } from '../src/index.ts'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('back-pressure', () => {
  const room = { manualDrain: true, highWaterMarkBytes: 1000 } as const

  it('tells a writer when the peer falls behind, and when it caught up', async () => {
    const transport = new MemoryTransport(room)
    const { conversation, requests } = unanswered({}, transport)
    conversation.send(GET)
    const [request] = requests as [Request]
    expect(request.write('x'.repeat(100))).toBe(true)
    await Promise.resolve()
    request.write('x'.repeat(1000))
    await Promise.resolve()
    expect(request.write('y')).toBe(false)
    let drained = false
    const waiting = request.drained().then(() => (drained = true))
    await Promise.resolve()
    expect(drained).toBe(false)
    transport.drain()
    await waiting
    expect(request.write('z')).toBe(true)
  })

  it.each([
    [100, 99, 0],
    [100, 100, 100],
    [100, 101, 101],
    [0, 1, 1],
  ])(
    'collects up to writeAheadBytes: of %i, and %i octets written, %i leave at once',
    async (ahead, size, left) => {
      const { conversation, requests } = unanswered({ writeAheadBytes: ahead })
      conversation.send(GET)
      const [request] = requests as [Request]
      request.setHeader('Content-Length', '1000')
      request.write('x'.repeat(500))
      await Promise.resolve()
      const before = conversation.wire.length
      request.write('x'.repeat(size))
      expect(conversation.wire.length - before).toBe(left)
      await Promise.resolve()
      expect(conversation.wire.length - before).toBe(size)
    },
  )

  it('pauses and resumes a push producer', async () => {
    const transport = new MemoryTransport(room)
    const { conversation, requests } = unanswered({}, transport)
    conversation.send(GET)
    const log: string[] = []
    requests[0]?.registerProducer(
      {
        pauseProducing: () => void log.push('pause'),
        resumeProducing: () => void log.push('resume'),
        stopProducing: () => void log.push('stop'),
      },
      true,
    )
    requests[0]?.write('x'.repeat(2000))
    await Promise.resolve()
    expect(log).toEqual(['pause'])
    transport.drain()
    expect(log).toEqual(['pause', 'resume'])
    transport.reset()
    expect(log).toEqual(['pause', 'resume', 'stop'])
  })

  it('asks a pull producer for as much as there is room for, and for more when it was taken', () => {
    const transport = new MemoryTransport(room)
    const { conversation, requests } = unanswered({}, transport)
    conversation.send(GET)
    const [request] = requests as [Request]
    let asked = 0
    request.registerProducer(
      {
        resumeProducing: () => {
          asked += 1
          if (asked <= 20) request.write('x'.repeat(100))
          else request.unregisterProducer()
          if (asked === 21) request.finish()
        },
        stopProducing: () => undefined,
      },
      false,
    )
    expect(asked).toBeGreaterThan(5)
    expect(asked).toBeLessThan(15)
    for (let i = 0; i < 5; i += 1) transport.drain()
    expect(asked).toBe(21)
    expect(conversation.statuses).toEqual([200])
  })

  it('asks a pull producer that answers later only after it answered', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET)
    let asked = 0
    requests[0]?.registerProducer({ resumeProducing: () => void (asked += 1), stopProducing() {} }, false)
    expect(asked).toBe(1)
    requests[0]?.write('later')
    expect(asked).toBe(2)
  })

  it('does not ask a pull producer again because content is read, or because somebody waits for room', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10'))
    const [request] = requests as [Request]
    let asked = 0
    request.registerProducer({ resumeProducing: () => void (asked += 1), stopProducing() {} }, false)
    void request.content.read().catch(() => undefined)
    void request.drained()
    expect(asked).toBe(1)
    request.write('x')
    expect(asked).toBe(2)
  })

  it('does not ask a pull producer again before it answered, when there is room again', async () => {
    const transport = new MemoryTransport({ manualDrain: true, highWaterMarkBytes: 10 })
    const { conversation, requests } = unanswered({}, transport)
    conversation.send(GET)
    const [request] = requests as [Request]
    request.write('x'.repeat(100))
    let asked = 0
    request.registerProducer({ resumeProducing: () => void (asked += 1), stopProducing() {} }, false)
    await Promise.resolve() // what was written before meets the back-pressure
    transport.drain()
    expect(asked).toBe(1)
    request.write('x')
    transport.drain()
    expect(asked).toBe(2)
  })

  it('refuses a second producer', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET)
    const producer = { pauseProducing() {}, resumeProducing() {}, stopProducing() {} }
    requests[0]?.registerProducer(producer, true)
    expect(() => requests[0]?.registerProducer(producer, true)).toThrow('registered already')
  })

  it('leaves the next request alone when a finished one still has wishes', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET + GET)
    const [first] = requests as [Request]
    first.finish()
    const producer = { pauseProducing() {}, resumeProducing() {}, stopProducing() {} }
    expect(() => first.registerProducer(producer, true)).toThrow(
      expect.objectContaining({ code: 'ERR_FINISHED' }),
    )
    requests[1]?.registerProducer(producer, true)
    first.unregisterProducer()
    first.loseConnection()
    expect(() => requests[1]?.registerProducer(producer, true)).toThrow('registered already')
    requests[1]?.finish()
    expect(conversation.statuses).toEqual([200, 200])
  })

  it('takes no further request from a client that does not read its answers', () => {
    const transport = new MemoryTransport(room)
    const conversation = new Conversation(
      { readAheadBytes: 2000, writeAheadBytes: 65_536 },
      undefined,
      transport,
    )
    conversation.send(GET.repeat(5000))
    const answered = conversation.statuses.length
    expect(answered).toBeLessThan(5000)
    expect(transport.paused).toBe(true)
    while (transport.bufferedBytes > 0) transport.drain()
    expect(conversation.statuses.length).toBeGreaterThan(answered)
  })
})
