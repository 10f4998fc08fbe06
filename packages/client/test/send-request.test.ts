import { HTTPChannel, Request } from '@millrace/channel'
import { FakeClock, memoryPair } from '@millrace/testing'
import type { MemoryPair } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPClientChannel, Pool, sendRequest } from '../src/index.ts'

const ORIGIN = { host: 'a.example', port: 8_080, secure: false }

type Answer = (request: Request) => void | Promise<void>

/** A pool that is connected to a server of ours, in memory. */
function serverOf(answer: Answer): { pool: Pool; pairs: MemoryPair[] } {
  class Answering extends Request {
    override process(): void | Promise<void> {
      return answer(this)
    }
  }
  const clock = new FakeClock()
  const pairs: MemoryPair[] = []
  const pool = new Pool({
    clock,
    connect: async () => {
      const client = new HTTPClientChannel({ clock })
      const server = new HTTPChannel({
        clock,
        requestFactory: (channel, head) => new Answering(channel, head),
      })
      pairs.push(memoryPair(client, server, { schedule: queueMicrotask }))
      return client
    },
  })
  return { pool, pairs }
}

const echo: Answer = async (request) => request.finish(await request.content.bytes())

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}

describe('sendRequest', () => {
  it('resolves with status, fields, content and trailers', async () => {
    const { pool } = serverOf((request) => {
      request.setHeader('X-Host', request.requestHeaders.get('host') ?? '')
      request.responseTrailers.set('X-Sum', '5')
      request.setResponseCode(201)
      request.finish('hello')
    })
    const response = await sendRequest(pool, ORIGIN, '/').response
    expect([response.status, response.reasonPhrase, response.headers.get('x-host')]).toEqual([
      201,
      'Created',
      'a.example:8080',
    ])
    expect(await response.text()).toBe('hello')
    expect([...(response.trailers ?? [])]).toEqual([['X-Sum', '5']])
    expect(pool.status.idle).toBe(1)
  })

  it('hands interim responses to onInformational, before the final one', async () => {
    const { pool } = serverOf((request) => {
      request.informational(103, { Link: '</a.css>' })
      request.informational(102)
      request.finish('ok')
    })
    const seen: unknown[] = []
    const response = await sendRequest(pool, ORIGIN, '/', {
      onInformational: ({ statusCode, headers }) => seen.push([statusCode, ...headers]),
    }).response
    expect(seen).toEqual([[103, ['Link', '</a.css>']], [102]])
    expect(await response.text()).toBe('ok')
  })

  it('rejects with what onInformational throws', async () => {
    const { pool } = serverOf((request) => {
      request.informational(103)
      request.finish('ok')
    })
    const { response, over } = sendRequest(pool, ORIGIN, '/', {
      onInformational: () => {
        throw new Error('no hints')
      },
    })
    await expect(response).rejects.toThrow('no hints')
    await over
    expect(pool.status.busy).toBe(0)
  })

  it.each([
    ['text', 'hél', 'content-length: 4'],
    ['octets', new Uint8Array([0x61]), 'content-length: 1'],
    ['an iterable', [new Uint8Array([0x61]), new Uint8Array([0x62])], 'transfer-encoding: chunked'],
    ['nothing', undefined, 'content-length: 0'],
  ] as const)('sends %s', async (_name, body, framing) => {
    const { pool } = serverOf(async (request) => {
      const fields = [...request.requestHeaders].map(([name, value]) => `${name}: ${value}`.toLowerCase())
      request.setHeader('X-Framing', fields.filter((field) => field.endsWith(framing)).join())
      request.finish(await request.content.bytes())
    })
    const { response } = sendRequest(pool, ORIGIN, '/', {
      method: 'POST',
      ...(body !== undefined && { body }),
    })
    const { headers } = await response
    expect(headers.get('x-framing')).toBe(framing)
    expect(await (await response).text()).toBe(
      body === undefined ? '' : typeof body === 'string' ? body : body instanceof Uint8Array ? 'a' : 'ab',
    )
  })

  it('sends an async iterable of known length, at the pace of the server', async () => {
    const { pool } = serverOf(echo)
    const { response } = sendRequest(pool, ORIGIN, '/', {
      method: 'PUT',
      body: pieces('ab', 'cd'),
      contentLength: 4,
    })
    expect(await (await response).text()).toBe('abcd')
  })

  it('streams content that does not fit into memory at once', async () => {
    const { pool } = serverOf((request) => {
      request.content.deliverTo({
        dataReceived: (chunk) => void request.write(chunk),
        contentDone: () => request.finish(),
        contentLost: () => {},
      })
      request.registerProducer(request.content, true)
    })
    let given = 0
    async function* many(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 200; i += 1) {
        given += 65_536
        yield new Uint8Array(65_536)
      }
    }
    const response = await sendRequest(pool, ORIGIN, '/', { method: 'POST', body: many() }).response
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => void setImmediate(resolve))
    expect(given).toBeLessThan(2_000_000)
    let received = 0
    for await (const chunk of response.body) received += chunk.length
    expect(received).toBe(200 * 65_536)
  })

  it('rejects with what the iterable throws, and cancels the request', async () => {
    const { pool, pairs } = serverOf(() => {})
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1)
      throw new Error('mine')
    }
    const sent = sendRequest(pool, ORIGIN, '/', { method: 'POST', body: failing() })
    await expect(sent.response).rejects.toThrow('mine')
    await sent.over
    expect(pairs[0]?.left.lostReason).toEqual({ kind: 'aborted' })
  })

  it('rejects with what is wrong with the request', async () => {
    const { pool } = serverOf(echo)
    await expect(sendRequest(pool, ORIGIN, '/a b').response).rejects.toMatchObject({
      code: 'ERR_REQUEST_TARGET',
    })
    await expect(sendRequest(pool, ORIGIN, '/', { headers: { 'a b': '' } }).response).rejects.toMatchObject({
      code: 'ERR_HEADER_NAME',
    })
  })

  it('P36: rejects the reader of a response that is cut off', async () => {
    const { pool } = serverOf(async (request) => {
      request.setHeader('Content-Length', '10')
      request.write('hello')
      await new Promise((resolve) => void setImmediate(resolve))
      request.channel.abortConnection()
    })
    const response = await sendRequest(pool, ORIGIN, '/').response
    await expect(response.text()).rejects.toMatchObject({ code: 'ERR_UPSTREAM_TRUNCATED' })
  })

  it('can be aborted before and behind the head', async () => {
    const { pool } = serverOf(() => {})
    const early = sendRequest(pool, ORIGIN, '/')
    early.abort('reason')
    await expect(early.response).rejects.toBe('reason')
    const streaming = serverOf((request) => void request.write('some'))
    const late = sendRequest(streaming.pool, ORIGIN, '/')
    const response = await late.response
    late.abort('reason')
    await late.over
    await expect(response.text()).rejects.toBe('reason')
    expect(streaming.pool.status.origins).toBe(0)
  })
})

describe('ClientResponse', () => {
  it('has one reader', async () => {
    const { pool } = serverOf((request) => request.finish('hello'))
    const response = await sendRequest(pool, ORIGIN, '/').response
    await response.text()
    await expect(response.bytes()).rejects.toMatchObject({ code: 'ERR_REQUEST_CONSUMED' })
  })

  it('cancels the rest when the reader leaves early', async () => {
    const { pool, pairs } = serverOf((request) => void request.write('some'))
    const response = await sendRequest(pool, ORIGIN, '/').response
    for await (const chunk of response) {
      expect(chunk.length).toBe(4)
      break
    }
    expect(pairs[0]?.left.lostReason).toEqual({ kind: 'aborted' })
  })

  it('collects up to a limit', async () => {
    const { pool } = serverOf((request) => request.finish('hello'))
    const limited = async (maxBytes: number): Promise<string> =>
      (await sendRequest(pool, ORIGIN, '/').response).text(maxBytes)
    expect(await limited(5)).toBe('hello')
    await expect(limited(4)).rejects.toThrow(RangeError)
  })
})
