import { splits } from '@millrace/testing'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, TRANSITIONS } from '../src/index.ts'
import type { HTTPChannelOptions, ReadState } from '../src/index.ts'
import { Conversation, head, observe } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** Checks each move against the table. */
class WatchedChannel extends HTTPChannel {
  protected override become(state: ReadState): void {
    if (!TRANSITIONS[this.readState].includes(state))
      throw new Error(`illegal move: ${this.readState} → ${state}`)
    super.become(state)
  }
}

/** Sees every line. */
class HookedChannel extends WatchedChannel {
  override lineReceived(line: Uint8Array): void {
    super.lineReceived(line)
  }
}

const makers = [
  (options: HTTPChannelOptions): HTTPChannel => new WatchedChannel(options),
  (options: HTTPChannelOptions): HTTPChannel => new HookedChannel(options),
]

/** A protocol that keeps what it gets. */
class Successor implements Protocol {
  received = ''
  readonly log: string[] = []
  makeConnection(_transport: Transport): void {
    this.log.push('made')
  }
  connectionMade(): void {}
  dataReceived(bytes: Uint8Array): void {
    this.received += Buffer.from(bytes).toString('latin1')
  }
  readConnectionLost(): void {
    this.log.push('end')
  }
  connectionLost(reason: ConnectionLost): void {
    this.log.push(reason.kind)
  }
}

describe('http2Preface (rule 89)', () => {
  it('gets a connection that begins with the preface, every octet of it, however it is cut', () => {
    const wire = `${PREFACE}\x00\x00\x00\x04\x00\x00\x00\x00\x00`
    for (const make of makers) {
      for (const pieces of splits(wire)) {
        const successor = new Successor()
        const conversation = new Conversation({ http2Preface: () => successor }, make).send(...pieces)
        expect(successor.received).toBe(wire)
        expect(conversation.channel.readState).toBe('switched')
        expect([conversation.wire, conversation.codes, conversation.clock.pending]).toEqual(['', [], 0])
        conversation.transport.deliverEnd()
        conversation.transport.reset()
        expect(successor.log).toEqual(['made', 'end', 'reset'])
      }
    }
  })

  it('is given the channel, to see who is there', () => {
    let seen: unknown = null
    const conversation = new Conversation({
      http2Preface: (channel) => {
        seen = channel.transport.getPeer()
        return null
      },
    }).send(PREFACE)
    expect(seen).toEqual(conversation.transport.getPeer())
  })

  it.each([
    ['returns null', { http2Preface: () => null }],
    ['is not there', {}],
  ])('leaves the preface refused with 505 when it %s, however it is cut', (_what, options) => {
    const seen = observe(new Conversation(options).send(PREFACE))
    for (const make of makers) {
      for (const pieces of splits(PREFACE)) {
        const conversation = new Conversation(options, make).send(...pieces)
        expect(observe(conversation)).toEqual(seen)
        expect(conversation.statuses).toEqual([505])
      }
    }
  })

  it.each([
    ['a request whose method begins like it', head('PRIME / HTTP/1.1', 'Host: a')],
    ['a request', GET],
    ['two requests', GET + GET],
    ['half of it, then a line that is none', 'PRI * HTTP/2.0\r\n\r\nSM\r\nX'],
    ['a head of HTTP/2.0', head('PRI * HTTP/2.0', 'Host: a')],
    ['it behind an empty line', `\r\n${PREFACE}`],
    ['it behind a request', GET + PREFACE],
    ['nothing but its first octet, then no method', 'P\x00'],
  ])('changes nothing for %s, however it is cut', (_what, wire) => {
    const http2Preface = (): never => {
      throw new Error('asked')
    }
    const seen = observe(new Conversation().send(wire))
    for (const make of makers)
      for (const pieces of splits(wire))
        expect(observe(new Conversation({ http2Preface }, make).send(...pieces))).toEqual(seen)
  })

  it('is not asked for a preface that stays incomplete: that is a head like any other', () => {
    for (const length of [1, 15]) {
      const http2Preface = (): Protocol => new Successor()
      const cut = PREFACE.slice(0, length)
      const ended = new Conversation({ http2Preface }).send(cut)
      ended.transport.deliverEnd()
      expect(ended).toMatchObject({ statuses: [400], codes: ['ERR_HEAD_INCOMPLETE'] })
      const late = new Conversation({ http2Preface }).send(cut)
      late.clock.advance(30_000)
      expect(late).toMatchObject({ statuses: [408], codes: ['ERR_HEADER_TIMEOUT'] })
      expect(late.errors).toMatchObject([{ offset: length }])
      expect(late.closed).toBe(true)
    }
  })

  it('refuses a line of HTTP/2.0 once it is clear that no preface follows', () => {
    const conversation = new Conversation({ http2Preface: () => new Successor() }).send(PREFACE.slice(0, 20))
    expect(conversation.wire).toBe('')
    conversation.transport.deliverEnd()
    expect(conversation).toMatchObject({ statuses: [505], codes: ['ERR_VERSION_UNSUPPORTED'] })
  })

  it('that throws is answered with 500', () => {
    const http2Preface = (): never => {
      throw new Error('no')
    }
    expect(new Conversation({ http2Preface }).send(PREFACE)).toMatchObject({
      statuses: [500],
      codes: ['Error: no'],
    })
  })

  it('may close instead', () => {
    const successor = new Successor()
    const conversation = new Conversation({
      http2Preface: (channel) => {
        channel.loseConnection()
        return successor
      },
    }).send(PREFACE)
    expect([conversation.wire, conversation.codes, successor.log]).toEqual(['', [], []])
    expect(conversation.closed).toBe(true)
  })

  it('whose protocol throws has its connection broken off', () => {
    class Broken extends Successor {
      override dataReceived(): void {
        throw new Error('no')
      }
    }
    const successor = new Broken()
    const conversation = new Conversation({ http2Preface: () => successor }).send(PREFACE)
    conversation.transport.settle()
    expect(conversation.codes).toEqual(['Error: no'])
    expect(successor.log).toEqual(['made', 'aborted'])
  })
})
