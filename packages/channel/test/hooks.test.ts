import { runInNewContext } from 'node:vm'
import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, Request, TRANSITIONS } from '../src/index.ts'
import type { HTTPChannelOptions, ReadState } from '../src/index.ts'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')
const HEAD = head('HEAD / HTTP/1.1', 'Host: a')
const POST = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10')
const CHUNKED = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')

/** Makes legal moves only. */
class WatchedChannel extends HTTPChannel {
  protected override become(state: ReadState): void {
    if (!TRANSITIONS[this.readState].includes(state))
      throw new Error(`illegal move: ${this.readState} → ${state}`)
    super.become(state)
  }
}

const ignoring = { dataReceived() {}, contentDone() {}, contentLost() {} }

describe('a hook that closes', () => {
  it('in the request factory: the request is not dispatched', async () => {
    let processed = 0
    let made: Request | null = null
    const conversation = new Conversation(
      {
        requestFactory: (channel, of) => {
          channel.loseConnection()
          made = new (class extends Request {
            override process(): void {
              processed += 1
              this.finish('never')
            }
          })(channel, of)
          return made
        },
      },
      (options) => new WatchedChannel(options),
    )
    conversation.send(GET)
    expect([processed, conversation.wire, conversation.codes]).toEqual([0, '', []])
    expect(conversation.closed).toBe(true)
    expect(await (made as unknown as Request).notifyFinish()).toEqual({ kind: 'aborted' })
  })

  it('in checkPersistence: the request is not dispatched', () => {
    class Refusing extends WatchedChannel {
      override checkPersistence(): boolean {
        this.loseConnection()
        return false
      }
    }
    const conversation = new Conversation({}, (options) => new Refusing(options))
    conversation.send(GET + GET)
    expect([conversation.wire, conversation.codes]).toEqual(['', []])
  })

  it.each([GET, POST])('in gotLength: requestReceived does not run (%#)', (wire) => {
    const log: string[] = []
    const conversation = new Conversation({
      requestFactory: (channel, of) =>
        new (class extends Request {
          override gotLength(): void {
            log.push('gotLength')
            this.channel.loseConnection()
          }
          override process(): void {
            log.push('process')
          }
        })(channel, of),
    })
    conversation.send(wire)
    expect(log).toEqual(['gotLength'])
  })

  it('by finishing in gotLength: the answer stands alone', () => {
    const conversation = new Conversation({
      requestFactory: (channel, of) =>
        new (class extends Request {
          override gotLength(): void {
            this.setResponseCode(413)
            this.finish()
          }
          override process(): void {
            this.finish('again')
          }
        })(channel, of),
    })
    conversation.send(`${POST}0123456789${GET}`)
    expect(conversation.statuses).toEqual([413, 413])
    expect(conversation.codes).toEqual([])
  })
})

describe('a hook that throws', () => {
  const factoryFails = {
    requestFactory: (): Request => {
      throw new Error('no')
    },
  }

  it('in the request factory: 500, without content for HEAD', () => {
    expect(new Conversation(factoryFails).send(GET).wire).toMatch(/^HTTP\/1\.1 500 [^]*\r\n\r\n500 /)
    expect(new Conversation(factoryFails).send(HEAD).wire).toMatch(/^HTTP\/1\.1 500 [^]*\r\n\r\n$/)
  })

  it('in checkPersistence: 500, and the request is told', async () => {
    class Failing extends HTTPChannel {
      override checkPersistence(): boolean {
        throw new Error('no')
      }
    }
    const requests: Request[] = []
    const requestFactory: HTTPChannelOptions['requestFactory'] = (channel, of) => {
      const request = new Request(channel, of)
      requests.push(request)
      return request
    }
    const conversation = new Conversation({ requestFactory }, (options) => new Failing(options))
    conversation.send(HEAD)
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 500 [^]*\r\n\r\n$/)
    expect(await requests[0]?.notifyFinish()).toEqual({ kind: 'aborted' })
  })

  it('in allContentReceived, after the response was complete: is reported, and the connection goes on', () => {
    class Failing extends HTTPChannel {
      override allContentReceived(): void {
        throw new Error('no')
      }
    }
    const requests: Request[] = []
    const requestFactory: HTTPChannelOptions['requestFactory'] = (channel, of) => {
      const request = new (class extends Request {
        override process(): void {}
      })(channel, of)
      requests.push(request)
      return request
    }
    const conversation = new Conversation({ requestFactory }, (options) => new Failing(options))
    conversation.send(POST)
    requests[0]?.finish('early')
    conversation.send('0123456789')
    expect(conversation.statuses).toEqual([200])
    expect(conversation.codes).toEqual(['Error: no'])
    expect(conversation.closed).toBe(false)
  })

  it('in contentLost: the error answer is sent, and everybody else is told', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(CHUNKED)
    const [request] = requests as [Request]
    const finished = request.notifyFinish()
    request.content.deliverTo({
      ...ignoring,
      contentLost: () => {
        throw new Error('no')
      },
    })
    conversation.send('zz\r\n')
    expect(conversation.statuses).toEqual([400])
    expect(conversation.codes).toEqual(['ERR_CHUNK_SIZE', 'Error: no'])
    expect(await finished).toEqual({ kind: 'aborted' })
    expect(conversation.closed).toBe(true)
  })

  it('in contentLost, when a deadline passes or the connection is lost: nothing comes out', async () => {
    for (const end of [
      (conversation: Conversation): void => conversation.clock.advance(30_000),
      (conversation: Conversation): void => conversation.transport.reset(),
    ]) {
      const { conversation, requests } = unanswered()
      conversation.send(POST)
      const [request] = requests as [Request]
      const finished = request.notifyFinish()
      request.content.deliverTo({
        ...ignoring,
        contentLost: () => {
          throw new Error('no')
        },
      })
      end(conversation)
      expect(conversation.codes).toContain('Error: no')
      expect(await finished).not.toBeNull()
    }
  })

  it('in a producer: becomes a failure of its request, not of the transport', () => {
    for (const hook of ['pauseProducing', 'resumeProducing', 'stopProducing'] as const) {
      const transport = new MemoryTransport({ manualDrain: true, highWaterMarkBytes: 1000 })
      const { conversation, requests } = unanswered({ writeAheadBytes: 65_536 }, transport)
      conversation.send(GET)
      const [request] = requests as [Request]
      const producer = {
        pauseProducing() {},
        resumeProducing() {},
        stopProducing() {},
        [hook]() {
          throw new Error(hook)
        },
      }
      request.registerProducer(producer, true)
      request.write('x'.repeat(70_000))
      transport.drain()
      transport.reset()
      expect(conversation.codes).toEqual([`Error: ${hook}`])
    }
  })

  it('by a promise of another realm: 500', async () => {
    class Failing extends Request {
      override process(): Promise<void> {
        return runInNewContext('Promise.reject(new Error())') as Promise<void>
      }
    }
    const conversation = new Conversation({ requestFactory: (channel, of) => new Failing(channel, of) })
    conversation.send(GET)
    await new Promise(setImmediate)
    expect(conversation.statuses).toEqual([500])
  })

  it('after the connection was given up: is still reported', () => {
    class Failing extends HTTPChannel {
      override allContentReceived(): void {
        this.loseConnection()
        throw new Error('no')
      }
    }
    const conversation = new Conversation({}, (options) => new Failing(options))
    conversation.send(GET)
    expect(conversation.codes).toEqual(['Error: no'])
    expect(conversation.wire).toBe('')
  })
})

describe('whoever answers when it is too late', () => {
  it('in contentLost: the channel has answered', () => {
    const { conversation, requests } = unanswered()
    conversation.send(CHUNKED)
    const [request] = requests as [Request]
    request.content.deliverTo({
      ...ignoring,
      contentLost: () => {
        request.setResponseCode(422)
        request.finish('your content was bad')
      },
    })
    conversation.send('zz\r\n')
    expect(conversation.statuses).toEqual([400])
    expect(conversation.codes).toEqual(['ERR_CHUNK_SIZE'])
  })

  it('in the constructor of a request: throws before anything is written', () => {
    const conversation = new Conversation({
      requestFactory: (channel, of) => {
        const request = new Request(channel, of)
        expect(() => request.finish('early')).toThrow(expect.objectContaining({ code: 'ERR_NOT_CURRENT' }))
        expect(() => request.write('early')).toThrow(expect.objectContaining({ code: 'ERR_NOT_CURRENT' }))
        return request
      },
    })
    conversation.send(GET)
    expect(conversation.statuses).toEqual([501])
  })

  it('after a broken promise of length: learns that the response will never be complete', async () => {
    for (const breaking of [
      (request: Request): void => void request.write('hello!'),
      (request: Request): void => {
        request.write('h')
        request.finish('ell')
      },
    ]) {
      const { conversation, requests } = unanswered()
      conversation.send(GET)
      const [request] = requests as [Request]
      const early = request.notifyFinish()
      request.setHeader('Content-Length', '5')
      expect(() => breaking(request)).toThrow('Content-Length announced')
      const late = request.notifyFinish()
      conversation.transport.settle()
      expect(await early).toEqual({ kind: 'aborted' })
      expect(await late).toEqual({ kind: 'aborted' })
      expect(request.signal.aborted).toBe(true)
    }
  })

  it('is told once, also when its content was still coming', () => {
    let told = 0
    const conversation = new Conversation({
      requestFactory: (channel, of) =>
        new (class extends Request {
          override process(): void {}
          override connectionLost(...args: Parameters<Request['connectionLost']>): void {
            told += 1
            super.connectionLost(...args)
          }
        })(channel, of),
    })
    conversation.send(POST)
    conversation.transport.reset()
    expect(told).toBe(1)
  })

  it('sees no further piece of content after it failed on one', () => {
    const pieces: number[] = []
    const conversation = new Conversation({
      requestFactory: (channel, of) =>
        new (class extends Request {
          override process(): void {
            this.content.deliverTo(ignoring)
          }
          override handleContentChunk(chunk: Uint8Array): void {
            pieces.push(chunk[0] as number)
            throw new Error('no')
          }
        })(channel, of),
    })
    conversation.send(`${CHUNKED}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`)
    expect(pieces).toEqual([0x61])
    expect(conversation.codes).toEqual(['Error: no'])
    expect(conversation.statuses).toEqual([500])
  })
})
