import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSitePath, readRequestTarget, type SitePath } from '../src/request-target.ts'

function pathOf(target: string): SitePath {
  const reading = readRequestTarget(target)
  if (reading.kind !== 'path') throw new Error(`${target} was read as ${reading.kind}`)
  return reading.path
}

const isMalformed = (target: string): boolean => readRequestTarget(target).kind === 'malformed'

describe('readRequestTarget', () => {
  it('reads the root as no segments', () => {
    expect(pathOf('/')).toEqual({ segments: [], trailingSlash: true, collapsed: false, query: undefined })
  })

  it('splits at slashes and notes the last one', () => {
    expect(pathOf('/a/b')).toMatchObject({ segments: ['a', 'b'], trailingSlash: false, collapsed: false })
    expect(pathOf('/a/b/')).toMatchObject({ segments: ['a', 'b'], trailingSlash: true, collapsed: false })
  })

  it('R4: takes the path of an absolute form (RFC 9112 §3.2.2)', () => {
    expect(pathOf('http://other/a.txt').segments).toEqual(['a.txt'])
    expect(pathOf('HTTPS://other:8443?x')).toMatchObject({ segments: [], trailingSlash: true, query: 'x' })
  })

  it.each(['', 'a.txt', 'ftp://h/a', 'http:///a', 'http://u@h/a', 'http:/a', 'h:80', 'http://h\\a/b'])(
    'refuses %j: neither origin form, absolute form nor `*`',
    (target) => expect(isMalformed(target)).toBe(true),
  )

  it('tells `*` apart (RFC 9112 §3.2.4)', () => {
    expect(readRequestTarget('*')).toEqual({ kind: 'asterisk' })
  })

  it.each(['/../secret.txt', '/sub/../../secret.txt', '/..', '/a/..'])(
    'P1: %s climbs → malformed',
    (target) => {
      expect(isMalformed(target)).toBe(true)
    },
  )

  it.each(['/%2e%2e/secret.txt', '/.%2e/', '/%2E%2e/', '/%2e/a'])(
    'P2: %s climbs in disguise → malformed',
    (target) => {
      expect(isMalformed(target)).toBe(true)
    },
  )

  it.each(['/..%2fsecret.txt', '/sub%2findex.html'])(
    'P3, P4: the encoded slash in %s is no separator',
    (target) => {
      expect(pathOf(target).segments.some((segment) => segment.includes('/'))).toBe(true)
    },
  )

  it.each(['/sub/../a.txt', '/./a.txt', '/sub/.'])(
    'P5: %s has dots, even if inside the root → malformed',
    (target) => {
      expect(isMalformed(target)).toBe(true)
    },
  )

  it('P6: refuses a raw backslash', () => {
    expect(isMalformed('/..\\secret.txt')).toBe(true)
  })

  it.each(['/a.txt%00', '/a.txt%00.html'])('P7: NUL in a segment of %s → malformed', (target) => {
    expect(isMalformed(target)).toBe(true)
  })

  it.each(['/%', '/%zz', '/100%.txt', '/%2', '/%2g'])('P8: %s has a broken escape → malformed', (target) => {
    expect(isMalformed(target)).toBe(true)
  })

  it.each(['/%c0%ae%c0%ae/secret.txt', '/%e0%80%ae', '/%ff', '/%ed%a0%80', '/%f4%90%80%80', '/%e2%82'])(
    'P9: %s is not UTF-8 → malformed',
    (target) => expect(isMalformed(target)).toBe(true),
  )

  it('P10: decodes once (RFC 3986 §2.4)', () => {
    expect(pathOf('/%252e%252e/secret.txt').segments).toEqual(['%2e%2e', 'secret.txt'])
  })

  it('P18: drops empty segments and says so', () => {
    expect(pathOf('//a.txt')).toMatchObject({ segments: ['a.txt'], collapsed: true, trailingSlash: false })
    expect(pathOf('/sub//')).toMatchObject({ segments: ['sub'], collapsed: true, trailingSlash: true })
    expect(pathOf('//')).toMatchObject({ segments: [], collapsed: true, trailingSlash: true })
  })

  it.each(['/\u0001', '/a b', '/\x7f', '/\x80', '/é', '/a?b c', 'http://h\x00/'])(
    'P20, P30: refuses %j, an octet that never stands in a target',
    (target) => expect(isMalformed(target)).toBe(true),
  )

  it('P21: keeps the query', () => {
    expect(pathOf('/nosub?x=1')).toMatchObject({ segments: ['nosub'], query: 'x=1' })
    expect(pathOf('/nosub?').query).toBe('')
    expect(pathOf('/nosub').query).toBeUndefined()
  })

  it.each(['/nosub?x=1#f', '/nosub#f?x', '/#', 'http://h#f', 'http://h/#f'])(
    'P21: refuses %s, a fragment is no part of a target (RFC 9112 §3.2)',
    (target) => expect(isMalformed(target)).toBe(true),
  )

  it('P31: decodes what a file name may hold', () => {
    expect(pathOf('/sp%20ace.txt').segments).toEqual(['sp ace.txt'])
    expect(pathOf('/sp+ace.txt').segments).toEqual(['sp+ace.txt'])
    expect(pathOf('/q%3Fq%23h.txt').segments).toEqual(['q?q#h.txt'])
    expect(pathOf('/100%25.txt').segments).toEqual(['100%.txt'])
    expect(pathOf('/%C3%BCn%C3%AF.txt').segments).toEqual(['ünï.txt'])
  })
})

describe('formatSitePath', () => {
  it('adds the slash in front of the query', () => {
    expect(formatSitePath(pathOf('/nosub?x=1'), true)).toBe('/nosub/?x=1')
  })

  it('writes the root as a slash', () => {
    expect(formatSitePath(pathOf('//'), true)).toBe('/')
    expect(formatSitePath(pathOf('//?q'), false)).toBe('/?q')
  })

  it('P20: holds no octet outside the printable ASCII range, whatever the names are', () => {
    expect(formatSitePath(pathOf('/%09%0d%0aX:%201%C3%BC/'), true)).toBe('/%09%0D%0AX%3A%201%C3%BC/')
  })

  it('P19: never begins like a reference to another host, and leads back to the same segments', () => {
    const pieces = fc.constantFrom(
      '/',
      '//',
      '%2f',
      '%5c',
      '%09',
      '%0a',
      '%25',
      '.',
      '%2e',
      'evil.com',
      '@',
      ':',
      '?',
      'a',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.boolean(), (parts, slash) => {
        const reading = readRequestTarget(`/${parts.join('')}`)
        if (reading.kind !== 'path') return
        const location = formatSitePath(reading.path, slash)
        expect(location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/)
        expect(pathOf(location)).toMatchObject({
          segments: reading.path.segments,
          query: reading.path.query,
          collapsed: false,
        })
      }),
      { numRuns: 2000 },
    )
  })
})
