import type { ChunkedLimits } from '@millrace/chunked'
import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { HTTPChannelOptions, Request } from '../../src/index.ts'
import { Conversation, unanswered } from '../conversation.ts'
import { CANARY, exchange, expectRefused, expectServed, head, type How } from './rule-exchange.ts'

const HOST = 'Host: a'

describe('persistence', () => {
  it.each([
    ['Connection: close'],
    ['Connection: Close'],
    ['Connection: close, TE'],
    ['Connection: TE,close'],
    ['Connection: TE', 'Connection: close'],
    ['Connection: close', 'Connection: keep-alive'],
    ['Connection: keep-alive, close'],
    ['connection:\tCLOSE\t'],
    ['CONNECTION: , close ,'],
  ])('rule 82: closes HTTP/1.1 for %s', (...lines) => {
    const seen = exchange(head('GET / HTTP/1.1', HOST, ...lines) + CANARY)
    expect(seen).toMatchObject({ calls: ['GET /'], statuses: [200], closed: true })
  })

  it.each([
    ['Connection: keep-alive'],
    ['Connection: closed'],
    ['Connection: not-close'],
    ['Connection: "close"'],
    ['Connection: x close'],
    ['X-Connection: close'],
    ['Proxy-Connection: close'],
    ['X: y'],
  ])('rule 82: keeps HTTP/1.1 for %s', (...lines) => {
    expectServed(head('GET / HTTP/1.1', HOST, ...lines), [''])
  })

  it.each([['X: y'], ['Connection: TE'], ['Connection: keep-alive, close'], ['Connection: xkeep-alive']])(
    'rule 82: closes HTTP/1.0 for %s',
    (...lines) => {
      const seen = exchange(head('GET / HTTP/1.0', ...lines) + CANARY)
      expect(seen).toMatchObject({ calls: ['GET /'], statuses: [200], closed: true })
    },
  )

  it.each([
    ['Connection: keep-alive'],
    ['Connection: TE, Keep-Alive'],
    ['Connection: x', 'connection: KEEP-ALIVE'],
  ])('rule 82: keeps HTTP/1.0 for %s, and says so', (...lines) => {
    const wire = head('GET / HTTP/1.0', ...lines)
    expectServed(wire, [''])
    expect(exchange(wire).wire).toContain('\r\nConnection: keep-alive\r\n')
  })

  it.each(['close', 'TE, Close', ',close'])(
    'rule 83: %j is echoed, and nothing behind it is processed',
    (value) => {
      const line = ['POST / HTTP/1.1', HOST, `Connection: ${value}`]
      const seen = exchange(`${head(...line, 'Content-Length: 3')}abc${CANARY}BAD\r\n`)
      expect(seen).toMatchObject({ calls: ['POST /'], contents: ['abc'], codes: [], state: 'lingering' })
      expect(seen.wire).toMatch(
        /^HTTP\/1\.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nPOST \/ abc$/,
      )
    },
  )

  it('rule 83: the response to a request that asked for close may take its time', () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('GET / HTTP/1.1', HOST, 'Connection: close') + CANARY, CANARY)
    expect(conversation.closed).toBe(false)
    requests[0]?.write('slow')
    conversation.send(CANARY)
    requests[0]?.finish()
    expect(conversation).toMatchObject({ statuses: [200], closed: true })
    expect(requests).toHaveLength(1)
  })

  it.each<[string, string, How]>([
    [
      'the application says so',
      CANARY,
      { answer: (request) => (request.setHeader('Connection', 'close'), request.finish()) },
    ],
    ['a handler throws', CANARY, { answer: () => expect.fail() }],
    ['the peer does', head('GET / HTTP/1.1', HOST, 'Connection: close'), {}],
    ['a head is bad', 'BAD\r\n', {}],
    ['the framing is bad', `${head('POST / HTTP/1.1', HOST, 'Transfer-Encoding: chunked')}x`, {}],
    ['a limit is crossed', CANARY, { options: { totalHeadersSize: 20 } }],
    ['a 1.0 client does not keep it', head('GET / HTTP/1.0'), {}],
  ])('rule 84: the last response says close when %s', (_when, wire, how) => {
    const seen = exchange(wire, how)
    expect(seen.statuses).toHaveLength(1)
    expect(seen.wire.match(/\r\nConnection: close\r\n/g)).toHaveLength(1)
    expect(seen.closed).toBe(true)
  })

  it('rule 84: the response during a drain says close', () => {
    const { conversation, requests } = unanswered()
    conversation.send(CANARY)
    conversation.channel.drain()
    requests[0]?.finish()
    expect(conversation.wire).toContain('\r\nConnection: close\r\n')
    expect(conversation.closed).toBe(true)
  })
})

describe('the order of responses', () => {
  it('rule 85: one request at a time, in the order they came', () => {
    const wire = [1, 2, 3].map((index) => head(`GET /${index} HTTP/1.1`, HOST)).join('')
    const { conversation, requests } = unanswered()
    conversation.send(wire)
    for (let index = 0; index < 3; index += 1) {
      expect(requests).toHaveLength(index + 1)
      requests[index]?.write(`<${index + 1}`)
      conversation.send('\r\n')
      requests[index]?.finish('>')
    }
    expect(conversation.statuses).toEqual([200, 200, 200])
    expect(conversation.wire.match(/<\d|>/g)).toEqual(['<1', '>', '<2', '>', '<3', '>'])
  })

  it.each([
    ['BAD\r\n', 400],
    [head('GET /2 HTTP/1.1'), 400],
    [head('GET /2 HTTP/2.0', HOST), 505],
    [head('POST /2 HTTP/1.1', HOST, 'Transfer-Encoding: x, chunked'), 501],
    [head('POST /2 HTTP/1.1', HOST, 'Content-Length: 99999999999999999'), 413],
    ['\n', 400],
  ])('rule 85: the answer to the bad request %j comes behind what is owed', (bad, status) => {
    const { conversation, requests } = unanswered()
    conversation.send(`${CANARY}${bad}${CANARY}`)
    expect(conversation.wire).toBe('')
    requests[0]?.write('a')
    requests[0]?.finish('b')
    expect(conversation).toMatchObject({ statuses: [200, status], closed: true })
    expect(requests).toHaveLength(1)
  })

  it('rule 85: a request that is done can write no more, whoever is next', () => {
    const { conversation, requests } = unanswered()
    conversation.send(CANARY + CANARY)
    requests[0]?.finish('first')
    expect(() => requests[0]?.write('late')).toThrow(expect.objectContaining({ code: 'ERR_FINISHED' }))
    expect(() => conversation.channel.requestDone(requests[0] as Request)).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_CURRENT' }),
    )
    requests[1]?.finish('second')
    expect(conversation.wire).toMatch(/first[^]*second$/)
    expect(conversation.wire).not.toContain('late')
  })
})

describe('closing', () => {
  const BAD = 'BAD\r\n'

  it('rule 86: our direction closes first, what still comes is read and dropped, and the peer’s end is the end', () => {
    const conversation = new Conversation().send(BAD)
    const said = conversation.wire
    expect(conversation).toMatchObject({ closed: true })
    expect(conversation.transport).toMatchObject({ disconnecting: false, paused: false })
    conversation.send(CANARY, BAD, 'x'.repeat(10_000))
    expect(conversation.wire).toBe(said)
    conversation.transport.deliverEnd()
    expect(conversation.transport.lostReason).toEqual({ kind: 'closed' })
    expect(conversation.clock.pending).toBe(0)
  })

  it('rule 86: a peer that does not end is waited for lingerTimeoutMs', () => {
    const conversation = new Conversation({ lingerTimeoutMs: 500 }).send(BAD)
    conversation.clock.advance(499)
    expect(conversation.transport.lostReason).toBeNull()
    conversation.clock.advance(1)
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('rule 86: a peer that sends on is listened to for lingerBytes', () => {
    const conversation = new Conversation({ lingerBytes: 100 }).send(BAD, 'x'.repeat(100))
    expect(conversation.transport.lostReason).toBeNull()
    conversation.send('x')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it.each(['G', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r'])(
    'rule 87: the unfinished head %j is 408 in the end',
    (wire) => {
      const conversation = new Conversation().send(wire)
      conversation.clock.advance(29_999)
      expect(conversation.wire).toBe('')
      conversation.send('') // not a byte
      conversation.clock.advance(1)
      expect(conversation).toMatchObject({ statuses: [408], closed: true })
      expect(conversation.wire).toContain('\r\nConnection: close\r\n')
    },
  )

  it('rule 87: unfinished content is 408 in the end', () => {
    const conversation = new Conversation().send(head('POST / HTTP/1.1', HOST, 'Content-Length: 2'), 'x')
    conversation.clock.advance(30_000)
    expect(conversation).toMatchObject({ statuses: [408], closed: true })
  })

  it.each([
    ['', 30_000, []],
    [CANARY, 60_000, [200]],
    [`${CANARY}\r\n`, 60_000, [200]],
  ])('rule 87: behind %j an idle connection closes silently', (wire, afterMs, answered) => {
    const conversation = new Conversation().send(wire)
    conversation.clock.advance(afterMs - 1)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect(conversation).toMatchObject({ statuses: answered, closed: true })
    expect(conversation.transport.lostReason).toBeNull() // not broken off: it ends as any other does
  })

  it('rule 88: every close that is not forced ends the encrypted stream before the connection', () => {
    const closes: [string, (conversation: Conversation) => void][] = [
      ['BAD\r\n', () => undefined],
      [head('GET / HTTP/1.1', HOST, 'Connection: close'), () => undefined],
      [CANARY, (conversation) => conversation.channel.drain({ graceMs: 0 })],
      [CANARY, (conversation) => void conversation.clock.advance(60_000)],
      [CANARY, (conversation) => conversation.transport.deliverEnd()],
    ]
    for (const [wire, close] of closes) {
      const transport = new MemoryTransport({ secure: true })
      const ends: string[] = []
      const { closeWrite, loseConnection } = transport
      transport.closeWrite = () => (ends.push('closeWrite'), closeWrite.call(transport))
      transport.loseConnection = () => (ends.push('loseConnection'), loseConnection.call(transport))
      const conversation = new Conversation({}, undefined, transport).send(wire)
      close(conversation)
      expect(ends.length).toBeGreaterThan(0)
      expect(conversation.closed).toBe(true)
      transport.deliverEnd()
      expect(transport.lostReason).toEqual({ kind: 'closed' })
    }
  })
})

describe('other protocols, and every cut', () => {
  it.each(['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'])(
    'rule 89: the HTTP/2 preface %j is 505 and reaches no handler',
    (wire) => {
      expectRefused(wire, 505)
    },
  )

  it.each(['PRI * HTTP/1.1\r\n\r\n', 'PRI * HTTP/1.1\r\nHost: a\r\n\r\nSM\r\n\r\n'])(
    'rule 89: %j is no preface, and 400',
    (wire) => {
      expectRefused(wire, 400)
    },
  )

  const POST = head('POST / HTTP/1.1', HOST, 'Transfer-Encoding: chunked')
  const limits: [string, string, number, (limit: number) => Partial<HTTPChannelOptions>][] = [
    ['a request line', head('GET /23456 HTTP/1.1', HOST), 19, (maxLength) => ({ maxLength })],
    ['a field line', head('GET / HTTP/1.1', HOST, 'X: 3456789012345678'), 19, (maxLength) => ({ maxLength })],
    ['a head', head('GET / HTTP/1.1', HOST), 27, (totalHeadersSize) => ({ totalHeadersSize })],
    ['field lines', head('GET / HTTP/1.1', HOST, 'X: y'), 2, (maxHeaders) => ({ maxHeaders })],
    ['empty lines', `\r\n\r\n${head('GET / HTTP/1.1', HOST)}`, 2, (maxBlankLines) => ({ maxBlankLines })],
    ['content', `${POST}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`, 3, (maxBodySize) => ({ maxBodySize })],
    ['a chunk line', `${POST}3;xyz\r\nabc\r\n0\r\n\r\n`, 7, chunkedLimit('maxChunkLineBytes')],
    ['extensions', `${POST}1;x\r\na\r\n2;y\r\nbc\r\n0;z\r\n\r\n`, 6, chunkedLimit('maxExtensionBytes')],
    ['framing', `${POST}1\r\na\r\n000\r\n\r\n`, 7, chunkedLimit('maxOverheadBytes')],
    ['trailers in octets', `${POST}0\r\nA: b\r\nC: d\r\n\r\n`, 12, chunkedLimit('maxTrailerBytes')],
    ['trailers in lines', `${POST}0\r\nA: b\r\nC: d\r\n\r\n`, 2, chunkedLimit('maxTrailerCount')],
  ]

  it.each(limits)(
    'rule 90: the limit of %s is the same for every cut, and exact',
    (_what, wire, limit, options) => {
      expect(exchange(wire, { options: options(limit) })).toMatchObject({
        statuses: [200],
        codes: [],
        closed: false,
      })
      const seen = exchange(wire, { options: options(limit - 1) })
      expect(seen).toMatchObject({ statuses: [expect.toSatisfy((status) => status >= 400)], closed: true })
      expect(seen.codes).toHaveLength(1)
    },
  )

  it('rule 90: a whole conversation is the same for every cut, with time passing between the pieces', () => {
    const upload = `${POST}3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n`
    const wire = `\r\n${CANARY}${upload}${head('HEAD / HTTP/1.0', 'Connection: keep-alive')}\r\n${upload}GET /\x01`
    const seen = exchange(wire)
    expect(seen).toMatchObject({
      statuses: [200, 200, 200, 200, 400],
      contents: ['', 'abc', '', 'abc'],
      closed: true,
    })
    const slow = new Conversation()
    for (const octet of wire) {
      slow.send(octet)
      slow.clock.advance(50)
    }
    expect(slow.wire).toBe(new Conversation().send(wire).wire)
  })
})

function chunkedLimit(name: keyof ChunkedLimits): (limit: number) => Partial<HTTPChannelOptions> {
  return (limit) => ({ chunked: { [name]: limit } })
}
