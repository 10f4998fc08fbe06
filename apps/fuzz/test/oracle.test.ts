import { STRICT, type LeniencyFlag } from '@millrace/channel'
import { DEFAULT_CLIENT_OPTIONS } from '@millrace/client'
import { DEFAULT_CHUNKED_LIMITS } from '@millrace/chunked'
import { describe, expect, it } from 'vitest'
import { readRequests, type RequestLimits } from '../src/oracle/request.ts'
import { readResponse } from '../src/oracle/response.ts'
import { formOf, splitAuthority } from '../src/oracle/target.ts'
import { CHANNEL_LIMITS } from '../src/targets/channel-limits.ts'

const LIMITS = CHANNEL_LIMITS[0] as RequestLimits
const RESPONSE_LIMITS = { ...DEFAULT_CLIENT_OPTIONS, chunked: DEFAULT_CHUNKED_LIMITS }

/** How a request with these field lines ends, and what it may be refused with. */
function endOf(fields: string, content = '', version = '1.1'): string {
  const { end, statuses } = readRequests(`POST / HTTP/${version}\r\n${fields}\r\n${content}`, LIMITS)
  return end === 'refused' ? `${end} ${statuses.join()}` : end
}

describe('the oracle of requests', () => {
  it.each([
    ['Host: a\r\n', '', 'open'],
    ['', '', 'refused 400'],
    ['Host: a\r\nHost: a\r\n', '', 'refused 400'],
    ['Host: a,b\r\n', '', 'refused 400'],
    ['Host: a\r\nContent-Length: 3\r\n', 'abc', 'open'],
    ['Host: a\r\nContent-Length: 3\r\n', 'ab', 'incomplete'],
    ['Host: a\r\nContent-Length: 3, 3\r\n', 'abc', 'refused 400'],
    ['Host: a\r\nContent-Length: 9007199254740992\r\n', '', 'refused 400,413'],
    ['Host: a\r\nTransfer-Encoding: chunked\r\n', '3;a="b"\r\nabc\r\n0\r\nX: y\r\n\r\n', 'open'],
    ['Host: a\r\nTransfer-Encoding: chunked\r\n', '3 \r\nabc\r\n0\r\n\r\n', 'refused 400,413,431'],
    ['Host: a\r\nTransfer-Encoding: chunked\r\n', '3\r\nabcd\r\n0\r\n\r\n', 'refused 400,413,431'],
    ['Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n', '', 'refused 400'],
    ['Host: a\r\nTransfer-Encoding: gzip, chunked\r\n', '', 'refused 400,501'],
    ['Host: a\r\nExpect: 200-ok\r\n', '', 'refused 417'],
    ['Host: a\r\nConnection: x, Close\r\n', 'GET', 'closed'],
    ['Host: a\r\nConnection: "x, close"\r\n', '', 'open'],
    ['Host: a\r\nX: 1\r\n 2\r\n', '', 'refused 400,414,431,501,505'],
    ['Host: a\r\nX : 1\r\n', '', 'refused 400,414,431,501,505'],
  ])('%j and %j: %s', (fields, content, expected) => {
    expect(endOf(fields, content)).toBe(expected)
  })

  it('knows the versions', () => {
    expect(endOf('', '', '1.0')).toBe('closed')
    expect(endOf('Connection: keep-alive\r\n', '', '1.0')).toBe('open')
    expect(endOf('Host: a\r\n', '', '1.2')).toBe('open')
    expect(endOf('Host: a\r\n', '', '2.0')).toBe('refused 505')
    expect(endOf('Host: a\r\nTransfer-Encoding: chunked\r\n', '', '1.0')).toBe('refused 400')
  })

  it('knows the forms of targets (RFC 9112 §3.2)', () => {
    const forms = ['/a?b', 'http://a/', '*', 'a:80', 'http://u@a/', '/a#b', 'http:///'].map((target) =>
      ['GET', 'OPTIONS', 'CONNECT'].map((method) => formOf(method, target)?.[0] ?? '-').join(''),
    )
    expect(forms).toEqual(['oo-', 'aa-', '-a-', '--a', '---', '---', '---'])
  })

  it('knows hosts (RFC 3986 §3.2.2)', () => {
    const isHost = (text: string): boolean => splitAuthority(text) !== null
    expect(
      ['a', '[::1]:80', 'a:', '', '[1:2:3:4:5:6:7::]', '[v1.x]', 'a%2f', '127.0.0.1'].every(isHost),
    ).toBe(true)
    expect(['a b', '[::1', '[::1%25x]', 'a:65536', 'a%2', 'a/b', '[]', 'u@a', '::1'].some(isHost)).toBe(false)
  })
})

describe('the oracle of requests, where something is forgiven', () => {
  const read = (flag: LeniencyFlag, wire: string): ReturnType<typeof readRequests> =>
    readRequests(wire, LIMITS, { ...STRICT, [flag]: true })

  it.each<[LeniencyFlag, string, string]>([
    ['bareLf', 'GET / HTTP/1.1\nHost: a\n\n', 'GET / 1.1\n  Host: a\n  = \n'],
    ['obsFold', 'GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n', 'GET / 1.1\n  Host: a\n  = \n'],
    ['missingHost', 'GET / HTTP/1.1\r\n\r\n', 'GET / 1.1\n  = \n'],
    ['nonAsciiTarget', 'GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /%E9 1.1\n  Host: a\n  = \n'],
    [
      'duplicateContentLength',
      'GET / HTTP/1.1\r\nHost: a\r\ncontent-length: 1\r\nContent-Length: 1 , 1\r\n\r\nx',
      'GET / 1.1\n  Host: a\n  Content-Length: 1\n  = x\n',
    ],
    [
      'chunkedOverLength',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'GET / 1.1\n  Host: a\n  Transfer-Encoding: chunked\n  = \n',
    ],
  ])('%s: %j', (flag, wire, log) => {
    expect(read(flag, wire)).toMatchObject({ log, complete: 1, forgiven: [flag] })
    expect(readRequests(wire, LIMITS).complete).toBe(0)
    expect(read(flag, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').forgiven).toEqual([])
  })

  it('closes behind two framings (RFC 9112 §6.1)', () => {
    const wire =
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX'
    expect(read('chunkedOverLength', wire).end).toBe('closed')
  })

  it('refuses lengths that differ, and a fold with nothing before it', () => {
    const lengths = 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n'
    expect(read('duplicateContentLength', lengths).end).toBe('refused')
    expect(read('obsFold', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n').end).toBe('refused')
  })
})

describe('the oracle of responses (RFC 9112 §6.3)', () => {
  it.each([
    ['GET', '200', '', 'until-close'],
    ['GET', '204', 'Content-Length: 3\r\n', 'complete'],
    ['HEAD', '200', 'Transfer-Encoding: chunked\r\n', 'complete'],
    ['GET', '200', 'Content-Length: 0\r\n', 'complete'],
    ['GET', '200', 'Content-Length: 1\r\n', 'incomplete'],
    ['GET', '200', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', 'refused'],
    ['CONNECT', '200', '', 'refused'],
    ['GET', '101', '', 'refused'],
    ['GET', '103', '', 'incomplete'],
    ['GET', '600', '', 'refused'],
  ])('%s %s %j: %s', (method, status, fields, expected) => {
    const asked = { method, offers: [], takesSwitch: false }
    expect(readResponse(`HTTP/1.1 ${status} OK\r\n${fields}\r\n`, asked, RESPONSE_LIMITS).end).toBe(expected)
  })

  it.each([
    ['GET', '101', 'Upgrade: X\r\n', 'switched'],
    ['GET', '101', 'Upgrade: x\r\nupgrade: y/1\r\n', 'switched'],
    ['GET', '101', 'Upgrade: x, z\r\n', 'refused'],
    ['GET', '101', '', 'refused'],
    ['CONNECT', '200', 'Content-Length: 3\r\n', 'switched'],
    ['CONNECT', '404', 'Content-Length: 0\r\n', 'complete'],
  ])('%s %s %j, where x and y/1 are offered: %s', (method, status, fields, expected) => {
    const asked = { method, offers: ['x', 'y/1'], takesSwitch: true }
    const reading = readResponse(`HTTP/1.1 ${status} OK\r\n${fields}\r\nrest`, asked, RESPONSE_LIMITS)
    expect(reading.end).toBe(expected)
    if (expected === 'switched') expect(reading.rest).toBe('rest')
  })
})
