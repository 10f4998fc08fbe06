import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('drain', () => {
  it('closes a silent connection after drainGraceMs, and not before', () => {
    const conversation = new Conversation({ drainGraceMs: 1000 })
    conversation.channel.drain()
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect([conversation.closed, conversation.wire]).toEqual([true, ''])
  })

  it('answers a request that comes within the grace, says close, and closes', () => {
    const conversation = new Conversation().send(GET)
    conversation.channel.drain({ graceMs: 1000 })
    conversation.clock.advance(999)
    conversation.send(GET)
    expect(conversation.statuses).toEqual([200, 200])
    expect(conversation.wire.match(/Connection: close/g)).toHaveLength(1)
    expect(conversation.closed).toBe(true)
  })

  it('gives a request that is partly in the time of its head', () => {
    const conversation = new Conversation({ headerTimeoutMs: 5000 }).send(GET.slice(0, 9))
    conversation.channel.drain({ graceMs: 1000 })
    conversation.clock.advance(4999)
    conversation.send(GET.slice(9))
    expect([conversation.statuses, conversation.closed]).toEqual([[200], true])
  })

  it('closes a silent connection at once without a grace', () => {
    const conversation = new Conversation()
    conversation.channel.drain({ graceMs: 0 })
    expect(conversation.closed).toBe(true)
  })

  it('finishes what is in flight, and says close', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET, GET)
    conversation.channel.drain({ graceMs: 0 })
    conversation.clock.advance(10_000)
    expect(conversation.closed).toBe(false)
    requests[0]?.finish('last')
    expect(conversation.wire).toMatch(/Connection: close\r\n[^]*last$/)
    expect([requests.length, conversation.closed]).toEqual([1, true])
  })

  it('breaks off after totalMs what is still in flight, and not before', () => {
    const { conversation } = unanswered()
    conversation.send(GET)
    conversation.channel.drain({ totalMs: 1000 })
    conversation.clock.advance(999)
    expect(conversation.transport.lostReason).toBeNull()
    conversation.clock.advance(1)
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('does not read on for content that is only dropped', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 9'))
    requests[0]?.finish('no')
    expect([conversation.channel.readState, conversation.closed]).toEqual(['body', false])
    conversation.channel.drain()
    expect(conversation.closed).toBe(true)
  })

  it('may be called again, to shorten the grace', () => {
    const conversation = new Conversation()
    conversation.channel.drain({ graceMs: 5000 })
    conversation.channel.drain({ graceMs: 100 })
    conversation.clock.advance(100)
    expect(conversation.closed).toBe(true)
  })

  it('leaves a connection alone that closed before, and no timer behind', () => {
    const conversation = new Conversation()
    conversation.channel.loseConnection()
    conversation.channel.drain({ graceMs: 1000, totalMs: 2000 })
    conversation.transport.deliverEnd()
    conversation.transport.settle()
    expect(conversation.clock.pending).toBe(0)
  })

  it.each([{ graceMs: -1 }, { graceMs: NaN }, { totalMs: -1 }, { totalMs: Infinity }])(
    'refuses %o, and changes nothing',
    (options) => {
      const conversation = new Conversation()
      expect(() => conversation.channel.drain(options)).toThrow(RangeError)
      expect(conversation.channel.persistent).toBe(true)
    },
  )
})

describe('halfClose', () => {
  it('finish: a peer that finished sending still gets its answer', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET)
    conversation.transport.deliverEnd()
    requests[0]?.finish('heard')
    expect([conversation.statuses, conversation.closed]).toEqual([[200], true])
  })

  it('abort: a peer that finished sending is taken for gone', () => {
    const { conversation, requests } = unanswered({ halfClose: 'abort' })
    conversation.send(GET)
    conversation.transport.deliverEnd()
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
    expect(requests[0]?.lost).toEqual({ kind: 'aborted' })
    expect(conversation.clock.pending).toBe(0)
  })

  it('abort: leaves a connection alone that we closed', () => {
    const transport = new MemoryTransport()
    const conversation = new Conversation({ halfClose: 'abort' }, undefined, transport)
    conversation.channel.loseConnection()
    transport.deliverEnd()
    transport.settle()
    expect(transport.lostReason).toEqual({ kind: 'closed' })
  })

  it('is one of the two', () => {
    expect(() => new Conversation({ halfClose: 'close' as 'abort' })).toThrow(RangeError)
  })
})
