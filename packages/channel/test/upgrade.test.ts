import type { Protocol, Transport } from '@millrace/transport'
import { describe, expect, it } from 'vitest'
import type { Request } from '../src/index.ts'
import { Conversation, head, unanswered } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('upgrade', () => {
  const upgrade = head('GET /chat HTTP/1.1', 'Host: a', 'Connection: upgrade', 'Upgrade: chat')

  function switching(): { conversation: Conversation; requests: Request[]; log: string[]; protocol: object } {
    const log: string[] = []
    const protocol = {
      makeConnection: () => void log.push('made'),
      connectionMade: () => undefined,
      dataReceived: (bytes: Uint8Array) => void log.push(Buffer.from(bytes).toString()),
      readConnectionLost: () => void log.push('end'),
      connectionLost: (reason: { kind: string }) => void log.push(reason.kind),
    }
    return { ...unanswered(), log, protocol }
  }

  it('rule 67: hands over the transport and every byte that came after the head', () => {
    const { conversation, requests, log, protocol } = switching()
    conversation.send(`${upgrade}first`)
    const [request] = requests as [Request]
    request.setResponseCode(101)
    request.setHeader('Connection', 'upgrade')
    request.setHeader('Upgrade', 'chat')
    request.upgrade(protocol as never)
    expect(conversation.wire).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n',
    )
    conversation.send('second')
    conversation.transport.deliverEnd()
    conversation.transport.reset()
    expect(log).toEqual(['made', 'first', 'second', 'end', 'reset'])
    expect(conversation.clock.pending).toBe(0)
  })

  it('rule 69, 70: a 2xx to CONNECT has neither Content-Length nor Transfer-Encoding', () => {
    const { conversation, requests, protocol } = switching()
    conversation.send(head('CONNECT example.org:443 HTTP/1.1', 'Host: example.org:443'))
    requests[0]?.upgrade(protocol as never)
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\n\r\n')
  })

  it('waits for the responses before it', () => {
    const { conversation, requests, log, protocol } = switching()
    conversation.send(GET + upgrade)
    expect(requests).toHaveLength(1)
    requests[0]?.finish('first')
    requests[1]?.setResponseCode(101)
    requests[1]?.upgrade(protocol as never)
    expect(conversation.wire).toMatch(/first[^]*101/)
    expect(log).toEqual(['made'])
  })

  it('is refused while content is left, or once the response began', () => {
    const { conversation, requests, protocol } = switching()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3'))
    const refused = expect.objectContaining({ code: 'ERR_NO_UPGRADE' }) as Error
    expect(() => requests[0]?.upgrade(protocol as never)).toThrow(refused)
    requests[0]?.write('x')
    expect(() => requests[0]?.upgrade(protocol as never)).toThrow(refused)
  })

  it('rule 66: without a taker is an ordinary request', () => {
    expect(new Conversation().send(upgrade + GET).statuses).toEqual([200, 200])
  })

  it('closes after a 2xx to CONNECT without a taker: what follows would be the tunnel’s, not a request', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('CONNECT a:1 HTTP/1.1', 'Host: a:1'))
    requests[0]?.finish()
    conversation.send(GET)
    expect(conversation.statuses).toEqual([200])
    expect(conversation.closed).toBe(true)
    expect(requests).toHaveLength(1)
  })

  it('is possible once the content was read (rule 67)', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(`${head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10')}0123456789first`)
    const [request] = requests as [Request]
    await request.content.bytes()
    const got: string[] = []
    request.setResponseCode(101)
    request.upgrade({
      makeConnection() {},
      connectionMade() {},
      dataReceived: (bytes) => void got.push(Buffer.from(bytes).toString()),
      readConnectionLost() {},
      connectionLost() {},
    })
    expect(got).toEqual(['first'])
    expect(conversation.codes).toEqual([])
  })

  const taker = (log: string[], connected: (transport: Transport) => void): Protocol => ({
    makeConnection: connected,
    connectionMade() {},
    dataReceived: () => void log.push('data'),
    readConnectionLost: () => void log.push('end'),
    connectionLost: ({ kind }) => void log.push(kind),
  })

  it('hands nothing to a protocol that closes at once', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(`${head('CONNECT a:1 HTTP/1.1', 'Host: a:1')}rest`)
    conversation.transport.deliverEnd()
    const log: string[] = []
    const done = requests[0]?.notifyFinish()
    requests[0]?.upgrade(taker(log, (transport) => transport.loseConnection()))
    conversation.transport.settle()
    expect(log).toEqual(['closed'])
    expect(await done).toBeNull()
  })

  it.each([
    ['200 to GET', 'GET / HTTP/1.1', 200],
    ['404 to CONNECT', 'CONNECT a:1 HTTP/1.1', 404],
    ['101 to CONNECT', 'CONNECT a:1 HTTP/1.1', 101],
    ['101 to HTTP/1.0 (rule 63, 76)', 'GET / HTTP/1.0', 101],
  ])('is refused with a status that switches nothing: %s', (_what, requestLine, status) => {
    const { conversation, requests } = unanswered()
    conversation.send(head(requestLine, 'Host: a:1'))
    requests[0]?.setResponseCode(status)
    const log: string[] = []
    expect(() => requests[0]?.upgrade(taker(log, () => log.push('made')))).toThrow(
      expect.objectContaining({ code: 'ERR_NO_UPGRADE' }),
    )
    expect([log, conversation.wire]).toEqual([[], ''])
  })

  it('is the only way to send 101', () => {
    const { conversation, requests } = unanswered()
    conversation.send(GET)
    requests[0]?.setResponseCode(101)
    const refused = expect.objectContaining({ code: 'ERR_NOT_SWITCHED' }) as Error
    expect(() => requests[0]?.write('x')).toThrow(refused)
    expect(() => requests[0]?.finish()).toThrow(refused)
    requests[0]?.setResponseCode(204)
    requests[0]?.finish()
    expect(conversation.statuses).toEqual([204])
  })

  it('to a protocol that throws at once breaks the connection', () => {
    const { conversation, requests } = unanswered()
    conversation.send(`${head('GET / HTTP/1.1', 'Host: a', 'Connection: upgrade', 'Upgrade: x')}rest`)
    const failing = {
      makeConnection() {},
      connectionMade() {},
      dataReceived() {
        throw new Error('no')
      },
      readConnectionLost() {},
      connectionLost() {},
    } satisfies Protocol
    requests[0]?.setResponseCode(101)
    expect(() => requests[0]?.upgrade(failing)).toThrow('no')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })
})
