import { fc, test } from './property.ts'
import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, TRANSITIONS } from '../src/index.ts'
import type { HTTPChannelOptions, ReadState } from '../src/index.ts'
import { Conversation, head, observe, wireBytes } from './conversation.ts'

const GET = head('GET /1 HTTP/1.1', 'Host: a')
const CHUNKED = `${head('POST /2 HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n`

/** Sees every line, as a subclass may. */
class HookedChannel extends HTTPChannel {
  readonly lines: string[] = []
  override lineReceived(line: Uint8Array): void {
    this.lines.push(Buffer.from(line).toString('latin1'))
    super.lineReceived(line)
  }
}

/** Checks each move against the table. */
class WatchedChannel extends HTTPChannel {
  protected override become(state: ReadState): void {
    if (!TRANSITIONS[this.readState].includes(state))
      throw new Error(`illegal move: ${this.readState} → ${state}`)
    super.become(state)
  }
}

const makers: [string, (options: HTTPChannelOptions) => HTTPChannel][] = [
  ['as it is', (options) => new HTTPChannel(options)],
  ['with its line hook overridden', (options) => new HookedChannel(options)],
  ['with its moves watched', (options) => new WatchedChannel(options)],
]

describe.each(makers)('a channel %s', (_name, make) => {
  it.each([
    ['a request', GET],
    ['a pipelined pair', GET + GET.replace('/1', '/2')],
    ['a chunked upload with trailers', CHUNKED],
    ['an upload with length', `${head('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 5')}hello`],
    ['a request behind an upload', `${CHUNKED}${GET}`],
    ['a request behind which another is broken', `${GET}GET / HTTP/1.1\r\nHost : a\r\n\r\n`],
    ['a broken chunk', `${CHUNKED.slice(0, -10)}zz\r\n`],
    ['a TLS hello', '\x16\x03\x01\x00\xa5\x01\x00\x00'],
    ['line feeds alone', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['an obs-fold', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('gives the same events and bytes at every split: %s', (_what, wire) => {
    const seen = observe(new Conversation().send(wireBytes(wire)))
    for (const pieces of splits(wire))
      expect(observe(new Conversation({}, make).send(...pieces))).toEqual(seen)
  })
})

describe('the two ways through the channel', () => {
  it('show every line to the hook, and the end of the head as an empty one', () => {
    const conversation = new Conversation({}, (options) => new HookedChannel(options))
    conversation.send(`\r\n${CHUNKED}${GET}`)
    expect(conversation.channel.lines).toEqual([
      '',
      'POST /2 HTTP/1.1',
      'Host: a',
      'Transfer-Encoding: chunked',
      '',
      'GET /1 HTTP/1.1',
      'Host: a',
      '',
    ])
  })

  it('let headerReceived refuse a field with 400', () => {
    class Picky extends HTTPChannel {
      override headerReceived(line: Uint8Array): boolean {
        return super.headerReceived(line) && line[0] !== 0x58
      }
    }
    const conversation = new Conversation({}, (options) => new Picky(options))
    conversation.send(head('GET / HTTP/1.1', 'Host: a', 'X: y'))
    expect(conversation.statuses).toEqual([400])
    expect(conversation.codes).toEqual(['ERR_HEADER_REFUSED'])
  })

  it('refuse an impossible byte at once, without waiting for the end of the line (rule 2)', () => {
    for (const [, make] of makers) {
      expect(new Conversation({}, make).send('\x16').statuses).toEqual([400])
      expect(new Conversation({}, make).send('GET / HTTP/1.1\n').statuses).toEqual([400])
      expect(new Conversation({}, make).send('GET / HTTP/1.1\r\nHost: a\x00').statuses).toEqual([400])
    }
  })

  const fragment = fc.oneof(
    fc.constantFrom(
      GET,
      CHUNKED,
      '\r\n',
      '\n',
      '\r',
      ' ',
      ':',
      '\t',
      'GET ',
      '/ ',
      'HTTP/1.1',
      'Host: a\r\n',
      '\x00',
      '\x80',
    ),
    fc.constantFrom(
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '3\r\nabc\r\n',
      '0\r\n\r\n',
      'Expect: x\r\n',
    ),
    fc.string({ maxLength: 5 }),
  )

  test.prop([fc.array(fragment, { maxLength: 12 }), fc.array(fc.nat(200), { maxLength: 8 })], {
    numRuns: 3000,
  })('agree on whatever comes, however it is cut, and make legal moves only', (fragments, cuts) => {
    const wire = wireBytes(fragments.join('').replace(/[^\x00-\xff]/g, '?'))
    const options = { maxLength: 60, totalHeadersSize: 90, maxHeaders: 3 }
    const seen = observe(new Conversation(options).send(wire))
    const at = [...new Set(cuts.map((cut) => cut % (wire.length + 1)))].sort((a, b) => a - b)
    const pieces = [0, ...at]
      .map((from, i) => wire.subarray(from, at[i] ?? wire.length))
      .filter((piece) => piece.length > 0)
    for (const [, make] of makers)
      expect(observe(new Conversation(options, make).send(...pieces))).toEqual(seen)
  })
})
