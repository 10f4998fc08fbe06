import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { FetchHandler } from '../src/fetch-exchange.ts'
import { installLightResponse, LightResponse } from '../src/light-response.ts'
import { FetchConversation, get } from './fetch-conversation.ts'

type ResponseClass = typeof Response

const Light = LightResponse as unknown as ResponseClass
const HEAD = 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'

/** What goes on the wire for a GET, or for `wire`, and what failed. */
async function sent(handler: FetchHandler, wire: string = get('/')): Promise<string[]> {
  const conversation = await new FetchConversation(handler).send(wire)
  return [conversation.wire, ...conversation.errors.map((error) => (error as Error).name)]
}

/** Both kinds of responses give the same; returns what. */
async function sentByBoth(make: (Reply: ResponseClass) => Response, wire?: string): Promise<string> {
  const light = await sent(() => make(Light), wire)
  expect(light).toEqual(await sent(() => make(Response), wire))
  return light.join(' ! ')
}

describe('sending a LightResponse', () => {
  it('sends status, reason, fields and content', async () => {
    const init = { status: 201, statusText: 'Made', headers: { 'X-B': 'c', 'ETag': '"a"' } } // prettier-ignore
    expect(await sentByBoth((Reply) => new Reply('hi', init))).toBe(
      'HTTP/1.1 201 Made\r\ncontent-type: text/plain;charset=UTF-8\r\netag: "a"\r\nx-b: c\r\nContent-Length: 2\r\n\r\nhi',
    )
  })

  it('is done when the handler returns', () => {
    const conversation = new FetchConversation(() => new LightResponse('hi'))
    conversation.transport.deliver(get('/') + get('/'))
    expect(conversation.wire.match(/\r\n\r\nhi/g)).toHaveLength(2)
    expect(conversation.transport.writes).toHaveLength(1)
  })

  it('is done in one write when the handler took its time', async () => {
    const conversation = await new FetchConversation(async () => {
      await Promise.resolve()
      return LightResponse.json({ a: 1 })
    }).send(get('/'))
    expect(conversation.transport.writes).toHaveLength(1)
    expect(conversation.content).toBe('{"a":1}')
  })

  it.each(['', 'text', 'café 🦆', '\ufeffa\ud83e', 'x'.repeat(1_000)])('sends the text %j', async (text) => {
    await sentByBoth((Reply) => new Reply(text))
    await sentByBoth((Reply) => Reply.json(text))
  })

  it('sends octets as they were', async () => {
    const octets = new Uint8Array([0, 0xff, 0x0d, 0x0a])
    expect(await sentByBoth((Reply) => new Reply(octets))).toMatch(/Length: 4\r\n\r\n\0\xff\r\n$/)
  })

  it('sends what changed in its headers', async () => {
    const wire = await sentByBoth((Reply) => {
      const response = new Reply('hi', { headers: { 'x-gone': '1', 'x-a': '2' } })
      response.headers.delete('x-gone')
      response.headers.append('X-A', '3')
      return response
    })
    expect(wire).toContain('x-a: 2, 3\r\n')
    expect(wire).not.toContain('x-gone')
  })

  it('keeps every Set-Cookie on a line of its own (RFC 6265 §3)', async () => {
    const headers: [string, string][] = [['Set-Cookie', 'a=1; Path=/'], ['x-a', 'b'], ['set-cookie', 'b=2, 3']] // prettier-ignore
    const wire = await sentByBoth((Reply) => new Reply(null, { headers }))
    expect(wire).toContain('set-cookie: a=1; Path=/\r\nset-cookie: b=2, 3\r\nx-a: b\r\n')
  })

  it.each([204, 304])('sends neither content nor Content-Length with %i (RFC 9110 §8.6)', async (status) => {
    expect(await sentByBoth((Reply) => new Reply(null, { status }))).toMatch(
      /^HTTP\/1\.1 \d+ [\w ]+\r\n\r\n$/,
    )
  })

  it('has the head of the answer to GET, and no content, for HEAD (RFC 9110 §9.3.2)', async () => {
    expect(await sentByBoth((Reply) => new Reply('hello'), HEAD)).toMatch(/\r\nContent-Length: 5\r\n\r\n$/)
    const headers = { 'content-length': '77' }
    expect(await sentByBoth((Reply) => new Reply(null, { headers }), HEAD)).toMatch(/length: 77\r\n\r\n$/)
  })

  it.each(['2', '1', '3', 'x'])('is held to its Content-Length, %s', async (length) => {
    const headers = { 'content-length': length }
    const wire = await sentByBoth((Reply) => new Reply('ab', { headers }))
    expect(wire).toMatch(
      length === '2' ? /length: 2\r\n.*\r\n\r\nab$/ : /^HTTP\/1\.1 500 .* ! LocalProtocolError$/s,
    )
  })

  it('leaves the framing to the channel', async () => {
    const headers = { 'transfer-encoding': 'chunked' }
    expect(await sentByBoth((Reply) => new Reply('hi', { headers }))).toMatch(
      /\r\nContent-Length: 2\r\n\r\nhi$/,
    )
  })

  it('closes the connection when the response says so', async () => {
    const headers = { connection: 'close' }
    const wire = await sentByBoth((Reply) => new Reply('hi', { headers }), get('/') + get('/'))
    expect(wire.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })

  it('sends the trailers that the handler set', async () => {
    const handler: FetchHandler = (_, { responseTrailers }) => {
      responseTrailers.set('X-Sum', '9')
      return new LightResponse('abc')
    }
    expect((await sent(handler))[0]).toMatch(/3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n$/)
  })

  it('has failed when its body was read', async () => {
    const handler: FetchHandler = async () => {
      const response = new LightResponse('text')
      await response.text()
      return response
    }
    expect((await sent(handler)).join(' ! ')).toMatch(/^HTTP\/1\.1 500 .* ! TypeError$/s)
  })

  it('sends a clone of what was read', async () => {
    const handler: FetchHandler = async () => {
      const response = new LightResponse('text')
      const clone = response.clone()
      await response.text()
      return clone
    }
    expect((await sent(handler))[0]).toMatch(/\r\nContent-Length: 4\r\n\r\ntext$/)
  })

  it('sends a clone of what was sent, but not the same body twice', async () => {
    const response = new LightResponse('text')
    const clone = response.clone()
    const answers = [response, response, clone]
    const conversation = new FetchConversation(() => answers.shift() as Response)
    await conversation.send(get('/'), get('/'))
    expect(conversation.wire).toMatch(/\r\n\r\ntextHTTP\/1\.1 500 /)
    expect(conversation.errors).toMatchObject([{ name: 'TypeError' }])
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
    expect(await sent(() => clone)).toHaveLength(1)
  })

  it('sends a response without a body as often as it is returned', async () => {
    const response = new LightResponse(null, { status: 204 })
    const { wire } = await new FetchConversation(() => response).send(get('/') + get('/'))
    expect(wire).toBe('HTTP/1.1 204 No Content\r\n\r\n'.repeat(2))
  })

  it('sends what toPlatform was called on, and what that returned', async () => {
    const platform = await sent(() => new Response('text'))
    const handler: FetchHandler = () => {
      const response = new LightResponse('text')
      response.toPlatform()
      return response
    }
    expect(await sent(handler)).toEqual(platform)
    expect(await sent(() => new LightResponse('text').toPlatform())).toEqual(platform)
  })

  it('streams a stream', async () => {
    const pieces = ['a', 'bc']
    const body = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        pull: async (controller) => {
          await new Promise((resolve) => {
            setImmediate(resolve)
          })
          const piece = pieces.shift()
          if (piece === undefined) controller.close()
          else controller.enqueue(new TextEncoder().encode(piece))
        },
      })
    expect((await sent(() => new LightResponse(body())))[0]).toMatch(/1\r\na\r\n2\r\nbc\r\n0\r\n\r\n$/)
  })

  it('is dropped when the handler answered through the channel', async () => {
    const handler: FetchHandler = (_, { request }) => {
      request.finish('mine')
      return new LightResponse('dropped')
    }
    expect(await sent(handler)).toEqual(['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine'])
  })

  it('is refused when the handler began to answer through the channel', async () => {
    const handler: FetchHandler = (_, { request }) => {
      request.write('mine')
      return new LightResponse('dropped')
    }
    const [wire, error] = await sent(handler)
    expect(wire).toMatch(/\r\n4\r\nmine\r\n$/)
    expect(error).toBe('LocalProtocolError')
  })

  it('may be what onError answers', async () => {
    const onError = (): Response => new LightResponse('sorry', { status: 503 })
    const handler: FetchHandler = () =>
      new LightResponse('hi', { headers: { 'x-a': 'prepared', 'x-b': '\x01' } })
    const { wire, errors } = await new FetchConversation(handler, { onError }).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 503 .*\r\n\r\nsorry$/s)
    expect(wire).not.toContain('prepared')
    expect(errors).toMatchObject([{ code: 'ERR_HEADER_VALUE' }])
  })

  it('puts the octets on the wire that the platform’s Response does, for any init', async () => {
    const name = fc.constantFrom('a', 'A', 'b-C', 'X-Y', 'Set-Cookie', 'set-cookie', 'ETag', 'Content-Type', 'Transfer-Encoding') // prettier-ignore
    const value = fc.oneof(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), fc.constantFrom('', ' a', 'é', '\x01', 'a\n', '🦆')) // prettier-ignore
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 })
    const headers = fc.oneof(pairs, pairs.map((list) => Object.fromEntries(list))) // prettier-ignore
    const status = fc.constantFrom(200, 201, 204, 205, 304, 404, 599, 600)
    const statusText = fc.constantFrom('', 'OK', 'Other', 'caf\xe9', 'a\nb')
    const init = fc.record({ status, statusText, headers }, { requiredKeys: [] })
    const body = fc.oneof(fc.constant(null), fc.string(), fc.uint8Array())
    await fc.assert(
      fc.asyncProperty(
        body,
        init,
        fc.constantFrom(get('/'), HEAD, 'GET / HTTP/1.0\r\n\r\n'),
        async (...drawn) => {
          const [content, given, wire] = drawn
          await sentByBoth((Reply) => new Reply(content as string, given), wire)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('installLightResponse', () => {
  const platform = Response
  let restore = (): void => undefined

  afterEach(() => restore())

  /** A router that knows nothing of us. */
  const router: FetchHandler = async ({ url }) => {
    const { pathname } = new URL(url)
    if (pathname === '/json') return Response.json({ a: 1 })
    const page = new Response(`page ${pathname}`, { headers: { 'content-type': 'text/html' } })
    // A middleware that sees a response and makes another one of it.
    if (!(page instanceof Response)) throw new TypeError('no response')
    return pathname === '/wrapped' ? new Response(page.body, { headers: page.headers }) : page
  }

  it('puts the light class in the place of the global one, and what was there back', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'Response')
    restore = installLightResponse()
    expect(Response).toBe(LightResponse)
    expect(Object.keys(globalThis)).not.toContain('Response')
    restore()
    expect(Object.getOwnPropertyDescriptor(globalThis, 'Response')).toEqual(before)
  })

  it('changes nothing when it is done twice', () => {
    restore = installLightResponse()
    installLightResponse()()
    expect(Response).toBe(LightResponse)
    restore()
    expect(Response).toBe(platform)
  })

  it('leaves alone what somebody else put there later', () => {
    restore = installLightResponse()
    class Other extends platform {}
    globalThis.Response = Other
    restore()
    expect(Response).toBe(Other)
    globalThis.Response = platform
  })

  it.each(['/', '/json', '/wrapped'])('gives a router what the platform gives it, %s', async (path) => {
    const before = await sent(router, get(path))
    restore = installLightResponse()
    expect(new Response() instanceof LightResponse).toBe(true)
    expect(await sent(router, get(path))).toEqual(before)
  })

  it('keeps a response of the platform an instanceof Response', async () => {
    restore = installLightResponse()
    const fetched = await fetch('data:text/plain,hello')
    expect(Object.getPrototypeOf(fetched)).toBe(platform.prototype)
    expect(fetched instanceof Response).toBe(true)
    expect((await sent(() => fetched))[0]).toMatch(/5\r\nhello\r\n0\r\n\r\n$|\r\n\r\nhello$/)
  })

  it('leaves the body of a request readable as a form', async () => {
    restore = installLightResponse()
    const wire =
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=1'
    const handler: FetchHandler = async (request) => Response.json([...(await request.formData())])
    expect((await sent(handler, wire))[0]).toMatch(/\[\["a","1"\]\]$/)
  })
})
