import { STATUS_CODES } from 'node:http'
import { describe, expect, it } from 'vitest'
import {
  contentLengthAllowed,
  isInformational,
  reasonPhrase,
  responseBodyAllowed,
  transferEncodingAllowed,
} from '../src/index.ts'

/** Where the registry and Node's table differ: RFC 9110 renamed two; Node keeps one that was never registered. */
const DIFFERENT: Readonly<Record<string, string>> = {
  '104': 'Upload Resumption Supported',
  '413': 'Content Too Large',
  '418': '',
  '422': 'Unprocessable Content',
  '509': '',
}

describe('reasonPhrase', () => {
  it.each(Object.entries({ ...STATUS_CODES, ...DIFFERENT }))(
    'knows %s as %j (RFC 9110 §15)',
    (code, phrase) => {
      expect(reasonPhrase(Number(code))).toBe(phrase)
    },
  )

  it('knows no others', () => {
    const known = Object.entries({ ...STATUS_CODES, ...DIFFERENT }).filter(([, phrase]) => phrase !== '')
    const found = Array.from({ length: 1_000 }, (_, code) => code).filter((code) => reasonPhrase(code) !== '')
    expect(found).toEqual(known.map(([code]) => Number(code)))
  })
})

describe('isInformational', () => {
  it.each([
    [99, false],
    [100, true],
    [101, true],
    [199, true],
    [200, false],
  ])('tells an interim response by its code: %d (RFC 9110 §15.2)', (code, expected) => {
    expect(isInformational(code)).toBe(expected)
  })
})

describe('responseBodyAllowed', () => {
  it('rule 73: is false for the answer to HEAD (RFC 9110 §9.3.2)', () => {
    for (const code of [200, 404, 500]) expect(responseBodyAllowed('HEAD', code)).toBe(false)
  })

  it.each([100, 101, 103, 199])('is false for %d (RFC 9110 §15.2)', (code) => {
    expect(responseBodyAllowed('GET', code)).toBe(false)
  })

  it('is false for 204 (RFC 9110 §15.3.5)', () => {
    expect(responseBodyAllowed('GET', 204)).toBe(false)
  })

  it('rule 74: is false for 304 (RFC 9110 §15.4.5)', () => {
    expect(responseBodyAllowed('GET', 304)).toBe(false)
  })

  it('rule 75: is false for 205 (RFC 9110 §15.3.6)', () => {
    expect(responseBodyAllowed('POST', 205)).toBe(false)
  })

  it('is false for a 2xx to CONNECT, and true for its refusal (RFC 9110 §9.3.6)', () => {
    expect(responseBodyAllowed('CONNECT', 200)).toBe(false)
    expect(responseBodyAllowed('CONNECT', 299)).toBe(false)
    expect(responseBodyAllowed('CONNECT', 405)).toBe(true)
  })

  it.each([200, 201, 206, 301, 400, 500, 599])('is true for %d', (code) => {
    expect(responseBodyAllowed('GET', code)).toBe(true)
  })
})

describe('contentLengthAllowed', () => {
  it.each([
    ['GET', 100],
    ['GET', 199],
    ['GET', 204],
    ['HEAD', 204],
    ['CONNECT', 200],
    ['CONNECT', 299],
  ])('rule 69: is false for %s and %d (RFC 9110 §8.6)', (method, code) => {
    expect(contentLengthAllowed(method, code)).toBe(false)
  })

  it.each([
    ['HEAD', 200],
    ['GET', 304],
    ['GET', 205],
    ['GET', 200],
    ['CONNECT', 407],
  ])('is true for %s and %d (RFC 9110 §8.6)', (method, code) => {
    expect(contentLengthAllowed(method, code)).toBe(true)
  })
})

describe('transferEncodingAllowed', () => {
  it.each([
    ['GET', 103],
    ['GET', 204],
    ['CONNECT', 200],
  ])('rule 70: is false for %s and %d (RFC 9112 §6.1)', (method, code) => {
    expect(transferEncodingAllowed(method, code, 1)).toBe(false)
  })

  it('rule 71: is false for a request with HTTP/1.0 (RFC 9112 §6.1)', () => {
    expect(transferEncodingAllowed('GET', 200, 0)).toBe(false)
  })

  it.each([1, 2])('is true for a request with HTTP/1.%d', (minorVersion) => {
    expect(transferEncodingAllowed('GET', 200, minorVersion)).toBe(true)
  })
})
