import { HTTPChannel, Request } from '@millrace/channel'
import { Headers } from '@millrace/headers'
import { FakeClock, memoryPair } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPClientChannel } from '../src/index.ts'
import { get, RecordingHandler } from './recording-handler.ts'

/** Answers with the content it got, and the sum of its trailers. */
class EchoRequest extends Request {
  override process(): void {
    this.content.deliverTo({
      dataReceived: (chunk) => void this.write(chunk),
      contentDone: (trailers) => {
        for (const [name, value] of trailers ?? []) this.responseTrailers.append(name, value)
        this.finish()
      },
      contentLost: () => {},
    })
  }
}

function talk(chunkBytes: number): { client: HTTPClientChannel; settle: () => void } {
  const clock = new FakeClock()
  const client = new HTTPClientChannel({ clock })
  const server = new HTTPChannel({ clock, requestFactory: (channel, head) => new EchoRequest(channel, head) })
  const pair = memoryPair(client, server, { chunkBytes, schedule: queueMicrotask })
  return { client, settle: () => pair.settle() }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('our client and our server', () => {
  it.each([1, 7, 1_000, Infinity])('understand each other in pieces of %d octets', async (chunkBytes) => {
    const { client } = talk(chunkBytes)
    for (const contentLength of [11, null, 0]) {
      const handler = new RecordingHandler()
      const exchange = client.request(get({ method: 'POST', contentLength }), handler)
      if (contentLength !== 0) {
        exchange.write(new TextEncoder().encode('hello '))
        exchange.write(new TextEncoder().encode('world'))
        exchange.finish(contentLength === null ? new Headers({ 'X-Sum': '11' }) : undefined)
      }
      await turn()
      expect(handler.content).toBe(contentLength === 0 ? '' : 'hello world')
      expect(handler.events.at(-1)).toEqual(contentLength === null ? ['done', [['X-Sum', '11']]] : ['done'])
      expect(client.usable).toBe(true)
    }
    expect(client.exchangeCount).toBe(3)
  })

  it('keep each other’s pace: what is under way stays bounded', async () => {
    const { client } = talk(Infinity)
    const handler = new RecordingHandler()
    let sent = 0
    let received = 0
    let isFull = false
    handler.dataReceived = (chunk) => {
      received += chunk.length
    }
    const exchange = client.request(get({ method: 'POST', contentLength: null }), handler)
    exchange.registerProducer({
      pauseProducing: () => (isFull = true),
      resumeProducing: () => (isFull = false),
      stopProducing: () => {},
    })
    exchange.pauseProducing()
    for (let i = 0; i < 1_000; i += 1) {
      if (!isFull) sent += 65_536
      if (!isFull) exchange.write(new Uint8Array(65_536))
      if (i % 50 === 0) await turn()
    }
    expect(received).toBe(0)
    expect(sent).toBeLessThan(2_000_000)
    exchange.resumeProducing()
    await turn()
    expect(received).toBe(sent)
  })
})
