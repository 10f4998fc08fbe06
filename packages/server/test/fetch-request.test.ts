import { describe, expect, it } from 'vitest'
import type { FetchContext, FetchHandler } from '../src/fetch-exchange.ts'
import type { FetchRequest } from '../src/fetch-request.ts'
import { Deferred } from './deferred.ts'
import { FetchConversation, get, post } from './fetch-conversation.ts'

type Look = (request: FetchRequest, context: FetchContext) => unknown

/** Runs `look` on a request, and gives what it returned as JSON would tell it. */
async function seen(wire: string, look: Look): Promise<unknown> {
  const handler: FetchHandler = async (request, context) =>
    Response.json({ it: await look(request, context) })
  const { content, errors } = await new FetchConversation(handler).send(wire)
  expect(errors).toEqual([])
  return (JSON.parse(Buffer.from(content, 'latin1').toString()) as { it: unknown }).it
}

function form(fields: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  return data
}

describe('the request that a handler gets', () => {
  it('is an instance of the platform’s Request', async () => {
    expect(await seen(get('/'), (request) => request instanceof Request)).toBe(true)
  })

  it('has the surface of the platform’s Request', async () => {
    const members = Object.getOwnPropertyNames(Request.prototype).filter(
      // Which navigation led to a request is known in browsers alone; `attribute` is Node's own.
      (name) => !['isReloadNavigation', 'isHistoryNavigation', 'attribute', 'constructor'].includes(name),
    )
    const platform = new Request('http://example.com/') as unknown as Record<string, unknown>
    const types = members.map((name) => [name, typeof platform[name]])
    const look: Look = (request) => members.map((name) => [name, typeof (request as never)[name]])
    expect(await seen(get('/'), look)).toEqual(types)
  })

  it('has the platform’s defaults for what only a browser decides', async () => {
    const names = ['cache', 'credentials', 'destination', 'duplex', 'integrity', 'keepalive', 'mode']
    names.push('redirect', 'referrer', 'referrerPolicy')
    const platform = new Request('http://example.com/') as unknown as Record<string, unknown>
    const look: Look = (request) => names.map((name) => (request as never)[name])
    expect(await seen(get('/'), look)).toEqual(names.map((name) => platform[name]))
  })

  it('has the method as received', async () => {
    expect(await seen('patch / HTTP/1.1\r\nHost: a\r\n\r\n', (request) => request.method)).toBe('patch')
  })

  it('has an absolute url', async () => {
    expect(await seen(get('/a?b'), (request) => request.url)).toBe('http://example.com/a?b')
  })

  it('has headers that join lines of one name, and one object for all calls', async () => {
    const look: Look = (request) => [...request.headers, request.headers === request.headers]
    const pairs = [['accept', 'a, b'], ['host', 'example.com'], true] // prettier-ignore
    expect(await seen(get('/', 'Accept: a', 'ACCEPT: b'), look)).toEqual(pairs)
  })

  it('keeps octets above 0x7F of a field value', async () => {
    expect(await seen(get('/', 'X-Name: caf\xe9'), (request) => request.headers.get('x-name'))).toBe('café')
  })
})

describe('the body of a request', () => {
  it('is null when there is no content', async () => {
    const look: Look = async (request) => [request.body, request.bodyUsed, await request.text()]
    expect(await seen(get('/'), look)).toEqual([null, false, ''])
  })

  it('is a stream of all content, the same at each call', async () => {
    const look: Look = async (request) => {
      const stream = request.body as ReadableStream<Uint8Array>
      expect(request.body).toBe(stream)
      let text = ''
      for await (const chunk of stream) text += Buffer.from(chunk).toString()
      return text
    }
    expect(await seen(post('/', 'hello'), look)).toBe('hello')
  })

  it('is read as text, without a byte order mark', async () => {
    const utf8 = '\xef\xbb\xbfcaf\xc3\xa9'
    expect(await seen(post('/', utf8), async (request) => await request.text())).toBe('café')
  })

  it('is read as JSON', async () => {
    expect(await seen(post('/', '{"a":[1]}'), async (request) => await request.json())).toEqual({ a: [1] })
  })

  it('fails to be read as JSON when it is none', async () => {
    const look: Look = async (request) => await request.json().catch((error: Error) => error.name)
    expect(await seen(post('/', '{'), look)).toBe('SyntaxError')
  })

  it('is read as octets in a memory of their own', async () => {
    const look: Look = async (request) => {
      const bytes = await request.bytes()
      return [bytes.constructor.name, [...bytes], bytes.buffer.byteLength]
    }
    expect(await seen(post('/', 'abc'), look)).toEqual(['Uint8Array', [97, 98, 99], 3])
  })

  it('is read as an ArrayBuffer of its size', async () => {
    expect(await seen(post('/', 'abc'), async (request) => (await request.arrayBuffer()).byteLength)).toBe(3)
  })

  it('is read as a blob with its type', async () => {
    const look: Look = async (request) => {
      const blob = await request.blob()
      return [blob.type, await blob.text()]
    }
    expect(await seen(post('/', 'abc', 'Content-Type: text/x-thing'), look)).toEqual(['text/x-thing', 'abc'])
  })

  it('is read as a form, urlencoded', async () => {
    const look: Look = async (request) => [...(await request.formData())]
    const type = 'Content-Type: application/x-www-form-urlencoded'
    expect(await seen(post('/', 'a=1&b=%20x', type), look)).toEqual([['a', '1'], ['b', ' x']]) // prettier-ignore
  })

  it('is read as a form, multipart', async () => {
    const platform = new Request('http://example.com/', { method: 'POST', body: form({ a: '1', b: 'x' }) })
    const type = `Content-Type: ${platform.headers.get('content-type')}`
    const look: Look = async (request) => [...(await request.formData())]
    expect(await seen(post('/', await platform.text(), type), look)).toEqual([['a', '1'], ['b', 'x']]) // prettier-ignore
  })

  it('is read once', async () => {
    const look: Look = async (request) => {
      await request.text()
      return [request.bodyUsed, await request.text().catch((error: Error) => error.name)]
    }
    expect(await seen(post('/', 'abc'), look)).toEqual([true, 'TypeError'])
  })

  it('cannot be read as a whole while its stream has a reader', async () => {
    const look: Look = async (request) => {
      request.body?.getReader()
      return [request.bodyUsed, await request.text().catch((error: Error) => error.name)]
    }
    expect(await seen(post('/', 'abc'), look)).toEqual([false, 'TypeError'])
  })

  it('counts as used once its stream was read from', async () => {
    const look: Look = async (request) => {
      const reader = request.body?.getReader()
      await reader?.read()
      reader?.releaseLock()
      return [request.bodyUsed, await request.text().catch((error: Error) => error.name)]
    }
    expect(await seen(post('/', 'abc'), look)).toEqual([true, 'TypeError'])
  })

  it('can be read as a whole after its stream was only looked at', async () => {
    const look: Look = async (request) => [request.body?.locked, await request.text()]
    expect(await seen(post('/', 'abc'), look)).toEqual([false, 'abc'])
  })

  it('may be given up: the response is sent, and the next request is not disturbed', async () => {
    const handler: FetchHandler = async (request) => {
      await request.body?.cancel()
      return new Response(new URL(request.url).pathname)
    }
    const { wire } = await new FetchConversation(handler).send(post('/a', 'x'.repeat(1_000)), get('/b'))
    expect(wire).toMatch(/^HTTP\/1\.1 200 OK.*\/aHTTP\/1\.1 200 OK.*\/b$/s)
  })

  it('is not read from the client before anybody asks, then one piece at a time', async () => {
    const proceed = new Deferred()
    const handler: FetchHandler = async (request) => {
      await proceed.promise
      return new Response(String((await request.bytes()).length))
    }
    const conversation = new FetchConversation(handler)
    await conversation.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n`)
    await conversation.send('x'.repeat(100_000))
    expect(conversation.transport.paused).toBe(true)
    proceed.resolve()
    await conversation.settle()
    await conversation.send('x'.repeat(900_000))
    expect(conversation.content).toBe('1000000')
  })

  it('asks for 100 Continue when it is read, and not before (RFC 9110 §10.1.1)', async () => {
    const expecting = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n'
    const refusing = await new FetchConversation(() => new Response(null, { status: 413 })).send(expecting)
    expect(refusing.wire).toMatch(/^HTTP\/1\.1 413 /)
    const reading = await new FetchConversation(async (request) => new Response(await request.text())).send(
      expecting,
    )
    expect(reading.wire).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    await reading.send('abc')
    expect(reading.content).toBe('abc')
  })
})

describe('a clone of a request', () => {
  it('has a body that is read independently', async () => {
    const look: Look = async (request) => {
      const clone = request.clone()
      expect(clone.url).toBe(request.url)
      return [await clone.text(), await request.text(), clone.bodyUsed, request.bodyUsed]
    }
    expect(await seen(post('/', 'abc'), look)).toEqual(['abc', 'abc', true, true])
  })

  it('has no body when the request has none', async () => {
    expect(await seen(get('/'), (request) => request.clone().body)).toBeNull()
  })

  it('is refused when the body was read', async () => {
    const look: Look = async (request) => {
      await request.text()
      expect(() => request.clone()).toThrow(TypeError)
    }
    await seen(post('/', 'abc'), look)
  })
})

describe('toPlatform', () => {
  it('gives an object of the platform with the same method, url, headers and body', async () => {
    const look: Look = async (request) => {
      const platform = new Request(request.toPlatform()) // looks inside
      return [platform.method, platform.url, platform.headers.get('x-a'), await platform.text()]
    }
    const expected = ['POST', 'http://example.com/a', 'b', 'abc']
    expect(await seen(post('/a', 'abc', 'X-A: b'), look)).toEqual(expected)
  })

  it('is refused for a method that Fetch forbids', async () => {
    const look: Look = (request) => void expect(() => request.toPlatform()).toThrow(TypeError)
    await seen('TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', look)
  })
})

describe('the context of a request', () => {
  it('has the request-target as received', async () => {
    const target = "/a/../b/%7E?x='"
    expect(await seen(get(target), (_, context) => context.requestTarget)).toBe(target)
  })

  it('has the fields in order and spelling of the client', async () => {
    const look: Look = (_, context) => [...context.request.requestHeaders]
    expect(await seen(get('/', 'X-b: 1', 'x-A: 2'), look)).toEqual([['Host', 'example.com'], ['X-b', '1'], ['x-A', '2']]) // prettier-ignore
  })

  it('tells the peer, and whether the connection is encrypted', async () => {
    const handler: FetchHandler = (request, { peer, secure }) => Response.json([request.url, peer, secure])
    const peer = { family: 'IPv4', host: '192.0.2.1', port: 50_000 } as const
    const { content } = await new FetchConversation(handler, { transport: { secure: true, peer } }).send(
      get('/'),
    )
    expect(JSON.parse(content)).toEqual(['https://example.com/', peer, true])
  })

  it('has the trailers of the request, when its content was read', async () => {
    const wire =
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n'
    const look: Look = async (request, context) => [
      await request.text(),
      context.request.content.trailers?.get('x-sum'),
    ]
    expect(await seen(wire, look)).toEqual(['abc', '9'])
  })
})
