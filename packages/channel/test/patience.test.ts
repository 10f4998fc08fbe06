import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { Request } from '../src/index.ts'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')
const POST = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10')
const ignoring = { dataReceived() {}, contentDone() {}, contentLost() {} }

const manual = (): MemoryTransport => new MemoryTransport({ manualDrain: true, highWaterMarkBytes: 1000 })

describe('a peer is not given up', () => {
  it('for heads that each come quickly, when every read ends inside one (headerTimeoutMs)', () => {
    const conversation = new Conversation({ headerTimeoutMs: 1000 })
    const cut = GET.length - 5
    conversation.send(GET.slice(0, cut))
    for (let i = 0; i < 30; i += 1) {
      conversation.clock.advance(100)
      conversation.send(GET.slice(cut) + GET.slice(0, cut))
    }
    expect(conversation.statuses).toEqual(Array(30).fill(200))
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect(conversation.statuses.at(-1)).toBe(408)
  })

  it('for content that its consumer does not want any more (bodyIdleTimeoutMs)', () => {
    const { conversation, requests } = unanswered({ bodyIdleTimeoutMs: 1000 })
    conversation.send(POST, '01234')
    const { content } = requests[0] as Request
    content.deliverTo(ignoring)
    conversation.send('5')
    content.pauseProducing()
    conversation.clock.advance(1_000_000)
    expect([conversation.wire, conversation.codes]).toEqual(['', []])
    content.resumeProducing()
    conversation.send('6789')
    requests[0]?.finish()
    expect(conversation.statuses).toEqual([200])
  })

  it('for taking slowly what we keep writing (writeStallTimeoutMs)', async () => {
    const transport = manual()
    const { conversation, requests } = unanswered({ writeStallTimeoutMs: 1000, timeOut: null }, transport)
    conversation.send(GET)
    const [request] = requests as [Request]
    request.write('x')
    for (let i = 0; i < 30; i += 1) {
      request.write('x'.repeat(200))
      await Promise.resolve()
      transport.drain(50)
      conversation.clock.advance(100)
    }
    expect(transport.lostReason).toBeNull()
    for (let i = 0; i < 20; i += 1) {
      request.write('x')
      await Promise.resolve()
      conversation.clock.advance(100)
    }
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('while it takes what a producer refills (writeStallTimeoutMs)', async () => {
    const transport = manual()
    const { conversation, requests } = unanswered({ writeStallTimeoutMs: 1000, timeOut: null }, transport)
    conversation.send(GET)
    const [request] = requests as [Request]
    request.registerProducer(
      {
        pauseProducing() {},
        resumeProducing: () => void request.write('x'.repeat(5000)),
        stopProducing() {},
      },
      true,
    )
    request.write('x'.repeat(5000))
    await Promise.resolve()
    for (let i = 0; i < 30; i += 1) {
      conversation.clock.advance(100)
      expect(transport.drain()).not.toHaveLength(0)
    }
    expect(transport.lostReason).toBeNull()
    conversation.clock.advance(2000)
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('between requests while it still takes the response, with the next request here already (timeOut)', () => {
    const transport = manual()
    const { conversation, requests } = unanswered({ timeOut: 1000 }, transport)
    conversation.send(GET)
    requests[0]?.finish('x'.repeat(5000))
    conversation.send(GET)
    expect(requests).toHaveLength(1)
    for (let i = 0; i < 30; i += 1) {
      conversation.clock.advance(100)
      transport.drain(50)
    }
    transport.drain()
    expect(requests).toHaveLength(2)
    requests[1]?.finish()
    transport.drain()
    expect(conversation.statuses).toEqual([200, 200])
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect(conversation.closed).toBe(true)
  })

  it('at the close, when abortTimeout is null, before it took everything', () => {
    const transport = manual()
    const { conversation, requests } = unanswered({ abortTimeout: null, lingerTimeoutMs: 1000 }, transport)
    conversation.send(head('GET / HTTP/1.1', 'Host: a', 'Connection: close'))
    requests[0]?.finish('x'.repeat(100))
    conversation.clock.advance(10_000)
    expect(transport.lostReason).toBeNull()
    transport.drain()
    expect(conversation.statuses).toEqual([200])
    conversation.clock.advance(2000)
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
    transport.settle()
    expect(conversation.clock.pending).toBe(0)
  })
})

describe('a deadline of 0', () => {
  it('between requests closes after each response, and leaves a working handler alone', () => {
    const { conversation, requests } = unanswered({ timeOut: 0, firstByteTimeoutMs: null })
    conversation.send(GET)
    conversation.clock.advance(1000)
    requests[0]?.finish('late')
    conversation.clock.advance(0)
    expect(conversation.statuses).toEqual([200])
    expect(conversation.closed).toBe(true)
  })

  it('is over at the next turn of the clock, wherever it stands', () => {
    const none = {
      firstByteTimeoutMs: 0,
      headerTimeoutMs: 0,
      bodyIdleTimeoutMs: 0,
      writeStallTimeoutMs: 0,
      abortTimeout: 0,
      lingerTimeoutMs: 0,
    }
    const silent = new Conversation(none)
    silent.clock.advance(0)
    expect([silent.wire, silent.closed]).toEqual(['', true])
    const slow = new Conversation(none).send('G')
    slow.clock.advance(0)
    expect(slow.statuses).toEqual([408])
    const waiting = new Conversation(none).send(POST)
    waiting.clock.advance(0)
    expect(waiting.statuses).toEqual([408])
    for (const { clock, transport } of [silent, slow, waiting]) {
      clock.advance(0)
      transport.settle()
      expect(clock.pending).toBe(0)
    }
  })
})

describe('a deadline', () => {
  it.each(['timeOut', 'firstByteTimeoutMs', 'headerTimeoutMs', 'bodyIdleTimeoutMs', 'lingerTimeoutMs'])(
    '%s is a finite number: null switches it off, where it can be',
    (name) => {
      for (const value of [Infinity, NaN, '5'])
        expect(() => new Conversation({ [name]: value })).toThrow(RangeError)
    },
  )
})
