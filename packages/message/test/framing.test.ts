import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideRequestFraming, decideResponseFraming, MessageError } from '../src/index.ts'
import type { ContentFraming } from '../src/index.ts'
import { refusalOf } from './outcome.ts'

const HTTP11 = { minorVersion: 1, transferEncoding: [], contentLength: [] }

describe('decideRequestFraming', () => {
  it('rule 53: finds no content without Transfer-Encoding and Content-Length (RFC 9112 §6.3)', () => {
    expect(decideRequestFraming(HTTP11)).toEqual({ kind: 'none' })
    expect(decideRequestFraming({ ...HTTP11, minorVersion: 0 })).toEqual({ kind: 'none' })
  })

  it.each([
    ['0', 0],
    ['5', 5],
    ['003', 3],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    [`${'0'.repeat(5_000)}7`, 7],
  ])('takes the length from Content-Length %j (RFC 9110 §8.6)', (value, length) => {
    for (const minorVersion of [0, 1]) {
      const framing = decideRequestFraming({ ...HTTP11, minorVersion, contentLength: [value] })
      expect(framing).toEqual({ kind: 'content-length', length })
    }
  })

  it.each(['+3', '-0', '-1', '0x3', '', '3 4', '3,4', '3;', '3.0', '1e3', ' 3', '3 ', '３', 'x', '3\v', '٣'])(
    'rule 32: refuses Content-Length %j (RFC 9112 §6.3)',
    (value) => {
      expect(request([], [value])).toMatchObject({ code: 'ERR_CONTENT_LENGTH', statusHint: 400 })
    },
  )

  it('rule 33: refuses equal lengths in one line (RFC 9112 §6.3)', () => {
    expect(request([], ['3, 3'])).toEqual({ code: 'ERR_CONTENT_LENGTH', statusHint: 400, offset: 1 })
  })

  it.each([
    ['3', '3'],
    ['3', '4'],
    ['3', ''],
  ])('rule 33: refuses two lines, %j and %j (RFC 9112 §6.3)', (...values) => {
    expect(request([], values)).toMatchObject({ code: 'ERR_CONTENT_LENGTH_REPEATED', statusHint: 400 })
  })

  it.each(['9007199254740992', '9007199254740993', '18446744073709551617', '9'.repeat(5_000)])(
    'rule 34: answers 413 to the length %s (RFC 9110 §8.6)',
    (value) => {
      expect(request([], [value])).toMatchObject({ code: 'ERR_CONTENT_LENGTH_TOO_LARGE', statusHint: 413 })
    },
  )

  it('rule 34: looks at the grammar of a huge length first', () => {
    expect(request([], [`${'9'.repeat(5_000)}x`])).toMatchObject({
      code: 'ERR_CONTENT_LENGTH',
      offset: 5_000,
    })
  })

  it.each([
    [['chunked'], ['5']],
    [['chunked'], ['0']],
    [['identity'], ['5']],
    [[''], ['5']],
  ])('rule 35: refuses Transfer-Encoding %j with Content-Length %j (RFC 9112 §6.1)', (coding, length) => {
    expect(request(coding, length)).toMatchObject({
      code: 'ERR_TRANSFER_ENCODING_WITH_LENGTH',
      statusHint: 400,
    })
  })

  it.each([
    ['chunked, gzip'],
    ['gzip'],
    ['pigeons'],
    ['xchunked'],
    ['chunkedchunked'],
    ['chunked', 'deflate'],
    ['gzip;a="x, chunked"'],
    ['gzip;a="\\", chunked"'],
  ])('rule 36: refuses %j %j, in which chunked is not final (RFC 9112 §6.3)', (...values) => {
    expect(request(values)).toMatchObject({ code: 'ERR_CHUNKED_NOT_FINAL', statusHint: 400 })
  })

  it.each([
    ['gzip, chunked'],
    ['GZIP ,\tCHUNKED'],
    ['deflate', 'chunked'],
    ['pigeons, gzip, chunked'],
    ['gzip;q=1, chunked'],
    ['gzip;a=", ", chunked'],
  ])('rule 37: answers 501 to the unknown coding in %j %j (RFC 9112 §6.1)', (...values) => {
    expect(request(values)).toMatchObject({ code: 'ERR_TRANSFER_CODING', statusHint: 501 })
  })

  it('rule 38: answers 501 to identity below chunked (RFC 9112 §7)', () => {
    expect(request(['identity, chunked'])).toMatchObject({ code: 'ERR_TRANSFER_CODING', statusHint: 501 })
  })

  it('rule 38: answers 400 to identity alone, for its length is unknown (RFC 9112 §6.3)', () => {
    expect(request(['identity'])).toMatchObject({ code: 'ERR_CHUNKED_NOT_FINAL', statusHint: 400 })
  })

  it.each(['chunked;a=b', 'chunked ; a', 'chunked;', 'gzip, chunked;a="b,c"'])(
    'rule 39: refuses the parameters in %j (RFC 9112 §7.1)',
    (value) => {
      expect(request([value])).toMatchObject({ code: 'ERR_CHUNKED_PARAMETERS', statusHint: 400 })
    },
  )

  it.each([['chunked, chunked'], ['chunked', 'chunked'], ['chunked, gzip, chunked'], ['Chunked;a, chunked']])(
    'rule 40: refuses chunked twice: %j %j (RFC 9112 §6.1)',
    (...values) => {
      expect(request(values)).toMatchObject({ code: 'ERR_CHUNKED_REPEATED', statusHint: 400 })
    },
  )

  it.each([
    [''],
    [','],
    [', chunked'],
    ['chunked,'],
    ['chunked,, chunked'],
    ['', 'chunked'],
    ['chunked', ''],
    ['\vchunked'],
    ['chunked\v'],
    ['chunked\f'],
    ['chun ked'],
    ['"chunked"'],
    ['gzip; a="', 'chunked"'], // a quoted string does not go on in the next line
    [';a'],
    ['chunked\x00'],
    ['chun\u{212a}ed'],
  ])('rule 41: refuses %j %j, which is no list of codings (RFC 9112 §6.1)', (...values) => {
    expect(request(values)).toMatchObject({ code: 'ERR_TRANSFER_ENCODING', statusHint: 400 })
  })

  it.each(['chunked', 'CHUNKED', 'Chunked'])('rule 42: knows %s in any case (RFC 9112 §7)', (value) => {
    expect(decideRequestFraming({ ...HTTP11, transferEncoding: [value] })).toEqual({ kind: 'chunked' })
  })

  it.each(['chunked', 'gzip', ''])(
    'rule 43: refuses Transfer-Encoding %j in HTTP/1.0 (RFC 9112 §6.1)',
    (value) => {
      const refusal = refusalOf(() =>
        decideRequestFraming({ ...HTTP11, minorVersion: 0, transferEncoding: [value] }),
      )
      expect(refusal).toMatchObject({ code: 'ERR_TRANSFER_ENCODING_VERSION', statusHint: 400 })
    },
  )

  it('rule 9: frames HTTP/1.2 as HTTP/1.1 (RFC 9110 §6.2)', () => {
    const framing = decideRequestFraming({ ...HTTP11, minorVersion: 2, transferEncoding: ['chunked'] })
    expect(framing).toEqual({ kind: 'chunked' })
  })

  it('finds content only where one line says chunked or one line is a run of digits', () => {
    const coding = fc.oneof(
      fc.constantFrom('chunked', 'Chunked', 'gzip', '', 'identity'),
      fc.string({
        unit: fc.constantFrom('chunked', 'gzip', ',', ' ', ';', '"', '\\', '\v', '='),
        maxLength: 6,
      }),
    )
    const length = fc.oneof(
      fc.nat().map(String),
      fc.string({ unit: fc.constantFrom(...'0123456789 ,+-x'), maxLength: 20 }),
    )
    fc.assert(
      fc.property(
        fc.nat(2),
        upToTwo(coding),
        upToTwo(length),
        (minorVersion, transferEncoding, contentLength) => {
          const input = { minorVersion, transferEncoding, contentLength }
          expect(attempt(() => decideRequestFraming(input))).toEqual(expected(input))
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('decideResponseFraming', () => {
  const OK = { ...HTTP11, requestMethod: 'GET', statusCode: 200 }

  it('lasts until the connection ends without Transfer-Encoding and Content-Length (RFC 9112 §6.3)', () => {
    expect(decideResponseFraming(OK)).toEqual({ kind: 'until-close' })
    expect(decideResponseFraming({ ...OK, minorVersion: 0 })).toEqual({ kind: 'until-close' })
  })

  it('takes the length from Content-Length (RFC 9112 §6.3)', () => {
    expect(decideResponseFraming({ ...OK, contentLength: ['12'] })).toEqual({
      kind: 'content-length',
      length: 12,
    })
  })

  it('knows chunked (RFC 9112 §6.3)', () => {
    expect(decideResponseFraming({ ...OK, transferEncoding: ['chunked'] })).toEqual({ kind: 'chunked' })
  })

  it.each([
    ['HEAD', 200],
    ['HEAD', 404],
    ['GET', 100],
    ['GET', 101],
    ['GET', 199],
    ['GET', 204],
    ['GET', 304],
    ['CONNECT', 200],
    ['CONNECT', 299],
  ])(
    'rule 73: ends the answer to %s with status %d behind its head (RFC 9112 §6.3)',
    (requestMethod, statusCode) => {
      const fields = { minorVersion: 1, transferEncoding: ['nonsense'], contentLength: ['5', 'x'] }
      expect(decideResponseFraming({ ...fields, requestMethod, statusCode })).toEqual({ kind: 'none' })
    },
  )

  it.each([
    ['GET', 205],
    ['GET', 206],
    ['GET', 303],
    ['GET', 400],
    ['CONNECT', 300],
    ['CONNECT', 407],
    ['head', 200],
  ])('frames the answer to %s with status %d by its fields (RFC 9112 §6.3)', (requestMethod, statusCode) => {
    const framing = decideResponseFraming({ ...OK, requestMethod, statusCode, contentLength: ['3'] })
    expect(framing).toEqual({ kind: 'content-length', length: 3 })
  })

  it.each([
    ['ERR_TRANSFER_ENCODING_VERSION', { minorVersion: 0, transferEncoding: ['chunked'] }],
    ['ERR_TRANSFER_ENCODING_WITH_LENGTH', { transferEncoding: ['chunked'], contentLength: ['3'] }],
    ['ERR_CHUNKED_NOT_FINAL', { transferEncoding: ['gzip'] }],
    ['ERR_TRANSFER_CODING', { transferEncoding: ['gzip, chunked'] }],
    ['ERR_CONTENT_LENGTH', { contentLength: ['x'] }],
    ['ERR_CONTENT_LENGTH_REPEATED', { contentLength: ['3', '3'] }],
    ['ERR_CONTENT_LENGTH_TOO_LARGE', { contentLength: ['9007199254740992'] }],
  ])('hints at 502 with %s', (code, fields) => {
    expect(refusalOf(() => decideResponseFraming({ ...OK, ...fields }))).toMatchObject({
      code,
      statusHint: 502,
    })
  })
})

function upToTwo(line: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc.array(line, { maxLength: 2 })
}

function request(transferEncoding: readonly string[], contentLength: readonly string[] = []): unknown {
  return refusalOf(() => decideRequestFraming({ minorVersion: 1, transferEncoding, contentLength }))
}

function attempt(call: () => ContentFraming): ContentFraming | 'refused' {
  try {
    return call()
  } catch (error) {
    if (error instanceof MessageError) return 'refused'
    throw error
  }
}

/** The strict reading of RFC 9112 §6.3, said once more and differently. */
function expected(input: {
  minorVersion: number
  transferEncoding: string[]
  contentLength: string[]
}): ContentFraming | 'refused' {
  const { minorVersion, transferEncoding, contentLength } = input
  if (transferEncoding.length + contentLength.length === 0) return { kind: 'none' }
  if (transferEncoding.length + contentLength.length > 1) return 'refused'
  if (transferEncoding.length === 1) {
    return minorVersion > 0 && /^chunked$/i.test(transferEncoding[0] as string)
      ? { kind: 'chunked' }
      : 'refused'
  }
  const value = contentLength[0] as string
  if (!/^[0-9]+$/.test(value) || BigInt(value) > BigInt(Number.MAX_SAFE_INTEGER)) return 'refused'
  return { kind: 'content-length', length: Number(value) }
}
