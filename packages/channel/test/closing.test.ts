import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('closing', () => {
  it('reads on after its last word, and closes when the peer does (rule 86)', () => {
    const conversation = new Conversation().send('BAD\r\n')
    expect(conversation.closed).toBe(true)
    expect(conversation.transport.disconnecting).toBe(false)
    conversation.send('more')
    expect(conversation.transport.lostReason).toBeNull()
    conversation.transport.deliverEnd()
    expect(conversation.transport.disconnecting).toBe(true)
  })

  it('lingers for lingerTimeoutMs, then aborts', () => {
    const conversation = new Conversation({ lingerTimeoutMs: 500 }).send('BAD\r\n')
    expect(conversation.closed).toBe(true)
    conversation.clock.advance(499)
    expect(conversation.transport.lostReason).toBeNull()
    conversation.clock.advance(1)
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('lingers for lingerBytes: N are read, N + 1 aborts', () => {
    const conversation = new Conversation({ lingerBytes: 10 }).send('BAD\r\n')
    conversation.send('0123456789')
    expect(conversation.transport.lostReason).toBeNull()
    conversation.send('0')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('waits abortTimeout for a peer that takes nothing of the last word, and as long again for each progress', () => {
    const transport = new MemoryTransport({ manualDrain: true })
    const conversation = new Conversation({ abortTimeout: 1000, lingerTimeoutMs: 100 }, undefined, transport)
    conversation.send('BAD\r\n')
    conversation.clock.advance(999)
    transport.drain(1)
    conversation.clock.advance(1)
    expect(transport.lostReason).toBeNull()
    conversation.clock.advance(1000)
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('never aborts by time with abortTimeout null while the peer takes nothing', () => {
    const transport = new MemoryTransport({ manualDrain: true })
    const conversation = new Conversation({ abortTimeout: null, lingerTimeoutMs: 100 }, undefined, transport)
    conversation.channel.abortTimeout = null
    conversation.send('BAD\r\n')
    expect(conversation.clock.dueTimesMs).toEqual([100])
  })

  it('lets time pass with lingerTimeoutMs 0 and abortTimeout null while the peer takes nothing', () => {
    const transport = new MemoryTransport({ manualDrain: true })
    const options = { abortTimeout: null, lingerTimeoutMs: 0 }
    const conversation = new Conversation(options, undefined, transport).send('BAD\r\n')
    conversation.clock.advance(10)
    expect(transport.lostReason).toBeNull()
    transport.drain()
    conversation.clock.advance(1)
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('answers a client that finished sending, then closes (half-close)', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET)
    conversation.transport.deliverEnd()
    expect(conversation.transport.disconnecting).toBe(false)
    requests[0]?.finish('still answered')
    expect(conversation.wire).toMatch(/still answered$/)
    expect(conversation.transport.disconnecting).toBe(true)
  })

  it('answers all that a client had pipelined before it finished sending', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET + GET)
    conversation.transport.deliverEnd()
    requests[0]?.finish('1')
    requests[1]?.finish('2')
    expect(conversation.statuses).toEqual([200, 200])
    expect(conversation.transport.disconnecting).toBe(true)
  })

  it('closes silently when an idle client finishes sending', () => {
    const conversation = new Conversation()
    conversation.transport.deliverEnd()
    expect([conversation.wire, conversation.transport.disconnecting]).toEqual(['', true])
  })

  it('answers 400 to a head that will never be complete', () => {
    const conversation = new Conversation().send('GET / HTTP/1.1\r\nHost')
    conversation.transport.deliverEnd()
    expect(conversation.statuses).toEqual([400])
    expect(conversation.codes).toEqual(['ERR_HEAD_INCOMPLETE'])
  })

  it('looks at no input any more, also when its last words meet back-pressure', () => {
    const transport = new MemoryTransport({ manualDrain: true, highWaterMarkBytes: 10 })
    const { conversation, requests } = unanswered({}, transport)
    conversation.send(`${head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5')}01234${GET}`)
    requests[0]?.write('x'.repeat(100))
    conversation.channel.loseConnection()
    expect(conversation.channel.readState).toBe('lingering')
    expect(requests).toHaveLength(1)
    expect(requests[0]?.content.complete).toBe(false)
  })
})
