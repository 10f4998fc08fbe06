import { Headers } from '@millrace/headers'
import { describe, expect, it } from 'vitest'
import { filterTrailers, isForbiddenTrailer } from '../src/index.ts'

const FORBIDDEN: readonly [string, readonly string[]][] = [
  ['framing', ['Transfer-Encoding', 'Content-Length']],
  ['the connection', ['Connection', 'Keep-Alive', 'TE', 'Trailer', 'Upgrade', 'Proxy-Connection']],
  ['routing', ['Host', 'Max-Forwards', 'Via', 'Forwarded', 'X-Forwarded-For']],
  ['request controls', ['Cache-Control', 'Expect', 'Pragma', 'Range']],
  [
    'request conditions',
    ['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'If-Range'],
  ],
  ['authentication', ['Authorization', 'Proxy-Authorization', 'WWW-Authenticate', 'Proxy-Authenticate']],
  ['cookies', ['Cookie', 'Set-Cookie']],
  ['response controls', ['Age', 'Date', 'Expires', 'Location', 'Retry-After', 'Vary', 'Warning']],
  [
    'the content',
    ['Content-Type', 'Content-Encoding', 'Content-Range', 'Content-Location', 'Content-Anything'],
  ],
]

describe('isForbiddenTrailer', () => {
  it.each(FORBIDDEN)('knows the fields of %s, in any case (RFC 9110 §6.5.1)', (_, names) => {
    for (const name of names) {
      expect([name, isForbiddenTrailer(name)]).toEqual([name, true])
      expect(isForbiddenTrailer(name.toUpperCase())).toBe(true)
      expect(isForbiddenTrailer(name.toLowerCase())).toBe(true)
    }
  })

  it('lets through what is known at the end only: digests, signatures, timing', () => {
    for (const name of [
      'Content-Digest',
      'Content-MD5',
      'Repr-Digest',
      'Digest',
      'ETag',
      'Signature',
      'Server-Timing',
    ]) {
      expect([name, isForbiddenTrailer(name)]).toEqual([name, false])
    }
  })

  it('lets through what it does not know', () => {
    for (const name of ['X-Content-Length', 'Contents', 'grpc-status', 'constructor', '__proto__']) {
      expect([name, isForbiddenTrailer(name)]).toEqual([name, false])
    }
  })
})

describe('filterTrailers', () => {
  it('keeps the other lines, in order, and leaves the list as it is', () => {
    const trailers = new Headers([
      ['a', '1'],
      ['Host', 'x'],
      ['A', '2'],
    ])
    expect([...filterTrailers(trailers)]).toEqual([
      ['a', '1'],
      ['A', '2'],
    ])
    expect(trailers.size).toBe(3)
  })
})
