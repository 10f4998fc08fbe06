import { describe, expect, it } from 'vitest'
import { HeaderError, Headers } from '../src/index.ts'

const WIRE: readonly [string, string][] = [
  ['Host', 'example.com'],
  ['X-First', '1'],
  ['accept', 'a'],
  ['Accept', 'b'],
  ['X-Last', '2'],
]

describe('new Headers', () => {
  it('is empty without an argument', () => {
    const headers = new Headers()
    expect([...headers]).toEqual([])
    expect(headers.size).toBe(0)
    expect(headers.get('a')).toBeUndefined()
  })

  it('keeps the order and the spelling of pairs (RFC 9110 §5.3)', () => {
    expect([...new Headers(WIRE)]).toEqual(WIRE)
  })

  it('takes another list, a Map and a generator', () => {
    expect([...new Headers(new Headers(WIRE))]).toEqual(WIRE)
    expect([...new Headers(new Map([['a', '1']]))]).toEqual([['a', '1']])
    expect([...new Headers(new Headers(WIRE).entries())]).toEqual(WIRE)
  })

  it('takes an object of values and of lists of values', () => {
    expect([...new Headers({ Host: 'h', 'Set-Cookie': ['a=1', 'b=2'], none: [] })]).toEqual([
      ['Host', 'h'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ])
  })

  it('checks what it takes (RFC 9110 §5.5)', () => {
    expect(() => new Headers([['a', 'b\r\nc: d']])).toThrow(HeaderError)
    expect(() => new Headers({ 'a:': 'b' })).toThrow(HeaderError)
    expect(() => new Headers({ a: ['b', 'c\0'] })).toThrow(HeaderError)
  })

  it('gives every empty list lines of its own', () => {
    const one = new Headers()
    one.append('a', '1')
    expect(new Headers().size).toBe(0)
  })
})

describe('fromParsed', () => {
  it('takes arrays over as they are', () => {
    const headers = Headers.fromParsed(['A', 'a'], ['1', '2'])
    expect(headers.getRawHeaders('a')).toEqual(['1', '2'])
    expect([...headers]).toEqual([
      ['A', '1'],
      ['a', '2'],
    ])
  })
})

describe('fromFetch and toFetch', () => {
  it('go to a Fetch Headers and back', () => {
    const fetched = new globalThis.Headers(new Headers({ A: '1', 'Set-Cookie': ['x=1', 'y=2'] }).toFetch())
    expect(fetched.get('a')).toBe('1')
    expect(fetched.getSetCookie()).toEqual(['x=1', 'y=2'])
    expect(Headers.fromFetch(fetched).toFetch()).toEqual([
      ['a', '1'],
      ['set-cookie', 'x=1'],
      ['set-cookie', 'y=2'],
    ])
  })

  it('keep lines of one name apart', () => {
    expect(new Headers(WIRE).toFetch()).toEqual(WIRE)
  })
})

describe('hasHeader, has', () => {
  it('find a name in any case (RFC 9110 §5.1)', () => {
    const headers = new Headers(WIRE)
    expect(headers.hasHeader('HOST')).toBe(true)
    expect(headers.has('x-first')).toBe(true)
    expect(headers.hasHeader('Hos')).toBe(false)
    expect(headers.has('Hosts')).toBe(false)
    expect(headers.has('')).toBe(false)
  })
})

describe('getRawHeaders, getAll', () => {
  it('give the values of all lines, in order (RFC 9110 §5.3)', () => {
    const headers = new Headers(WIRE)
    expect(headers.getRawHeaders('ACCEPT')).toEqual(['a', 'b'])
    expect(headers.getAll('ACCEPT')).toEqual(['a', 'b'])
  })

  it('give the fallback, or nothing, for a name without lines', () => {
    const headers = new Headers(WIRE)
    expect(headers.getRawHeaders('none')).toBeUndefined()
    expect(headers.getRawHeaders('none', null)).toBeNull()
    expect(headers.getRawHeaders('host', null)).toEqual(['example.com'])
    expect(headers.getAll('none')).toEqual([])
  })

  it('give a copy: writing into it changes nothing', () => {
    const headers = new Headers(WIRE)
    headers.getRawHeaders('accept')!.push('x\r\ny: z')
    headers.getAll('host').length = 0
    expect([...headers]).toEqual(WIRE)
  })

  it('give octets above 0x7F as they came', () => {
    expect(Headers.fromParsed(['a'], ['\xff\x80']).getRawHeaders('A')).toEqual(['\xff\x80'])
  })
})

describe('get', () => {
  it('joins the lines with a comma (RFC 9110 §5.2)', () => {
    expect(new Headers(WIRE).get('accept')).toBe('a, b')
  })

  it('gives a single line as it is', () => {
    expect(new Headers(WIRE).get('HOST')).toBe('example.com')
  })

  it('never joins Set-Cookie (RFC 9110 §5.3)', () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1, x'],
      ['set-cookie', 'b=2'],
    ])
    expect(headers.get('SET-COOKIE')).toBe('a=1, x')
    expect(headers.getAll('set-cookie')).toEqual(['a=1, x', 'b=2'])
  })
})

describe('tokens', () => {
  it('gives the members of all lines in lower case (RFC 9110 §5.6.1)', () => {
    const headers = new Headers([
      ['Connection', 'TE, , Close'],
      ['a', 'b'],
      ['connection', ' X-Foo;Q=1 ,'],
    ])
    expect(headers.tokens('CONNECTION')).toEqual(['te', 'close', 'x-foo;q=1'])
    expect(headers.tokens('none')).toEqual([])
  })
})

describe('hasToken', () => {
  it('finds a member on any line in any case (RFC 9112 §9.6)', () => {
    const headers = new Headers([
      ['Connection', 'TE'],
      ['a', 'upgrade'],
      ['connection', 'foo , CLOSE'],
    ])
    expect(headers.hasToken('Connection', 'close')).toBe(true)
    expect(headers.hasToken('connection', 'te')).toBe(true)
    expect(headers.hasToken('connection', 'upgrade')).toBe(false)
    expect(headers.hasToken('none', 'close')).toBe(false)
  })
})

describe('getAllRawHeaders', () => {
  it('gives each name once, spelled as first seen, with all values', () => {
    expect([...new Headers(WIRE).getAllRawHeaders()]).toEqual([
      ['Host', ['example.com']],
      ['X-First', ['1']],
      ['accept', ['a', 'b']],
      ['X-Last', ['2']],
    ])
  })
})

describe('names', () => {
  it('gives each name once, spelled as first seen', () => {
    expect([...new Headers(WIRE).names()]).toEqual(['Host', 'X-First', 'accept', 'X-Last'])
  })
})

describe('equals', () => {
  it('ignores the case of names and the order of different ones (RFC 9110 §5.3)', () => {
    const shouted = new Headers(WIRE.map(([name, value]): [string, string] => [name.toUpperCase(), value]))
    expect(new Headers(WIRE).equals(shouted)).toBe(true)
    expect(
      new Headers([
        ['a', '1'],
        ['b', '2'],
      ]).equals(
        new Headers([
          ['b', '2'],
          ['A', '1'],
        ]),
      ),
    ).toBe(true)
    expect(new Headers().equals(new Headers())).toBe(true)
  })

  it('sees the order of one name, the values, and their number', () => {
    const one = new Headers([
      ['a', '1'],
      ['a', '2'],
    ])
    expect(
      one.equals(
        new Headers([
          ['a', '2'],
          ['a', '1'],
        ]),
      ),
    ).toBe(false)
    expect(
      one.equals(
        new Headers([
          ['a', '1'],
          ['a', '3'],
        ]),
      ),
    ).toBe(false)
    expect(one.equals(new Headers([['a', '1']]))).toBe(false)
    expect(
      one.equals(
        new Headers([
          ['a', '1'],
          ['b', '2'],
        ]),
      ),
    ).toBe(false)
    expect(
      one.equals(
        new Headers([
          ['b', '1'],
          ['b', '2'],
        ]),
      ),
    ).toBe(false)
    expect(new Headers([['a', '1, 2']]).equals(one)).toBe(false)
  })
})

describe('entries', () => {
  it('gives pairs that are not the list itself', () => {
    const headers = new Headers(WIRE)
    for (const pair of headers.entries()) pair[1] = 'x\r\n'
    expect([...headers]).toEqual(WIRE)
  })

  it('visits lines that are added meanwhile', () => {
    const headers = new Headers([['a', '1']])
    const seen: string[] = []
    for (const [name] of headers) {
      seen.push(name)
      if (name === 'a') headers.append('b', '2')
    }
    expect(seen).toEqual(['a', 'b'])
  })
})

describe('toWire, toString', () => {
  it('gives the field lines with their CRLF (RFC 9112 §5)', () => {
    expect(new Headers(WIRE).toWire()).toBe(
      'Host: example.com\r\nX-First: 1\r\naccept: a\r\nAccept: b\r\nX-Last: 2\r\n',
    )
    expect(new Headers().toWire()).toBe('')
  })

  it('shows the lines to people', () => {
    expect(
      String(
        new Headers([
          ['a', '1'],
          ['B', '2'],
        ]),
      ),
    ).toBe('Headers { a: 1 | B: 2 }')
  })
})
