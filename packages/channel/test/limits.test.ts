import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head, observe, wireBytes } from './conversation.ts'

class HookedChannel extends HTTPChannel {
  override headerReceived(line: Uint8Array): boolean {
    return super.headerReceived(line)
  }
}

/** The one outcome of `wire`, however it is cut, on both ways through the channel. */
function outcome(
  wire: string,
  options: Partial<HTTPChannelOptions>,
  maxCuts = 60,
): { statuses: number[]; codes: string[] } {
  const make = (all: HTTPChannelOptions): HTTPChannel => new HTTPChannel(all)
  const hooked = (all: HTTPChannelOptions): HTTPChannel => new HookedChannel(all)
  const whole = new Conversation(options, make).send(wireBytes(wire))
  const seen = observe(whole)
  for (const pieces of splits(wire, { maxCuts })) {
    expect(observe(new Conversation(options, make).send(...pieces))).toEqual(seen)
    expect(observe(new Conversation(options, hooked).send(...pieces))).toEqual(seen)
  }
  return { statuses: whole.statuses, codes: whole.codes }
}

const passes = { statuses: [200], codes: [] }

describe('limits of a head, at N and N + 1, however it is cut', () => {
  it('request line: maxLength octets, then 414 (RFC 9112 §3)', () => {
    const request = (length: number): string => head(`GET /${'a'.repeat(length - 14)} HTTP/1.1`, 'Host: a')
    expect(outcome(request(50), { maxLength: 50 })).toEqual(passes)
    expect(outcome(request(51), { maxLength: 50 })).toEqual({
      statuses: [414],
      codes: ['ERR_REQUEST_LINE_TOO_LONG'],
    })
  })

  it('request line: accepts 8000 octets by default (rule 6), and answers 414 to an endless one (rule 5)', () => {
    expect(outcome(head(`GET /${'a'.repeat(8000)} HTTP/1.1`, 'Host: a'), {}, 5)).toEqual(passes)
    expect(outcome(`GET /${'a'.repeat(20_000)}`, {}, 5).statuses).toEqual([414])
  })

  it('field line: maxLength octets, then 431', () => {
    const request = (length: number): string =>
      head('GET / HTTP/1.1', 'Host: a', `X: ${'a'.repeat(length - 3)}`)
    expect(outcome(request(50), { maxLength: 50 })).toEqual(passes)
    expect(outcome(request(51), { maxLength: 50 })).toEqual({
      statuses: [431],
      codes: ['ERR_FIELD_LINE_TOO_LONG'],
    })
  })

  it('head: totalHeadersSize octets with every CRLF, then 431 (rule 29)', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a', 'X: 12345')
    expect(outcome(wire, { totalHeadersSize: wire.length })).toEqual(passes)
    expect(outcome(wire, { totalHeadersSize: wire.length - 1 })).toEqual({
      statuses: [431],
      codes: ['ERR_HEAD_TOO_LARGE'],
    })
  })

  it('head: totalHeadersSize crossed inside the request line is 414', () => {
    expect(outcome(head('GET /abc HTTP/1.1', 'Host: a'), { totalHeadersSize: 10 }).statuses).toEqual([414])
  })

  it('request line of HEAD: one too long has no method yet, so the answer has its content (rule 90)', () => {
    for (const limit of [{ maxLength: 40 }, { totalHeadersSize: 42 }]) {
      const wire = head(`HEAD /${'a'.repeat(30)} HTTP/1.1`, 'Host: a')
      expect(outcome(wire, limit).statuses).toEqual([414])
      expect(new Conversation(limit).send(wire).wire).toMatch(/\r\n\r\n414 URI Too Long\n$/)
    }
  })

  it('fields: maxHeaders, then 431; none is dropped silently', () => {
    const fields = ['Host: a', 'A: 1', 'B: 2', 'C: 3']
    expect(outcome(head('GET / HTTP/1.1', ...fields), { maxHeaders: 4 })).toEqual(passes)
    expect(outcome(head('GET / HTTP/1.1', ...fields), { maxHeaders: 3 })).toEqual({
      statuses: [431],
      codes: ['ERR_HEADER_COUNT'],
    })
  })

  it('empty lines before a request: maxBlankLines, then 400 (rule 1)', () => {
    const request = head('GET / HTTP/1.1', 'Host: a')
    expect(outcome('\r\n'.repeat(8) + request, {})).toEqual(passes)
    expect(outcome('\r\n'.repeat(9) + request, {})).toEqual({ statuses: [400], codes: ['ERR_BLANK_LINES'] })
    expect(outcome('\r\n\r\n' + request, { maxBlankLines: 1 }).statuses).toEqual([400])
  })

  it('empty lines before a request: as many as maxBlankLines allows, in one read too', () => {
    const conversation = new Conversation({ maxBlankLines: 40_000 })
    conversation.send('\r\n'.repeat(40_000) + head('GET / HTTP/1.1', 'Host: a'))
    expect(conversation.statuses).toEqual([200])
  })

  it('counts each head by itself', () => {
    const wire = head('GET / HTTP/1.1', 'Host: a')
    const { statuses } = outcome(wire.repeat(3), { totalHeadersSize: wire.length, maxHeaders: 1 })
    expect(statuses).toEqual([200, 200, 200])
  })

  it('are read from the instance', () => {
    const conversation = new Conversation()
    Object.assign(conversation.channel, { MAX_LENGTH: 20, maxHeaders: 1, totalHeadersSize: 60 })
    expect(conversation.send(head('GET /too-long HTTP/1.1')).statuses).toEqual([414])
    const counted = new Conversation()
    counted.channel.maxHeaders = 1
    expect(counted.send(head('GET / HTTP/1.1', 'Host: a', 'B: c')).statuses).toEqual([431])
  })

  it.each([
    ['a bad byte before the limit', `GET /\x01${'a'.repeat(100)} HTTP/1.1\r\n`, 400],
    ['a bad byte behind the limit', `GET /${'a'.repeat(100)}\x01 HTTP/1.1\r\n`, 414],
    ['a bare CR before the limit', `GET /${'a'.repeat(43)}\r${'a'.repeat(50)} HTTP/1.1\r\n`, 400],
    ['a bare CR that is decided behind the limit', `GET /${'a'.repeat(44)}\ra HTTP/1.1\r\n`, 414],
    ['a bare LF before the limit', `GET / HTTP/1.1\n${'a'.repeat(100)}`, 400],
    ['a malformed line that is too long', `${'a'.repeat(100)}\r\n`, 414],
    ['a malformed field that is too long', `GET / HTTP/1.1\r\n${'a'.repeat(100)}\r\n`, 431],
  ])('decide with what is furthest to the left: %s', (_what, wire, status) => {
    expect(outcome(wire, { maxLength: 50 }, 200).statuses).toEqual([status])
  })

  it.each([-1, NaN])('refuses %d as a limit', (limit) => {
    expect(() => new Conversation({ maxHeaders: limit })).toThrow(RangeError)
    expect(() => new Conversation({ timeOut: limit })).toThrow(RangeError)
  })

  it('refuses null where there must be a limit, and a missing clock', () => {
    expect(() => new Conversation({ maxHeaders: null as never })).toThrow(RangeError)
    expect(() => new HTTPChannel({} as never)).toThrow(TypeError)
  })
})
