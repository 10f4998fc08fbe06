import { describe, expect, it } from 'vitest'
import { HeaderError, Headers } from '../src/index.ts'
import { thrownBy } from './support.ts'

const WIRE: readonly [string, string][] = [
  ['Host', 'example.com'],
  ['X-First', '1'],
  ['accept', 'a'],
  ['Accept', 'b'],
  ['X-Last', '2'],
]

describe('setRawHeaders', () => {
  it('puts the lines where the first one was, and takes the others away', () => {
    const headers = new Headers(WIRE)
    headers.setRawHeaders('ACCEPT', ['x', 'y', 'z'])
    expect([...headers]).toEqual([
      ['Host', 'example.com'],
      ['X-First', '1'],
      ['ACCEPT', 'x'],
      ['ACCEPT', 'y'],
      ['ACCEPT', 'z'],
      ['X-Last', '2'],
    ])
  })

  it('adds the lines of a new name at the end', () => {
    const headers = new Headers([['a', '1']])
    headers.setRawHeaders('b', ['2', '3'])
    expect([...headers]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['b', '3'],
    ])
  })

  it('leaves no line for no values', () => {
    const headers = new Headers(WIRE)
    headers.setRawHeaders('accept', [])
    headers.setRawHeaders('none', [])
    expect(headers.has('accept')).toBe(false)
    expect(headers.getRawHeaders('accept')).toBeUndefined()
    expect(headers.size).toBe(3)
  })

  it('refuses a string, which would become a line for each character', () => {
    const headers = new Headers()
    expect(() => headers.setRawHeaders('a', 'xyz' as unknown as string[])).toThrow(/array/)
    expect(headers.size).toBe(0)
  })

  it('changes nothing when one value is bad', () => {
    const headers = new Headers(WIRE)
    expect(() => headers.setRawHeaders('accept', ['fine', 'bad\n'])).toThrow(HeaderError)
    expect([...headers]).toEqual(WIRE)
  })

  it('is not changed by later writes into the array it was given', () => {
    const values = ['1']
    const headers = new Headers()
    headers.setRawHeaders('a', values)
    values[0] = 'x\r\ny: z'
    expect(headers.get('a')).toBe('1')
  })
})

describe('set', () => {
  it('leaves one line, where the first one was, spelled anew', () => {
    const headers = new Headers(WIRE)
    headers.set('ACCEPT', 'c')
    expect([...headers]).toEqual([
      ['Host', 'example.com'],
      ['X-First', '1'],
      ['ACCEPT', 'c'],
      ['X-Last', '2'],
    ])
  })

  it('adds a line at the end when there was none', () => {
    const headers = new Headers([['a', '1']])
    headers.set('b', '2')
    expect([...headers]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
  })
})

describe('append, addRawHeader', () => {
  it('add a line at the end', () => {
    const headers = new Headers()
    headers.append('a', '1')
    headers.addRawHeader('A', '2')
    headers.append('b', '')
    expect([...headers]).toEqual([
      ['a', '1'],
      ['A', '2'],
      ['b', ''],
    ])
  })

  it('keep the spelling of any name, known or not', () => {
    const headers = new Headers()
    headers.addRawHeader('X-API-KEY', '1')
    headers.addRawHeader('etag', '2')
    expect(headers.toWire()).toBe('X-API-KEY: 1\r\netag: 2\r\n')
  })

  it('drop whitespace around the value, which is no part of it (RFC 9110 §5.5)', () => {
    const headers = new Headers([['a', ' \tb c\t ']])
    expect(headers.toWire()).toBe('a: b c\r\n')
  })
})

describe('what may not go out', () => {
  const writers: readonly [string, (headers: Headers, name: string, value: string) => void][] = [
    ['append', (headers, name, value) => headers.append(name, value)],
    ['addRawHeader', (headers, name, value) => headers.addRawHeader(name, value)],
    ['set', (headers, name, value) => headers.set(name, value)],
    ['setRawHeaders', (headers, name, value) => headers.setRawHeaders(name, [value])],
  ]

  it.each(writers)(
    '%s refuses CR, LF, NUL and other control characters in a value (RFC 9110 §5.5)',
    (_, write) => {
      for (const bad of [
        '\r',
        '\n',
        '\r\n',
        'b\r\nc: d',
        'b\0',
        '\x01',
        'b\v',
        '\x1b[1m',
        'b\x7f',
        `${'b'.repeat(50)}\n`,
      ]) {
        const headers = new Headers(WIRE)
        expect(thrownBy(() => write(headers, 'accept', bad))).toMatchObject({ code: 'ERR_HEADER_VALUE' })
        expect([...headers]).toEqual(WIRE)
      }
    },
  )

  it.each(writers)('%s refuses a character that no octet can hold', (_, write) => {
    for (const bad of ['\u0100', '\u560a', 'b\u{1f600}', '\ud800']) {
      expect(thrownBy(() => write(new Headers(), 'a', bad))).toMatchObject({ code: 'ERR_HEADER_VALUE' })
    }
  })

  it.each(writers)('%s refuses a name that is not a token (RFC 9110 §5.1)', (_, write) => {
    for (const bad of ['', ' ', 'a b', 'a:', 'a\r\nb', 'a\0', 'é', 'ſ', ':path', '"a"']) {
      const headers = new Headers(WIRE)
      expect(thrownBy(() => write(headers, bad, 'b'))).toMatchObject({ code: 'ERR_HEADER_NAME' })
      expect([...headers]).toEqual(WIRE)
    }
  })

  it.each(writers)('%s refuses what is no string at all', (_, write) => {
    const anything = (value: unknown): string => value as string
    expect(thrownBy(() => write(new Headers(), 'a', anything(5)))).toMatchObject({ code: 'ERR_HEADER_VALUE' })
    expect(thrownBy(() => write(new Headers(), 'a', anything(undefined)))).toMatchObject({
      code: 'ERR_HEADER_VALUE',
    })
    expect(thrownBy(() => write(new Headers(), anything(['a']), 'b'))).toMatchObject({
      code: 'ERR_HEADER_NAME',
    })
  })

  it.each(writers)('%s takes HTAB inside and octets above 0x7F (RFC 9110 §5.5)', (_, write) => {
    const headers = new Headers()
    write(headers, 'a', 'b\tc\x80\xff')
    expect(headers.get('a')).toBe('b\tc\x80\xff')
  })
})

describe('removeHeader, delete', () => {
  it('take every line of the name away and keep the order of the others', () => {
    const headers = new Headers(WIRE)
    headers.removeHeader('ACCEPT')
    expect([...headers]).toEqual([
      ['Host', 'example.com'],
      ['X-First', '1'],
      ['X-Last', '2'],
    ])
    headers.delete('host')
    headers.delete('x-last')
    expect([...headers]).toEqual([['X-First', '1']])
  })

  it('do nothing when there is no such line', () => {
    const headers = new Headers(WIRE)
    headers.removeHeader('none')
    new Headers().delete('none')
    expect([...headers]).toEqual(WIRE)
  })
})

describe('copy', () => {
  it('is equal and independent', () => {
    const headers = new Headers(WIRE)
    const copy = headers.copy()
    expect([...copy]).toEqual(WIRE)
    copy.append('b', '1')
    headers.delete('host')
    expect(copy.get('host')).toBe('example.com')
    expect(headers.has('b')).toBe(false)
  })

  it('of an empty list can be written to', () => {
    const copy = new Headers().copy()
    copy.append('a', '1')
    expect(new Headers().size).toBe(0)
    expect(copy.size).toBe(1)
  })
})

describe('filter', () => {
  it('keeps the lines it is told to, in a new list', () => {
    const headers = new Headers(WIRE)
    const kept = headers.filter((name, value) => name !== 'Host' && value !== 'a')
    expect([...kept]).toEqual([
      ['X-First', '1'],
      ['Accept', 'b'],
      ['X-Last', '2'],
    ])
    expect([...headers]).toEqual(WIRE)
  })
})

describe('a line that repeats', () => {
  it('is written the same the first, second and third time', () => {
    const wires = [1, 2, 3].map(() => {
      const headers = new Headers()
      headers.set('X-Repeated', 'as before')
      headers.append('x-repeated', 'as before')
      return headers.toWire()
    })
    expect(new Set(wires)).toEqual(new Set(['X-Repeated: as before\r\nx-repeated: as before\r\n']))
  })

  it('is told from others of the same lengths, in name and in value', () => {
    const names = ['X-Same-A', 'X-Same-B', 'x-same-a']
    const values = ['one', 'two', 'One']
    for (let round = 0; round < 3; round += 1) {
      for (const name of names) {
        for (const value of values) {
          const headers = new Headers([[name, value]])
          expect(headers.toWire()).toBe(`${name}: ${value}\r\n`)
        }
      }
    }
  })

  it('does not vouch for a bad one of the same lengths', () => {
    for (let round = 0; round < 3; round += 1) {
      expect(new Headers([['X-Vouch', 'abc']]).toWire()).toBe('X-Vouch: abc\r\n')
      expect(thrownBy(() => new Headers([['X-Vouch', 'a\nc']]))).toBeInstanceOf(HeaderError)
      expect(thrownBy(() => new Headers([['X Vouch', 'abc']]))).toBeInstanceOf(HeaderError)
      expect(new Headers([['X-Vouch', ' abc ']]).get('x-vouch')).toBe('abc')
    }
  })

  it.each([64, 65])('is written whole with a value of %d characters', (length) => {
    const value = 'v'.repeat(length)
    for (let round = 0; round < 3; round += 1) {
      expect(new Headers([['X-Long', value]]).toWire()).toBe(`X-Long: ${value}\r\n`)
    }
  })
})

describe('a lookup by the length of names', () => {
  it('finds names whose lengths differ by 32, and none that is not there', () => {
    const long = 'x'.repeat(36)
    const headers = new Headers([[long, '1']])
    expect([headers.has('xxxx'), headers.has(long), headers.has('xxxxx')]).toEqual([false, true, false])
    headers.delete(long)
    expect(headers.has(long)).toBe(false)
    headers.set('xxxx', '2')
    expect([headers.get('XXXX'), headers.get(long)]).toEqual(['2', undefined])
  })

  it('finds all names of a list that came parsed, or was copied', () => {
    const parsed = Headers.fromParsed(['Host', 'Accept'], ['a', 'b'])
    for (const headers of [parsed, parsed.copy(), parsed.filter(() => true)]) {
      expect([headers.get('host'), headers.get('accept'), headers.get('date')]).toEqual(['a', 'b', undefined])
    }
  })
})
