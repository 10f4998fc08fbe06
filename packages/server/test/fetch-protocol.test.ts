import { createHash } from 'node:crypto'
import type { Upgraded } from '@millrace/channel'
import { RecordingProtocol } from '@millrace/testing'
import type { Protocol, Transport } from '@millrace/transport'
import { fetch, WebSocket } from 'undici'
import { describe, expect, it } from 'vitest'
import type { FetchContext } from '../src/fetch-exchange.ts'
import { serve } from '../src/index.ts'
import { Deferred } from './deferred.ts'
import { FetchConversation, get, post } from './fetch-conversation.ts'
import { RawClient } from './raw-client.ts'

const OFFER = ['Connection: Upgrade', 'Upgrade: chat']

describe('informational', () => {
  it('sends an interim response before the handler has an answer', async () => {
    const answer = new Deferred<Response>()
    const conversation = await new FetchConversation((_request, context) => {
      expect(context.informational(103, new Headers({ link: '</a.css>' }))).toBe(true)
      return answer.promise
    }).send(get('/'))
    expect(conversation.wire).toBe('HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n')
    answer.resolve(new Response('ok'))
    await conversation.settle()
    expect(conversation.wire).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*ok$/)
  })
})

describe('responseTrailers', () => {
  it('are announced when they are set before the handler returns', async () => {
    const { wire } = await new FetchConversation((_request, { responseTrailers }) => {
      responseTrailers.set('Server-Timing', 'db;dur=5')
      return new Response('ok')
    }).send(get('/'))
    expect(wire).toContain('Trailer: Server-Timing\r\n')
    expect(wire).toMatch(/2\r\nok\r\n0\r\nServer-Timing: db;dur=5\r\n\r\n$/)
  })

  it('may be set while the body is streamed', async () => {
    const { wire } = await new FetchConversation((_request, { responseTrailers }) => {
      const body = new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => void setImmediate(resolve))
          controller.enqueue(new TextEncoder().encode('ok'))
          responseTrailers.set('Digest', 'x')
          controller.close()
        },
      })
      return new Response(body)
    }).send(get('/'))
    expect(wire).toMatch(/2\r\nok\r\n0\r\nDigest: x\r\n\r\n$/)
  })

  it('that are forbidden fail the handler where it sets them', async () => {
    const { wire, errors } = await new FetchConversation((_request, { responseTrailers }) => {
      responseTrailers.set('Content-Length', '5')
      return new Response('ok')
    }).send(get('/'))
    expect(wire).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors).toMatchObject([{ code: 'ERR_TRAILER_FIELD' }])
  })
})

describe('upgradeTo', () => {
  it('sends a 101 and hands the connection over, with what came behind the request', async () => {
    const protocol = new RecordingProtocol()
    const conversation = await new FetchConversation((_request, context) => {
      expect(context.offeredUpgrades).toEqual(['chat'])
      return context.upgradeTo('chat', protocol, { 'X-Room': '5' })
    }).send(`${get('/', ...OFFER)}early`, ' late')
    expect(conversation.wire).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nX-Room: 5\r\nUpgrade: chat\r\nConnection: upgrade\r\n\r\n',
    )
    expect(protocol.receivedText).toBe('early late')
    expect(conversation.errors).toEqual([])
  })

  it.each([
    ['was not offered', get('/'), 'ERR_UPGRADE_FIELD'],
    ['would leave content behind', post('/', 'hi', ...OFFER), 'ERR_NO_UPGRADE'],
  ])('that %s throws, and the handler answers as usual', async (_what, wire, code) => {
    const protocol = new RecordingProtocol()
    const codes: unknown[] = []
    const conversation = await new FetchConversation((_request, context) => {
      try {
        return context.upgradeTo('chat', protocol, { 'X-Room': '5' })
      } catch (error) {
        codes.push((error as { code?: unknown }).code)
        return new Response('no', { status: 426, headers: { upgrade: 'chat' } })
      }
    }).send(wire)
    expect(codes).toEqual([code])
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n[^]*\r\n\r\nno$/)
    expect(conversation.wire).not.toContain('X-Room')
    expect(conversation.wire.match(/upgrade: chat/gi)).toHaveLength(1)
    expect(protocol.events).toEqual([])
  })

  it('is possible once the content was read', async () => {
    const protocol = new RecordingProtocol()
    const conversation = await new FetchConversation(async (request, context) => {
      expect(await request.text()).toBe('hi')
      return context.upgradeTo('chat', protocol)
    }).send(post('/', 'hi', ...OFFER))
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 101 /)
    expect(protocol.events).toEqual(['connectionMade'])
  })

  it('does nothing when the client is gone', async () => {
    const protocol = new RecordingProtocol()
    let context: FetchContext | null = null
    const conversation = await new FetchConversation((_request, own) => {
      context = own
      return new Promise<Response>(() => {})
    }).send(get('/', ...OFFER))
    conversation.transport.reset()
    const late = context as FetchContext | null
    expect(late?.upgradeTo('chat', protocol)).toBeInstanceOf(Response)
    expect([conversation.wire, protocol.events]).toEqual(['', []])
  })
})

/** Sends every unmasked frame's worth of short text back: enough of RFC 6455 to be talked to. */
class EchoSocket implements Protocol {
  #transport: Transport | null = null

  makeConnection(transport: Transport): void {
    this.#transport = transport
  }
  connectionMade(): void {}
  dataReceived(bytes: Uint8Array): void {
    const length = (bytes[1] as number) & 0x7f
    const mask = bytes.subarray(2, 6)
    const frame = new Uint8Array(2 + length)
    frame[0] = bytes[0] as number
    frame[1] = length
    for (let i = 0; i < length; i += 1) frame[2 + i] = (bytes[6 + i] as number) ^ (mask[i % 4] as number)
    this.#transport?.write(frame)
    if ((frame[0] & 0x0f) === 8) this.#transport?.loseConnection()
  }
  readConnectionLost(): void {
    this.#transport?.loseConnection()
  }
  connectionLost(): void {}
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

describe('on a socket', () => {
  it('a WebSocket of undici is let in, and what comes beside it is served', async () => {
    await using server = await serve((request, context) => {
      if (context.offeredUpgrades[0] !== 'websocket') return new Response('plain')
      const key = `${request.headers.get('sec-websocket-key')}${GUID}`
      const accept = createHash('sha1').update(key).digest('base64')
      return context.upgradeTo('websocket', new EchoSocket(), { 'Sec-WebSocket-Accept': accept })
    })
    const socket = new WebSocket(server.url.replace('http', 'ws'))
    const heard = new Promise((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => resolve(data))
      socket.addEventListener('error', () => reject(new Error('the socket failed')))
    })
    socket.addEventListener('open', () => socket.send('hello'))
    expect(await heard).toBe('hello')
    expect(await (await fetch(server.url)).text()).toBe('plain')
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve))
    socket.close()
    await closed
  })

  it('a connection that was upgraded without a protocol loses nothing before it has one', async () => {
    let upgraded: Upgraded | null = null
    await using server = await serve((_request, { request }) => {
      request.setResponseCode(101)
      request.setHeader('Upgrade', 'chat')
      upgraded = request.upgrade()
      return new Response(null)
    })
    const client = await RawClient.connect(server.port)
    const all = 'all that is said. '.repeat(200_000)
    client.send(`${get('/', ...OFFER)}${all}`)
    await client.until('\r\n\r\n')
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => void setImmediate(resolve))
    const protocol = new RecordingProtocol()
    const held = upgraded as Upgraded | null
    expect(held?.leftover.length).toBeLessThan(1 << 20) // it was not read from
    held?.attach(protocol)
    await expect.poll(() => protocol.receivedBytes).toBe(all.length)
    expect(protocol.receivedText).toBe(all)
    client.socket.resetAndDestroy()
    await expect.poll(() => protocol.reason?.kind).toBe('reset')
  })

  it('an upgraded connection is ended when the server closes', async () => {
    const protocol = new RecordingProtocol()
    const server = await serve((_request, context) => context.upgradeTo('chat', protocol))
    const client = await RawClient.connect(server.port)
    client.send(get('/', ...OFFER))
    await client.until('\r\n\r\n')
    await server.close({ graceMs: 10 })
    expect(protocol.reason).toEqual({ kind: 'aborted' })
  })
})
