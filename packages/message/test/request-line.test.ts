import { wireBytes } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DEFAULT_MAX_METHOD_LENGTH,
  parseRequestLine,
  readRequestLine as readWhole,
  type RequestLineTarget,
} from '../src/index.ts'
import { readRequestLine, refusalOf } from './outcome.ts'

describe('parseRequestLine', () => {
  it('gives method, target and version (RFC 9112 §3)', () => {
    expect(readRequestLine('GET /a?b HTTP/1.1')).toEqual({
      method: 'GET',
      requestTarget: '/a?b',
      majorVersion: 1,
      minorVersion: 1,
    })
  })

  it('reads a line in the middle of a larger buffer', () => {
    const bytes = wireBytes('GET /x HTTP/1.0\r\nPUT /yy HTTP/1.1\r\n')
    expect(parseRequestLine(bytes, 17, 33)).toMatchObject({
      method: 'PUT',
      requestTarget: '/yy',
      minorVersion: 1,
    })
    expect(parseRequestLine(bytes, 0, 15)).toMatchObject({
      method: 'GET',
      requestTarget: '/x',
      minorVersion: 0,
    })
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'PATCH'])(
    'knows %s',
    (method) => {
      expect(readRequestLine(`${method} / HTTP/1.1`)).toMatchObject({ method })
    },
  )

  it.each(['GEU', 'POSU', 'HEAT', 'TRACK', 'DELETED', 'CONNECTX', 'M-SEARCH', "!#$%&'*+-.^_`|~09aZ", 'X'])(
    'takes any token for a method: %s (RFC 9110 §9.1)',
    (method) => {
      expect(readRequestLine(`${method} / HTTP/1.1`)).toMatchObject({ method })
    },
  )

  it('rule 11: keeps the case of a method (RFC 9110 §9.1)', () => {
    expect(readRequestLine('get / HTTP/1.1')).toMatchObject({ method: 'get' })
  })

  it.each([
    ['GET  / HTTP/1.1', 4],
    ['GET /  HTTP/1.1', 6],
    ['GET / HTTP/1.1 ', 14],
    ['GET / HTTP/1.1 xxxxxx', 14],
    [' GET / HTTP/1.1', 0],
    ['GET', 3],
    ['GET ', 4],
    ['GET /', 5],
    ['', 0],
  ])(
    'rule 3: refuses %j, which has not exactly one space between its parts (RFC 9112 §3)',
    (line, offset) => {
      expect(readRequestLine(line)).toEqual({ code: 'ERR_REQUEST_LINE', statusHint: 400, offset })
    },
  )

  it.each([
    ['GET\t/ HTTP/1.1', 'ERR_METHOD', 3],
    ['GET /\tHTTP/1.1', 'ERR_TARGET_CHARACTER', 5],
    ['GET / HTTP/1.1\t', 'ERR_VERSION', 14],
    ['GET /\vHTTP/1.1', 'ERR_TARGET_CHARACTER', 5],
  ])('rule 3: takes no other whitespace for a space: %j (RFC 9112 §3)', (line, code, offset) => {
    expect(readRequestLine(line)).toEqual({ code, statusHint: 400, offset })
  })

  it.each(['G@T', 'GET:', '(GET)', 'G\x01T', 'G\x00', '\x16\x03\x01', 'G\xc9T', '"GET"'])(
    'refuses the method %j, which is no token (RFC 9110 §9.1)',
    (method) => {
      expect(readRequestLine(`${method} / HTTP/1.1`)).toMatchObject({ code: 'ERR_METHOD', statusHint: 400 })
    },
  )

  it('rule 4: accepts a method of exactly the maximum (RFC 9112 §3)', () => {
    const method = 'M'.repeat(DEFAULT_MAX_METHOD_LENGTH)
    expect(readRequestLine(`${method} / HTTP/1.1`)).toMatchObject({ method })
  })

  it('rule 4: answers 501 to a method of one octet more than the maximum (RFC 9112 §3)', () => {
    expect(readRequestLine(`${'M'.repeat(DEFAULT_MAX_METHOD_LENGTH + 1)} / HTTP/1.1`)).toEqual({
      code: 'ERR_METHOD_TOO_LONG',
      statusHint: 501,
      offset: DEFAULT_MAX_METHOD_LENGTH,
    })
  })

  it('rule 4: takes the maximum from its caller', () => {
    const line = wireBytes('DELETE / HTTP/1.1')
    expect(parseRequestLine(line, 0, line.length, 6).method).toBe('DELETE')
    expect(refusalOf(() => parseRequestLine(line, 0, line.length, 5)).code).toBe('ERR_METHOD_TOO_LONG')
    expect(parseRequestLine(line, 0, line.length, Infinity).method).toBe('DELETE')
  })

  it.each([0, -1, NaN])('throws a RangeError when the maximum is %d', (maxMethodLength) => {
    const line = wireBytes('GET / HTTP/1.1')
    expect(() => parseRequestLine(line, 0, line.length, maxMethodLength)).toThrow(RangeError)
  })

  it('rule 6: reads a target of 8,000 octets and more (RFC 9112 §3)', () => {
    const requestTarget = `/${'a'.repeat(70_000)}`
    expect(parseRequestLine(wireBytes(`GET ${requestTarget} HTTP/1.1`))).toMatchObject({ requestTarget })
  })

  it('rule 7: accepts every octet from 0x21 to 0x7E in a target, and leaves the form to others (RFC 9112 §3.2)', () => {
    const all = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i)).join('')
    expect(readRequestLine(`GET ${all} HTTP/1.1`)).toMatchObject({ requestTarget: all })
  })

  it.each(['/\x00', '/\x01', '/\x7f', '/\x80', '/\xb0', '/\xff', '/\r', '/\n', '/a\rb', '\xe9'])(
    'rule 7: refuses the target %j (RFC 9112 §3.2)',
    (target) => {
      const outcome = readRequestLine(`GET ${target} HTTP/1.1`)
      expect(outcome).toMatchObject({ code: 'ERR_TARGET_CHARACTER', statusHint: 400 })
    },
  )

  it('gives the position of the first bad octet, as an index of the bytes', () => {
    const bytes = wireBytes('\r\nGET /a\x01b HTTP/1.1\r\n')
    expect(refusalOf(() => parseRequestLine(bytes, 2, bytes.length - 2)).offset).toBe(8)
  })

  it.each([
    'http/1.1',
    'HTTP/1',
    'HTTP/01.1',
    'HTTP/1.10',
    'HTTP/11.1',
    'HTTP/1,1',
    'HTTP/1.',
    'HTTP/x.1',
    'HTTP/1.x',
    'HTTP-1.1',
    'HTTPS/1.1',
    'IHTTP/1.0',
    'ICE/1.0',
    'RTSP/1.0',
    'bar/ HTTP/1.1',
    'H',
    '\x01HTTP/1.1',
    'HTTP/1.1\x00',
    'HTTP/1.1\r',
    'HTTP/2.0\xff',
  ])('rule 8: refuses the version %j (RFC 9112 §2.3)', (version) => {
    expect(readRequestLine(`GET / ${version}`)).toMatchObject({ code: 'ERR_VERSION', statusHint: 400 })
  })

  it('refuses an empty version', () => {
    expect(readRequestLine('GET / ')).toEqual({ code: 'ERR_VERSION', statusHint: 400, offset: 6 })
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('rule 9: accepts HTTP/1.%d (RFC 9110 §6.2)', (minorVersion) => {
    expect(readRequestLine(`GET / HTTP/1.${minorVersion}`)).toMatchObject({ majorVersion: 1, minorVersion })
  })

  it.each(['0.9', '2.0', '3.0', '5.6', '9.9'])(
    'rule 10: answers 505 to HTTP/%s (RFC 9110 §15.6.6)',
    (version) => {
      const outcome = readRequestLine(`GET / HTTP/${version}`)
      expect(outcome).toEqual({ code: 'ERR_VERSION_UNSUPPORTED', statusHint: 505, offset: 11 })
    },
  )

  it("rule 89: answers 505 to the first line of HTTP/2's preface (RFC 9113 §3.4)", () => {
    expect(readRequestLine('PRI * HTTP/2.0')).toMatchObject({
      code: 'ERR_VERSION_UNSUPPORTED',
      statusHint: 505,
    })
  })

  it.each([
    ['G@T / HTTP/2.0', 'ERR_METHOD'],
    [`${'M'.repeat(65)}@ / HTTP/1.1`, 'ERR_METHOD_TOO_LONG'],
    ['GET /\x01 http/1.1', 'ERR_TARGET_CHARACTER'],
    ['GET  \x01 http/1.1', 'ERR_REQUEST_LINE'],
    ['GET / HTTP/1.1 \x01', 'ERR_REQUEST_LINE'],
    ['GET / HTTP/2.0 ', 'ERR_REQUEST_LINE'],
  ])('lets the leftmost bad octet decide: %j', (line, code) => {
    expect(readRequestLine(line)).toMatchObject({ code })
  })
})

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
const VISIBLE = Array.from({ length: 0x5e }, (_, i) => String.fromCharCode(0x21 + i))
const token = fc.string({
  unit: fc.constantFrom(...TOKEN),
  minLength: 1,
  maxLength: DEFAULT_MAX_METHOD_LENGTH,
})
const visible = fc.string({ unit: fc.constantFrom(...VISIBLE), minLength: 1, maxLength: 60 })

describe('parseRequestLine, any input', () => {
  it('gives back the parts of every line that follows the grammar', () => {
    fc.assert(
      fc.property(token, visible, fc.nat(9), (method, requestTarget, minorVersion) => {
        const line = parseRequestLine(wireBytes(`${method} ${requestTarget} HTTP/1.${minorVersion}`))
        expect(line).toEqual({ method, requestTarget, majorVersion: 1, minorVersion })
      }),
    )
  })

  it('accepts what the grammar accepts, and nothing else', () => {
    const grammar = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64} [\x21-\x7e]+ HTTP\/1\.[0-9]$/
    fc.assert(
      fc.property(mutatedLine(), (line) => {
        const accepted = !('code' in readRequestLine(line))
        expect(accepted).toBe(grammar.test(line))
      }),
      { numRuns: 500 },
    )
  })

  it('decides by the leftmost bad octet: what follows it changes nothing', () => {
    fc.assert(
      fc.property(mutatedLine(), fc.string({ unit: 'binary-ascii' }), (line, rest) => {
        const outcome = readRequestLine(line)
        fc.pre('code' in outcome && outcome.code !== 'ERR_VERSION_UNSUPPORTED')
        const at = outcome.offset as number
        fc.pre(at < line.length) // else something is missing at the end: no octet was bad
        expect(readRequestLine(line.slice(0, at + 1))).toEqual(outcome)
        expect(readRequestLine(line.slice(0, at + 1) + rest)).toEqual(outcome)
      }),
      { numRuns: 500 },
    )
  })
})

describe('readRequestLine', () => {
  const blank = (): RequestLineTarget => ({ method: '', requestTarget: '', minorVersion: -1 })

  it('reads what parseRequestLine reads, and tells where the next line begins', () => {
    fc.assert(
      fc.property(mutatedLine(), fc.nat(3), (line, before) => {
        const into = blank()
        const bytes = wireBytes(`${'x'.repeat(before)}${line}\r\nHost: a`)
        const outcome = readRequestLine(line)
        const next = readWhole(bytes, before, bytes.length, into)
        if ('code' in outcome) {
          expect([next, into]).toEqual([-1, blank()])
        } else {
          expect(next).toBe(before + line.length + 2)
          expect({ ...into, majorVersion: 1 }).toEqual(outcome)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('refuses a line that is cut anywhere, even before its LF', () => {
    const bytes = wireBytes('OPTIONS * HTTP/1.1\r\n')
    for (let end = 0; end < bytes.length; end += 1) {
      const into = blank()
      expect(readWhole(bytes, 0, end, into)).toBe(-1)
      expect(into).toEqual(blank())
    }
    expect(readWhole(bytes, 0, bytes.length, blank())).toBe(bytes.length)
  })

  it.each(['\n', '\r', '\rX', ' \r\n', 'x\n'])('refuses a line that ends in %j', (ending) => {
    const bytes = wireBytes(`GET / HTTP/1.1${ending}`)
    expect(readWhole(bytes, 0, bytes.length, blank())).toBe(-1)
  })

  it('takes a method of 64 octets, and not of 65', () => {
    for (const [length, next] of [
      [64, 64 + 13],
      [65, -1],
    ] as const) {
      const bytes = wireBytes(`${'M'.repeat(length)} / HTTP/1.1\r\n`)
      expect(readWhole(bytes, 0, bytes.length, blank())).toBe(next)
    }
  })
})

/** A valid line with up to three octets changed, put in or taken out. */
function mutatedLine(): fc.Arbitrary<string> {
  const line = fc
    .tuple(token, visible, fc.constantFrom('1.1', '1.0', '2.0'))
    .map(([method, target, version]) => `${method} ${target} HTTP/${version}`)
  const octet = fc.oneof(
    fc.constantFrom(' ', '\t', '\r', '\n', '\x00', '/', '1', '\x7f'),
    fc.nat(255).map((n) => String.fromCharCode(n)),
  )
  const edit = fc.tuple(fc.nat(), fc.nat(1), fc.oneof(octet, fc.constant('')))
  return fc.tuple(line, fc.array(edit, { maxLength: 3 })).map(([text, edits]) =>
    edits.reduce((result, [at, removed, inserted]) => {
      const index = at % (result.length + 1)
      return result.slice(0, index) + inserted + result.slice(index + removed)
    }, text),
  )
}
