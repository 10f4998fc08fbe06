import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/index.ts'
import { Request as BaseRequest } from '../../src/index.ts'
import { Conversation } from '../conversation.ts'
import { CANARY, exchange, expectRefused, expectServed, head } from './rule-exchange.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

/** A request line and one Host. */
function asked(requestLine: string): string {
  return head(requestLine, 'Host: a')
}

describe('empty lines and impossible octets', () => {
  it.each([0, 1, 2, 8])('rule 1: %i empty lines before a request line are ignored', (count) => {
    expectServed('\r\n'.repeat(count) + GET, [''])
  })

  it('rule 1: empty lines are counted for each request', () => {
    expectServed(('\r\n'.repeat(8) + GET).repeat(2), ['', ''])
  })

  it('rule 1: the ninth empty line is refused', () => {
    expectRefused('\r\n'.repeat(9), 400)
  })

  it.each([
    '\x16', // a TLS hello
    '\n',
    '\0',
    'GE\x7f',
    'GET /\x01',
    'GET / HTTP/1.1\n',
    'GET / HTTP/1.1\rH',
    'GET / HTTP/1.1\r\nHost: a\n',
    'GET / HTTP/1.1\r\nHost: a\r\n\n',
    'GET / HTTP/1.1\r\nHost: a\r\n\rX',
    'GET / HTTP/1.1\r\nHost: a\0',
  ])('rule 2: %j is refused at its last octet, without waiting for the line', (wire) => {
    expect(exchange(wire.slice(0, -1))).toMatchObject({ wire: '', closed: false })
    expectRefused(wire, 400)
  })
})

describe('the parts of a request line', () => {
  it.each([
    'GET  / HTTP/1.1',
    'GET /  HTTP/1.1',
    'GET\t/ HTTP/1.1',
    'GET /\tHTTP/1.1',
    'GET / HTTP/1.1 ',
    'GET / HTTP/1.1\t',
    ' GET / HTTP/1.1',
    'GET / x HTTP/1.1',
    'GET /',
    'GET',
    'GET /\xa0HTTP/1.1',
  ])('rule 3: %j has not exactly one space between its parts', (line) => {
    expectRefused(asked(line), 400)
  })

  it('rule 4: a method of 64 octets is served, one of 65 is 501', () => {
    expectServed(asked(`${'M'.repeat(64)} / HTTP/1.1`), [''])
    expectRefused(asked(`${'M'.repeat(65)} / HTTP/1.1`), 501)
  })

  it('rule 5: a request line of the maximum is served, one octet more is 414', () => {
    const options = { maxLength: 40 }
    const line = (length: number): string => `GET /${'x'.repeat(length - 14)} HTTP/1.1`
    expectServed(asked(line(40)), [''], { options })
    expectRefused(asked(line(41)), 414, { options })
    expectRefused(line(41), 414, { options }) // its end is not awaited
  })

  it('rule 5: beyond 16384 octets it is 414 by default', () => {
    expectRefused(asked(`GET /${'x'.repeat(16_384)} HTTP/1.1`), 414, { maxCuts: 20 })
  })

  it('rule 6: a request line of 8000 octets is served by default', () => {
    expectServed(asked(`GET /${'x'.repeat(8_000 - 14)} HTTP/1.1`), [''], { maxCuts: 20 })
  })
})

describe('the request-target and the version', () => {
  it.each([
    'foo',
    '/a#b',
    '#',
    '/\x7f',
    '/\x80',
    '/\xb0',
    '/\xff',
    '/a\\b',
    '/a b',
    '?a',
    'a/b',
    'http:',
    'http:/a',
    'http://',
    'http:///a',
    'http://u@a/',
    'http://a:b/',
    '',
  ])('rule 7: the target %j is refused, not corrected', (target) => {
    expectRefused(asked(`GET ${target} HTTP/1.1`), 400)
  })

  it.each([
    'http/1.1',
    'Http/1.1',
    'HTTP/1',
    'HTTP/1.',
    'HTTP/01.1',
    'HTTP/1.01',
    'HTTP/1.1.1',
    'HTTP/1,1',
    'HTTP/+1.1',
    'HTTP/a.1',
    'HTTPS/1.1',
    'HTTP 1.1',
    'ICE/1.0',
  ])('rule 8: %j is no version', (version) => {
    expectRefused(asked(`GET / ${version}`), 400)
  })

  it.each([2, 3, 9])('rule 9: HTTP/1.%i is served as HTTP/1.1', (minor) => {
    expectServed(asked(`GET / HTTP/1.${minor}`), [''])
    const chunked = head(`POST / HTTP/1.${minor}`, 'Host: a', 'Transfer-Encoding: chunked')
    expectServed(`${chunked}1\r\nx\r\n0\r\n\r\n`, ['x'])
    expectRefused(head(`GET / HTTP/1.${minor}`), 400) // Host is missing
    const answer = (request: Request): void => request.finish(request.clientproto)
    expect(exchange(asked(`GET / HTTP/1.${minor}`), { answer }).wire).toMatch(/\r\n\r\nHTTP\/1\.1$/)
  })

  it.each(['0.9', '2.0', '3.0', '9.9'])('rule 10: HTTP/%s is 505', (version) => {
    expectRefused(asked(`GET / HTTP/${version}`), 505)
  })
})

describe('methods', () => {
  it.each(['get', 'Get', 'head', 'connect', 'options'])(
    'rule 11: %s is no method that is known, and reaches the application as it is',
    (method) => {
      expectServed(asked(`${method} / HTTP/1.1`), [''])
      expect(exchange(asked(`${method} / HTTP/1.1`)).calls).toEqual([`${method} /`])
      // Only OPTIONS may have this target.
      expectRefused(asked(`${method} * HTTP/1.1`), 400)
    },
  )

  it('rule 11: a request without a handler of its own is 501, and the connection stays', () => {
    const requestFactory = (...args: ConstructorParameters<typeof BaseRequest>): Request =>
      new BaseRequest(...args)
    const seen = exchange(asked('FROB / HTTP/1.1') + CANARY, { options: { requestFactory } })
    expect(seen).toMatchObject({ statuses: [501, 501], closed: false })
  })

  it('rule 11: an application answers 405 with the methods that it allows', () => {
    const answer = (request: Request): void => {
      if (request.method !== 'GET') {
        request.setResponseCode(405)
        request.setHeader('Allow', 'GET')
      }
      request.finish()
    }
    const { wire, statuses } = exchange(asked('DELETE / HTTP/1.1') + CANARY, { answer })
    expect(statuses).toEqual([405, 200])
    expect(wire).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\nAllow: GET\r\n/)
  })
})

describe('the forms of a request-target', () => {
  /** Answers with whom the request is for. */
  const answer = (request: Request): void => request.finish(`<${request.head.authority}>`)

  it.each([
    ['GET http://b/x?y HTTP/1.1', '<b>'],
    ['GET http://b:8080 HTTP/1.1', '<b:8080>'],
    ['GET HTTP://B/ HTTP/1.1', '<B>'],
    ['GET http://[::1]/ HTTP/1.1', '<[::1]>'],
    ['POST https://b/ HTTP/1.1', '<b>'],
    ['GET / HTTP/1.1', '<a>'],
  ])('rule 12: %s is for %s, whatever Host says', (line, expected) => {
    const seen = exchange(asked(line) + CANARY, { answer })
    expect(seen.statuses).toEqual([200, 200])
    expect(seen.wire).toContain(`\r\n\r\n${expected}`)
    expectServed(asked(line), [''])
  })

  it('rule 12: an absolute-form does not make up for a missing, second or bad Host', () => {
    expectRefused(head('GET http://b/ HTTP/1.1'), 400)
    expectRefused(head('GET http://b/ HTTP/1.1', 'Host: b', 'Host: b'), 400)
    expectRefused(head('GET http://b/ HTTP/1.1', 'Host: b/'), 400)
  })

  it.each(['GET', 'HEAD', 'POST', 'M-SEARCH', 'options'])('rule 13: %s * is refused', (method) => {
    expectRefused(asked(`${method} * HTTP/1.1`), 400)
  })

  it.each(['GET a:80', 'OPTIONS a:80', 'CONNECT /', 'CONNECT *', 'CONNECT http://a/', 'CONNECT http://a:80'])(
    'rule 13: %s has a form that is another method’s',
    (start) => {
      expectRefused(asked(`${start} HTTP/1.1`), 400)
    },
  )

  it('rule 13: OPTIONS * and CONNECT with host and port reach the application', () => {
    expectServed(asked('OPTIONS * HTTP/1.1'), [''])
    expect(exchange(asked('CONNECT a:443 HTTP/1.1')).calls).toEqual(['CONNECT a:443'])
  })

  it.each(['a', 'a:', 'a:x', 'a:0', 'a:65536', 'a:-1', 'a:+1', 'a:8 0', ':443', '[::1]', 'u@a:443', ''])(
    'rule 14: CONNECT %j has no valid port, or no host',
    (target) => {
      expectRefused(asked(`CONNECT ${target} HTTP/1.1`), 400)
    },
  )

  it('rule 14: a refused CONNECT is an ordinary response', () => {
    const conversation = new Conversation({ requestFactory: (...args) => new BaseRequest(...args) })
    conversation.send(asked('CONNECT a:443 HTTP/1.1') + CANARY)
    expect(conversation.statuses).toEqual([501, 501])
  })
})
