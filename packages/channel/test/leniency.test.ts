import { randomSplits, splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, STRICT } from '../src/index.ts'
import type { HTTPChannelOptions, Leniency, LeniencyFlag, Request, RequestHead } from '../src/index.ts'
import { fc, test } from './property.ts'
import { Conversation, echo, head, observe, unanswered, wireBytes } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

/** Sees every field, so that heads take the way through the hooks. */
class HookedChannel extends HTTPChannel {
  readonly fields: string[] = []
  override headerReceived(line: Uint8Array): boolean {
    this.fields.push(Buffer.from(line).toString('latin1'))
    return super.headerReceived(line)
  }
}

const plain = (options: HTTPChannelOptions): HTTPChannel => new HTTPChannel(options)
const hooked = (options: HTTPChannelOptions): HTTPChannel => new HookedChannel(options)

/** The one outcome of `wire` with these flags, however it is cut, on both ways through the channel. */
function outcome(
  wire: string,
  leniency: Partial<Leniency>,
  options: Partial<HTTPChannelOptions> = {},
): { statuses: number[]; codes: string[]; used: unknown; wire: string; closed: boolean } {
  const whole = new Conversation({ ...options, leniency }, plain).send(wireBytes(wire))
  const seen = observe(whole)
  const used = whole.channel.leniencies
  for (const pieces of splits(wire, { maxCuts: 40 })) {
    for (const make of [plain, hooked]) {
      const conversation = new Conversation({ ...options, leniency }, make).send(...pieces)
      expect(observe(conversation)).toEqual(seen)
      expect(conversation.channel.leniencies).toEqual(used)
    }
  }
  return { statuses: whole.statuses, codes: whole.codes, used, wire: whole.wire, closed: whole.closed }
}

/** The head of the last request that the wire brings. */
function headOf(wire: string, leniency: Partial<Leniency>): RequestHead {
  const { conversation, requests } = unanswered({ leniency })
  conversation.send(wireBytes(wire))
  return (requests.at(-1) as Request).head
}

interface Case {
  readonly flag: LeniencyFlag
  readonly what: string
  readonly wire: string
  /** Why it is refused without the flag. */
  readonly code: string
  /** What is echoed with it. */
  readonly echoed: string
}

const cases: Case[] = [
  {
    flag: 'bareLf',
    what: 'LF alone',
    wire: 'GET /a HTTP/1.1\nHost: a\n\n',
    code: 'ERR_IMPOSSIBLE_BYTE',
    echoed: 'GET /a ',
  },
  {
    flag: 'bareLf',
    what: 'some LF, some CRLF',
    wire: 'POST /a HTTP/1.1\r\nHost: a\nContent-Length: 2\r\n\nhi',
    code: 'ERR_IMPOSSIBLE_BYTE',
    echoed: 'POST /a hi',
  },
  {
    flag: 'bareLf',
    what: 'LF before the request line',
    wire: `\n\n${GET}`,
    code: 'ERR_IMPOSSIBLE_BYTE',
    echoed: 'GET / ',
  },
  {
    flag: 'obsFold',
    what: 'a folded line',
    wire: head('GET /f HTTP/1.1', 'Host: a', 'X: 1', ' 2', '\t 3'),
    code: 'ERR_FIELD_FOLD',
    echoed: 'GET /f ',
  },
  {
    flag: 'obsFold',
    what: 'a folded length',
    wire: `${head('PUT / HTTP/1.1', 'Host:', '  a', 'Content-Length:', ' 2')}hi`,
    code: 'ERR_FIELD_FOLD',
    echoed: 'PUT / hi',
  },
  {
    flag: 'duplicateContentLength',
    what: 'equal lines',
    wire: `${head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Content-Length: 2')}hi`,
    code: 'ERR_CONTENT_LENGTH_REPEATED',
    echoed: 'PUT / hi',
  },
  {
    flag: 'duplicateContentLength',
    what: 'equal members',
    wire: `${head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 2, 2 ,2')}hi`,
    code: 'ERR_CONTENT_LENGTH',
    echoed: 'PUT / hi',
  },
  {
    flag: 'chunkedOverLength',
    what: 'both lengths',
    wire: `${head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Transfer-Encoding: chunked')}3\r\nabc\r\n0\r\n\r\n`,
    code: 'ERR_TRANSFER_ENCODING_WITH_LENGTH',
    echoed: 'PUT / abc',
  },
  {
    flag: 'missingHost',
    what: 'no Host',
    wire: head('GET /n HTTP/1.1', 'A: b'),
    code: 'ERR_HOST_MISSING',
    echoed: 'GET /n ',
  },
  {
    flag: 'nonAsciiTarget',
    what: 'UTF-8 in the target',
    wire: head('GET /caf\xc3\xa9?\xff HTTP/1.1', 'Host: a'),
    code: 'ERR_TARGET_CHARACTER',
    echoed: 'GET /caf%C3%A9?%FF ',
  },
]

describe.each(cases)('$flag: $what', ({ flag, wire, code, echoed }) => {
  it('is refused without the flag', () => {
    expect(outcome(wire, {})).toMatchObject({ statuses: [400], codes: [code], used: {} })
  })

  it('is refused with all other flags', () => {
    const others = { ...allOn(), [flag]: false }
    expect(outcome(wire, others)).toMatchObject({ statuses: [400], codes: [code], used: {} })
  })

  it('is taken with the flag, and counted', () => {
    const { statuses, codes, used, wire: sent } = outcome(wire, { [flag]: true })
    expect({ statuses, codes, used }).toEqual({ statuses: [200], codes: [], used: { [flag]: 1 } })
    expect(sent.endsWith(`\r\n\r\n${echoed}`)).toBe(true)
  })

  it('is taken with all flags, and counted under this one alone', () => {
    expect(outcome(wire, allOn())).toMatchObject({ statuses: [200], used: { [flag]: 1 } })
  })

  it('is told before the request is dispatched', () => {
    const log: unknown[] = []
    const onLenient: HTTPChannelOptions['onLenient'] = (name, request) =>
      void log.push(name, request.startedWriting)
    new Conversation({ leniency: { [flag]: true }, onLenient }).send(wireBytes(wire))
    expect(log).toEqual([flag, false])
  })
})

function allOn(): Leniency {
  return Object.fromEntries(Object.keys(STRICT).map((name) => [name, true])) as unknown as Leniency
}

describe('leniency', () => {
  it('costs a good request nothing: none is counted', () => {
    expect(outcome(GET + GET, allOn())).toMatchObject({ statuses: [200, 200], used: {} })
  })

  it('counts each request once for each flag', () => {
    const folded = 'GET / HTTP/1.1\nHost: a\nX: 1\n 2\n 3\n\n'
    const { channel } = new Conversation({ leniency: { bareLf: true, obsFold: true } }).send(
      folded + GET + folded,
    )
    expect(channel.leniencies).toEqual({ bareLf: 2, obsFold: 2 })
  })

  it('counts nothing for a request that is refused all the same', () => {
    expect(outcome('GET / HTTP/1.1\nHost: a b\n\n', { bareLf: true })).toMatchObject({
      codes: ['ERR_HOST'],
      used: {},
    })
  })

  it('stands in the head of the request', () => {
    expect(headOf('GET / HTTP/1.1\nA: b\n\n', allOn()).leniencies).toEqual(['bareLf', 'missingHost'])
    expect(headOf(GET, allOn()).leniencies).toEqual([])
  })

  it('has no flag that is misspelt or undecided', () => {
    const make = (leniency: object) => () => new Conversation({ leniency: leniency as Partial<Leniency> })
    expect(make({ bareLF: true })).toThrow(TypeError)
    expect(make({ constructor: true })).toThrow(TypeError)
    expect(make({ bareLf: 'yes' })).toThrow(TypeError)
    expect(make({ bareLf: undefined })).not.toThrow()
    expect(Object.isFrozen(STRICT)).toBe(true)
    expect(Object.values(STRICT)).not.toContain(true)
  })
})

describe('onLenient', () => {
  const lenient = { leniency: { missingHost: true } }
  const wire = head('GET / HTTP/1.1')

  it('may answer the request, which is not dispatched then', () => {
    let processed = 0
    const conversation = new Conversation({
      ...lenient,
      requestFactory: (channel, of) => {
        processed += 1
        return echo(channel, of)
      },
      onLenient: (_flag, request) => {
        request.setResponseCode(403)
        request.finish()
      },
    }).send(wire + GET)
    expect(conversation.statuses).toEqual([403, 200])
    expect(processed).toBe(2)
  })

  it('fails the request when it throws', () => {
    const onLenient = (): never => {
      throw new Error('no')
    }
    expect(new Conversation({ ...lenient, onLenient }).send(wire)).toMatchObject({
      statuses: [500],
      codes: ['Error: no'],
    })
  })
})

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

describe('a lenient channel', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      GET,
      '\r\n',
      '\n',
      '\r',
      ' ',
      '\t',
      ':',
      'GET ',
      '/ ',
      '/\xe9 ',
      'HTTP/1.1\n',
      'HTTP/1.1\r\n',
      '\x00',
    ),
    fc.constantFrom(
      'Host: a\r\n',
      'Host: a\n',
      'X: y\n',
      ' z\n',
      '\t\r\n',
      'Content-Length: 3\r\n',
      'Content-Length: 3, 3\n',
    ),
    fc.constantFrom('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n', '0\r\n\r\n', 'Expect: x\r\n'),
    fc.string({ maxLength: 4 }),
  )

  test.prop([fc.array(fragment, { maxLength: 14 }), fc.integer(), fc.nat(63)], { numRuns: 600 })(
    'does the same however its input is cut, and on both ways',
    (fragments, seed, bits) => {
      const wire = wireBytes(fragments.join('').replace(/[^\x00-\xff]/g, '?'))
      const flags = Object.keys(STRICT).map((name, index) => [name, ((bits >> index) & 1) === 1])
      const leniency = Object.fromEntries(flags) as Partial<Leniency>
      const options = { maxLength: 40, totalHeadersSize: 70, maxHeaders: 3, leniency }
      const whole = new Conversation(options).send(wire)
      const seen = observe(whole)
      for (const pieces of [[wire], ...[...splits(wire, { maxCuts: 0 })], ...randomSplits(wire, seed, 3)]) {
        const cut = pieces.filter((piece) => piece.length > 0)
        for (const make of [plain, hooked]) {
          const conversation = new Conversation(options, make).send(...cut)
          expect(observe(conversation)).toEqual(seen)
          expect(conversation.channel.leniencies).toEqual(whole.channel.leniencies)
        }
      }
    },
  )

  test.prop([fc.array(fragment, { maxLength: 14 })], { numRuns: 300 })(
    'takes what a strict one takes, and in the same way',
    (fragments) => {
      const wire = wireBytes(fragments.join('').replace(/[^\x00-\xff]/g, '?'))
      const strict = new Conversation().send(wire)
      if (strict.errors.length > 0) return
      expect(observe(new Conversation({ leniency: allOn() }).send(wire))).toEqual(observe(strict))
    },
  )
})
