import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/index.ts'
import { CANARY, exchange, expectRefused, expectServed, head } from './rule-exchange.ts'

/** A head with these lines behind Host. */
function withLines(...lines: string[]): string {
  return head('GET / HTTP/1.1', 'Host: a', ...lines)
}

/** Answers with the fields as they were received. */
const tellFields = (request: Request): void =>
  request.finish(Buffer.from(JSON.stringify([...request.requestHeaders]), 'latin1'))

function fieldsOf(wire: string): unknown {
  const { wire: answer } = exchange(wire, { answer: tellFields })
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
}

describe('a field line', () => {
  it.each(['X : y', 'X\t: y', 'X  : y', 'Content-Length : 0', 'Transfer-Encoding : chunked', 'Host : a'])(
    'rule 21: %j has whitespace before its colon',
    (line) => {
      expectRefused(withLines(line), 400)
      expectRefused(head('GET / HTTP/1.1', line, 'Host: a'), 400)
    },
  )

  it.each([
    ':',
    ': y',
    'X',
    'X y',
    'X;y',
    'X@: y',
    '(X): y',
    '"X": y',
    'X/Y: z',
    'X{}: y',
    '\xe4: y',
    '\x80: y',
    'Content Length: 0',
  ])('rule 22: %j has no valid name', (line) => {
    expectRefused(withLines(line), 400)
  })

  it("rule 22: every token is a name, so is one of !#$%&'*+-.^_`|~", () => {
    expectServed(withLines("!#$%&'*+-.^_`|~09AZaz: y"), [''])
  })

  it.each([' Host: a', '\tHost: a', ' X: y', ' ', '\t', ' \t '])(
    'rule 23: %j in front of the first field is refused',
    (line) => {
      expectRefused(head('GET / HTTP/1.1', line, 'Host: a'), 400)
    },
  )

  it.each([' 2', '\t2', '  ', '\t', ' Content-Length: 5', ' : x'])(
    'rule 24: the line %j folded behind a field is refused',
    (line) => {
      expectRefused(withLines('X: 1', line), 400)
      expectRefused(withLines('X:', line, 'Y: 2'), 400)
    },
  )

  it.each(['X: 1\r2', 'X: \r', 'X: \ry: z', 'X\r: 1', '\rX: 1', 'X:\r\r', 'X: 1\r '])(
    'rule 25: the bare CR in %j is refused',
    (line) => {
      expectRefused(withLines(line), 400)
    },
  )

  it.each(['\0', '\x01', '\x08', '\n', '\x0e', '\x1b', '\x1f', '\x7f'])(
    'rule 26: a value with the octet %j is refused',
    (octet) => {
      for (const value of [octet, `a${octet}b`, `${octet}b`, `a${octet}`])
        expectRefused(withLines(`X: ${value}`), 400)
    },
  )

  it('rule 27: octets above 0x7F stay what they are, in and out', () => {
    let octets = ''
    for (let code = 0x80; code <= 0xff; code += 1) octets += String.fromCharCode(code)
    const answer = (request: Request): void => {
      request.setHeader('X', request.requestHeaders.get('x') as string)
      request.finish()
    }
    expect(exchange(withLines(`X: ${octets}`), { answer }).wire).toContain(`X: ${octets}\r\n`)
    expect(fieldsOf(withLines('X: \xc3\xa4'))).toEqual([
      ['Host', 'a'],
      ['X', '\xc3\xa4'],
    ])
  })

  it('rule 28: spaces and tabs around a value are no part of it', () => {
    expect(fieldsOf(withLines('X:y', 'X: \t y \t ', 'X:\ty z\t', 'X: ', 'X:'))).toEqual([
      ['Host', 'a'],
      ...['y', 'y', 'y z', '', ''].map((value) => ['X', value]),
    ])
  })

  it.each(['\x0b', '\x0c'])('rule 28: %j is no whitespace, and refused', (octet) => {
    for (const value of [octet, ` ${octet}y`, `y${octet} `]) expectRefused(withLines(`X:${value}`), 400)
    expectRefused(withLines(`Content-Length: ${octet}3`), 400)
  })
})

describe('the size of a field section', () => {
  it('rule 29: of 500 field lines each is seen, with one more the request is 431', () => {
    const lines = Array.from({ length: 499 }, (_, index) => `x${index}: ${index}`)
    const counted = (request: Request): void => request.finish(String(request.requestHeaders.size))
    const seen = exchange(withLines(...lines), { answer: counted, maxCuts: 10 })
    expect(seen.wire).toMatch(/\r\n\r\n500$/)
    expectRefused(withLines(...lines, 'Transfer-Encoding: chunked'), 431, { maxCuts: 10 })
  })

  it.each([1, 2, 7])('rule 29: with maxHeaders %i one field line more is 431', (maxHeaders) => {
    const options = { maxHeaders }
    const lines = Array.from({ length: maxHeaders - 1 }, (_, index) => `X: ${index}`)
    expectServed(withLines(...lines), [''], { options: { maxHeaders: Math.max(1, maxHeaders) } })
    expectRefused(withLines(...lines, 'X: one more'), 431, { options })
  })

  it('rule 29: a field line of the maximum is served, one octet more is 431', () => {
    const options = { maxLength: 40 }
    expectServed(withLines(`X: ${'y'.repeat(37)}`), [''], { options })
    expectRefused(withLines(`X: ${'y'.repeat(38)}`), 431, { options })
    expectRefused(`GET / HTTP/1.1\r\nX: ${'y'.repeat(38)}`, 431, { options }) // its end is not awaited
  })

  it('rule 29: a head of the maximum, with every CRLF, is served, one octet more is 431', () => {
    const wire = withLines('X: y')
    expectServed(wire, [''], { options: { totalHeadersSize: wire.length } })
    expectRefused(wire, 431, { options: { totalHeadersSize: wire.length - 1 } })
  })
})

describe('a field section', () => {
  it('rule 30: lines of one name keep their order, spelling and place', () => {
    expect(fieldsOf(withLines('X: 1', 'Y: 2', 'x: 3', 'X: 4', 'y: 5'))).toEqual([
      ['Host', 'a'],
      ['X', '1'],
      ['Y', '2'],
      ['x', '3'],
      ['X', '4'],
      ['y', '5'],
    ])
  })

  it('rule 30: nothing is dispatched before the head is complete', () => {
    const wire = withLines('X: 1', 'Y: 2')
    for (let length = 1; length < wire.length; length += 1) {
      expect(exchange(wire.slice(0, length), { maxCuts: 2 })).toMatchObject({ wire: '', calls: [] })
    }
    expect(exchange(wire).calls).toEqual(['GET /'])
  })

  it.each([', close', 'close,', ', , close ,,', ',\t, \tclose', ',,,,x,,,,close'])(
    'rule 31: empty members of the list %j are ignored',
    (value) => {
      const seen = exchange(withLines(`Connection: ${value}`) + CANARY)
      expect(seen).toMatchObject({ calls: ['GET /'], statuses: [200], closed: true })
    },
  )

  it.each(['', ',', ', ,', ' , \t,'])('rule 31: the list %j has no member', (value) => {
    expectServed(withLines(`Connection: ${value}`), [''])
    expectServed(withLines(`Expect: ${value}`), [''])
  })

  it('rule 31: empty members count as octets of the head', () => {
    const commas = ','.repeat(16_000)
    const seen = exchange(withLines(`Connection: ${commas}close`) + CANARY, { maxCuts: 5 })
    expect(seen).toMatchObject({ statuses: [200], closed: true })
    expectRefused(withLines(`Connection: ${commas}`, `Connection: ${commas}`), 431, { maxCuts: 5 })
  })
})
