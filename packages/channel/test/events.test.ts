import { FakeClock, MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel, type ChannelEvents, type EventSink, type EventSinks } from '../src/index.ts'
import { Conversation } from './conversation.ts'

const GET = 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n'
const POST = 'POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'

type Seen = { [Name in keyof ChannelEvents]: [Name, ChannelEvents[Name]] }[keyof ChannelEvents]

/** Sinks that keep what they are told, as long as somebody listens. */
function listening(hasSubscribers: () => boolean = () => true): { seen: Seen[]; events: EventSinks } {
  const seen: Seen[] = []
  const sink = <Name extends keyof ChannelEvents>(name: Name): EventSink<ChannelEvents[Name]> => ({
    get hasSubscribers() {
      return hasSubscribers()
    },
    publish: (event) => void seen.push([name, event] as Seen),
  })
  const events: EventSinks = {
    connection: sink('connection'),
    head: sink('head'),
    body: sink('body'),
    response: sink('response'),
    error: sink('error'),
    close: sink('close'),
  }
  return { seen, events }
}

const names = (seen: readonly Seen[]): string[] => seen.map(([name]) => name)

describe('events', () => {
  it('tell of connection, head, response and close, with the octets of each', () => {
    const { seen, events } = listening()
    const talk = new Conversation({ events })
    talk.send(GET)
    const request = (seen[1] as Seen & [string, { request: object }])[1].request
    talk.transport.abortConnection()
    talk.transport.settle()
    const { channel, wire } = talk
    expect(seen).toEqual([
      ['connection', { channel, atMs: 0 }],
      ['head', { channel, atMs: 0, request, byteCount: GET.length }],
      ['response', { channel, atMs: 0, request, byteCount: wire.length }],
      [
        'close',
        { channel, atMs: 0, reason: { kind: 'aborted' }, receivedBytes: GET.length, sentBytes: wire.length },
      ],
    ])
  })

  it('tell when content is complete, with its octets but not those of its framing', () => {
    const { seen, events } = listening()
    new Conversation({ events }).send(POST, '5\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n')
    expect(names(seen)).toEqual(['connection', 'head', 'body', 'response'])
    expect(seen[2]?.[1]).toMatchObject({ byteCount: 11 })
  })

  it('come at the time of the channel', () => {
    const { seen, events } = listening()
    const talk = new Conversation({ events })
    talk.clock.advance(1_500)
    talk.send(POST)
    talk.clock.advance(250)
    talk.send('0\r\n\r\n')
    expect(seen.map(([name, event]) => `${name} ${event.atMs}`)).toEqual([
      'connection 0',
      'head 1500',
      'body 1750',
      'response 1750',
    ])
  })

  it('count the octets of each response for itself, interim ones with it', () => {
    const { seen, events } = listening()
    const talk = new Conversation({ events })
    talk.send(GET + GET)
    const counts = seen
      .filter(([name]) => name === 'response')
      .map(([, event]) => (event as { byteCount: number }).byteCount)
    expect(counts).toEqual([talk.wire.length / 2, talk.wire.length / 2])
    const expecting = POST.replace('Host', 'Expect: 100-continue\r\nHost')
    talk.send(expecting, '0\r\n\r\n')
    const third = (seen.at(-1) as [string, { byteCount: number }])[1].byteCount
    expect(counts[0]! + counts[1]! + third).toBe(talk.wire.length)
    expect(talk.wire).toContain('100 Continue')
  })

  it('tell of a refusal, which has no request yet, with the status that it gets', () => {
    const { seen, events } = listening()
    const talk = new Conversation({ events })
    talk.send('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')
    expect(names(seen)).toEqual(['connection', 'error'])
    expect(seen[1]?.[1]).toMatchObject({ phase: 'head', request: null, status: 400, error: talk.errors[0] })
  })

  it('tell of a handler that fails, also when nobody asked for errors', () => {
    const { seen, events } = listening()
    const failing = {
      allContentReceived: (): never => {
        throw new Error('boom')
      },
    }
    const talk = new Conversation({ events, onError: undefined as never }, (options) =>
      Object.assign(new HTTPChannel(options), failing),
    )
    talk.send(GET)
    expect(seen.at(-1)).toMatchObject([
      'error',
      { phase: 'response', status: 500, error: { message: 'boom' } },
    ])
  })

  it('are not put together while nobody listens, and come from when somebody does', () => {
    let isListening = false
    const { seen, events } = listening(() => isListening)
    const talk = new Conversation({ events })
    talk.send(GET)
    expect(seen).toEqual([])
    isListening = true
    talk.send(GET)
    expect(names(seen)).toEqual(['head', 'response'])
    expect(seen[1]?.[1]).toMatchObject({ byteCount: talk.wire.length / 2 })
  })

  it('may be left out by name', () => {
    const { seen, events } = listening()
    const { response } = events
    new Conversation({ events: { response: response as NonNullable<typeof response> } }).send(GET)
    expect(names(seen)).toEqual(['response'])
  })

  it.each(['connection', 'head', 'body', 'response', 'error'] as const)(
    'harm nothing when a subscriber of %s throws: onError hears of it',
    (name) => {
      const thrown = new Error('subscriber')
      const sink = {
        hasSubscribers: true,
        publish: (): never => {
          throw thrown
        },
      }
      const talk = new Conversation({ events: { [name]: sink } })
      talk.send(POST, '0\r\n\r\n', GET, name === 'error' ? 'x\0' : '')
      expect(talk.wire.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
      expect(talk.errors).toContain(thrown)
    },
  )

  it.each(['connection', 'head', 'body', 'response'] as const)(
    'leave nothing behind when a subscriber of %s closes the connection',
    (name) => {
      const sink: EventSink<ChannelEvents['head']> = {
        hasSubscribers: true,
        publish: ({ channel }) => channel.loseConnection(),
      }
      const talk = new Conversation({ events: { [name]: sink } })
      talk.send(POST, '0\r\n\r\n', GET)
      expect(talk.closed).toBe(true)
      expect(talk.channel.readState).toBe('lingering')
      expect(talk.channel.requests).toEqual([])
      talk.clock.advance(60_000)
      expect(talk.clock.pending).toBe(0)
    },
  )

  it('refuses a name that there is not, and a sink that takes nothing', () => {
    const clock = new FakeClock()
    const events = { closed: { hasSubscribers: true, publish: () => {} } } as EventSinks
    expect(() => new HTTPChannel({ clock, events })).toThrow(TypeError)
    expect(() => new HTTPChannel({ clock, events: { close: {} as never } })).toThrow(TypeError)
    new MemoryTransport().connect(new HTTPChannel({ clock, events: {} }))
  })
})
