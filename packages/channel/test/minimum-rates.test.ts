import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { HTTPChannelOptions, Request } from '../src/index.ts'
import { Conversation, head, unanswered } from './conversation.ts'

const RATE = { bytesPerSecond: 10, graceMs: 1000 }

/** An upload whose content is wanted until the test says otherwise. */
function upload(options: Partial<HTTPChannelOptions>): { conversation: Conversation; request: Request } {
  const { conversation, requests } = unanswered({ bodyIdleTimeoutMs: null, ...options })
  conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1000'))
  const request = requests[0] as Request
  request.content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
  return { conversation, request }
}

describe('minBodyRate', () => {
  it('refuses content that brings nothing within the grace, and not before', () => {
    const { conversation } = upload({ minBodyRate: RATE })
    conversation.clock.advance(999)
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect([conversation.statuses, conversation.codes]).toEqual([[408], ['ERR_CONTENT_TOO_SLOW']])
    expect(conversation.closed).toBe(true)
  })

  it('gives each octet its share of a second', () => {
    const { conversation } = upload({ minBodyRate: RATE })
    for (let octet = 0; octet < 50; octet += 1) {
      conversation.clock.advance(100)
      conversation.send('x')
    }
    conversation.clock.advance(999)
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([408])
  })

  it('ends a peer that sends an octet now and then, for which no silence is too long', () => {
    const { conversation } = upload({ minBodyRate: RATE, bodyIdleTimeoutMs: 1000 })
    for (let octet = 0; octet < 10 && conversation.statuses.length === 0; octet += 1) {
      conversation.clock.advance(500)
      conversation.send('x')
    }
    expect(conversation.codes).toEqual(['ERR_CONTENT_TOO_SLOW'])
  })

  it('does not count while we do not want content, and keeps what is left of the grace', () => {
    const { conversation, request } = upload({ minBodyRate: RATE })
    conversation.clock.advance(600)
    request.content.pauseProducing()
    conversation.clock.advance(1_000_000)
    request.content.resumeProducing()
    conversation.clock.advance(399)
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([408])
  })

  it('gives no new grace to a peer whose content is taken piece by piece', () => {
    const { conversation, request } = upload({ minBodyRate: RATE })
    for (let piece = 0; piece < 4; piece += 1) {
      conversation.clock.advance(300)
      conversation.send('x')
      request.content.pauseProducing()
      request.content.resumeProducing()
    }
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(300)
    expect(conversation.codes).toEqual(['ERR_CONTENT_TOO_SLOW'])
  })

  it('begins anew with each request on a connection', () => {
    const { conversation, requests } = unanswered({ minBodyRate: RATE, bodyIdleTimeoutMs: null })
    const post = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1')
    for (let turn = 0; turn < 5; turn += 1) {
      conversation.send(post)
      const request = requests[turn] as Request
      request.content.deliverTo({
        dataReceived() {},
        contentDone: () => request.finish('ok'),
        contentLost() {},
      })
      conversation.clock.advance(900)
      conversation.send('x')
    }
    expect(conversation.statuses).toEqual([200, 200, 200, 200, 200])
  })

  it('is 240 octets a second after 5 seconds unless told otherwise', () => {
    const { conversation } = upload({})
    conversation.send('x'.repeat(240))
    conversation.clock.advance(5_999)
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([408])
  })

  it('may be switched off', () => {
    const { conversation } = upload({ minBodyRate: null })
    conversation.clock.advance(10_000_000)
    expect(conversation.statuses).toEqual([])
  })

  it.each([
    { bytesPerSecond: 0, graceMs: 0 },
    { bytesPerSecond: -1, graceMs: 0 },
    { bytesPerSecond: Infinity, graceMs: 0 },
    { bytesPerSecond: 1, graceMs: -1 },
    { bytesPerSecond: 1, graceMs: Infinity },
    {} as typeof RATE,
    5 as unknown as typeof RATE,
  ])('refuses %o', (rate) => {
    expect(() => new Conversation({ minBodyRate: rate })).toThrow(RangeError)
    expect(() => new Conversation({ minSendRate: rate })).toThrow(RangeError)
  })
})

describe('bodyTimeoutMs', () => {
  it('refuses content that is not complete in time, however fast it comes', () => {
    const { conversation } = upload({ bodyTimeoutMs: 1000 })
    conversation.clock.advance(999)
    conversation.send('x'.repeat(500))
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect(conversation.codes).toEqual(['ERR_CONTENT_TIMEOUT'])
  })

  it('does not count while we do not want content', () => {
    const { conversation, request } = upload({ bodyTimeoutMs: 1000 })
    conversation.clock.advance(999)
    request.content.pauseProducing()
    conversation.clock.advance(100_000)
    request.content.resumeProducing()
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([408])
  })

  it('ends with the content', () => {
    const { conversation, request } = upload({ bodyTimeoutMs: 1000 })
    conversation.send('x'.repeat(1000))
    conversation.clock.advance(100_000)
    request.finish('ok')
    expect(conversation.statuses).toEqual([200])
  })
})

describe('handlerTimeoutMs', () => {
  const GET = head('GET / HTTP/1.1', 'Host: a')

  it('answers 503 for a handler that does nothing, at its time and not before', () => {
    const { conversation, requests } = unanswered({ handlerTimeoutMs: 1000 })
    conversation.send(GET)
    conversation.clock.advance(999)
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([503])
    expect(conversation.errors).toMatchObject([{ code: 'ERR_HANDLER_TIMEOUT' }])
    expect([conversation.closed, requests[0]?.lost]).toEqual([true, { kind: 'aborted' }])
  })

  it('breaks the connection when the response has begun', () => {
    const { conversation, requests } = unanswered({ handlerTimeoutMs: 1000 })
    conversation.send(GET)
    conversation.clock.advance(999)
    requests[0]?.write('some')
    return Promise.resolve().then(() => {
      conversation.clock.advance(999)
      expect(conversation.transport.lostReason).toBeNull()
      conversation.clock.advance(1)
      expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
    })
  })

  it('does not count while content is awaited of the peer', () => {
    const { conversation, request } = upload({ handlerTimeoutMs: 1000, minBodyRate: null })
    conversation.clock.advance(100_000)
    conversation.send('x'.repeat(1000))
    conversation.clock.advance(999)
    request.finish('ok')
    expect(conversation.statuses).toEqual([200])
  })

  it('counts while a handler holds back the content that it does not want', () => {
    const { conversation } = unanswered({ handlerTimeoutMs: 1000 })
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1000'))
    conversation.clock.advance(1000)
    expect(conversation.statuses).toEqual([503])
  })

  it('does not count while the peer does not take what was written', () => {
    const transport = new MemoryTransport({ manualDrain: true })
    const { conversation, requests } = unanswered(
      { handlerTimeoutMs: 1000, writeStallTimeoutMs: null },
      transport,
    )
    conversation.send(GET)
    requests[0]?.write('some')
    return Promise.resolve().then(() => {
      conversation.clock.advance(100_000)
      expect(transport.lostReason).toBeNull()
      transport.drain()
      conversation.clock.advance(1000)
      expect(transport.lostReason).toEqual({ kind: 'aborted' })
    })
  })

  it('lets time pass when it is 0 and the peer does not take what was written', async () => {
    const transport = new MemoryTransport({ manualDrain: true })
    const options = { handlerTimeoutMs: 0, writeStallTimeoutMs: null }
    const { conversation, requests } = unanswered(options, transport)
    conversation.send(GET)
    requests[0]?.write('some')
    await Promise.resolve()
    conversation.clock.advance(10)
    expect(transport.lostReason).toBeNull()
    transport.drain()
    conversation.clock.advance(1)
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('begins anew with each request', () => {
    const { conversation, requests } = unanswered({ handlerTimeoutMs: 1000 })
    for (let turn = 0; turn < 3; turn += 1) {
      conversation.send(GET)
      conversation.clock.advance(999)
      requests[turn]?.finish('ok')
    }
    expect(conversation.statuses).toEqual([200, 200, 200])
  })
})

describe('what the peer takes', () => {
  /** A response of 1000 octets that nobody took yet. */
  function download(options: Partial<HTTPChannelOptions>): MemoryTransport & { pass(ms: number): void } {
    const transport = new MemoryTransport({ manualDrain: true })
    const { conversation, requests } = unanswered(options, transport)
    conversation.send(head('GET / HTTP/1.1', 'Host: a'))
    requests[0]?.finish('x'.repeat(1000))
    return Object.assign(transport, { pass: (ms: number) => conversation.clock.advance(ms) })
  }

  it('minSendRate: breaks off a peer that takes less on average after the grace', () => {
    const peer = download({ minSendRate: RATE })
    peer.pass(999)
    peer.drain(10)
    peer.pass(1)
    expect(peer.lostReason).toBeNull()
    peer.pass(999)
    expect(peer.lostReason).toBeNull()
    peer.pass(1)
    expect(peer.lostReason).toEqual({ kind: 'aborted' })
  })

  it('minSendRate: spares one that takes enough, and one that took all', () => {
    const peer = download({ minSendRate: RATE })
    for (let second = 0; second < 20; second += 1) {
      peer.pass(999)
      peer.drain(10)
      peer.pass(1)
    }
    expect(peer.lostReason).toBeNull()
    peer.drain()
    peer.pass(30_000)
    expect(peer.lostReason).toBeNull()
  })

  it('writeStallTimeoutMs: notices a stall at most a quarter of the period late', () => {
    const peer = download({ writeStallTimeoutMs: 1000 })
    peer.pass(260)
    peer.drain(1)
    peer.pass(999)
    expect(peer.lostReason).toBeNull()
    peer.pass(1 + 250)
    expect(peer.lostReason).toEqual({ kind: 'aborted' })
  })

  it('writeStallTimeoutMs: spares one that takes an octet in each period', () => {
    const peer = download({ writeStallTimeoutMs: 1000, timeOut: null })
    for (let second = 0; second < 100; second += 1) {
      peer.pass(999)
      peer.drain(1)
    }
    expect(peer.lostReason).toBeNull()
  })
})
