import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { Request } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')
const ROOM = { manualDrain: true, highWaterMarkBytes: 1_000 } as const

type Factory = NonNullable<HTTPChannelOptions['requestFactory']>

/** Keeps its requests, and answers when the test says so. */
function held(transport = new MemoryTransport()): { conversation: Conversation; requests: Request[] } {
  const requests: Request[] = []
  class Kept extends Request {
    override process(): void {
      requests.push(this)
    }
  }
  const requestFactory: Factory = (channel, of) => new Kept(channel, of)
  return { conversation: new Conversation({ requestFactory }, undefined, transport), requests }
}

describe('the hooks of a request', () => {
  /** Writes down which hook runs when. */
  function logged(wire: string): string[] {
    const log: string[] = []
    class Logged extends Request {
      override gotLength(lengthBytes: number | null): void {
        log.push(`length ${lengthBytes}`)
      }
      override requestReceived(method: string, requestTarget: string, version: string): void | Promise<void> {
        log.push(`received ${method} ${requestTarget} ${version}`)
        return super.requestReceived(method, requestTarget, version)
      }
      override process(): void {
        log.push('process')
        this.content.deliverTo({
          dataReceived: (chunk) => void log.push(`delivered ${Buffer.from(chunk).toString()}`),
          contentDone: () => this.finish(),
          contentLost() {},
        })
        if (this.content.complete && !this.finished) this.finish()
      }
      override handleContentChunk(chunk: Uint8Array): void {
        log.push(`chunk ${Buffer.from(chunk).toString()}`)
        super.handleContentChunk(Buffer.from(Buffer.from(chunk).toString().toUpperCase()))
      }
    }
    const conversation = new Conversation({ requestFactory: (channel, of) => new Logged(channel, of) })
    conversation.send(wire)
    expect(conversation.statuses).toEqual([200])
    return log
  }

  it('run in order: gotLength, requestReceived, process, then handleContentChunk for each piece', () => {
    expect(logged(`${head('PUT /a?b HTTP/1.1', 'Host: a', 'Content-Length: 3')}abc`)).toEqual([
      'length 3',
      'received PUT /a?b HTTP/1.1',
      'process',
      'chunk abc',
      'delivered ABC',
    ])
  })

  it('learn that the length of chunked content is not known, and that there is none', () => {
    const chunked = head('PUT / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')
    expect(logged(`${chunked}1\r\na\r\n2\r\nbc\r\n0\r\n\r\n`)).toEqual([
      'length null',
      'received PUT / HTTP/1.1',
      'process',
      'chunk a',
      'delivered A',
      'chunk bc',
      'delivered BC',
    ])
    expect(logged(head('GET / HTTP/1.0'))).toEqual(['length 0', 'received GET / HTTP/1.0', 'process'])
  })

  it.each(['gotLength', 'requestReceived', 'process', 'handleContentChunk'] as const)(
    'make it a 500 when %s throws',
    (hook) => {
      const requestFactory: Factory = (channel, of) => {
        const request = new Request(channel, of)
        if (hook === 'handleContentChunk') request.process = () => request.content.discard()
        return Object.assign(request, {
          [hook]: () => {
            throw new Error('secret')
          },
        })
      }
      const conversation = new Conversation({ requestFactory })
      conversation.send(`${head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 3')}abc`, GET)
      expect([conversation.statuses, conversation.closed]).toEqual([[500], true])
      expect(conversation.codes).toEqual(['Error: secret'])
    },
  )
})

describe('the response of a request', () => {
  it('is buffered until the first write, and shows how far it is', async () => {
    const { conversation, requests } = held()
    conversation.send(GET)
    const [request] = requests as [Request]
    expect([request.code, request.startedWriting, request.finished]).toEqual([200, false, false])
    request.setResponseCode(404)
    request.setHeader('A', '1')
    request.responseHeaders.append('a', '2')
    request.setResponseCode(201, 'Made')
    await Promise.resolve()
    expect(conversation.wire).toBe('')
    request.write('x')
    expect([request.code, request.startedWriting, request.finished]).toEqual([201, true, false])
    request.finish()
    expect([request.startedWriting, request.finished]).toEqual([true, true])
    expect(conversation.wire).toBe(
      'HTTP/1.1 201 Made\r\nA: 1\r\na: 2\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
    )
  })

  it('never has Transfer-Encoding or content in a 2xx to CONNECT (RFC 9112 §6.1)', () => {
    const { conversation, requests } = held()
    conversation.send(head('CONNECT a:1 HTTP/1.1', 'Host: a:1'))
    requests[0]?.write('x')
    requests[0]?.finish()
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:Connection: close\r\n)?\r\n$/)
  })

  it('has its content when it refuses CONNECT', () => {
    const { conversation, requests } = held()
    conversation.send(head('CONNECT a:1 HTTP/1.1', 'Host: a:1'))
    requests[0]?.setResponseCode(405)
    requests[0]?.finish('no')
    expect(conversation.wire).toBe('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 2\r\n\r\nno')
  })
})

describe('a request whose connection is lost', () => {
  it('may be finished late: nothing is thrown, written or logged', () => {
    const { conversation, requests } = held()
    conversation.send(GET)
    const [request] = requests as [Request]
    request.write('begun')
    conversation.transport.takeWritten()
    conversation.transport.reset()
    expect(request.write('more')).toBe(true)
    request.finish()
    request.finish('twice')
    request.loseConnection()
    expect([conversation.wire, conversation.errors]).toEqual(['', []])
  })

  it('keeps content that was taken from the peer readable, then says why there is no more', async () => {
    const { conversation, requests } = held()
    conversation.send(head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 9'))
    const { content } = requests[0] as Request
    const first = content.read()
    conversation.send('abc')
    await first
    conversation.send('def')
    conversation.transport.reset()
    expect(Buffer.from((await content.read()) as Uint8Array).toString()).toBe('def')
    await expect(content.read()).rejects.toThrow('reset')
  })

  it('stops a producer that comes too late', () => {
    const { conversation, requests } = held()
    conversation.send(GET)
    conversation.transport.reset()
    let stopped = 0
    const producer = { pauseProducing() {}, resumeProducing() {}, stopProducing: () => void (stopped += 1) }
    requests[0]?.registerProducer(producer, true)
    requests[0]?.unregisterProducer()
    expect(stopped).toBe(1)
  })

  it('tells notifyFinish, signal and drained also while the peer does not read', async () => {
    const { conversation, requests } = held(new MemoryTransport(ROOM))
    conversation.send(GET)
    const [request] = requests as [Request]
    request.write('x'.repeat(5_000))
    await Promise.resolve()
    expect(request.write('y')).toBe(false)
    const waiting = Promise.all([request.notifyFinish(), request.notifyFinish(), request.drained()])
    const { signal } = request
    conversation.transport.reset()
    expect(await waiting).toEqual([{ kind: 'reset' }, { kind: 'reset' }, undefined])
    expect([signal.aborted, signal.reason]).toEqual([true, { kind: 'reset' }])
    expect(request.signal.aborted).toBe(true)
  })

  it('knows its reason, also when it asked for the end itself', async () => {
    const { conversation, requests } = held()
    conversation.send(GET)
    const [request] = requests as [Request]
    expect(request.lost).toBeNull()
    request.loseConnection()
    expect(request.lost).toEqual({ kind: 'aborted' })
    expect(await request.notifyFinish()).toEqual({ kind: 'aborted' })
    expect([conversation.wire, conversation.closed]).toEqual(['', true])
  })
})
