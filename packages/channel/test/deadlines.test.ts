import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('deadlines', () => {
  it('first byte: closes silently after firstByteTimeoutMs', () => {
    const conversation = new Conversation({ firstByteTimeoutMs: 1000 })
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect([conversation.wire, conversation.closed]).toEqual(['', true])
  })

  it('first byte: is no longer than timeOut, and leaves that as it was', () => {
    const impatient = new Conversation({ firstByteTimeoutMs: 1000, timeOut: 500 })
    impatient.clock.advance(500)
    expect(impatient.closed).toBe(true)
    const patient = new Conversation({ firstByteTimeoutMs: 1000, timeOut: 5000 })
    expect(patient.channel.timeOut).toBe(5000)
    patient.clock.advance(999)
    patient.send(GET)
    patient.clock.advance(4999)
    expect(patient.closed).toBe(false)
    patient.clock.advance(1)
    expect(patient.closed).toBe(true)
  })

  it.each([{ firstByteTimeoutMs: null }, { firstByteTimeoutMs: null, timeOut: null }])(
    'first byte: has no time of its own with %o',
    (options) => {
      const conversation = new Conversation({ timeOut: 5000, ...options })
      conversation.clock.advance(4999)
      expect(conversation.closed).toBe(false)
      conversation.clock.advance(1)
      expect(conversation.closed).toBe(options.timeOut !== null)
    },
  )

  it('header: 408 at headerTimeoutMs after the first byte, however many bytes came since (rule 87)', () => {
    const conversation = new Conversation({ headerTimeoutMs: 1000 })
    conversation.send('G')
    for (const byte of 'ET / HTT') {
      conversation.clock.advance(111)
      conversation.send(byte)
    }
    conversation.clock.advance(111)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([408])
    expect(conversation.codes).toEqual(['ERR_HEADER_TIMEOUT'])
    expect(conversation.closed).toBe(true)
  })

  it('header: ends with the head', () => {
    const conversation = new Conversation({ headerTimeoutMs: 1000, timeOut: null })
    conversation.send(GET.slice(0, 20))
    conversation.send(GET.slice(20))
    conversation.clock.advance(10_000)
    expect(conversation.statuses).toEqual([200])
    expect(conversation.closed).toBe(false)
  })

  it('keep-alive: closes silently timeOut after the last byte', () => {
    const conversation = new Conversation({ timeOut: 1000 }).send(GET)
    conversation.clock.advance(600)
    conversation.send(GET)
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect(conversation.closed).toBe(true)
    expect(conversation.statuses).toEqual([200, 200])
  })

  it('keep-alive: takes the timeOut that the instance has when it connects', () => {
    const conversation = new Conversation({}, undefined, new MemoryTransport())
    conversation.channel.setTimeout(50)
    conversation.send(GET)
    conversation.clock.advance(50)
    expect(conversation.closed).toBe(true)
  })

  it('handler: a slow handler is never timed out for being slow', () => {
    const { conversation, requests } = unanswered({
      timeOut: 1000,
      bodyIdleTimeoutMs: 1000,
      writeStallTimeoutMs: 1000,
    })
    conversation.send(GET)
    conversation.clock.advance(1_000_000)
    requests[0]?.finish('at last')
    expect(conversation.statuses).toEqual([200])
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect(conversation.closed).toBe(true)
  })

  it('body: 408 when wanted content stops arriving for bodyIdleTimeoutMs', async () => {
    const { conversation, requests } = unanswered({ bodyIdleTimeoutMs: 1000 })
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5'))
    const reading = requests[0]?.content.bytes()
    conversation.clock.advance(999)
    conversation.send('a')
    conversation.clock.advance(999)
    expect(conversation.statuses).toEqual([])
    conversation.clock.advance(1)
    expect(conversation.statuses).toEqual([408])
    await expect(reading).rejects.toMatchObject({ code: 'ERR_CONTENT_TIMEOUT' })
  })

  it('body: a peer is not timed out for content that nobody wants', () => {
    const { conversation } = unanswered({ bodyIdleTimeoutMs: 1000 })
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5'))
    conversation.clock.advance(1_000_000)
    expect(conversation.statuses).toEqual([])
    expect(conversation.closed).toBe(false)
  })

  it('body: breaks the connection when the answer began already', () => {
    const { conversation, requests } = unanswered({ bodyIdleTimeoutMs: 1000 })
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5'))
    requests[0]?.content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    requests[0]?.write('early')
    conversation.clock.advance(1000)
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('write: breaks the connection when the peer takes nothing for writeStallTimeoutMs', () => {
    const transport = new MemoryTransport({ manualDrain: true })
    const { conversation, requests } = unanswered({ writeStallTimeoutMs: 1000 }, transport)
    conversation.send(GET)
    requests[0]?.finish('x'.repeat(1000))
    conversation.clock.advance(999)
    transport.drain(1)
    conversation.clock.advance(1)
    expect(transport.lostReason).toBeNull() // one octet was progress
    conversation.clock.advance(1000)
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('leaves no timer behind when the connection is lost', () => {
    for (const input of [
      '',
      'GET',
      GET,
      head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5'),
      'bad\r\n',
    ]) {
      const conversation = new Conversation()
      if (input !== '') conversation.send(input)
      conversation.transport.reset()
      expect(conversation.clock.pending).toBe(0)
    }
  })
})
