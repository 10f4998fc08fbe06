import { DEFAULT_CLIENT_OPTIONS, HTTPClientChannel } from '@millrace/client'
import type { ClientChannelOptions, ResponseHandler, ResponseHead, UpstreamError } from '@millrace/client'
import { DEFAULT_CHUNKED_LIMITS } from '@millrace/chunked'
import { Headers } from '@millrace/headers'
import { FakeClock, MemoryTransport } from '@millrace/testing'
import type { Protocol, Transport } from '@millrace/transport'
import { Chance } from '../chance.ts'
import { allCuts, randomCuts } from '../cuts.ts'
import { wireText } from '../escape.ts'
import { response } from '../generate/responses.ts'
import { anyWire } from '../generate/wire.ts'
import { doneEvent, headEvent } from '../log.ts'
import { readResponse, type Asked, type ResponseLimits, type ResponseReading } from '../oracle/response.ts'
import { fillFor } from './channel-limits.ts'
import { assertSame, assertThat, type FuzzCase, type Outcome, type Target } from '../target.ts'

/** A response, and the request that it answers. */
export interface ClientCase extends FuzzCase {
  readonly method: string
  /** What the request offers in Upgrade, as a comma list; nothing when empty. */
  readonly upgrade: string
  /** Whether the handler takes another protocol, and whether that one closes at once. */
  readonly taker: 'none' | 'takes' | 'closes'
  /** Which of {@link LIMITS}. */
  readonly limits: number
  /** Whether the server ends the connection behind it. */
  readonly ends: boolean
  /** Whether the handler pauses behind each piece of content. */
  readonly pauses: boolean
  readonly cutSeed: number
}

const { maxLength, totalHeadersSize, maxHeaders, maxInformational } = DEFAULT_CLIENT_OPTIONS

const LIMITS: readonly ResponseLimits[] = [
  { maxLength, totalHeadersSize, maxHeaders, maxInformational, chunked: DEFAULT_CHUNKED_LIMITS },
  {
    maxLength: 60,
    totalHeadersSize: 90,
    maxHeaders: 3,
    maxInformational: 2,
    chunked: {
      maxChunkLineBytes: 12,
      maxExtensionBytes: 8,
      maxOverheadBytes: 40,
      maxTrailerBytes: 24,
      maxTrailerCount: 2,
    },
  },
  {
    maxLength: 40,
    totalHeadersSize: 1_000,
    maxHeaders: 0,
    maxInformational: 0,
    chunked: DEFAULT_CHUNKED_LIMITS,
  },
]

const CLOCK = new FakeClock()
const failures: unknown[] = []
const OPTIONS: readonly ClientChannelOptions[] = LIMITS.map((limits) => ({
  ...limits,
  clock: CLOCK,
  onHandlerError: (error) => failures.push(error),
}))
let current: Exchange | null = null

const OFFERS = ['websocket', 'websocket, x/2', 'X/2']
const TAKERS = ['none', 'takes', 'takes', 'takes', 'closes'] as const

/** The parser of responses. */
export function clientTarget(): Target<ClientCase> {
  return { name: 'client', generate, check }
}

function generate(chance: Chance): ClientCase {
  const limits = chance.of(0.6) ? 0 : chance.between(1, LIMITS.length - 1)
  const fill = fillFor(chance, LIMITS[limits] as ResponseLimits)
  const method = chance.pick(['GET', 'GET', 'GET', 'HEAD', 'POST', 'CONNECT'])
  const upgrade = chance.of(0.8) ? '' : chance.pick(OFFERS)
  const mightSwitch = upgrade !== '' || method === 'CONNECT'
  const make = (from: Chance, wildness: number): string => response(from, { wildness, mightSwitch, fill })
  return {
    wire: anyWire(chance, { seeds: [], make }),
    method,
    upgrade,
    taker: mightSwitch ? chance.pick(TAKERS) : chance.pick(['none', 'takes']),
    limits,
    ends: chance.of(0.6),
    pauses: chance.of(0.2),
    cutSeed: chance.below(1_000_000),
  }
}

/** Shows what is held. */
class FuzzClient extends HTTPClientChannel {
  get held(): number {
    return this.lineBuffer.length
  }
}

/** What a connection is handed over to: notes what it gets. */
class Successor implements Protocol {
  got = ''
  ended = false
  lost = false
  readonly #closes: boolean

  constructor(closes: boolean) {
    this.#closes = closes
  }

  makeConnection(transport: Transport): void {
    if (this.#closes) transport.loseConnection()
  }
  connectionMade(): void {}
  dataReceived(bytes: Uint8Array): void {
    assertThat(!this.ended && !this.lost, 'octets for the next protocol behind its end')
    this.got += wireText(bytes)
  }
  readConnectionLost(): void {
    assertThat(!this.ended, 'two ends for the next protocol')
    this.ended = true
  }
  connectionLost(): void {
    assertThat(!this.lost, 'two losses for the next protocol')
    this.lost = true
  }
}

/** One exchange, and what was seen of it. */
class Exchange implements ResponseHandler {
  log = ''
  error: UpstreamError | null = null
  #content = ''
  #isOver = false
  successor: Successor | null = null
  /** Takes another protocol; without it, nobody does. */
  declare switchProtocol?: (head: ResponseHead) => Protocol
  readonly channel: FuzzClient
  readonly transport: MemoryTransport = new MemoryTransport()
  readonly #input: ClientCase

  constructor(input: ClientCase) {
    this.#input = input
    this.channel = new FuzzClient(OPTIONS[input.limits] as ClientChannelOptions)
    this.transport.connect(this.channel)
    const target = input.method === 'CONNECT' ? 'a:443' : '/'
    if (input.taker !== 'none') this.switchProtocol = (head) => this.#switch(head)
    const headers = new Headers({ Host: 'a' })
    if (input.upgrade !== '') {
      headers.set('Connection', 'upgrade')
      headers.set('Upgrade', input.upgrade)
    }
    this.channel.request({ method: input.method, requestTarget: target, headers }, this)
  }

  #switch(head: ResponseHead): Protocol {
    this.#note(eventOf(head))
    this.#isOver = true
    this.successor = new Successor(this.#input.taker === 'closes')
    return this.successor
  }

  feed(pieces: Iterable<Uint8Array>): void {
    const most = (LIMITS[this.#input.limits] as ResponseLimits).totalHeadersSize
    for (const piece of pieces) {
      this.transport.deliver(piece)
      this.#resume()
      const { held } = this.channel
      assertThat(held <= most + 1, `holds ${held} octets of a head, with ${most} allowed`)
    }
    if (this.#input.ends) this.transport.deliverEnd()
    this.#resume()
  }

  get outcome(): string {
    this.transport.settle()
    const { error, successor } = this
    if (successor !== null)
      return `${this.log}switched\n${successor.got}\n${String(successor.ended)} ${String(successor.lost)} ${this.channel.state}`
    const end = error === null ? 'no error' : `${error.code} ${error.statusHint} ${error.offset}`
    return `${this.log}${end}\n${this.#content}\n${this.channel.state}`
  }

  tearDown(): void {
    this.transport.reset()
    assertThat(this.#isOver, 'nobody told how it ended')
    assertThat(this.successor?.lost !== false, 'the next protocol was not told of the loss')
    assertThat(CLOCK.pending === 0, `${CLOCK.pending} timers are left`)
    assertSame('failures of handlers', failures.splice(0).join(), '')
  }

  informationalReceived(head: ResponseHead): void {
    this.#note(eventOf(head))
  }

  responseReceived(head: ResponseHead): void {
    this.#note(eventOf(head))
  }

  dataReceived(chunk: Uint8Array): void {
    assertThat(chunk.length > 0, 'an empty piece of content')
    assertThat(!this.#isOver, 'content behind the end')
    this.#content += wireText(chunk)
    if (this.#input.pauses) this.channel.pauseProducing()
  }

  responseDone(trailers: Headers | undefined): void {
    this.#note(doneEvent(this.#content, trailers ?? []))
    this.#content = ''
    this.#isOver = true
  }

  responseLost(error: UpstreamError): void {
    this.#note('')
    this.error = error
    this.#isOver = true
  }

  #note(event: string): void {
    assertThat(!this.#isOver, 'an event behind the end')
    this.log += event
  }

  #resume(): void {
    while (this.channel.paused && !this.#isOver) {
      this.channel.resumeProducing()
      this.transport.settle()
    }
  }
}

function eventOf({ statusCode, reasonPhrase, minorVersion, headers }: ResponseHead): string {
  return headEvent(`1.${minorVersion} ${statusCode} ${reasonPhrase}`, headers)
}

function run(input: ClientCase, pieces: Iterable<Uint8Array>, look?: (exchange: Exchange) => void): string {
  current?.transport.reset() // when a check of the exchange before failed, it was not torn down
  const exchange = new Exchange(input)
  current = exchange
  exchange.feed(pieces)
  const { outcome } = exchange
  look?.(exchange)
  current = null
  exchange.tearDown()
  return outcome
}

function check(input: ClientCase, isThorough: boolean): Outcome {
  const { wire, cutSeed } = input
  let outcome: Outcome = 'rejected'
  const expected = run(input, wire.length === 0 ? [] : [wire], (exchange) => {
    compareWithOracle(input, exchange, readAs(input, wireText(wire)))
    if (exchange.error === null) outcome = 'accepted'
  })
  const chance = new Chance(cutSeed)
  assertSame('cut at random', run(input, randomCuts(chance, wire)), expected)
  if (isThorough)
    for (const cut of allCuts(wire)) assertSame(`cut in ${cut.length}`, run(input, cut), expected)
  return outcome
}

const HEAD_END = '\r\n\r\n'

/** What the rules make of this text as the answer. */
function readAs({ method, upgrade, taker, limits }: ClientCase, text: string): ResponseReading {
  const offers = upgrade === '' ? [] : upgrade.toLowerCase().split(', ')
  const asked: Asked = { method, offers, takesSwitch: taker !== 'none' }
  return readResponse(text, asked, LIMITS[limits] as ResponseLimits)
}

function compareWithOracle(input: ClientCase, exchange: Exchange, reading: ResponseReading): void {
  const { error, successor } = exchange
  if (reading.end === 'switched' || successor !== null) return compareSwitch(input, exchange, reading)
  const isComplete = reading.end === 'complete' || (reading.end === 'until-close' && input.ends)
  const log = reading.end === 'until-close' && input.ends ? reading.log + reading.rest : reading.log
  assertSame('the response', exchange.log, log)
  assertThat(!isComplete || error === null, `refuses what the rules allow: ${String(error?.code)}`)
  assertThat(reading.end !== 'refused' || error !== null, 'takes what the rules refuse')
  assertThat(!input.ends || isComplete || error !== null, 'waits for an answer that cannot come')
  if (error === null || input.ends || reading.end !== 'incomplete') return
  const after = readAs(input, wireText(input.wire) + HEAD_END)
  const isGood = after.log.length > reading.log.length || after.end === 'complete'
  assertThat(!isGood, 'refused too early: the end of the line would make it good')
}

/** Who takes the connection over gets every octet behind the head, and the end; nobody else gets anything. */
function compareSwitch(input: ClientCase, exchange: Exchange, reading: ResponseReading): void {
  const { error, successor, channel } = exchange
  assertThat(reading.end === 'switched', 'switches where the rules do not')
  assertThat(successor !== null && error === null, `does not switch: ${String(error?.code)}`)
  assertSame('the response', exchange.log, reading.log)
  const isOpen = input.taker === 'takes'
  assertSame('what the next protocol got', successor.got, isOpen ? reading.rest : '')
  assertThat(successor.ended === (isOpen && input.ends), `ended: ${String(successor.ended)}`)
  assertThat(successor.lost || channel.state === 'switched', `is ${channel.state}`)
}
