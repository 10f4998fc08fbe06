import { describe, expect, it } from 'vitest'
import type { Protocol } from '@millrace/transport'
import type { Request } from '../../src/index.ts'
import type { Conversation } from '../conversation.ts'
import { unanswered } from '../conversation.ts'
import { CANARY, exchange, expectRefused, expectServed, head } from './rule-exchange.ts'

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** A POST of three octets, with these lines. */
function post(...lines: string[]): string {
  return head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', ...lines)
}

const EXPECTING = post('Expect: 100-continue')
const ignore = (request: Request): void => request.finish('no')

describe('Expect', () => {
  it('rule 57: 100 is sent at once when content is wanted, and the final response behind it', () => {
    expect(exchange(EXPECTING)).toMatchObject({ wire: CONTINUE, state: 'body', closed: false })
    const chunked = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Expect: 100-continue')
    expect(exchange(chunked).wire).toBe(CONTINUE)
    const { conversation, requests } = unanswered()
    conversation.send(EXPECTING)
    expect(conversation.wire).toBe('')
    void requests[0]?.content.read()
    requests[0]?.write('x')
    requests[0]?.finish()
    expect(conversation.statuses).toEqual([100, 200])
  })

  it('rule 57: a final response does not wait for content', () => {
    const seen = exchange(EXPECTING, { answer: ignore })
    expect(seen.wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno')
  })

  it('rule 58: HTTP/1.0 gets no 100, whatever it expects', () => {
    for (const expectation of ['100-continue', 'x']) {
      const wire = head('POST / HTTP/1.0', `Expect: ${expectation}`, 'Content-Length: 3')
      expect(exchange(wire)).toMatchObject({ wire: '', state: 'body' })
      expect(exchange(`${wire}abc`)).toMatchObject({ statuses: [200], contents: ['abc'] })
    }
  })

  it('rule 59: no 100 when there is no content', () => {
    expectServed(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 0', 'Expect: 100-continue'), [''])
    expectServed(head('GET / HTTP/1.1', 'Host: a', 'Expect: 100-continue'), [''])
  })

  it.each(['a', 'ab', 'abc'])('rule 59: no 100 when content came already: %j', (begun) => {
    const { conversation, requests } = unanswered()
    conversation.send(EXPECTING + begun)
    void requests[0]?.content.read()
    conversation.send('abc'.slice(begun.length))
    requests[0]?.finish()
    expect(conversation.statuses).toEqual([200])
  })

  it.each([
    'x',
    '100-continue, x',
    'x, 100-continue',
    '100-continue=1',
    '100-continue;q=1',
    '200-ok',
    '"100-continue"',
  ])('rule 60: the expectation %j is 417', (value) => {
    expectRefused(`${post(`Expect: ${value}`)}abc`, 417)
    expectRefused(head('GET / HTTP/1.1', 'Host: a', `Expect: ${value}`), 417)
  })

  it('rule 60: an unknown expectation on a second line is 417', () => {
    expectRefused(post('Expect: 100-continue', 'Expect: x'), 417)
  })

  it('rule 61: a final response before the content says close, and nothing behind it is a request', () => {
    const seen = exchange(`${EXPECTING}abc${CANARY}`, { answer: ignore })
    expect(seen).toMatchObject({ statuses: [200], calls: ['POST /'], closed: true })
    expect(seen.wire).toContain('\r\nConnection: close\r\n')
    const begun = exchange(EXPECTING + CANARY, {
      answer: (request) => {
        request.write('n')
        request.finish('o')
      },
    })
    expect(begun).toMatchObject({ statuses: [200], calls: ['POST /'], closed: true })
    expect(begun.wire).toContain('\r\nConnection: close\r\n')
  })

  it.each(['100-continue', '100-Continue', '100-CONTINUE', ' 100-cOnTiNuE\t', ', 100-continue ,'])(
    'rule 62: %j is 100-continue',
    (value) => {
      expect(exchange(post(`expect:${value}`)).wire).toBe(CONTINUE)
    },
  )
})

/** A protocol that keeps what it gets. */
class Taker implements Protocol {
  text = ''
  ended = false
  makeConnection(): void {}
  connectionMade(): void {}
  dataReceived(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString('latin1')
  }
  readConnectionLost(): void {
    this.ended = true
  }
  connectionLost(): void {}
}

const OFFER = ['Connection: upgrade', 'Upgrade: echo']

/** Answers 101, which names the protocol. */
function switchTo(request: Request, protocol: Protocol): void {
  request.setResponseCode(101)
  request.setHeader('Upgrade', 'echo')
  request.setHeader('Connection', 'upgrade')
  request.upgrade(protocol)
}

function waiting(wire: string): { conversation: Conversation; request: Request } {
  const { conversation, requests } = unanswered()
  conversation.send(wire)
  return { conversation, request: requests[0] as Request }
}

const NO_UPGRADE = expect.objectContaining({ code: 'ERR_NO_UPGRADE' }) as Error

describe('Upgrade', () => {
  it('rule 63: HTTP/1.0 is never upgraded, and its offer is an ordinary request', () => {
    const wire = head('GET / HTTP/1.0', ...OFFER)
    const answer = (request: Request): void => {
      expect(() => switchTo(request, new Taker())).toThrow(NO_UPGRADE)
      request.setResponseCode(200)
      request.responseHeaders.removeHeader('upgrade')
      request.responseHeaders.removeHeader('connection')
      request.finish('as before')
    }
    const seen = exchange(wire + CANARY, { answer })
    expect(seen.wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nas before')
  })

  it('rule 64: 101 carries Upgrade and Connection, and no framing', () => {
    const seen = exchange(head('GET / HTTP/1.1', 'Host: a', ...OFFER), {
      answer: (request) => switchTo(request, new Taker()),
    })
    expect(seen).toMatchObject({ state: 'switched', closed: false })
    expect(seen.wire).toBe('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n')
  })

  it('rule 64: 101 is no code of an ordinary response', () => {
    const { conversation, request } = waiting(head('GET / HTTP/1.1', 'Host: a', ...OFFER))
    request.setResponseCode(101)
    expect(() => request.finish()).toThrow(expect.objectContaining({ code: 'ERR_NOT_SWITCHED' }))
    expect(conversation.wire).toBe('')
    request.setResponseCode(426)
    request.finish()
    expect(conversation.statuses).toEqual([426])
  })

  it('rule 65: 100 comes before 101 when both are asked for', async () => {
    const { conversation, request } = waiting(post('Expect: 100-continue', ...OFFER))
    const content = request.content.bytes()
    conversation.send('abcnew')
    await content
    const taker = new Taker()
    switchTo(request, taker)
    conversation.transport.settle()
    expect(conversation.wire).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 101 Switching Protocols\r\n/,
    )
    expect(taker.text).toBe('new')
  })

  it('rule 66: Upgrade without Connection: upgrade is an ordinary request, and so is the one behind it', () => {
    for (const lines of [
      ['Upgrade: echo'],
      ['Upgrade: h2c', 'Connection: keep-alive'],
      ['Upgrade:', ...OFFER],
    ])
      expectServed(head('GET / HTTP/1.1', 'Host: a', ...lines), [''])
  })

  it('rule 67: every octet behind the head is the new protocol’s, however it is cut', () => {
    const behind = `new\r\n\0\xff${CANARY}`
    const wire = head('GET / HTTP/1.1', 'Host: a', ...OFFER)
    const takers: Taker[] = []
    const answer = (request: Request): void => {
      const taker = new Taker()
      takers.push(taker)
      switchTo(request, taker)
    }
    expect(exchange(wire + behind, { answer, end: true })).toMatchObject({
      calls: ['GET /'],
      state: 'switched',
    })
    expect(takers.length).toBeGreaterThan(100)
    for (const taker of takers) expect(taker).toMatchObject({ text: behind, ended: true })
  })

  it('rule 67: earlier responses come first', () => {
    const { conversation, requests } = unanswered()
    conversation.send(CANARY + head('GET / HTTP/1.1', 'Host: a', ...OFFER) + 'new')
    expect(requests).toHaveLength(1)
    requests[0]?.finish('first')
    const taker = new Taker()
    switchTo(requests[1] as Request, taker)
    conversation.transport.settle()
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*firstHTTP\/1\.1 101 /)
    expect(taker.text).toBe('new')
  })

  it('rule 67: nothing is switched before the content is read', async () => {
    const { conversation, request } = waiting(post(...OFFER))
    expect(() => switchTo(request, new Taker())).toThrow(NO_UPGRADE)
    const content = request.content.bytes()
    conversation.send('ab')
    expect(() => request.upgrade(new Taker())).toThrow(NO_UPGRADE)
    conversation.send('cnew')
    await content
    const taker = new Taker()
    request.upgrade(taker)
    expect(taker.text).toBe('new')
  })

  it('rule 67: a tunnel gets every octet behind CONNECT', () => {
    const takers: Taker[] = []
    const answer = (request: Request): void => {
      const taker = new Taker()
      takers.push(taker)
      request.upgrade(taker)
    }
    const seen = exchange(`${head('CONNECT a:443 HTTP/1.1', 'Host: a:443')}\x16\x03\x01${CANARY}`, { answer })
    expect(seen).toMatchObject({
      wire: 'HTTP/1.1 200 OK\r\n\r\n',
      calls: ['CONNECT a:443'],
      state: 'switched',
    })
    for (const taker of takers) expect(taker.text).toBe(`\x16\x03\x01${CANARY}`)
  })
})
