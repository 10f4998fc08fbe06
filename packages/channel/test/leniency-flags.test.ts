import { describe, expect, it } from 'vitest'
import { HTTPChannel } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head, wireBytes } from './conversation.ts'
import { HookedChannel, outcome, headOf } from './leniently.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('bareLf', () => {
  it('ends no line of chunked framing or of trailers', () => {
    const chunked = head('PUT / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')
    for (const content of ['3\nabc\r\n0\r\n\r\n', '3\r\nabc\n0\r\n\r\n', '0\r\nA: b\n\r\n', '0\r\n\n'])
      expect(outcome(chunked + content, { bareLf: true }).statuses).toEqual([400])
  })

  it('leaves a CR that no LF follows refused', () => {
    const { codes } = outcome('GET / HTTP/1.1\nHost: a\rb\n\n', { bareLf: true })
    expect(codes).toEqual(['ERR_IMPOSSIBLE_BYTE'])
    expect(outcome('GET / HTTP/1.1\nHost: a\r\r\n\n', { bareLf: true }).codes).toEqual([
      'ERR_IMPOSSIBLE_BYTE',
    ])
  })

  it('counts for limits the octets that came', () => {
    const wire = 'GET / HTTP/1.1\nHost: a\nX: 12345\n\n'
    const options = (limit: Partial<HTTPChannelOptions>): number[] =>
      outcome(wire, { bareLf: true }, limit).statuses
    expect(options({ totalHeadersSize: wire.length })).toEqual([200])
    expect(options({ totalHeadersSize: wire.length - 1 })).toEqual([431])
    expect(options({ maxLength: 14 })).toEqual([200])
    expect(options({ maxLength: 13 })).toEqual([414])
    expect(options({ maxHeaders: 2 })).toEqual([200])
    expect(options({ maxHeaders: 1 })).toEqual([431])
  })

  it('still refuses what can stand nowhere at its first octet', () => {
    expect(new Conversation({ leniency: { bareLf: true } }).send('\x16').statuses).toEqual([400])
  })
})

describe('obsFold', () => {
  const fold = { obsFold: true }

  it('joins the parts by one space, and shows them to headerReceived as one field', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a', 'X: 1 \t', ' \t 2', ' ', '\t3', 'Y: z')
    expect([...headOf(wire, fold).headers]).toEqual([
      ['Host', 'a'],
      ['X', '1 \t 2  3'],
      ['Y', 'z'],
    ])
    const { channel } = new Conversation<HookedChannel>(
      { leniency: fold },
      (all) => new HookedChannel(all),
    ).send(wire)
    expect(channel.fields).toEqual(['Host: a', 'X: 1 \t 2  3', 'Y: z'])
  })

  it('takes no folded line where there is nothing to continue (RFC 9112 §2.2)', () => {
    expect(outcome(head('GET / HTTP/1.1', ' X: 1', 'Host: a'), fold).codes).toEqual(['ERR_FIELD_FOLD'])
  })

  it('makes no two requests of one that looks like two when unfolded otherwise', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a', 'X: 1', ' Content-Length: 9')
    expect(outcome(wire + GET, fold).statuses).toEqual([200, 200])
  })

  it('refuses a control octet in a continuation, at its place', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a', 'X: 1', ' 2\x01')
    const conversation = new Conversation({ leniency: fold }).send(wireBytes(wire))
    expect(outcome(wire, fold).codes).toEqual(['ERR_IMPOSSIBLE_BYTE'])
    expect(conversation.errors).toMatchObject([{ offset: wire.indexOf('\x01') }])
  })

  it('counts for limits the whole field, and every octet of the head', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a', 'X: 12345', ' 67890', ' 1')
    const options = (limit: Partial<HTTPChannelOptions>): number[] => outcome(wire, fold, limit).statuses
    expect(options({ totalHeadersSize: wire.length })).toEqual([200])
    expect(options({ totalHeadersSize: wire.length - 1 })).toEqual([431])
    expect(options({ maxLength: 16 })).toEqual([200])
    expect(options({ maxLength: 15 })).toEqual([431])
    expect(options({ maxHeaders: 2 })).toEqual([200])
    expect(options({ maxHeaders: 1 })).toEqual([431])
  })

  it('refuses what a hook made of a field, where the field began', () => {
    class Spoiling extends HTTPChannel {
      override headerReceived(line: Uint8Array): boolean {
        return super.headerReceived(line[0] === 0x58 ? line.subarray(1) : line)
      }
    }
    const conversation = new Conversation({ leniency: fold }, (options) => new Spoiling(options))
    conversation.send(head('GET / HTTP/1.1', 'Host: a', 'X: 1', ' 2'))
    expect(conversation.errors).toMatchObject([{ code: 'ERR_FIELD_NAME', offset: 25 }])
  })
})

describe('duplicateContentLength', () => {
  it.each(['2, 3', '2, 02', '2,,2', ',2', '2,', '+2, +2', '2;2'])('refuses %s', (value) => {
    const wire = head('PUT / HTTP/1.1', 'Host: a', `Content-Length: ${value}`)
    expect(outcome(wire, { duplicateContentLength: true }).codes).toEqual(['ERR_CONTENT_LENGTH'])
  })

  it('refuses different lines', () => {
    const wire = head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Content-Length: 3')
    expect(outcome(wire, { duplicateContentLength: true }).codes).toEqual(['ERR_CONTENT_LENGTH_REPEATED'])
  })

  it('leaves one field for whoever passes the request on', () => {
    const wire = head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Content-Length: 2')
    const { headers } = headOf(wire, { duplicateContentLength: true })
    expect(headers.getRawHeaders('content-length')).toEqual(['2'])
  })
})

describe('chunkedOverLength', () => {
  const lenient = { chunkedOverLength: true }
  const both = head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Transfer-Encoding: chunked')

  it('closes behind the response, and reads no further request (RFC 9112 §6.1)', () => {
    const { statuses, wire, closed } = outcome(`${both}0\r\n\r\n${GET}`, lenient)
    expect({ statuses, closed }).toEqual({ statuses: [200], closed: true })
    expect(wire).toContain('Connection: close\r\n')
  })

  it('leaves no Content-Length for whoever passes the request on', () => {
    expect(headOf(both, lenient).headers.hasHeader('Content-Length')).toBe(false)
  })

  it('takes no other coding for it, and none in HTTP/1.0', () => {
    const gzip = both.replace('chunked', 'gzip, chunked')
    expect(outcome(gzip, lenient)).toMatchObject({ codes: ['ERR_TRANSFER_CODING'], used: {} })
    const old = both.replace('1.1', '1.0')
    expect(outcome(old, lenient)).toMatchObject({ codes: ['ERR_TRANSFER_ENCODING_VERSION'], used: {} })
  })
})

describe('missingHost', () => {
  it('gives an empty authority, and that of the target when it has one', () => {
    expect(headOf(head('GET / HTTP/1.1'), { missingHost: true }).authority).toBe('')
    expect(headOf(head('GET http://b/ HTTP/1.1'), { missingHost: true }).authority).toBe('b')
  })

  it('still refuses an empty Host, and two', () => {
    const codes = (...lines: string[]): string[] =>
      outcome(head('GET / HTTP/1.1', ...lines), { missingHost: true }).codes
    expect(codes('Host:')).toEqual(['ERR_HOST_EMPTY'])
    expect(codes('Host: a', 'Host: a')).toEqual(['ERR_HOST_REPEATED'])
  })
})

describe('nonAsciiTarget', () => {
  const lenient = { nonAsciiTarget: true }

  it('takes such octets nowhere else in the request line', () => {
    expect(outcome(head('G\xe9T / HTTP/1.1', 'Host: a'), lenient).codes).toEqual(['ERR_METHOD'])
    expect(outcome(head('GET / HTTP/1.\xe9', 'Host: a'), lenient).codes).toEqual(['ERR_VERSION'])
    expect(outcome(head('GET /\xe9\x7f HTTP/1.1', 'Host: a'), lenient).codes).toEqual(['ERR_IMPOSSIBLE_BYTE'])
    expect(outcome(head('GET /\xe9 b HTTP/1.1', 'Host: a'), lenient).codes).toEqual(['ERR_VERSION'])
    expect(outcome(head('GET \xe9 HTTP/1.1', 'Host: a'), lenient).codes).toEqual(['ERR_TARGET_FORM'])
  })

  it('counts for limits what it makes of them', () => {
    const wire = head('GET /\xe9 HTTP/1.1', 'Host: a')
    expect(outcome(wire, lenient, { maxLength: 17 }).statuses).toEqual([200])
    expect(outcome(wire, lenient, { maxLength: 16 }).codes).toEqual(['ERR_REQUEST_LINE_TOO_LONG'])
  })
})
