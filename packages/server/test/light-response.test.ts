import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { LightResponse } from '../src/light-response.ts'

type ResponseClass = typeof Response
type Case = (Reply: ResponseClass) => unknown

const Light = LightResponse as unknown as ResponseClass
const octets = new TextEncoder().encode('octets')

/** What can be seen of a response, or what was thrown instead of it. */
async function outcome(run: () => unknown): Promise<unknown> {
  try {
    const result = await run()
    return result instanceof Response ? await seen(result) : result
  } catch (error) {
    return { thrown: (error as Error).name }
  }
}

async function seen(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected, bodyUsed } = response
  const headers = [...response.headers].map(([name, value]) => [name, value.replace(/formdata-\S+/, '')])
  const hasBody = response.body !== null
  const text = (await response.text()).replace(/formdata-\S+/g, '')
  return { status, statusText, ok, type, url, redirected, bodyUsed, headers, hasBody, text, after: response.bodyUsed } // prettier-ignore
}

function itIsAsThePlatforms(cases: Readonly<Record<string, Case>>): void {
  it.each(Object.entries(cases))('%s: as the platform’s', async (_, run) => {
    expect(await outcome(() => run(Light))).toEqual(await outcome(() => run(Response)))
  })
}

/** A case that makes a response. */
function made(...args: readonly unknown[]): Case {
  return (Reply) => Reflect.construct(Reply, args)
}

function withHeaders(headers: unknown): Case {
  return made('text', { headers })
}

function stream(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })
}

function form(): FormData {
  const data = new FormData()
  data.append('a', '1')
  return data
}

describe('the body of a LightResponse', () => {
  itIsAsThePlatforms({
    'none': made(),
    'undefined': made(undefined),
    'null': made(null),
    'text': made('text'),
    'no text': made(''),
    'text beyond ASCII': made('café 🦆'),
    'text with a byte order mark': made('\ufeffa'),
    'text with half a surrogate pair': made('a\ud83e'),
    'octets': made(octets),
    'a part of some memory': made(octets.subarray(1, 3)),
    'a Buffer': made(Buffer.from('buffer')),
    'an ArrayBuffer': made(octets.slice().buffer),
    'a DataView': made(new DataView(octets.buffer, 2, 3)),
    'wider numbers': made(new Uint16Array([0x6161, 0x6262])),
    'shared memory': made(new Uint8Array(new SharedArrayBuffer(2))),
    'parameters': made(new URLSearchParams({ a: 'b c' })),
    'a blob': made(new Blob(['blob'])),
    'a blob with a type': made(new Blob(['blob'], { type: 'text/x-thing' })),
    'a form': (Reply) => new Reply(form()),
    'a stream': (Reply) => new Reply(stream('ab', 'c')),
    'a stream that is locked': (Reply) => {
      const body = stream('a')
      body.getReader()
      return new Reply(body)
    },
    'a number': made(5),
    'an object': made({ toString: () => 'object' }),
    'a symbol': made(Symbol('body')),
  }) // prettier-ignore

  it('is what it was when the response was made', async () => {
    const own = octets.slice()
    const response = new LightResponse(own)
    own.fill(0)
    expect(await response.text()).toBe('octets')
  })
})

describe('the init of a LightResponse', () => {
  itIsAsThePlatforms({
    'null': made('text', null),
    'no object': made('text', 5),
    'a function': made('text', () => 1),
    'another response': (Reply) => new Reply('text', new Reply('', { status: 201, headers: { a: 'b' } })),
    'a status': made('text', { status: 404, statusText: 'Gone Fishing' }),
    'the lowest status': made('text', { status: 200 }),
    'the highest status': made('text', { status: 599 }),
    'a status below': made('text', { status: 199 }),
    'a status above': made('text', { status: 600 }),
    'a switch': made(null, { status: 101 }),
    'a status as text': made('text', { status: '201' }),
    'a status with a fraction': made('text', { status: 201.5 }),
    'a status that is null': made('text', { status: null }),
    'a status that is no number': made('text', { status: Number.NaN }),
    'a reason beyond ASCII': made('text', { statusText: 'caf\xe9\t!' }),
    'a reason with a line end': made('text', { statusText: 'a\r\nb' }),
    'a reason beyond Latin-1': made('text', { statusText: '🦆' }),
    'a reason that is a number': made('text', { statusText: 5 }),
    ...Object.fromEntries(
      [204, 205, 304].flatMap((status) => [
        [`${status} without a body`, made(null, { status })],
        [`${status} with an empty body`, made('', { status })],
        [`${status} with a stream`, (Reply: ResponseClass) => new Reply(stream('a'), { status })],
      ]),
    ),
  }) // prettier-ignore
})

describe('the headers that a LightResponse is made with', () => {
  itIsAsThePlatforms({
    'undefined': withHeaders(undefined),
    'null': withHeaders(null),
    'text': withHeaders('a: b'),
    'a record': withHeaders({ 'X-B': 'b', 'x-a': 'a', 'Cache-Control': 'no-store', 'ETag': '"x"' }),
    'a record without a prototype': withHeaders(Object.assign(Object.create(null) as object, { A: 'b' })),
    'pairs': withHeaders([['X-B', 'b'], ['x-a', 'a']]),
    'a pair of three': withHeaders([['a', 'b', 'c']]),
    'pairs that are iterables': withHeaders([new Set(['a', 'b'])]),
    'a Map': withHeaders(new Map([['a', 'b']])),
    'Headers': withHeaders(new Headers({ 'X-B': 'b', 'x-a': 'a' })),
    'a type': withHeaders({ 'Content-Type': 'text/html' }),
    'an empty type': withHeaders({ 'content-type': '' }),
    'a type for octets': made(octets, { headers: { 'content-type': 'image/png' } }),
    'an empty value': withHeaders({ a: '' }),
    'one name twice': withHeaders([['a', '1'], ['A', '2'], ['a', '3']]),
    'one name in two spellings': withHeaders({ a: '1', A: '2' }),
    'cookies': withHeaders([['Set-Cookie', 'a=1'], ['set-cookie', 'b=2'], ['a', 'b'], ['SET-COOKIE', 'c=3']]),
    'the names of cookies twice': withHeaders([['cookie', 'a'], ['Cookie', 'b']]),
    'many fields': withHeaders(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x-${99 - i}`, `${i}`]))),
    'blanks around a value': withHeaders({ a: ' \t b c\t' }),
    'line ends around a value': withHeaders({ a: '\r\nb\n' }),
    'a line end in a value': withHeaders({ a: 'b\r\nc: d' }),
    'a NUL in a value': withHeaders({ a: 'b\0c' }),
    'another control character': withHeaders({ a: 'b\x01' }),
    'a value beyond ASCII': withHeaders({ a: 'caf\xe9' }),
    'a value beyond Latin-1': withHeaders({ a: '🦆' }),
    'a value that is a number': withHeaders({ a: 5 }),
    'a value that is undefined': withHeaders({ a: undefined }),
    'an empty name': withHeaders({ '': 'a' }),
    'a name with a space': withHeaders({ 'a b': 'c' }),
    'a name with a line end': withHeaders({ 'a\n': 'c' }),
    'a name beyond Latin-1': withHeaders({ '🦆': 'c' }),
  }) // prettier-ignore
})

describe('the fields that LightResponse remembers', () => {
  const fieldsOf = (...args: ConstructorParameters<typeof LightResponse>): [string, string][] => [
    ...new LightResponse(...args).headers,
  ]

  it('are those of records with the same names and values alone', () => {
    const headers = { 'x-a': '1', 'x-b': '2' }
    const first = fieldsOf(null, { headers })
    expect(fieldsOf(null, { headers: { ...headers } })).toEqual(first)
    headers['x-b'] = '3'
    expect(fieldsOf(null, { headers })).toEqual([['x-a', '1'], ['x-b', '3']]) // prettier-ignore
    expect(fieldsOf(null, { headers: { 'x-a': '1', 'x-c': '3' } })).toEqual([['x-a', '1'], ['x-c', '3']]) // prettier-ignore
  })

  it('have the type of the body that they are with', () => {
    const init = { headers: { 'x-d': '1' } }
    expect(fieldsOf('text', init)).toContainEqual(['content-type', 'text/plain;charset=UTF-8'])
    expect(fieldsOf(octets, init)).toEqual([['x-d', '1']])
    expect([...LightResponse.json('text', init).headers]).toContainEqual(['content-type', 'application/json'])
    expect(fieldsOf('text', init)).toContainEqual(['content-type', 'text/plain;charset=UTF-8'])
  })

  it('are not changed by whoever changes the headers of a response', () => {
    const init = { headers: { 'x-e': '1' } }
    new LightResponse(null, init).headers.set('x-e', '2')
    expect(fieldsOf(null, init)).toEqual([['x-e', '1']])
  })

  it('are those that were checked, when a getter gives another value each time', () => {
    const values = ['good', 'bad\0', 'bad\0', 'bad\0']
    const headers = {
      get 'x-f'() {
        return values.shift() as string
      },
    }
    expect(fieldsOf(null, { headers })).toEqual([['x-f', 'good']])
    expect(() => fieldsOf(null, { headers: { 'x-f': 'bad\0' } })).toThrow(TypeError)
    expect(fieldsOf(null, { headers: { 'x-f': 'good' } })).toEqual([['x-f', 'good']])
  })
})

describe('what a LightResponse can do', () => {
  itIsAsThePlatforms({
    'json()': async (Reply) => await new Reply('{"a":[1]}').json(),
    'json() of no JSON': async (Reply) => await new Reply('{').json(),
    'json() of nothing': async (Reply) => await new Reply().json(),
    'arrayBuffer()': async (Reply) => [...new Uint8Array(await new Reply(octets).arrayBuffer())],
    'blob()': async (Reply) => {
      const blob = await new Reply('text', { headers: { 'content-type': 'text/x-thing' } }).blob()
      return [blob.type, await blob.text()]
    },
    'blob() of a type that was set later': async (Reply) => {
      const response = new Reply('text')
      response.headers.set('content-type', 'text/x-later')
      return (await response.blob()).type
    },
    'formData()': async (Reply) => [...(await new Reply(new URLSearchParams('a=1&b=2')).formData())],
    'formData() of something else': async (Reply) => [...(await new Reply('a=1').formData())],
    'formData() of a form': async (Reply) => [...(await new Reply(form()).formData())],
    'a body as a stream': async (Reply) => {
      const reader = (new Reply('text').body as ReadableStream<Uint8Array>).getReader()
      return [await reader.read(), await reader.read()]
    },
    'one stream at each call': (Reply) => {
      const response = new Reply('text')
      return response.body === response.body
    },
    'reading twice': async (Reply) => {
      const response = new Reply('text')
      await response.text()
      return [response.bodyUsed, await outcome(() => response.text())]
    },
    'reading nothing twice': async (Reply) => {
      const response = new Reply(null)
      return [await response.text(), response.bodyUsed, await response.text()]
    },
    'reading what has a reader': async (Reply) => {
      const response = new Reply('text')
      response.body?.getReader()
      return [response.bodyUsed, await outcome(() => response.text())]
    },
    'one Headers at each call, also after reading': async (Reply) => {
      const response = new Reply('text')
      const { headers } = response
      await response.text()
      headers.set('a', 'b')
      return [response.headers === headers, [...response.headers]]
    },
    'one Headers when first asked for after reading': async (Reply) => {
      const response = new Reply('text', { headers: { a: 'b' } })
      await response.text()
      response.headers.delete('a')
      return [...response.headers]
    },
    'a type that was taken away': async (Reply) => {
      const response = new Reply('text')
      response.headers.delete('content-type')
      return [[...response.clone().headers], (await response.blob()).type]
    },
    'clone()': async (Reply) => {
      const response = new Reply('text', { status: 201, headers: { a: 'b' } })
      const clone = response.clone()
      response.headers.set('a', 'c')
      clone.headers.set('d', 'e')
      return [await seen(response), await seen(clone)]
    },
    'clone() when the fields were changed': async (Reply) => {
      const response = new Reply('text')
      response.headers.set('a', 'b')
      const clone = response.clone()
      clone.headers.set('a', 'c')
      return [await seen(response), await seen(clone)]
    },
    'clone() when the body was looked at': async (Reply) => {
      const response = new Reply('text')
      const before = response.body
      const clone = response.clone()
      return [await seen(clone), await seen(response), before?.locked]
    },
    'clone() of nothing': async (Reply) => await seen(new Reply(null, { status: 204 }).clone()),
    'clone() of a stream': async (Reply) => {
      const response = new Reply(stream('a', 'b'), { headers: { a: 'b' } })
      return [await seen(response.clone()), await seen(response)]
    },
    'clone() after reading': async (Reply) => {
      const response = new Reply('text')
      await response.text()
      return response.clone()
    },
    'Response.json()': (Reply) => Reply.json({ a: [1, 'é'] }, { status: 201, headers: { a: 'b' } }),
    'Response.json() with a type': (Reply) => Reply.json(1, { headers: { 'Content-Type': 'text/x-json' } }),
    'Response.json() with odd fields': (Reply) => Reply.json(1, { headers: [['a', 'b'], ['A', 'c']] }),
    'Response.json() of what is none': (Reply) => Reply.json(undefined),
    'Response.json() of a circle': (Reply) => {
      const circle: unknown[] = []
      circle.push(circle)
      return Reply.json(circle)
    },
    'Response.json() without content': (Reply) => Reply.json(1, { status: 204 }),
    'Response.redirect()': (Reply) => Reply.redirect('http://example.com/a b', undefined as never),
    'Response.redirect() with a status': (Reply) => Reply.redirect(new URL('http://example.com/'), 308),
    'Response.redirect() with another status': (Reply) => Reply.redirect('http://example.com/', 200 as never),
    'Response.redirect() to what is no URL': (Reply) => Reply.redirect('/a', 301),
    'fields of Response.redirect()': (Reply) => Reply.redirect('http://example.com/', 302).headers.set('a', 'b'),
    'Response.error()': (Reply) => Reply.error(),
    'its text for people': (Reply) =>
      inspect(new Reply('text', { status: 201 })).replaceAll(/LightResponse|state: '\w+'|\s+/g, ''),
    'its name for Object.prototype': (Reply) => Object.prototype.toString.call(new Reply()),
    'members': (Reply) =>
      Object.getOwnPropertyNames(Reply.prototype).filter((name) => name !== 'toPlatform').sort(),
  }) // prettier-ignore

  it('has bytes() in a memory of their own', async () => {
    expect(await new LightResponse('octets').bytes()).toEqual(octets)
  })

  it('is an instance of the platform’s class and of its own, and so is the platform’s', () => {
    for (const response of [
      new LightResponse(),
      LightResponse.json(1),
      new LightResponse().clone(),
      new Response(),
    ]) {
      expect(response instanceof Response).toBe(true)
      expect(response instanceof LightResponse).toBe(true)
    }
    for (const other of [null, undefined, 'text', {}, new Request('http://example.com/')])
      expect((other as object) instanceof LightResponse).toBe(false)
  })

  it('may have subclasses, whose instances are told from others', () => {
    class Page extends LightResponse {}
    expect(new Page() instanceof Page).toBe(true)
    expect(new Page() instanceof Response).toBe(true)
    expect(new LightResponse() instanceof Page).toBe(false)
    expect(new Response() instanceof Page).toBe(false)
  })
})

describe('toPlatform of a LightResponse', () => {
  it('gives an object of the platform with the same status, fields and body', async () => {
    const response = new LightResponse('text', { status: 201, statusText: 'Made', headers: { a: 'b' } })
    response.headers.set('c', 'd')
    const platform = response.toPlatform()
    expect(Object.getPrototypeOf(platform)).toBe(Response.prototype)
    expect(await seen(platform)).toMatchObject({ status: 201, statusText: 'Made', text: 'text' })
    expect([...platform.headers]).toEqual([...response.headers])
    expect(response.bodyUsed).toBe(true)
  })

  it('has the body alone: who reads it first has it', async () => {
    const response = new LightResponse('text')
    const platform = response.toPlatform()
    await response.text()
    await expect(platform.text()).rejects.toThrow(TypeError)
  })

  it('has every Set-Cookie', () => {
    const response = new LightResponse('text', { headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }) // prettier-ignore
    response.headers.append('set-cookie', 'c=3')
    expect(response.toPlatform().headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3'])
  })
})
