import type { Headers } from '@millrace/headers'
import type { Chance } from '@millrace/testing'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { Request } from '../../src/index.ts'
import type { Leniency, LeniencyFlag, RequestChannel, RequestHead } from '../../src/index.ts'
import { pattern, type Sent } from './requests.ts'
import type { Theme } from './themes.ts'
import { toOctets, toText } from './latin1.ts'
import { faultsOf } from './laxities.ts'

/** What a handler needs of the connection that it lives on. */
export interface Weather {
  readonly chance: Chance
  /** Only handlers that answer in the end, and read or ignore content like reasonable people. */
  readonly calm: boolean
  readonly theme: Theme
  /** What the channel forgives. */
  readonly leniency: Leniency
  readonly exchanges: Exchange[]
  /** Handlers of any connection that wait for one of another connection to wake them. */
  readonly waiting: (() => void)[]
  /** What the client meant by this request, which is the next one. */
  expected(request: Request): Sent | undefined
  /** An exchange is over, for better or worse. */
  exchangeEnded(): void
  /** Writes into the log. */
  note(what: string): void
  /** Runs `task` at some later time, out of any turn, perhaps after the connection is lost. */
  later(task: () => void): void
  /** Resolves at some later time. */
  pass(): Promise<void>
  /** Something happened that must not. */
  violated(what: string): void
  /** A hook runs: it may do what it should not. */
  hook(exchange: Exchange): void
  /** The channel called a handler: never after the connection was lost. */
  called(what: string): void
}

/** One request in the hands of a handler, and everything that is known about it in the end. */
export class Exchange {
  readonly request: Request
  readonly weather: Weather
  readonly sent: Sent
  /** What was written as content, as far as it was written in time. */
  wrote = ''
  finished = false
  upgraded: Taker | null = null
  /** The handler did something by which its response may be cut off. */
  misbehaved = false
  /** The handler wrote on although it was told that the peer does not keep up. */
  pushy = false
  notified: ConnectionLost | null | undefined = undefined
  losses = 0
  /** The producer is registered: somebody must stop it, if it does not finish. */
  producing = false
  /** The channel accepted the request; what was forgiven for that, as it told. */
  accepted = false
  readonly forgiven: LeniencyFlag[] = []
  /** How many steps of the handler wait for something. */
  running = 0
  /** Octets of content that the request got, and those of them that the handler took. */
  handedBytes = 0
  takenBytes = 0
  /** The handler takes no content at all; octets of it that came when the response was complete. */
  ignores = false
  droppedBytes = 0
  /** The handler takes the content in one piece, when it is complete. */
  collects = false
  /** Somebody waited for content when the response was completed: the channel goes on reading it. */
  readsOn = false
  /** The handler will never ask for the rest of the content. */
  leaves = false
  contentEnd: 'open' | 'done' | 'lost' | 'dropped' = 'open'

  constructor(request: Request, weather: Weather) {
    this.request = request
    this.weather = weather
    const sent = weather.expected(request)
    if (sent === undefined) weather.violated(`a request that nobody sent: ${request.requestTarget}`)
    this.sent = sent ?? NOBODYS
    this.#checkLeniencies()
    if (weather.exchanges.some(({ finished, alive, upgraded }) => !finished && alive && upgraded === null))
      weather.violated('a request dispatched while another is owed its response')
    weather.exchanges.push(this)
    void request.notifyFinish().then((reason) => {
      this.notified = reason
      weather.exchangeEnded()
    })
  }

  #checkLeniencies(): void {
    const { head } = this.request
    for (const fault of faultsOf(head, this.weather.leniency)) this.weather.violated(fault)
    const { needs } = this.sent
    if (needs !== null && !isSame(needs, head.leniencies))
      this.weather.violated(`forgave ${head.leniencies.join()}, where ${needs.join()} was needed`)
  }

  get alive(): boolean {
    return this.request.lost === null
  }

  start(status: number): void {
    this.request.setResponseCode(status)
    this.request.setHeader('X-Id', String(this.sent.id))
  }

  /** Says something before the response, unless it is too late for that. */
  inform(): void {
    if (this.request.startedWriting) return
    if (this.weather.chance.of(0.5)) this.request.sendContinue()
    else this.request.informational(103, { 'X-Interim': String(this.sent.id) })
  }

  write(length: number): boolean {
    const text = pattern(this.sent.id, this.wrote.length, length)
    if (this.alive && !this.finished) this.wrote += text // before: a producer may be asked for more inside
    return this.request.write(this.#octets(text))
  }

  finish(length: number): void {
    const text = pattern(this.sent.id, this.wrote.length, length)
    const timely = this.alive && !this.finished
    if (timely) this.wrote += text
    this.finished ||= timely // before: the next request may be dispatched inside
    this.readsOn = timely && this.request.content.hasReader
    try {
      if (length > 0 || this.weather.chance.of(0.5)) this.request.finish(this.#octets(text))
      else this.request.finish()
    } catch (error) {
      if (timely) this.finished = false
      throw error
    }
  }

  upgrade(): void {
    const taker = new Taker(this.weather)
    this.request.setResponseCode(this.sent.method === 'CONNECT' ? 200 : 101)
    this.request.setHeader('X-Id', String(this.sent.id))
    if (this.sent.method !== 'CONNECT') this.request.setHeader('Upgrade', 'Storm')
    if (!this.alive) return
    this.upgraded = taker
    if (this.weather.chance.of(0.5)) return this.request.upgrade(taker)
    const held = this.request.upgrade()
    this.weather.later(() => held.attach(taker))
  }

  take(chunk: Uint8Array): void {
    if (chunk.length === 0) this.weather.violated('an empty piece of content')
    if (this.contentEnd !== 'open') this.weather.violated('content behind its end')
    const { content, broken } = this.sent
    const text = toText(chunk)
    const cut = broken ? text.replace(/Z$/, '') : text // it may break off inside a chunk
    if (content !== null && !content.startsWith(cut, this.takenBytes))
      this.weather.violated(`content that was not sent, at ${this.takenBytes}`)
    this.takenBytes += chunk.length
  }

  end(how: 'done' | 'lost', trailers?: Headers): void {
    const { content } = this.sent
    if (this.contentEnd !== 'open') this.weather.violated('two ends of content')
    this.contentEnd = how
    if (content === null) return
    if (how === 'done' && this.takenBytes !== content.length)
      this.weather.violated(`content cut short at ${this.takenBytes} of ${content.length}`)
    if (trailers !== undefined && trailers.get('digest') !== 'x') this.weather.violated('other trailers')
  }

  /** The handler wants none of the rest of the content. */
  drop(): void {
    if (this.contentEnd === 'open') this.contentEnd = 'dropped'
    this.request.content.stopProducing()
  }

  /** Content that is held for the handler. */
  get heldBytes(): number {
    const isOpen = !this.request.finished || this.leaves
    const isHeld = isOpen && !this.collects && this.contentEnd === 'open'
    return isHeld ? this.handedBytes - this.takenBytes : 0
  }

  /** Text goes one way through the channel, bytes another. */
  #octets(text: string): string | Uint8Array {
    return this.weather.chance.of(0.5) ? text : toOctets(text)
  }
}

const NOBODYS: Sent = {
  id: -1,
  method: 'GET',
  minorVersion: 1,
  content: null,
  closes: false,
  broken: true,
  takesUpgrade: false,
  needs: null,
  end: 0,
}

function isSame(some: readonly LeniencyFlag[], others: readonly LeniencyFlag[]): boolean {
  return some.length === others.length && some.every((flag) => others.includes(flag))
}

/** What a connection is handed over to: notes all it gets, says something now and then. */
export class Taker implements Protocol {
  readonly weather: Weather
  transport: Transport | null = null
  got = ''
  said = ''
  ends = 0
  lost: ConnectionLost | null = null

  constructor(weather: Weather) {
    this.weather = weather
  }

  makeConnection(transport: Transport): void {
    this.transport = transport
    this.#say()
  }
  connectionMade(): void {}
  dataReceived(bytes: Uint8Array): void {
    if (this.lost !== null || this.ends > 0)
      this.weather.violated('bytes for the next protocol after its end')
    this.got += toText(bytes)
    if (this.weather.chance.of(0.3)) this.#say()
    if (this.weather.chance.of(0.02)) this.transport?.loseConnection()
  }
  readConnectionLost(): void {
    this.ends += 1
    this.transport?.loseConnection()
  }
  connectionLost(reason: ConnectionLost): void {
    if (this.lost !== null) this.weather.violated('connectionLost twice for the next protocol')
    this.lost = reason
  }
  #say(): void {
    if (this.transport?.disconnecting === true) return
    this.said += 'taken.'
    this.transport?.write(new TextEncoder().encode('taken.'))
  }
}

/** A request whose handler is drawn by lot. */
export class StormRequest extends Request {
  readonly exchange: Exchange
  readonly #answer: (exchange: Exchange) => void | Promise<void>

  constructor(
    channel: RequestChannel,
    head: RequestHead,
    weather: Weather,
    answer: (exchange: Exchange) => void | Promise<void>,
  ) {
    super(channel, head)
    this.exchange = new Exchange(this, weather)
    this.#answer = answer
  }

  override gotLength(lengthBytes: number | null): void {
    const { weather, sent } = this.exchange
    weather.called('gotLength')
    if (lengthBytes !== null && sent.content !== null && lengthBytes !== sent.content.length)
      weather.violated('another length than was sent')
    weather.hook(this.exchange)
  }

  override process(): void | Promise<void> {
    this.exchange.weather.called('process')
    if (this.exchange.finished || !this.exchange.alive)
      this.exchange.weather.violated('process behind the end')
    if (this.exchange.forgiven.length < this.head.leniencies.length)
      this.exchange.weather.violated('dispatched before it was told what was forgiven')
    return this.#answer(this.exchange)
  }

  override contentEnded(trailers: Headers | undefined): void {
    this.exchange.weather.called('contentEnded')
    this.exchange.weather.hook(this.exchange)
    super.contentEnded(trailers)
  }

  override handleContentChunk(chunk: Uint8Array): void {
    this.exchange.weather.called('handleContentChunk')
    this.exchange.handedBytes += chunk.length
    if (this.exchange.ignores && this.exchange.finished) this.exchange.droppedBytes += chunk.length
    super.handleContentChunk(chunk)
  }

  override connectionLost(...args: Parameters<Request['connectionLost']>): void {
    this.exchange.losses += 1
    super.connectionLost(...args)
  }
}
