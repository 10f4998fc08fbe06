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
    request.setHeader('Upgrade', 'chat')
    request.upgrade(protocol as never)
    expect(conversation.wire).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: upgrade\r\n\r\n',
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
    requests[1]?.setHeader('Upgrade', 'chat')
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
    const offer = ['Connection: upgrade', 'Upgrade: x']
    conversation.send(`${head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10', ...offer)}0123456789first`)
    const [request] = requests as [Request]
    await request.content.bytes()
    const got: string[] = []
    request.setResponseCode(101)
    request.setHeader('Upgrade', 'x')
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
    requests[0]?.setHeader('Upgrade', 'x')
    expect(() => requests[0]?.upgrade(failing)).toThrow('no')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it.each([
    ['GET / HTTP/1.1', ['Connection: Upgrade', 'Upgrade: chat, HTTP/2.0'], ['chat', 'HTTP/2.0']],
    ['GET / HTTP/1.1', ['Connection: keep-alive, upgrade', 'Upgrade: a', 'upgrade: b'], ['a', 'b']],
    ['rule 66: GET / HTTP/1.1', ['Upgrade: chat'], []],
    ['rule 66: GET / HTTP/1.1', ['Connection: close', 'Upgrade: chat'], []],
    ['rule 63: GET / HTTP/1.0', ['Connection: upgrade', 'Upgrade: chat'], []],
    ['GET / HTTP/1.1', ['Connection: upgrade'], []],
  ])('is offered by %s with %j: %j', (what, fields, offered) => {
    const { conversation, requests } = unanswered()
    conversation.send(head(what.replace(/^rule \d+: /, ''), 'Host: a', ...fields))
    expect(requests[0]?.offeredUpgrades).toEqual(offered)
  })

  it.each([
    ['none', []],
    ['one that was not offered', ['other']],
    ['one that was offered and one that was not', ['chat, other']],
    ['an empty list', [',']],
  ])('rule 64: a 101 that names %s is refused, and nothing is written', (_what, names) => {
    const { conversation, requests, log, protocol } = switching()
    conversation.send(upgrade)
    const [request] = requests as [Request]
    request.setResponseCode(101)
    request.responseHeaders.setRawHeaders('Upgrade', names)
    const refused = expect.objectContaining({ code: 'ERR_UPGRADE_FIELD' }) as Error
    expect(() => request.upgrade(protocol as never)).toThrow(refused)
    expect([log, conversation.wire]).toEqual([[], ''])
    request.responseHeaders.removeHeader('Upgrade')
    request.setResponseCode(403)
    request.finish()
    expect(conversation.wire).toBe('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
  })

  it('rule 64: a 101 to an Upgrade that Connection did not name is refused', () => {
    const { conversation, requests, protocol } = switching()
    conversation.send(head('GET / HTTP/1.1', 'Host: a', 'Upgrade: chat'))
    requests[0]?.setResponseCode(101)
    requests[0]?.setHeader('Upgrade', 'chat')
    expect(() => requests[0]?.upgrade(protocol as never)).toThrow(
      expect.objectContaining({ code: 'ERR_UPGRADE_FIELD' }),
    )
  })

  it('rule 64: names are compared without case, and Connection: upgrade stands there once', () => {
    const { conversation, requests, protocol } = switching()
    conversation.send(upgrade)
    requests[0]?.setResponseCode(101)
    requests[0]?.setHeader('Upgrade', 'CHAT')
    requests[0]?.setHeader('Connection', 'x, Upgrade')
    requests[0]?.upgrade(protocol as never)
    expect(conversation.wire).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: CHAT\r\nConnection: x, Upgrade\r\n\r\n',
    )
  })

  it('rule 65: 100 goes before 101 to who expects it', async () => {
    const { conversation, requests, log, protocol } = switching()
    const offer = ['Connection: upgrade', 'Upgrade: chat', 'Expect: 100-continue']
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 2', ...offer))
    const [request] = requests as [Request]
    const reading = request.content.bytes()
    conversation.send('hi')
    await reading
    request.setResponseCode(101)
    request.setHeader('Upgrade', 'chat')
    request.upgrade(protocol as never)
    expect(conversation.statuses).toEqual([100, 101])
    expect(log).toEqual(['made'])
  })

  it('rule 69, 70: a 101 has no framing field, whatever was set', () => {
    const { conversation, requests, protocol } = switching()
    conversation.send(upgrade)
    requests[0]?.setResponseCode(101)
    requests[0]?.setHeader('Upgrade', 'chat')
    requests[0]?.setHeader('Content-Length', '5')
    requests[0]?.upgrade(protocol as never)
    expect(conversation.wire).not.toMatch(/content-length/i)
  })

  it('leaves the connection to its new owner: loseConnection and drain of the channel do nothing', () => {
    const { conversation, requests, log, protocol } = switching()
    conversation.send(upgrade)
    requests[0]?.setResponseCode(101)
    requests[0]?.setHeader('Upgrade', 'chat')
    requests[0]?.upgrade(protocol as never)
    conversation.channel.drain()
    conversation.channel.loseConnection()
    requests[0]?.loseConnection()
    conversation.send('still here')
    expect([log, conversation.closed]).toEqual([['made', 'still here'], false])
    conversation.channel.abortConnection()
    conversation.transport.settle()
    expect(log).toEqual(['made', 'still here', 'aborted'])
  })
})
