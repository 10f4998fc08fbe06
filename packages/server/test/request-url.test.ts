import fc from 'fast-check'
import { parseRequestTarget, type OriginForm } from '@millrace/message'
import { describe, expect, it } from 'vitest'
import { findOrigin, OriginCache, spellUrl } from '../src/request-url.ts'

function urlOf(requestTarget: string, authority = 'example.com', method = 'GET'): string | undefined {
  const target = parseRequestTarget(method, requestTarget)
  const effective = 'authority' in target ? target.authority : authority
  const origin = findOrigin(new OriginCache(), 'http', effective, target)
  return origin === undefined ? undefined : spellUrl(origin, target, requestTarget)
}

describe('the URL of a request (RFC 9112 §3.3)', () => {
  it('is scheme, authority and target of an origin-form', () => {
    expect(urlOf('/a/b.html?c=d')).toBe('http://example.com/a/b.html?c=d')
  })

  it('is the target itself in absolute-form, whatever Host says', () => {
    expect(urlOf('https://other.example:8443/a?b', 'example.com')).toBe('https://other.example:8443/a?b')
  })

  it('has the path / when an absolute-form has none', () => {
    expect(urlOf('http://example.com')).toBe('http://example.com/')
    expect(urlOf('http://example.com?q')).toBe('http://example.com/?q')
  })

  it('has the path / for an asterisk-form', () => {
    expect(urlOf('*', 'example.com', 'OPTIONS')).toBe('http://example.com/')
    expect(urlOf('http://example.com', 'example.com', 'OPTIONS')).toBe('http://example.com/')
  })

  it('keeps a path that begins with two slashes on its host', () => {
    expect(urlOf('//evil.example/a')).toBe('http://example.com//evil.example/a')
  })

  it('has its host in lower case and no default port', () => {
    expect(urlOf('/', 'EXAMPLE.com:80')).toBe('http://example.com/')
    expect(urlOf('/', '[::1]:8080')).toBe('http://[::1]:8080/')
  })

  it.each(['a%20b', '999.999.999.999', '%'])('does not exist for the host %s', (host) => {
    expect(urlOf('/', host)).toBeUndefined()
  })

  it('resolves dot segments and encodes as the platform does', () => {
    expect(urlOf('/public/../private')).toBe('http://example.com/private')
    expect(urlOf('/a/%2e%2E/b')).toBe('http://example.com/b')
    expect(urlOf('/.hidden')).toBe('http://example.com/.hidden')
    expect(urlOf('/a"<>?b="<>')).toBe('http://example.com/a%22%3C%3E?b=%22%3C%3E')
  })

  it('is what the platform makes of it, for any target', () => {
    const octet = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))
    const likely = fc.constantFrom('.', '..', '/', '%2e', '?', 'a', "'", '%')
    const path = fc
      .array(fc.oneof(octet, likely))
      .map((parts) => `/${parts.join('')}`.replaceAll(/[#\\]/g, ''))
    fc.assert(
      fc.property(path, (target) => {
        expect(spellUrl('http://example.com', { form: 'origin' } as OriginForm, target)).toBe(
          new URL(`http://example.com${target}`).href,
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('OriginCache', () => {
  it('tells origins apart, also when one was found before', () => {
    const origins = new OriginCache()
    expect(origins.find('http', 'a.example')).toBe('http://a.example')
    expect(origins.find('http', 'a.example')).toBe('http://a.example')
    expect(origins.find('https', 'a.example')).toBe('https://a.example')
    expect(origins.find('http', 'b.example')).toBe('http://b.example')
    expect(origins.find('http', 'a b')).toBeUndefined()
    expect(origins.find('http', 'b.example')).toBe('http://b.example')
  })

  it('finds none without a host', () => {
    expect(new OriginCache().find('foo', '')).toBeUndefined()
  })
})
