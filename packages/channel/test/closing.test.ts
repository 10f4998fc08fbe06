import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { Request } from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

function unanswered(
  options = {},
  transport = new MemoryTransport(),
): { conversation: Conversation; requests: Request[] } {
  const requests: Request[] = []
  const conversation = new Conversation(
    {
      requestFactory: (channel, of) => {
        const request = new (class extends Request {
          override process(): void {}
        })(channel, of)
        requests.push(request)
        return request
      },
      ...options,
    },
    undefined,
    transport,
  )
  return { conversation, requests }
}

describe('deadlines', () => {
  it('first byte: closes silently after firstByteTimeoutMs', () => {
    const conversation = new Conversation({ firstByteTimeoutMs: 1000 })
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect([conversation.wire, conversation.closed]).toEqual(['', true])
  })

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
})

describe('upgrade', () => {
  const upgrade = head('GET /chat HTTP/1.1', 'Host: a', 'Connection: upgrade', 'Upgrade: chat')

  function switching(): { conversation: Conversation; requests: Request[]; log: string[]; protocol: object } {
    const log: string[] = []
    const protocol = {
      makeConnection: () => void log.push('made'),
      connectionMade: () => undefined,
      dataReceived: (bytes: Uint8Array) => void log.push(Buffer.from(bytes).toString()),
      readConnectionLost: () => void log.push('end'),
      connectionLost: (reason: { kind: string }) => void log.push(reason.kind),
    }
    return { ...unanswered(), log, protocol }
  }

  it('rule 67: hands over the transport and every byte that came after the head', () => {
    const { conversation, requests, log, protocol } = switching()
    conversation.send(`${upgrade}first`)
    const [request] = requests as [Request]
    request.setResponseCode(101)
    request.setHeader('Connection', 'upgrade')
    request.setHeader('Upgrade', 'chat')
    request.upgrade(protocol as never)
    expect(conversation.wire).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n',
    )
    conversation.send('second')
    conversation.transport.deliverEnd()
    conversation.transport.reset()
    expect(log).toEqual(['made', 'first', 'second', 'end', 'reset'])
    expect(conversation.clock.pending).toBe(0)
  })

  it('rule 69, 70: a 2xx to CONNECT has neither Content-Length nor Transfer-Encoding', () => {
    const { conversation, requests, protocol } = switching()
    conversation.send(head('CONNECT example.org:443 HTTP/1.1', 'Host: example.org:443'))
    requests[0]?.upgrade(protocol as never)
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\n\r\n')
  })

  it('waits for the responses before it', () => {
    const { conversation, requests, log, protocol } = switching()
    conversation.send(GET + upgrade)
    expect(requests).toHaveLength(1)
    requests[0]?.finish('first')
    requests[1]?.setResponseCode(101)
    requests[1]?.upgrade(protocol as never)
    expect(conversation.wire).toMatch(/first[^]*101/)
    expect(log).toEqual(['made'])
  })

  it('is refused while content is left, or once the response began', () => {
    const { conversation, requests, protocol } = switching()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3'))
    const refused = expect.objectContaining({ code: 'ERR_NO_UPGRADE' }) as Error
    expect(() => requests[0]?.upgrade(protocol as never)).toThrow(refused)
    requests[0]?.write('x')
    expect(() => requests[0]?.upgrade(protocol as never)).toThrow(refused)
  })

  it('rule 66: without a taker is an ordinary request', () => {
    expect(new Conversation().send(upgrade + GET).statuses).toEqual([200, 200])
  })
})

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

  it('refuses a second producer', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET)
    const producer = { pauseProducing() {}, resumeProducing() {}, stopProducing() {} }
    requests[0]?.registerProducer(producer, true)
    expect(() => requests[0]?.registerProducer(producer, true)).toThrow('registered already')
  })

  it('takes no further request from a client that does not read its answers', () => {
    const transport = new MemoryTransport(room)
    const conversation = new Conversation({ readAheadBytes: 2000 }, undefined, transport)
    conversation.send(GET.repeat(5000))
    const answered = conversation.statuses.length
    expect(answered).toBeLessThan(5000)
    expect(transport.paused).toBe(true)
    while (transport.bufferedBytes > 0) transport.drain()
    expect(conversation.statuses.length).toBeGreaterThan(answered)
  })
})
