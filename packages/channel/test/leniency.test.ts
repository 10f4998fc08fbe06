import { randomSplits, splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { STRICT } from '../src/index.ts'
import type { HTTPChannelOptions, Leniency, LeniencyFlag } from '../src/index.ts'
import { Conversation, echo, head, observe, wireBytes } from './conversation.ts'
import { plain, hooked, outcome, headOf, allOn } from './leniently.ts'
import { fc, test } from './property.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

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
