import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, Request, type RequestFactory } from '../src/index.ts'
import { Conversation, head, unanswered } from './conversation.ts'

const HOST = 'Host: example.org'

describe('an exchange', () => {
  it('is dispatched when the head is complete, not when the content is', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('POST /upload HTTP/1.1', HOST, 'Content-Length: 5'))
    expect(requests.map((request) => request.requestTarget)).toEqual(['/upload'])
    expect(conversation.channel.readState).toBe('body')
  })

  it('shows method, target, version and fields as they were received', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('GET /a%2Fb?q=1 HTTP/1.1', HOST, 'X-API-KEY:  v1 ', 'x-api-key: v2'))
    const [request] = requests as [Request]
    expect([request.method, request.uri, request.path, request.clientproto]).toEqual([
      'GET',
      '/a%2Fb?q=1',
      '/a%2Fb',
      'HTTP/1.1',
    ])
    expect([...request.requestHeaders]).toEqual([
      ['Host', 'example.org'],
      ['X-API-KEY', 'v1'],
      ['x-api-key', 'v2'],
    ])
    expect(request.target).toEqual({ form: 'origin', path: '/a%2Fb', query: 'q=1' })
    expect(request.head.authority).toBe('example.org')
  })

  it('answers pipelined requests in order, one at a time', () => {
    const { conversation, requests } = unanswered()
    conversation.send(
      head('GET /1 HTTP/1.1', HOST) + head('GET /2 HTTP/1.1', HOST) + head('GET /3 HTTP/1.1', HOST),
    )
    expect(requests).toHaveLength(1)
    requests[0]?.finish('one')
    expect(requests).toHaveLength(2)
    requests[1]?.finish('two')
    requests[2]?.finish('three')
    expect(conversation.wire).toMatch(/one[^]*two[^]*three$/)
    expect(conversation.statuses).toEqual([200, 200, 200])
  })

  it('sends what one turn wrote in one write: pipelined answers leave together', () => {
    const conversation = new Conversation().send(
      head('GET /1 HTTP/1.1', HOST) + head('GET /2 HTTP/1.1', HOST),
    )
    expect(conversation.statuses).toEqual([200, 200])
    expect(conversation.transport.writes).toHaveLength(1)
  })

  it('sends head and content of a later answer in one write', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('GET / HTTP/1.1', HOST))
    requests[0]?.write('a')
    requests[0]?.finish('b')
    expect(conversation.transport.writes).toHaveLength(1)
    await Promise.resolve()
    expect(conversation.transport.writes).toHaveLength(1)
  })

  it('sends what was written without a finish at the end of the turn', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('GET / HTTP/1.1', HOST))
    requests[0]?.write('first')
    expect(conversation.wire).toBe('')
    await Promise.resolve()
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n')
  })

  it('answers an error behind the response that is owed, and nothing after it', () => {
    const { conversation, requests } = unanswered()
    conversation.send(`${head('GET /1 HTTP/1.1', HOST)}BAD\r\n${head('GET /2 HTTP/1.1', HOST)}`)
    expect(conversation.wire).toBe('')
    requests[0]?.finish('one')
    expect(conversation.statuses).toEqual([200, 400])
    expect(requests).toHaveLength(1)
    expect(conversation.closed).toBe(true)
  })

  it('answers several malformed lines once', () => {
    const conversation = new Conversation().send('BAD\r\nBAD\r\n', 'BAD\r\n', 'BAD\r\n')
    expect(conversation.statuses).toEqual([400])
  })

  it('processes no request after one that asked for close (RFC 9112 §9.6)', () => {
    const conversation = new Conversation().send(
      head('GET /1 HTTP/1.1', HOST, 'Connection: foo, Close') + head('GET /2 HTTP/1.1', HOST),
    )
    expect(conversation.statuses).toEqual([200])
    expect(conversation.wire).toContain('Connection: close\r\n')
    expect(conversation.closed).toBe(true)
  })

  it('keeps a 1.0 connection when asked to and the length is known (RFC 9112 §9.3)', () => {
    const conversation = new Conversation().send(
      head('GET /1 HTTP/1.0', 'Connection: keep-alive') + head('GET /2 HTTP/1.0'),
    )
    expect(conversation.statuses).toEqual([200, 200])
    expect(conversation.wire).toMatch(/^[^]*Connection: keep-alive\r\n[^]*Connection: close\r\n/)
    expect(conversation.closed).toBe(true)
  })

  it('makes a handler’s exception a 500 that tells nothing, and closes', () => {
    class Failing extends Request {
      override process(): void {
        throw new Error('secret')
      }
    }
    const conversation = new Conversation({ requestFactory: (channel, of) => new Failing(channel, of) })
    conversation.send(head('GET / HTTP/1.1', HOST))
    expect(conversation.statuses).toEqual([500])
    expect(conversation.wire).not.toContain('secret')
    expect(conversation.codes).toEqual(['Error: secret'])
    expect(conversation.closed).toBe(true)
  })

  it('makes a rejected promise of a handler a 500', async () => {
    class Failing extends Request {
      override async process(): Promise<void> {
        await this.content.read()
        throw new Error('secret')
      }
    }
    const conversation = new Conversation({ requestFactory: (channel, of) => new Failing(channel, of) })
    conversation.send(head('GET / HTTP/1.1', HOST))
    await new Promise(setImmediate)
    expect(conversation.statuses).toEqual([500])
  })

  it('breaks the connection when a handler fails after its head was sent', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('GET / HTTP/1.1', HOST))
    requests[0]?.write('half')
    conversation.channel.handlerFailed(requests[0] as Request, new Error('late'))
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('sends the answers before it when it breaks off inside one, however they were cut (rule 85, rule 90)', () => {
    class EagerRequest extends Request {
      override process(): void {
        this.write(this.requestTarget)
        this.content.deliverTo({
          dataReceived: () => undefined,
          contentDone: () => this.finish(),
          contentLost: () => undefined,
        })
      }
    }
    const upload = head('POST /2 HTTP/1.1', HOST, 'Transfer-Encoding: chunked')
    const wire = `${head('GET /1 HTTP/1.1', HOST)}${upload}0x3\r\n`
    const wires = Array.from(splits(wire), (pieces) => {
      const requestFactory: RequestFactory = (channel, of) => new EagerRequest(channel, of)
      const conversation = new Conversation({ requestFactory }).send(...pieces)
      expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
      return conversation.wire
    })
    expect(new Set(wires).size).toBe(1)
    expect(wires[0]).toMatch(/\r\n2\r\n\/1\r\n0\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\r\n2\r\n\/2\r\n$/)
  })

  it('leaves out the content of an error answer to HEAD', () => {
    const conversation = new Conversation().send(head('HEAD / HTTP/1.1', HOST, 'Expect: fire'))
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 417 [^]*\r\n\r\n$/)
  })

  it('refuses to finish a request twice, or one that is not current', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('GET / HTTP/1.1', HOST))
    requests[0]?.finish()
    expect(() => requests[0]?.finish()).toThrow(expect.objectContaining({ code: 'ERR_FINISHED' }))
    expect(() => conversation.channel.requestDone(requests[0] as Request)).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_CURRENT' }),
    )
  })

  it('makes writing to a lost request a no-op, and tells those who wait', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('POST / HTTP/1.1', HOST, 'Content-Length: 9'))
    const [request] = requests as [Request]
    const finished = request.notifyFinish()
    const reading = request.content.read()
    conversation.transport.reset()
    await expect(reading).rejects.toThrow('lost')
    expect(await finished).toMatchObject({ kind: 'reset' })
    expect(request.signal.aborted).toBe(true)
    request.setResponseCode(404)
    request.setHeader('A', 'b')
    request.write('x')
    request.finish('y')
    expect(conversation.wire).toBe('')
  })

  it('resolves notifyFinish with null, and does not abort the signal, when all went well', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('GET / HTTP/1.1', HOST))
    const [request] = requests as [Request]
    const { signal } = request
    const finished = request.notifyFinish()
    request.finish()
    expect(await finished).toBeNull()
    expect(await request.notifyFinish()).toBeNull()
    conversation.transport.reset()
    expect(signal.aborted).toBe(false)
  })

  it('answers 501 when nobody overrides process', () => {
    const conversation = new Conversation({ requestFactory: (channel, of) => new Request(channel, of) })
    expect(conversation.send(head('GET / HTTP/1.1', HOST)).statuses).toEqual([501])
  })

  it('uses the request factory of the instance', () => {
    const conversation = new Conversation()
    conversation.channel.requestFactory = (channel, of) => new Request(channel, of)
    expect(conversation.send(head('GET / HTTP/1.1', HOST)).statuses).toEqual([501])
  })

  it('lets checkPersistence close earlier', () => {
    class Once extends HTTPChannel {
      override checkPersistence(): boolean {
        return false
      }
    }
    const conversation = new Conversation({}, (options) => new Once(options))
    conversation.send(head('GET / HTTP/1.1', HOST))
    expect(conversation.wire).toContain('Connection: close')
    expect(conversation.closed).toBe(true)
  })
})
