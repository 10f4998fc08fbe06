import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageError, parseRequestTarget } from '../src/index.ts'
import type { AbsoluteForm } from '../src/index.ts'
import { refusalOf } from './outcome.ts'

describe('parseRequestTarget, origin-form', () => {
  it.each([
    ['/', '/', null],
    ['/a/b', '/a/b', null],
    ['/a?', '/a', ''],
    ['/a?b=c&d', '/a', 'b=c&d'],
    ['/test.cgi?foo=bar?baz', '/test.cgi', 'foo=bar?baz'],
    ['//host/x', '//host/x', null],
    ['/a/../b/./c', '/a/../b/./c', null],
    ['/?/?', '/', '/?'],
    ['/*', '/*', null],
    ['/http://a/', '/http://a/', null],
    ['/@:;', '/@:;', null],
  ])('takes %s apart, and changes nothing (RFC 9112 §3.2.1)', (target, path, query) => {
    expect(parseRequestTarget('GET', target)).toEqual({ form: 'origin', path, query })
  })

  it.each(['GET', 'OPTIONS', 'get', 'PURGE'])('is for every method but CONNECT: %s', (method) => {
    expect(parseRequestTarget(method, '/x')).toMatchObject({ form: 'origin' })
  })

  it.each(['%', '%2', '%zz', '%2F', '%00', '%e9'])('leaves %s as it is (RFC 9112 §3.2)', (text) => {
    expect(parseRequestTarget('GET', `/${text}?${text}`)).toEqual({
      form: 'origin',
      path: `/${text}`,
      query: text,
    })
  })

  it.each([...'"<>[]^`{|}'])('lets %s through, which browsers and tools send as it is', (char) => {
    expect(parseRequestTarget('GET', `/${char}?${char}`)).toMatchObject({ path: `/${char}`, query: char })
  })

  it.each([
    ['/a#b', 'ERR_TARGET_FRAGMENT', 2],
    ['/#', 'ERR_TARGET_FRAGMENT', 1],
    ['/a?b#c', 'ERR_TARGET_FRAGMENT', 4],
    ['/a\\b', 'ERR_TARGET_CHARACTER', 2],
    ['/?\\', 'ERR_TARGET_CHARACTER', 2],
    ['/a b', 'ERR_TARGET_CHARACTER', 2],
    ['/\x7f', 'ERR_TARGET_CHARACTER', 1],
    ['/\x80', 'ERR_TARGET_CHARACTER', 1],
    ['/\xe9', 'ERR_TARGET_CHARACTER', 1],
    ['/\u{1f600}', 'ERR_TARGET_CHARACTER', 1],
    ['/\r\n', 'ERR_TARGET_CHARACTER', 1],
    ['/\x00', 'ERR_TARGET_CHARACTER', 1],
  ])('rule 7: refuses %j, and corrects nothing (RFC 9112 §3.2)', (target, code, offset) => {
    expect(refusalOf(() => parseRequestTarget('GET', target))).toEqual({ code, statusHint: 400, offset })
  })
})

describe('parseRequestTarget, absolute-form', () => {
  it('rule 12: takes an absolute-form apart (RFC 9112 §3.2.2)', () => {
    expect(parseRequestTarget('GET', 'http://Example.com:8080/a/b?c')).toEqual({
      form: 'absolute',
      scheme: 'http',
      authority: 'Example.com:8080',
      host: 'example.com',
      port: 8080,
      path: '/a/b',
      query: 'c',
    })
  })

  it.each([
    ['http://a', 'a', null, '/', null],
    ['http://a?', 'a', null, '/', ''],
    ['http://a?b', 'a', null, '/', 'b'],
    ['http://a:80?b/c', 'a', 80, '/', 'b/c'],
    ['http://a/', 'a', null, '/', null],
    ['http://a:', 'a', null, '/', null],
    ['http://a:0/', 'a', 0, '/', null],
    ['http://a:65535/', 'a', 65535, '/', null],
    ['http://a//b', 'a', null, '//b', null],
    ['http://[::1]:8080/x', '[::1]', 8080, '/x', null],
    ['http://127.0.0.1', '127.0.0.1', null, '/', null],
    ['http://a/x@y', 'a', null, '/x@y', null],
    ['http://a?x@y', 'a', null, '/', 'x@y'],
  ])('rule 12: %s', (target, host, port, path, query) => {
    expect(parseRequestTarget('GET', target)).toMatchObject({ form: 'absolute', host, port, path, query })
  })

  it.each([
    ['HTTP://a/', 'http'],
    ['hTTps://a/', 'https'],
    ['ws://a/', 'ws'],
    ['ftp://a/', 'ftp'],
    ['a+b-c.9://a/', 'a+b-c.9'],
  ])('knows the scheme of %s, in any case (RFC 3986 §3.1)', (target, scheme) => {
    expect(parseRequestTarget('GET', target)).toMatchObject({ scheme })
  })

  it('gives OPTIONS without path and query the asterisk that a proxy sends on (RFC 9112 §3.2.4)', () => {
    expect(parseRequestTarget('OPTIONS', 'http://a')).toMatchObject({ path: '*', query: null })
    expect(parseRequestTarget('OPTIONS', 'http://a/')).toMatchObject({ path: '/', query: null })
    expect(parseRequestTarget('OPTIONS', 'http://a?')).toMatchObject({ path: '/', query: '' })
  })

  it.each([
    ['http://', 'ERR_TARGET_AUTHORITY', 7],
    ['http:///a', 'ERR_TARGET_AUTHORITY', 7],
    ['http://?a', 'ERR_TARGET_AUTHORITY', 7],
    ['http://:80/', 'ERR_TARGET_AUTHORITY', 7],
    ['ftp:///a', 'ERR_TARGET_AUTHORITY', 6],
    ['http://a:65536/', 'ERR_TARGET_AUTHORITY', 13],
    ['http://a:8o/', 'ERR_TARGET_AUTHORITY', 10],
    ['http://a:-1/', 'ERR_TARGET_AUTHORITY', 9],
    ['http://a:1:2/', 'ERR_TARGET_AUTHORITY', 10],
    ['http://a,b/', 'ERR_TARGET_AUTHORITY', 8],
    ['http://a[b/', 'ERR_TARGET_AUTHORITY', 8],
    ['http://[::1/', 'ERR_TARGET_AUTHORITY', 7],
    ['http://[::1]x/', 'ERR_TARGET_AUTHORITY', 12],
    ['http://[fe80::1%25eth0]/', 'ERR_TARGET_AUTHORITY', 7],
    ['http://%zz/', 'ERR_TARGET_AUTHORITY', 7],
    ['http://u@a/', 'ERR_TARGET_USERINFO', 8],
    ['http://u:p@a/', 'ERR_TARGET_USERINFO', 10],
    ['http://@a/', 'ERR_TARGET_USERINFO', 7],
    ['http://a%12:b!&*$@hypnotoad.org:1234/toto', 'ERR_TARGET_USERINFO', 17],
    ['http://a/b#c', 'ERR_TARGET_FRAGMENT', 10],
    ['http://a\\b/', 'ERR_TARGET_CHARACTER', 8],
  ])('refuses %s (RFC 9110 §4.2)', (target, code, offset) => {
    expect(refusalOf(() => parseRequestTarget('GET', target))).toEqual({ code, statusHint: 400, offset })
  })

  it.each([
    'foo',
    'foo/bar',
    'foo:80',
    'http:',
    'http:/a',
    'http:a',
    '://a/',
    '1http://a/',
    'ht_tp://a/',
    '?a',
    '',
    'urn:a:b',
    '**',
    '*/a',
  ])('rule 7: finds no form in %j (RFC 9112 §3.2)', (target) => {
    expect(refusalOf(() => parseRequestTarget('GET', target))).toMatchObject({ code: 'ERR_TARGET_FORM' })
  })
})

describe('parseRequestTarget, authority-form and asterisk-form', () => {
  it.each([
    ['a:443', 'a', 443],
    ['A.Example:1', 'a.example', 1],
    ['[2001:DB8::1]:65535', '[2001:db8::1]', 65535],
    ['home_0.netscape.com:443', 'home_0.netscape.com', 443],
    ['0-home0.netscape.com:443', '0-home0.netscape.com', 443],
  ])('takes the target of CONNECT apart: %s (RFC 9112 §3.2.3)', (target, host, port) => {
    expect(parseRequestTarget('CONNECT', target)).toEqual({
      form: 'authority',
      authority: target,
      host,
      port,
    })
  })

  it.each([
    ['a', 'ERR_CONNECT_PORT'],
    ['a:', 'ERR_CONNECT_PORT'],
    ['a:0', 'ERR_CONNECT_PORT'],
    ['[::1]', 'ERR_CONNECT_PORT'],
    ['a:65536', 'ERR_TARGET_AUTHORITY'],
    ['a:b', 'ERR_TARGET_AUTHORITY'],
    ['a:+1', 'ERR_TARGET_AUTHORITY'],
  ])('rule 14: refuses CONNECT %s (RFC 9110 §9.3.6)', (target, code) => {
    expect(refusalOf(() => parseRequestTarget('CONNECT', target))).toMatchObject({ code, statusHint: 400 })
  })

  it.each([
    [':443', 'ERR_TARGET_AUTHORITY'],
    ['', 'ERR_TARGET_AUTHORITY'],
    ['a:443/x', 'ERR_TARGET_AUTHORITY'],
    ['a:443?', 'ERR_TARGET_AUTHORITY'],
    ['a b:443', 'ERR_TARGET_AUTHORITY'],
    ['u@a:443', 'ERR_TARGET_USERINFO'],
  ])('refuses CONNECT %s (RFC 9112 §3.2.3)', (target, code) => {
    expect(refusalOf(() => parseRequestTarget('CONNECT', target))).toMatchObject({ code, statusHint: 400 })
  })

  it.each(['/', '/a:443', '*'])('rule 13: refuses CONNECT %s (RFC 9110 §7.1)', (target) => {
    expect(refusalOf(() => parseRequestTarget('CONNECT', target))).toMatchObject({ code: 'ERR_TARGET_FORM' })
  })

  it('rule 13: refuses CONNECT with an absolute-form (RFC 9110 §7.1)', () => {
    expect(() => parseRequestTarget('CONNECT', 'http://a:80/')).toThrow(MessageError)
  })

  it('rule 13: takes * for OPTIONS (RFC 9110 §7.1)', () => {
    expect(parseRequestTarget('OPTIONS', '*')).toEqual({ form: 'asterisk' })
  })

  it.each(['GET', 'POST', 'PRI', 'M-SEARCH', 'options'])(
    'rule 13: refuses %s * (RFC 9110 §7.1)',
    (method) => {
      expect(refusalOf(() => parseRequestTarget(method, '*'))).toMatchObject({
        code: 'ERR_TARGET_FORM',
        statusHint: 400,
      })
    },
  )

  it.each(['a:443', 'localhost:80'])('rule 13: refuses GET %s (RFC 9110 §7.1)', (target) => {
    expect(refusalOf(() => parseRequestTarget('GET', target))).toMatchObject({ code: 'ERR_TARGET_FORM' })
  })
})

describe('parseRequestTarget, any input', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab:/?#@[].%12*\\|,"'), maxLength: 20 })
  const method = fc.constantFrom('GET', 'OPTIONS', 'CONNECT')
  const prefix = fc.constantFrom('', '/', 'http://', 'http://a', 'a:80')

  it('throws nothing but MessageError, and loses no character', () => {
    fc.assert(
      fc.property(method, prefix, text, (name, start, rest) => {
        const target = start + rest
        expect(attempt(name, target) ?? target).toBe(target)
      }),
      { numRuns: 2_000 },
    )
  })

  it('agrees with the URL parser about every absolute-form it accepts', () => {
    // Without digits at the end and escapes: the URL parser interprets IPv4 numbers and names that we only take apart.
    const host = fc
      .string({ unit: fc.constantFrom(...'aB2-_.@[:\\'), maxLength: 5 })
      .map((start) => `${start}z`)
    const port = fc.oneof(
      fc.constantFrom('', ':'),
      fc.nat(70_000).map((number) => `:${number}`),
    )
    fc.assert(
      fc.property(host, port, text, (name, suffix, rest) => {
        const target = `http://${name}${suffix}/${rest}`
        const parsed = absoluteForm(target)
        fc.pre(parsed !== undefined)
        const url = new URL(target)
        expect(url.hostname).toBe(parsed.host)
        expect(url.port).toBe(parsed.port === null || parsed.port === 80 ? '' : String(parsed.port))
      }),
      { numRuns: 2_000 },
    )
  })
})

/** The parts of a target in absolute-form; `undefined` when it is refused. */
function absoluteForm(target: string): AbsoluteForm | undefined {
  try {
    return parseRequestTarget('GET', target) as AbsoluteForm
  } catch {
    return undefined
  }
}

/** The target put together again from its parts; `undefined` when it is refused. */
function attempt(method: string, target: string): string | undefined {
  try {
    const parsed = parseRequestTarget(method, target)
    if (parsed.form === 'asterisk') return '*'
    if (parsed.form === 'authority') return parsed.authority
    const query = parsed.query === null ? '' : `?${parsed.query}`
    if (parsed.form === 'origin') return parsed.path + query
    const start = `${target.slice(0, parsed.scheme.length)}://${parsed.authority}`
    return target.startsWith(`${start}/`) ? start + parsed.path + query : start + query
  } catch (error) {
    if (error instanceof MessageError) return undefined
    throw error
  }
}
