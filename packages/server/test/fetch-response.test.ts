import { describe, expect, it } from 'vitest'
import type { FetchHandler } from '../src/fetch-exchange.ts'
import { Deferred } from './deferred.ts'
import { FetchConversation, get, post } from './fetch-conversation.ts'

const encoder = new TextEncoder()

/** What goes on the wire for a GET, or for `wire`. */
async function sent(response: () => Response, wire: string = get('/')): Promise<string> {
  const conversation = new FetchConversation(response)
  await conversation.send(wire)
  expect(conversation.errors).toEqual([])
  return conversation.wire
}

/** A stream that is fed by the test, and tells when it was given up. */
class Source {
  readonly stream: ReadableStream<Uint8Array>
  readonly cancelled = new Deferred<unknown>()
  pulls = 0
  #controller!: ReadableStreamDefaultController<Uint8Array>

  constructor(onPull: (source: Source) => void = () => undefined) {
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          this.pulls += 1
          onPull(this)
        },
        cancel: (reason) => this.cancelled.resolve(reason),
      },
      { highWaterMark: 0 },
    )
  }

  push(text: string): void {
    this.#controller.enqueue(encoder.encode(text))
  }

  end(): void {
    this.#controller.close()
  }

  fail(error: Error): void {
    this.#controller.error(error)
  }
}

describe('sending a Response', () => {
  it('sends status, reason, fields and content', async () => {
    const init = { status: 201, statusText: 'Made', headers: { 'X-A': 'b' } }
    expect(await sent(() => new Response('hi', init))).toBe(
      'HTTP/1.1 201 Made\r\ncontent-type: text/plain;charset=UTF-8\r\nx-a: b\r\nContent-Length: 2\r\n\r\nhi',
    )
  })

  it('uses the registered reason phrase when the response has none', async () => {
    expect(await sent(() => new Response(null, { status: 404 }))).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
  })

  it('sends content that is there at once in one write, with its length', async () => {
    for (const body of [
      'text',
      encoder.encode('octets'),
      new URLSearchParams({ a: 'b' }),
      new Blob(['blob']),
    ]) {
      const conversation = await new FetchConversation(() => new Response(body)).send(get('/'))
      expect(conversation.transport.writes).toHaveLength(1)
      expect(conversation.wire).toMatch(/\r\nContent-Length: [1-9]/)
    }
  })

  it('sends Content-Length: 0 for no content', async () => {
    expect(await sent(() => new Response(null))).toBe('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    expect(await sent(() => new Response(''))).toContain('\r\nContent-Length: 0\r\n\r\n')
  })

  it('keeps every Set-Cookie on a line of its own (RFC 6265 §3)', async () => {
    const response = (): Response => {
      const made = new Response(null)
      made.headers.append('set-cookie', 'a=1; Path=/')
      made.headers.append('set-cookie', 'b=2, 3')
      return made
    }
    expect(await sent(response)).toContain('set-cookie: a=1; Path=/\r\nset-cookie: b=2, 3\r\n')
  })

  it.each([204, 304])('sends neither content nor Content-Length with %i (RFC 9110 §8.6)', async (status) => {
    expect(await sent(() => new Response(null, { status }))).toMatch(/^HTTP\/1\.1 \d+ [\w ]+\r\n\r\n$/)
  })

  it('leaves the framing to the channel when the response was fetched elsewhere', async () => {
    const headers = { 'transfer-encoding': 'chunked' }
    expect(await sent(() => new Response('hi', { headers }))).toMatch(/\r\nContent-Length: 2\r\n\r\nhi$/)
  })

  it('closes the connection when the response says so', async () => {
    const response = (): Response => new Response('hi', { headers: { connection: 'close' } })
    const conversation = await new FetchConversation(response).send(get('/'), get('/'))
    expect(conversation.wire.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(conversation.transport.writeClosed).toBe(true)
  })

  it('frames a body by the Content-Length that the response has', async () => {
    const source = new Source()
    const headers = { 'content-length': '6' }
    const conversation = await new FetchConversation(() => new Response(source.stream, { headers })).send(
      get('/'),
    )
    source.push('abc')
    await conversation.settle()
    source.push('def')
    source.end()
    await conversation.settle()
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef')
  })

  it.each(['1', '3'])('is a 500 when the content does not have its Content-Length, %s', async (length) => {
    const response = (): Response => new Response('ab', { headers: { 'content-length': length } })
    const { errors, wire } = await new FetchConversation(response).send(get('/'))
    expect(errors).toMatchObject([{ name: 'LocalProtocolError' }])
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
  })

  it.each(['1', '3'])('breaks off when content that comes later has not the length, %s', async (length) => {
    const source = new Source()
    const response = (): Response => new Response(source.stream, { headers: { 'content-length': length } })
    const conversation = await new FetchConversation(response).send(get('/'))
    source.push('ab')
    await conversation.settle()
    if (length === '3') source.end() // the other one was given up by then
    await conversation.settle()
    expect(conversation.errors).toMatchObject([{ name: 'LocalProtocolError' }])
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })
})

describe('sending the answer to HEAD (RFC 9110 §9.3.2)', () => {
  const head = 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'

  it('has the head of the answer to GET, and no content', async () => {
    const response = (): Response => new Response('hello')
    const whole = await sent(response)
    expect(await sent(response, head)).toBe(whole.slice(0, whole.indexOf('\r\n\r\n') + 4))
  })

  it('keeps the Content-Length of the response', async () => {
    const response = (): Response => new Response(null, { headers: { 'content-length': '77' } })
    expect(await sent(response, head)).toBe('HTTP/1.1 200 OK\r\ncontent-length: 77\r\n\r\n')
  })

  it('gives a body up that takes its time, and goes on to the next request', async () => {
    const sources: Source[] = []
    const handler: FetchHandler = () => {
      const source = new Source()
      sources.push(source)
      return new Response(source.stream)
    }
    const { wire } = await new FetchConversation(handler).send(head, head)
    expect(wire).toBe('HTTP/1.1 200 OK\r\n\r\n'.repeat(2))
    await Promise.all(sources.map((source) => source.cancelled.promise))
  })
})

describe('streaming a Response', () => {
  it('sends the head while there is no content yet', async () => {
    const source = new Source()
    const conversation = await new FetchConversation(() => new Response(source.stream)).send(get('/'))
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    source.push('a')
    await conversation.settle()
    source.push('bc')
    source.end()
    await conversation.settle()
    expect(conversation.content).toBe('')
    expect(conversation.wire).toMatch(/\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n$/)
  })

  it('sends a first piece at once, before it knows whether more follows', async () => {
    const source = new Source()
    source.push('a')
    const conversation = await new FetchConversation(() => new Response(source.stream)).send(get('/'))
    expect(conversation.wire).toMatch(/\r\n\r\n1\r\na\r\n$/)
  })

  it('ends by closing for HTTP/1.0 (RFC 9112 §6.3)', async () => {
    const source = new Source()
    const conversation = new FetchConversation(() => new Response(source.stream))
    await conversation.send('GET / HTTP/1.0\r\n\r\n')
    source.push('abc')
    source.end()
    await conversation.settle()
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc')
    expect(conversation.transport.writeClosed).toBe(true)
  })

  it('sends what an async generator yields', async () => {
    async function* lines(): AsyncGenerator<Uint8Array> {
      yield encoder.encode('a')
      yield encoder.encode('b')
    }
    expect(await sent(() => new Response(lines() as never))).toMatch(/1\r\na\r\n1\r\nb\r\n0\r\n\r\n$/)
  })

  it('sends trailers that the handler set on the channel (RFC 9112 §7.1.2)', async () => {
    const handler: FetchHandler = (_, context) => {
      context.request.responseTrailers.set('X-Sum', '9')
      return new Response('abc')
    }
    const { wire } = await new FetchConversation(handler).send(get('/'))
    expect(wire).toMatch(/3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n$/)
  })

  it('pulls no more than the client takes', async () => {
    const source = new Source((self) => self.push('x'.repeat(1_000)))
    const transport = { manualDrain: true, highWaterMarkBytes: 10_000 }
    const conversation = new FetchConversation(() => new Response(source.stream), { transport })
    await conversation.send(get('/'))
    const pulledFirst = source.pulls
    expect(pulledFirst).toBeLessThan(15)
    await conversation.settle()
    expect(source.pulls).toBe(pulledFirst)
    conversation.transport.drain()
    await conversation.settle()
    expect(source.pulls).toBeGreaterThan(pulledFirst)
    expect(source.pulls).toBeLessThan(30)
  })

  it('gives the body up when the client leaves', async () => {
    const source = new Source((self) => self.push('x'))
    const transport = { manualDrain: true, highWaterMarkBytes: 100 }
    const conversation = new FetchConversation(() => new Response(source.stream), { transport })
    await conversation.send(get('/'))
    conversation.transport.reset()
    await conversation.settle()
    await expect(source.cancelled.promise).resolves.toBeInstanceOf(Error)
    expect(conversation.errors).toEqual([])
  })

  it('gives a body up that is silent when the client leaves', async () => {
    const source = new Source()
    const conversation = await new FetchConversation(() => new Response(source.stream)).send(get('/'))
    conversation.transport.reset()
    await expect(source.cancelled.promise).resolves.toBeInstanceOf(Error)
    await conversation.settle()
    expect(conversation.errors).toEqual([])
  })

  it('gives the body up of a response that comes after the client left', async () => {
    const source = new Source()
    const response = new Deferred<Response>()
    const conversation = await new FetchConversation(() => response.promise).send(get('/'))
    conversation.transport.reset()
    response.resolve(new Response(source.stream))
    await source.cancelled.promise
    expect(conversation.errors).toEqual([])
  })

  it('answers 500 when the body fails before its first piece', async () => {
    const source = new Source((self) => self.fail(new Error('no body')))
    const { wire, errors } = await new FetchConversation(() => new Response(source.stream)).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors).toMatchObject([{ message: 'no body' }])
  })

  it('breaks off when the body fails later: nobody shall take it for whole', async () => {
    const source = new Source()
    const conversation = await new FetchConversation(() => new Response(source.stream)).send(get('/'))
    source.push('abc')
    await conversation.settle()
    source.fail(new Error('half a body'))
    await conversation.settle()
    expect(conversation.wire).toMatch(/3\r\nabc\r\n$/)
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
    expect(conversation.errors).toMatchObject([{ message: 'half a body' }])
  })

  it('gives the body up when the head cannot be sent', async () => {
    const source = new Source()
    const response = (): Response => new Response(source.stream, { headers: { 'x-a': 'b\x01' } })
    const { wire } = await new FetchConversation(response).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
    await expect(source.cancelled.promise).resolves.toMatchObject({ code: 'ERR_HEADER_VALUE' })
  })

  it('fails on pieces that are not octets, as Fetch does', async () => {
    const text = new ReadableStream({ start: (controller) => controller.enqueue('text') })
    const { wire, errors } = await new FetchConversation(() => new Response(text)).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors).toMatchObject([{ name: 'TypeError' }])
  })

  it('streams the body of a request back as it comes', async () => {
    const conversation = new FetchConversation((request) => new Response(request.body))
    await conversation.send(post('/', 'abc').replace('Length: 3', 'Length: 6'))
    expect(conversation.wire).toMatch(/3\r\nabc\r\n$/)
    await conversation.send('def')
    expect(conversation.wire).toMatch(/3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n$/)
  })
})
