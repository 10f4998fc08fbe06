import { describe, expect, it } from 'vitest'
import { HeaderError, Headers } from '@millrace/headers'
import { addCookie, redirect } from '../src/index.ts'
import type { Request } from '../src/index.ts'
import { Conversation, unanswered } from './conversation.ts'
import {
  CANARY,
  exchange,
  expectContentRefused,
  expectRefused,
  expectServed,
  head,
} from './rules/rule-exchange.ts'

// What went wrong elsewhere, by its number, and what happens here instead.

/** A POST with these lines behind Host. */
function post(...lines: string[]): string {
  return head('POST / HTTP/1.1', 'Host: a', ...lines)
}

const CHUNKED = post('Transfer-Encoding: chunked')
const SMUGGLED = head('GET /smuggled HTTP/1.1', 'Host: a')

describe('advisories about request framing', () => {
  it('CVE-2020-10108: of two Content-Length lines the last one framed the request', () => {
    expectRefused(post('Content-Length: 0', `Content-Length: ${SMUGGLED.length}`) + SMUGGLED, 400)
    expectRefused(post(`Content-Length: ${SMUGGLED.length}`, 'Content-Length: 0') + SMUGGLED, 400)
  })

  it('CVE-2020-10109: with Content-Length and Transfer-Encoding the length framed the request', () => {
    const body = `0\r\n\r\n${SMUGGLED}`
    expectRefused(post(`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked') + body, 400)
    expectRefused(post('Transfer-Encoding: chunked', `Content-Length: ${body.length}`) + body, 400)
  })

  it('CVE-2022-24801: a length with a sign was one', () => {
    for (const sign of ['+', '-']) expectRefused(`${post(`Content-Length: ${sign}0`)}${SMUGGLED}`, 400)
  })

  it('CVE-2022-24801: a chunk size with 0x, a sign or an underscore was one', () => {
    for (const size of ['0x3', '+3', '-3', '0_3', '3_'])
      expectContentRefused(`${CHUNKED}${size}\r\nabc\r\n0\r\n\r\n`, 400)
  })

  it('CVE-2022-24801: LF was part of a chunk extension', () => {
    expectContentRefused(`${CHUNKED}3;x\nabc\r\n0\r\n\r\n${SMUGGLED}`, 400)
    expectContentRefused(`${CHUNKED}3;x=\n\r\nabc\r\n0\r\n\r\n`, 400)
  })

  it('CVE-2022-24801: more than space and tab was cut off a field value', () => {
    for (const octet of ['\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\x1f']) {
      expectRefused(`${post(`Transfer-Encoding:${octet}chunked`)}0\r\n\r\n${SMUGGLED}`, 400)
      expectRefused(`${post(`Content-Length: 3${octet}`)}abc`, 400)
    }
    for (const octet of ['\x85', '\xa0']) {
      expectRefused(`${post(`Transfer-Encoding: chunked${octet}`)}0\r\n\r\n${SMUGGLED}`, 400)
      expectRefused(`${post(`Content-Length:${octet}3`)}abc`, 400)
    }
  })

  it('CVE-2025-43859 (h11): any two octets passed for the CRLF behind a chunk', () => {
    for (const end of ['XX', '  ', '\n\n', '\r\r', '\n\r', '0\r', '\r0'])
      expectContentRefused(`${CHUNKED}3\r\nabc${end}0\r\n\r\n${SMUGGLED}`, 400)
  })

  it('CVE-2025-22871 (Go): a bare LF ended a chunk-size line', () => {
    expectContentRefused(`${CHUNKED}3\nabc\r\n0\r\n\r\n`, 400)
    expectContentRefused(`${CHUNKED}3;\n\r\nabc\r\n0\r\n\r\n`, 400)
    expectContentRefused(`${CHUNKED}0\n\r\n${SMUGGLED}`, 400)
  })

  it('CVE-2021-22959 (Node): whitespace before the colon of Content-Length was ignored', () => {
    expectRefused(`${post(`Content-Length : ${SMUGGLED.length}`)}${SMUGGLED}`, 400)
    expectRefused(`${post('Transfer-Encoding : chunked')}0\r\n\r\n${SMUGGLED}`, 400)
  })

  it('CVE-2021-22960 (Node): what followed a chunk size was skipped to the next LF', () => {
    expectContentRefused(`${CHUNKED}3 x\nabc\r\n0\r\n\r\n${SMUGGLED}`, 400)
    expectContentRefused(`${CHUNKED}3;x\ny\r\nabc\r\n0\r\n\r\n`, 400)
  })

  it('CVE-2023-39326 (Go), CVE-2024-22019 (Node): chunk extensions cost the server megabytes for a few octets', () => {
    const chunk = `1;${'x'.repeat(1_000)}\r\na\r\n`
    expect(exchange(`${CHUNKED}${chunk.repeat(16)}`, { maxCuts: 3 })).toMatchObject({ statuses: [] })
    expectContentRefused(`${CHUNKED}${chunk.repeat(17)}`, 413, { maxCuts: 3 })
    expectContentRefused(`${CHUNKED}1;${'x'.repeat(2_000)}`, 413, { maxCuts: 3 })
  })

  it('Node.js 20: fields beyond a thousand were dropped, the one that frames the request among them', () => {
    const many = Array.from({ length: 2_500 }, (_, index) => `${index}:`)
    const options = { totalHeadersSize: 100_000 }
    expectRefused(`${post(...many, 'Transfer-Encoding: chunked')}0\r\n\r\n`, 431, { options, maxCuts: 3 })
    const all = { ...options, maxHeaders: 3_000 }
    expectServed(`${post(...many, 'Transfer-Encoding: chunked')}1\r\nx\r\n0\r\n\r\n`, ['x'], {
      options: all,
      maxCuts: 3,
    })
  })

  it('twisted#12754: a bare CR or LF in a field became a space', () => {
    for (const end of ['\r', '\n']) {
      expectRefused(post(`X: a${end}Content-Length: 5`), 400)
      expectRefused(post(`X: a${end} b`), 400)
      expectRefused(`POST / HTTP/1.1${end}Host: a\r\n\r\n`, 400)
    }
  })

  it('twisted#12435: a request without a valid Host was served', () => {
    expectRefused(head('GET / HTTP/1.1'), 400)
    expectRefused(head('GET / HTTP/1.1', 'Host: a', 'Host: b'), 400)
    expectRefused(head('GET / HTTP/1.1', 'Host: a/b'), 400)
  })
})

describe('advisories about the order of responses', () => {
  it('CVE-2023-46137: a later pipelined request was answered first when the earlier one waited', () => {
    const { conversation, requests } = unanswered()
    conversation.send(`${post('Content-Length: 1')}x`, CANARY)
    conversation.send(CANARY)
    expect(requests).toHaveLength(1)
    requests[0]?.finish('first')
    requests[1]?.finish('second')
    requests[2]?.finish('third')
    expect(conversation.wire).toMatch(/first[^]*second[^]*third$/)
  })

  it('CVE-2024-41671: pipelined requests in one read were answered in the wrong order', () => {
    const { conversation, requests } = unanswered()
    conversation.send(`${post('Content-Length: 1')}x${CHUNKED}1\r\ny\r\n0\r\n\r\n${CANARY}`)
    const answered: string[] = []
    while (answered.length < 3) {
      const request = requests[answered.length] as Request
      expect(requests).toHaveLength(answered.length + 1) // no other one could answer
      request.write(`<${answered.length}`)
      answered.push(request.requestTarget)
      request.finish('>')
    }
    expect(answered).toEqual(['/', '/', '/canary'])
    expect(conversation.wire.match(/<\d|>/g)).toEqual(['<0', '>', '<1', '>', '<2', '>'])
    expect(conversation.statuses).toEqual([200, 200, 200])
  })
})

describe('advisories about what comes back', () => {
  it('CVE-2022-39348: an error page repeated the Host of the request', () => {
    const script = '<script>alert(1)</script>'
    for (const wire of [
      head('GET / HTTP/1.1', `Host: ${script}`),
      head(`GET /${script}# HTTP/1.1`, 'Host: a'),
      head(`${script} / HTTP/1.1`, 'Host: a'),
      head('GET / HTTP/1.1', 'Host: a', `Expect: ${script}`),
      head(`GET /${script} HTTP/2.0`),
    ]) {
      const { wire: answer, statuses } = exchange(wire)
      expect(statuses[0]).toBeGreaterThanOrEqual(400)
      expect(answer).not.toMatch(/[<>]/)
      expect(answer).toContain('\r\nContent-Type: text/plain\r\n')
    }
  })

  it('CVE-2022-39348: so did the page for a handler that failed', () => {
    const answer = (): void => {
      throw new Error('<b>internal</b>')
    }
    const seen = exchange(head('GET /<i> HTTP/1.1', 'Host: a'), { answer })
    expect(seen.statuses).toEqual([500])
    expect(seen.wire).not.toMatch(/[<>]|internal/)
  })

  it('CVE-2024-41810: the page of a redirect repeated its target as HTML', () => {
    const seen = exchange(CANARY, {
      answer: (request) => {
        redirect(request, '/"><script>alert(1)</script>')
        request.finish()
      },
    })
    expect(seen.wire).toMatch(/^HTTP\/1\.1 302 [^]*\r\nContent-Length: 0\r\n\r\n$/)
  })

  it('twisted#9420: CR and LF in a field or a cookie of the response began another field', () => {
    const { conversation, requests } = unanswered()
    conversation.send(CANARY)
    const request = requests[0] as Request
    for (const end of ['\r\n', '\n', '\r', '\0']) {
      expect(() => request.setHeader('X', `a${end}Set-Cookie: x`)).toThrow(HeaderError)
      expect(() => request.setHeader(`X${end}Set-Cookie`, 'x')).toThrow(HeaderError)
      expect(() => addCookie(request, 'a', `b${end}X: y`)).toThrow(TypeError)
      expect(() => addCookie(request, `a${end}X: y`, 'b')).toThrow(TypeError)
      expect(() => request.setResponseCode(200, `OK${end}X: y`)).toThrow(TypeError)
      const { channel } = conversation
      expect(() => channel.writeHeaders('HTTP/1.1', 200, `OK${end}X: y`, new Headers())).toThrow(TypeError)
    }
    request.finish()
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })

  it('CVE-2016-1000111: the field Proxy of a request became the environment variable HTTP_PROXY', () => {
    const before = { ...process.env }
    const conversation = new Conversation()
    conversation.send(head('GET / HTTP/1.1', 'Host: a', 'Proxy: http://evil.example', 'HTTP_PROXY: x'))
    expect(conversation.statuses).toEqual([200])
    expect({ ...process.env }).toEqual(before)
  })
})
