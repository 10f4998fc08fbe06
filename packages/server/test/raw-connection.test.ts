import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve, type Server } from '../src/index.ts'
import { RawClient } from './raw-client.ts'

let server: Server

beforeAll(async () => {
  server = await serve(async (request, { requestTarget }) => {
    return new Response(`${request.method} ${requestTarget} ${await request.text()};`)
  })
})

afterAll(async () => {
  await server.close({ graceMs: 0 })
})

async function connect(): Promise<RawClient> {
  return await RawClient.connect(server.port)
}

/** The contents of the answers, one behind the other. */
function contents(received: string): string[] {
  return received.match(/(?<=\r\n\r\n)[^;]*;/g) ?? []
}

describe('a connection', () => {
  it('is kept from one request to the next', async () => {
    const client = await connect()
    for (const target of ['/1', '/2', '/3']) {
      client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
      await client.until(`GET ${target} ;`)
    }
    client.socket.destroy()
  })

  it('takes pipelined requests and answers in their order (RFC 9112 §9.3.2)', async () => {
    const client = await connect()
    const gets = Array.from({ length: 50 }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`)
    const posts = Array.from({ length: 50 }, (_, index) => {
      return `POST /${index} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
    })
    client.send([...gets, ...posts].join(''))
    await client.until('POST /49 abc;')
    const expected = [
      ...gets.map((_, index) => `GET /${index} ;`),
      ...posts.map((_, index) => `POST /${index} abc;`),
    ]
    expect(contents(client.received)).toEqual(expected)
    client.socket.destroy()
  })

  it('takes a request byte by byte', async () => {
    const client = await connect()
    for (const octet of 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc') client.send(octet)
    await client.until('POST /slow abc;')
    client.socket.destroy()
  })

  it('ends after the answer when the client asks so', async () => {
    const client = await connect()
    client.send(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n',
    )
    expect(contents(await client.closed)).toEqual(['GET / ;'])
  })

  it('is answered when the client finished sending before (RFC 9112 §9.6)', async () => {
    const client = await RawClient.connect(server.port, { allowHalfOpen: true })
    client.socket.end('GET /half HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(contents(await client.closed)).toEqual(['GET /half ;'])
  })

  it('gets 400 for what is no HTTP, and is closed', async () => {
    const client = await connect()
    client.send('\x16\x03\x01\x02\x00\x01')
    expect(await client.closed).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*\r\nConnection: close\r\n/s)
  })
})
