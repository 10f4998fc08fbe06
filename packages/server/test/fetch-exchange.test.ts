import { describe, expect, it } from 'vitest'
import type { FetchContext, FetchHandler } from '../src/fetch-exchange.ts'
import type { FetchRequest } from '../src/fetch-request.ts'
import { Deferred } from './deferred.ts'
import { FetchConversation, get } from './fetch-conversation.ts'

const boom = new Error('boom')

const failing: FetchHandler = () => {
  throw boom
}

describe('a handler', () => {
  it('answers requests one after the other, in their order', async () => {
    const responses = [new Deferred<Response>(), new Deferred<Response>()] as const
    const begun: string[] = []
    const handler: FetchHandler = async ({ url }) => {
      begun.push(url)
      return await (responses[begun.length - 1] as Deferred<Response>).promise
    }
    const conversation = await new FetchConversation(handler).send(get('/1') + get('/2'))
    expect(begun).toEqual(['http://example.com/1'])
    responses[0].resolve(new Response('one'))
    responses[1].resolve(new Response('two'))
    await conversation.settle()
    expect(begun).toEqual(['http://example.com/1', 'http://example.com/2'])
    expect(conversation.wire).toMatch(/one.*two$/s)
  })

  it.each([
    ['throws', failing],
    ['rejects', () => Promise.reject(boom)],
  ])('that %s gets the client a 500 that tells nothing', async (_, handler) => {
    const { wire, errors } = await new FetchConversation(handler).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/)
    expect(wire).not.toContain('boom')
    expect(errors).toEqual([boom])
  })

  it.each([undefined, null, 'text', {}])('that returns no Response (%j) has failed', async (returned) => {
    const { wire, errors } = await new FetchConversation(() => returned as never).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors).toMatchObject([{ name: 'TypeError' }])
  })

  it('that returns a Response whose body was read has failed', async () => {
    const handler: FetchHandler = async () => {
      const response = new Response('text')
      await response.text()
      return response
    }
    const { wire, errors } = await new FetchConversation(handler).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors).toMatchObject([{ name: 'TypeError' }])
  })

  it('that returns Response.error() has failed', async () => {
    const { wire } = await new FetchConversation(() => Response.error()).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
  })

  it('that sets a field with a control character has failed', async () => {
    const handler: FetchHandler = () => new Response('hi', { headers: { 'x-a': 'b\x01' } })
    const { wire, errors } = await new FetchConversation(handler).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors).toMatchObject([{ code: 'ERR_HEADER_VALUE' }])
  })

  it('may answer through the channel: what it returns is dropped', async () => {
    const handler: FetchHandler = (_, { request }) => {
      request.setResponseCode(202)
      request.finish('mine')
      return new Response('dropped')
    }
    const { wire, errors } = await new FetchConversation(handler).send(get('/'))
    expect(wire).toBe('HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n\r\nmine')
    expect(errors).toEqual([])
  })

  it('is not called for CONNECT, which no Response can answer (RFC 9110 §9.3.6)', async () => {
    const { wire } = await new FetchConversation(failing).send('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')
    expect(wire).toBe('HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n')
  })

  it('is not called for a host that no URL can have', async () => {
    const { wire } = await new FetchConversation(failing).send('GET / HTTP/1.1\r\nHost: a%20b\r\n\r\n')
    expect(wire).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  })

  it('sees the url of where the client connected to when it names no host', async () => {
    const handler: FetchHandler = (request) => new Response(request.url)
    const hosts = {
      'http://192.0.2.1:8080/': { family: 'IPv4', host: '192.0.2.1', port: 8_080 },
      'http://[2001:db8::1]/': { family: 'IPv6', host: '2001:db8::1', port: 80 },
      'http://localhost/': { family: 'unix', path: '/run/socket' },
    } as const
    for (const [url, host] of Object.entries(hosts)) {
      const conversation = new FetchConversation(handler, { transport: { host } })
      expect((await conversation.send('GET / HTTP/1.0\r\n\r\n')).content).toBe(url)
    }
  })
})

describe('onError', () => {
  it('gets the error, the request and the context', async () => {
    const seen: unknown[] = []
    const onError = (error: unknown, request: FetchRequest, context: FetchContext): void => {
      seen.push(error, request.url, context.requestTarget)
    }
    await new FetchConversation(failing, { onError }).send(get('/a'))
    expect(seen).toEqual([boom, 'http://example.com/a', '/a'])
  })

  it('may answer in the place of the handler, without what that prepared', async () => {
    const handler: FetchHandler = () => new Response('hi', { headers: { 'x-a': 'prepared', 'x-b': '\x01' } })
    const onError = async (): Promise<Response> => new Response('sorry', { status: 503 })
    const conversation = await new FetchConversation(handler, { onError }).send(get('/'), get('/'))
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 503 .*sorryHTTP\/1\.1 503 .*sorry$/s)
    expect(conversation.wire).not.toContain('prepared')
  })

  it('cannot answer any more when the head was sent', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        controller.enqueue(new Uint8Array(1))
        await new Promise((resolve) => {
          setImmediate(() => setImmediate(resolve))
        })
        controller.error(boom)
      },
    })
    const onError = (): Response => new Response('sorry')
    const { wire, transport } = await new FetchConversation(() => new Response(body), { onError }).send(
      get('/'),
    )
    expect(wire).not.toContain('sorry')
    expect(transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('that fails itself leaves the client a 500', async () => {
    const onError = (): Promise<Response> => Promise.reject(new Error('again'))
    const { wire } = await new FetchConversation(failing, { onError }).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
  })

  it('does not hear of what fails because the client left', async () => {
    const handler: FetchHandler = async ({ signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve)
      })
      signal.throwIfAborted()
      return new Response()
    }
    const conversation = await new FetchConversation(handler).send(get('/'))
    conversation.transport.reset()
    await conversation.settle()
    expect(conversation.errors).toEqual([])
  })
})

describe('the signal of a request', () => {
  /** A conversation whose handler waits; with the request that it got. */
  async function waiting(
    wire = get('/'),
  ): Promise<{ conversation: FetchConversation; request: FetchRequest }> {
    const request = new Deferred<FetchRequest>()
    const handler: FetchHandler = (got) => {
      request.resolve(got)
      return new Promise(() => undefined)
    }
    const conversation = await new FetchConversation(handler).send(wire)
    return { conversation, request: await request.promise }
  }

  it('fires with an AbortError when the client breaks off', async () => {
    const { conversation, request } = await waiting()
    const { signal } = request
    expect(signal.aborted).toBe(false)
    conversation.transport.reset()
    await conversation.settle()
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ name: 'AbortError', cause: { kind: 'reset' } })
  })

  it('has fired when it is first looked at after that', async () => {
    const { conversation, request } = await waiting()
    conversation.transport.reset()
    await conversation.settle()
    expect(request.signal.aborted).toBe(true)
    expect(request.signal).toBe(request.signal)
  })

  it('fires while content is awaited, and what reads it fails', async () => {
    const { conversation, request } = await waiting(
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc',
    )
    const { signal } = request
    const outcome = request.text().catch((error: unknown) => error)
    await conversation.settle()
    conversation.transport.reset()
    await conversation.settle()
    expect(signal.aborted).toBe(true)
    await expect(outcome).resolves.toBeInstanceOf(Error)
  })

  it('does not fire when the client only finished sending', async () => {
    const { conversation, request } = await waiting()
    const { signal } = request
    conversation.transport.deliverEnd()
    await conversation.settle()
    expect(signal.aborted).toBe(false)
  })

  it('does not fire when the response is complete, whatever becomes of the connection', async () => {
    const signals: AbortSignal[] = []
    const handler: FetchHandler = ({ signal }) => {
      signals.push(signal)
      return new Response('done')
    }
    const conversation = await new FetchConversation(handler).send(get('/'))
    conversation.transport.reset()
    await conversation.settle()
    expect(signals.map((signal) => signal.aborted)).toEqual([false])
  })
})
