import { MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import {
  getAllHeaders,
  getArgs,
  getClientAddress,
  getCookie,
  getHeader,
  getPassword,
  getRequestHostname,
  getUser,
  isSecure,
  Request,
  setHost,
} from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

/** The request that a head makes. */
function requestOf(lines: string[], transport = new MemoryTransport()): Request {
  const requests: Request[] = []
  class Kept extends Request {
    override process(): void {
      requests.push(this)
    }
  }
  const conversation = new Conversation(
    { requestFactory: (channel, of) => new Kept(channel, of) },
    undefined,
    transport,
  )
  conversation.send(head(...lines))
  expect(conversation.codes).toEqual([])
  return requests[0] as Request
}

const get = (target: string, ...fields: string[]): Request =>
  requestOf([`GET ${target} HTTP/1.1`, 'Host: example.org', ...fields])

describe('getHeader', () => {
  it('finds a field in any case, and nothing where there is none', () => {
    const request = get('/', 'X-API-Key: v')
    expect(getHeader(request, 'x-api-KEY')).toBe('v')
    expect(getHeader(request, 'x-none')).toBeUndefined()
  })

  it('joins lines of one name, where Twisted gives the last (RFC 9110 §5.2)', () => {
    expect(getHeader(get('/', 'Accept: a', 'accept: b'), 'Accept')).toBe('a, b')
  })

  it('keeps octets above 0x7F', () => {
    expect(getHeader(get('/', 'X: \xff\x80'), 'x')).toBe('\xff\x80')
  })
})

describe('getAllHeaders', () => {
  it('gives each name once, in lower case, with its lines joined', () => {
    expect([...getAllHeaders(get('/', 'Accept: a', 'X: 1', 'ACCEPT: b'))]).toEqual([
      ['host', 'example.org'],
      ['accept', 'a, b'],
      ['x', '1'],
    ])
  })

  it('has no names but those that were sent', () => {
    const all = getAllHeaders(get('/', '__proto__: x'))
    expect([all.get('__proto__'), all.get('constructor')]).toEqual(['x', undefined])
  })
})

describe('getArgs', () => {
  const argsOf = (query: string): [string, string[]][] => [...getArgs(get(`/p${query}`))]

  it('gives the arguments of the query, decoded, every value of a name in order', () => {
    expect(argsOf('?a=1&b=x+y&a=%C3%BC&%61=3')).toEqual([
      ['a', ['1', 'ü', '3']],
      ['b', ['x y']],
    ])
  })

  it('gives none without a query, and for an empty one', () => {
    expect([argsOf(''), argsOf('?'), argsOf('?&&')]).toEqual([[], [], []])
  })

  it('keeps blank values, names without a value, and what follows the first equals sign', () => {
    expect(argsOf('?a=&b&=c&d=e=f')).toEqual([
      ['a', ['']],
      ['b', ['']],
      ['', ['c']],
      ['d', ['e=f']],
    ])
  })

  it.each([
    ['%', '%'],
    ['%4', '%4'],
    ['%zz', '%zz'],
    ['50%+off', '50% off'],
    ['%zz%41', '%zzA'],
    ['%ff', '%ff'],
    ['%C3%BC%', 'ü%'],
    ['%C0%AF', '%C0%AF'],
    ['%ED%A0%80', '%ED%A0%80'],
    ['%00%0d%0a', '\0\r\n'],
    ['%2526', '%26'],
  ])('leaves escapes that are none, or no UTF-8, as they came, and decodes once: %s', (query, value) => {
    expect(getArgs(get(`/?a=${query}`)).get('a')).toEqual([value])
  })

  it('separates at & alone, and does not decode before it separates', () => {
    expect(argsOf('?a=1;b=2&c=%26d%3D')).toEqual([
      ['a', ['1;b=2']],
      ['c', ['&d=']],
    ])
  })

  it('takes any name', () => {
    expect(getArgs(get('/?__proto__=1')).get('__proto__')).toEqual(['1'])
    expect(getArgs(get('/?a=1')).get('constructor')).toBeUndefined()
  })

  it('does not look at content, a form or not', () => {
    const request = requestOf([
      'POST /?a=1 HTTP/1.1',
      'Host: a',
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 3',
    ])
    expect([...getArgs(request)]).toEqual([['a', ['1']]])
    expect(request.content.complete).toBe(false)
  })
})

describe('getCookie', () => {
  const cookie = (name: string, ...values: string[]): string | undefined =>
    getCookie(get('/', ...values.map((value) => `Cookie: ${value}`)), name)

  it('finds a cookie by its exact name', () => {
    expect(cookie('b', 'a=1; b=2; c=3')).toBe('2')
    expect(cookie('B', 'a=1; b=2')).toBeUndefined()
    expect(cookie('a')).toBeUndefined()
  })

  it('gives the first of a name, over all lines (RFC 6265 §5.4)', () => {
    expect(cookie('a', 'x=0', 'a=1; a=2', 'a=3')).toBe('1')
  })

  it.each(['a=1;b=2;c=3', 'a=1;  b=2', 'a=1 ;\tb = 2 ; c=3', ';;b=2;;', 'b=2;', 'junk; b=2', '=; b=2'])(
    'takes odd spacing and odd neighbours: %j',
    (value) => {
      expect(cookie('b', value)).toBe('2')
    },
  )

  it('keeps what stands behind the first equals sign, quotes too', () => {
    expect(cookie('a', 'a="x=y"')).toBe('"x=y"')
    expect(cookie('a', 'a=')).toBe('')
  })

  it.each(['\xa0', '\x85', '\xa0\xa0'])(
    'does not take %j for a blank, so that no name passes for another',
    (octet) => {
      expect(cookie('__Host-id', `${octet}__Host-id=forged`)).toBeUndefined()
      expect(cookie('__Host-id', `__Host-id${octet}=forged`)).toBeUndefined()
      expect(cookie('a', `a=${octet}1`)).toBe(`${octet}1`)
    },
  )

  it('costs time in proportion to the field, whatever is in it', () => {
    const request = get('/', `Cookie: ${'x='.padEnd(15_000, ' ')}y; a=1`)
    const started = performance.now()
    for (let i = 0; i < 100; i += 1) expect(getCookie(request, 'a')).toBe('1')
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('getRequestHostname, setHost', () => {
  it.each([
    ['example.org', 'example.org'],
    ['Example.ORG:8080', 'example.org'],
    ['127.0.0.1:1', '127.0.0.1'],
    ['[::1]:8080', '[::1]'],
    ['a:', 'a'],
  ])('gives the host without its port: %s', (host, hostname) => {
    expect(getRequestHostname(requestOf(['GET / HTTP/1.1', `Host: ${host}`]))).toBe(hostname)
  })

  it('believes an absolute-form target before Host (RFC 9112 §3.2.2)', () => {
    expect(getRequestHostname(requestOf(['GET http://b.test:81/ HTTP/1.1', 'Host: a.test']))).toBe('b.test')
  })

  it('gives nothing when an HTTP/1.0 client names no host', () => {
    expect(getRequestHostname(requestOf(['GET / HTTP/1.0']))).toBe('')
  })

  it('takes another host, and leaves the field as it came', () => {
    const request = get('/')
    setHost(request, 'inner.test', 8080)
    expect(getRequestHostname(request)).toBe('inner.test')
    expect(request.head.authority).toBe('inner.test:8080')
    expect(getHeader(request, 'host')).toBe('example.org')
    setHost(request, '[::1]')
    expect(request.head.authority).toBe('[::1]')
  })

  it.each([
    ['a b', undefined],
    ['a\r\nX: y', undefined],
    ['user@a', undefined],
    ['a/b', undefined],
    ['::1', 80],
    ['a:80', 80],
    ['a', 65_536],
    ['a', -1],
    ['a', Number.NaN],
  ])('throws for %j with port %s, and changes nothing', (host, port) => {
    const request = get('/')
    expect(() => setHost(request, host, port)).toThrow(expect.objectContaining({ code: 'ERR_HOST' }))
    expect(request.head.authority).toBe('example.org')
  })
})

describe('getUser, getPassword', () => {
  const basic = (text: string): string =>
    `Authorization: Basic ${Buffer.from(text, 'latin1').toString('base64')}`
  const credentials = (...fields: string[]): [string, string] => {
    const request = get('/', ...fields)
    return [getUser(request), getPassword(request)]
  }

  it('give what Basic says (RFC 7617)', () => {
    expect(credentials(basic('user:pass'))).toEqual(['user', 'pass'])
    expect(credentials(basic('user:p:a:s:s'))).toEqual(['user', 'p:a:s:s'])
    expect(credentials(basic('user:'))).toEqual(['user', ''])
    expect(credentials(basic(':pass'))).toEqual(['', 'pass'])
  })

  it('read UTF-8', () => {
    expect(credentials(basic(Buffer.from('Jürgen:€').toString('latin1')))).toEqual(['Jürgen', '€'])
  })

  it('know the scheme in any case, with any number of spaces', () => {
    expect(credentials('Authorization: bAsIc   dTpw')).toEqual(['u', 'p'])
  })

  it.each([
    [],
    ['Authorization: '],
    ['Authorization: Basic'],
    ['Authorization: Basicdpw'],
    ['Authorization: Bearer dTpw'],
    ['Authorization: Digest username="u"'],
    ['Authorization: Basic dTpw dTpw'],
    ['Authorization: Basic dTpw, Basic dTpw'],
    ['Authorization: Basic d'],
    ['Authorization: Basic d==='],
    ['Authorization: Basic !!!!'],
    ['Authorization: Basic dT\tpw'],
    ['Authorization: Basic dT-_'],
    [basic('no colon')],
  ])('say nobody without well-formed credentials: %j', (...fields) => {
    expect(credentials(...fields)).toEqual(['', ''])
  })

  it('say nobody when there are two Authorization fields, equal or not', () => {
    expect(credentials(basic('a:b'), basic('c:d'))).toEqual(['', ''])
    expect(credentials(basic('a:b'), basic('a:b'))).toEqual(['', ''])
  })

  it('say nobody for octets that are no UTF-8: two passwords never look alike', () => {
    expect(credentials(basic('u:p\xe9'))).toEqual(['', ''])
    expect(credentials(basic('u:p\xe8'))).toEqual(['', ''])
  })

  it('keep a byte order mark, which another user might not have', () => {
    expect(credentials(basic('\xef\xbb\xbfu:p'))).toEqual(['\ufeffu', 'p'])
  })

  it.each(['\0', '\r\n', '\x1b', '\x7f'])(
    'say nobody for control characters (RFC 7617 §2): %j',
    (control) => {
      expect(credentials(basic(`u${control}:p`))).toEqual(['', ''])
      expect(credentials(basic(`u:p${control}`))).toEqual(['', ''])
    },
  )
})

describe('getClientAddress, isSecure', () => {
  it('say what the transport knows', () => {
    const peer = { family: 'IPv4', host: '192.0.2.1', port: 1234 } as const
    const request = requestOf(['GET / HTTP/1.1', 'Host: a'], new MemoryTransport({ peer, secure: true }))
    expect(getClientAddress(request)).toEqual(peer)
    expect(isSecure(request)).toBe(true)
    expect(isSecure(get('/'))).toBe(false)
  })

  it('believe no field that a client can send', () => {
    const request = get(
      '/',
      'X-Forwarded-For: 10.0.0.1',
      'X-Forwarded-Proto: https',
      'Forwarded: for=10.0.0.1;proto=https',
    )
    expect(getClientAddress(request)).toEqual({ family: 'memory', name: 'peer' })
    expect(isSecure(request)).toBe(false)
  })
})
