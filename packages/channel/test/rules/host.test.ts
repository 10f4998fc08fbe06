import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/index.ts'
import { CANARY, exchange, expectRefused, expectServed, head } from './rule-exchange.ts'

const INVALID = [
  'a/b',
  'a/',
  'a b',
  'a, b',
  'a,b',
  'u@a',
  'u:p@a',
  '@',
  'a?b',
  'a#b',
  'a\\b',
  'http://a',
  'a:b',
  'a:80:80',
  'a:-1',
  'a:65536',
  '[::1',
  '::1',
  '[::1]x',
  '[::1%25eth0]',
  '[1.2.3.4]',
  '[]',
  'a%',
  'a%zz',
  '\xe4',
  'a"b',
  '<a>',
]

describe('Host', () => {
  it.each(['GET / HTTP/1.1', 'OPTIONS * HTTP/1.1', 'CONNECT a:1 HTTP/1.1', 'GET http://a/ HTTP/1.1'])(
    'rule 15: %s without Host is refused',
    (line) => {
      expectRefused(head(line), 400)
      expectRefused(head(line, 'Hosts: a', 'X-Host: a'), 400)
    },
  )

  it.each([
    ['a', 'b'],
    ['a', 'a'],
    ['', 'a'],
    ['', ''],
  ])('rule 16: two Host lines, %j and %j, are refused', (first, second) => {
    expectRefused(head('GET / HTTP/1.1', `Host: ${first}`, `Host: ${second}`), 400)
    expectRefused(head('GET / HTTP/1.1', `HOST: ${first}`, 'X: y', `host: ${second}`), 400)
    expectRefused(head('GET / HTTP/1.0', `Host: ${first}`, `Host: ${second}`), 400)
  })

  it.each(INVALID)('rule 17: Host %j is refused', (value) => {
    expectRefused(head('GET / HTTP/1.1', `Host: ${value}`), 400)
    expectRefused(head('GET / HTTP/1.0', `Host: ${value}`), 400)
    expectRefused(head('OPTIONS * HTTP/1.1', `Host: ${value}`), 400)
  })

  it.each([
    'a',
    'A.example',
    'a:80',
    'a:',
    'a.',
    '127.0.0.1:8080',
    '[::1]',
    '[::1]:80',
    'a_b',
    'a%20',
    "a!$&'()*+;=",
  ])('rule 17: Host %j is valid', (value) => {
    expectServed(head('GET / HTTP/1.1', `Host: ${value}`), [''])
    const answer = (request: Request): void => request.finish(request.head.authority)
    expect(exchange(head('GET / HTTP/1.1', `host:\t${value} `), { answer }).wire).toContain(
      `\r\n\r\n${value}`,
    )
  })

  it.each(['Host:', 'Host: ', 'Host: :80'])(
    'rule 18: %j is refused where the target needs a host',
    (line) => {
      expectRefused(head('GET / HTTP/1.1', line), 400)
      expectRefused(head('GET / HTTP/1.0', line), 400)
    },
  )

  it('rule 18: an empty Host will do for OPTIONS *, CONNECT and an absolute-form', () => {
    expectServed(head('OPTIONS * HTTP/1.1', 'Host:'), [''])
    expectServed(head('GET http://b/ HTTP/1.1', 'Host:'), [''])
    expect(exchange(head('CONNECT a:443 HTTP/1.1', 'Host:')).statuses).toEqual([200])
  })

  it('rule 19: HTTP/1.0 needs no Host', () => {
    const seen = exchange(head('GET / HTTP/1.0') + CANARY)
    expect(seen).toMatchObject({ statuses: [200], calls: ['GET /'], closed: true })
    expectServed(head('GET / HTTP/1.0', 'Connection: keep-alive'), [''])
  })

  it('rule 20: a request for another authority can be answered 421, and the connection stays', () => {
    const answer = (request: Request): void => {
      if (request.head.authority !== 'a') request.setResponseCode(421)
      request.finish()
    }
    const other = head('GET / HTTP/1.1', 'Host: other') + head('GET http://other/ HTTP/1.1', 'Host: a')
    const seen = exchange(other + CANARY, { answer })
    expect(seen).toMatchObject({ statuses: [421, 421, 200], closed: false })
    expect(seen.wire).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/)
  })
})
