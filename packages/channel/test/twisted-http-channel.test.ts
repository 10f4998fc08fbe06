import { Headers } from '@millrace/headers'
import { LineReceiver } from '@millrace/line-receiver'
import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CHANNEL_OPTIONS, HTTPChannel, Request } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head, wireBytes } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

/** Keeps its requests, and answers when the test says so. */
function held<TChannel extends HTTPChannel = HTTPChannel>(
  options: Partial<HTTPChannelOptions> = {},
  make?: (options: HTTPChannelOptions) => TChannel,
  transport?: MemoryTransport,
): { conversation: Conversation<TChannel>; requests: Request[] } {
  const requests: Request[] = []
  class Kept extends Request {
    override process(): void {
      requests.push(this)
    }
  }
  const requestFactory: HTTPChannelOptions['requestFactory'] = (channel, of) => new Kept(channel, of)
  return {
    conversation: new Conversation<TChannel>({ requestFactory, ...options }, make, transport),
    requests,
  }
}

describe('HTTPChannel', () => {
  it('is a LineReceiver with a timeout', () => {
    const { channel } = new Conversation()
    expect(channel).toBeInstanceOf(LineReceiver)
    expect([channel.lineMode, typeof channel.callLater, typeof channel.setRawMode]).toEqual([
      true,
      'function',
      'function',
    ])
  })

  it.each([
    'connectionMade',
    'dataReceived',
    'lineReceived',
    'lineLengthExceeded',
    'headerReceived',
    'allHeadersReceived',
    'checkPersistence',
    'rawDataReceived',
    'allContentReceived',
    'requestDone',
    'setTimeout',
    'resetTimeout',
    'timeoutConnection',
    'forceAbortClient',
    'connectionLost',
    'writeHeaders',
    'write',
    'writeSequence',
    'getPeer',
    'getHost',
    'isSecure',
    'loseConnection',
    'registerProducer',
    'unregisterProducer',
    'stopProducing',
    'pauseProducing',
    'resumeProducing',
  ] as const)('has %s', (name) => {
    expect(HTTPChannel.prototype[name]).toBeTypeOf('function')
  })

  it('has its limits and its state as fields of the instance', () => {
    const { channel } = new Conversation()
    const { maxLength, maxHeaders, totalHeadersSize, timeOut, abortTimeout } = DEFAULT_CHANNEL_OPTIONS
    expect(channel).toMatchObject({
      MAX_LENGTH: maxLength,
      maxHeaders,
      totalHeadersSize,
      timeOut,
      abortTimeout,
    })
    expect([maxLength, maxHeaders, totalHeadersSize, timeOut, abortTimeout]).toEqual([
      16_384, 500, 16_384, 60_000, 15_000,
    ])
    expect(channel).toMatchObject({ persistent: true, length: 0, requests: [] })
  })

  it('lets a hook see everything through an override, in order', () => {
    const log: string[] = []
    class Watched extends HTTPChannel {
      override lineReceived(line: Uint8Array): void {
        log.push(`line ${line.length}`)
        super.lineReceived(line)
      }
      override headerReceived(line: Uint8Array): boolean {
        log.push('header')
        return super.headerReceived(line)
      }
      override allHeadersReceived(): void {
        log.push('all headers')
        super.allHeadersReceived()
      }
      override rawDataReceived(bytes: Uint8Array): void {
        log.push(`raw ${bytes.length}`)
        super.rawDataReceived(bytes)
      }
      override allContentReceived(): void {
        log.push('all content')
        super.allContentReceived()
      }
      override requestDone(request: object): void {
        log.push('done')
        super.requestDone(request)
      }
    }
    const conversation = new Conversation({}, (options) => new Watched(options))
    conversation.send(`${head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 3')}abc`)
    expect(conversation.statuses).toEqual([200])
    const heads = ['line 14', 'line 7', 'header', 'line 17', 'header', 'line 0', 'all headers', 'raw 3']
    expect(log.slice(0, heads.length)).toEqual(heads)
    expect(log.slice(heads.length).sort()).toEqual(['all content', 'done'])
  })
})

describe('HTTPChannel.allContentReceived', () => {
  it('runs once for each request, when its content is complete, at once when there is none', () => {
    const ends: string[] = []
    class Watched extends HTTPChannel {
      override allContentReceived(): void {
        ends.push(`${this.requests.length} ${String(this.length)}`)
        super.allContentReceived()
      }
    }
    const { conversation, requests } = held({}, (options) => new Watched(options))
    conversation.send(GET)
    expect(ends).toEqual(['1 0'])
    requests[0]?.finish()
    conversation.send(head('PUT / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'))
    requests[1]?.content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    conversation.send('1\r\na\r\n', '0\r\n')
    expect(ends).toEqual(['1 0'])
    conversation.send('\r\n')
    expect(ends).toEqual(['1 0', '1 0'])
  })
})

describe('HTTPChannel and its connection', () => {
  it('begins its deadlines and listens to back-pressure when it is connected', () => {
    const { conversation } = held({ firstByteTimeoutMs: 10, timeOut: 20 })
    expect(conversation.clock.dueTimesMs).toEqual([10])
    expect(conversation.transport.hasProducer).toBe(true)
    expect(conversation.wire).toBe('')
  })

  it('says where it is, and whether it is secure', () => {
    const peer = { family: 'IPv4', host: '192.0.2.1', port: 1234 } as const
    const host = { family: 'IPv6', host: '::1', port: 443 } as const
    const { channel } = new Conversation({}, undefined, new MemoryTransport({ peer, host, secure: true }))
    expect([channel.getPeer(), channel.getHost(), channel.isSecure()]).toEqual([peer, host, true])
  })

  it('writes what it is given, in order, and once in a turn', async () => {
    const { conversation } = held()
    const { channel, transport } = conversation.send(GET)
    channel.writeHeaders('HTTP/1.1', 200, 'OK', new Headers([['A', 'b']]))
    channel.write(wireBytes('1'))
    channel.writeSequence([wireBytes('2'), wireBytes('3')])
    await Promise.resolve()
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\nA: b\r\n\r\n123')
    expect(transport.writes).toHaveLength(1)
  })

  it.each([
    ['OK\r\nX-Inj: 1', 200, TypeError],
    ['OK\n', 200, TypeError],
    ['a\0', 200, TypeError],
    ['OK', 99, RangeError],
    ['OK', 2_000, RangeError],
  ])('writes no head that is none: %j %d', async (reason, code, mistake) => {
    const { conversation } = held()
    conversation.send(GET)
    expect(() => conversation.channel.writeHeaders('HTTP/1.1', code, reason, new Headers())).toThrow(mistake)
    await Promise.resolve()
    expect(conversation.wire).toBe('')
  })

  it('holds the one request whose response is owed, and knows how much of its content is to come', () => {
    const { conversation, requests } = held()
    const { channel } = conversation
    conversation.send(`${head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5')}`)
    expect([channel.requests, channel.length]).toEqual([requests, 5])
    requests[0]?.content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    conversation.send('abc')
    expect(channel.length).toBe(2)
    conversation.send(`de${GET}`)
    expect([channel.requests, channel.length]).toEqual([requests, 0])
    requests[0]?.finish()
    expect(requests).toHaveLength(2)
    expect(channel.requests).toEqual([requests[1]])
    requests[1]?.finish()
    expect(channel.requests).toEqual([])
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'))
    expect(channel.length).toBeNull()
  })

  it('reads ahead behind a request that is being handled: readAheadBytes pass, one more pauses the peer', () => {
    const { conversation, requests } = held({ readAheadBytes: GET.length })
    const { transport } = conversation
    conversation.send(GET, GET)
    expect(transport.paused).toBe(false)
    conversation.send('G')
    expect(transport.paused).toBe(true)
    requests[0]?.finish()
    expect([requests.length, transport.paused]).toEqual([2, false])
  })

  it('tells a handler that its client left while the next request waits', async () => {
    const { conversation, requests } = held()
    conversation.send(GET + GET)
    const finished = requests[0]?.notifyFinish()
    conversation.transport.reset()
    expect(await finished).toEqual({ kind: 'reset' })
    expect(requests).toHaveLength(1)
  })

  it('closes after the response when persistent is set to false, and says so', () => {
    const { conversation, requests } = held()
    conversation.send(GET + GET)
    conversation.channel.persistent = false
    requests[0]?.finish('x')
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx')
    expect([conversation.closed, requests.length]).toEqual([true, 1])
  })

  it('flushes what was written when it loses the connection, and gives the request up', async () => {
    const { conversation, requests } = held()
    conversation.send(GET)
    const [request] = requests as [Request]
    request.write('half')
    const finished = request.notifyFinish()
    conversation.channel.loseConnection()
    conversation.channel.loseConnection()
    expect(conversation.wire).toMatch(/4\r\nhalf\r\n$/)
    expect(conversation.closed).toBe(true)
    expect(await finished).toEqual({ kind: 'aborted' })
  })

  it('runs timeoutConnection between requests, and forceAbortClient when a close does not end', () => {
    const log: string[] = []
    class Watched extends HTTPChannel {
      override timeoutConnection(): void {
        log.push(`timeout ${this.clock.now()}`)
        super.timeoutConnection()
      }
      override forceAbortClient(): void {
        log.push(`abort ${this.clock.now()}`)
        super.forceAbortClient()
      }
    }
    const transport = new MemoryTransport({ manualDrain: true })
    const options = { timeOut: 100, abortTimeout: 50 }
    const conversation = new Conversation(options, (all) => new Watched(all), transport).send(GET)
    conversation.clock.advance(150)
    expect(log).toEqual(['timeout 100', 'abort 150'])
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('stops the producer of a response when the transport stops it', () => {
    const { conversation, requests } = held()
    conversation.send(GET)
    let stopped = 0
    const producer = { pauseProducing() {}, resumeProducing() {}, stopProducing: () => void (stopped += 1) }
    requests[0]?.registerProducer(producer, true)
    conversation.channel.stopProducing()
    conversation.transport.reset()
    expect(stopped).toBe(1)
  })

  it('takes another producer once the first has unregistered', () => {
    const { conversation, requests } = held()
    conversation.send(GET)
    const producer = { pauseProducing() {}, resumeProducing() {}, stopProducing() {} }
    conversation.channel.registerProducer(producer, true)
    expect(() => requests[0]?.registerProducer(producer, true)).toThrow('registered already')
    conversation.channel.unregisterProducer()
    expect(() => requests[0]?.registerProducer(producer, true)).not.toThrow()
  })
})
