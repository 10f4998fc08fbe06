import { HAPPENINGS } from '@millrace/testing'
import type { Chance, Happening, SimulatedConnection, SimulatedPair } from '@millrace/testing'
import { LocalProtocolError } from '../../src/index.ts'
import type { DrainOptions, HTTPChannelOptions, Leniency, LeniencyFlag, Request } from '../../src/index.ts'
import { HookedChannel, WatchedChannel, type Watcher } from './channels.ts'
import {
  checkCalm,
  checkEnd,
  checkLeft,
  checkLeniencies,
  checkMemory,
  checkWaited,
  checkWire,
} from './checks.ts'
import { CLIENTS, type Conversation, type HTTPClient } from './clients.ts'
import { StormRequest, type Exchange, type Weather } from './exchange.ts'
import { meddle } from './handler-misdeeds.ts'
import { StormError } from './behaviour.ts'
import { answer } from './handlers.ts'
import { drawDeadlines, drawLeniency, drawLimits, NO_DEADLINES } from './http-options.ts'
import { Reporter } from './reporter.ts'
import { THEMES, type Theme } from './themes.ts'
import { script, type Script, type Sent } from './requests.ts'
import { toText } from './latin1.ts'

/** What all connections of a simulation share. */
export interface World {
  /** Makes a channel of a class into a channel of another one. */
  readonly change: (channel: typeof WatchedChannel) => typeof WatchedChannel
  readonly waiting: (() => void)[]
  exchanges: number
}

/** One connection of HTTP: a client, a channel and handlers, all of them drawn by lot. */
export class HTTPPair implements SimulatedPair, Conversation, Weather, Watcher {
  readonly connection: SimulatedConnection
  readonly chance: Chance
  readonly waiting: (() => void)[]
  /** Everybody is reasonable and nobody in a hurry: every request gets its answer. */
  readonly calm: boolean
  readonly theme: Theme
  readonly leniency: Leniency
  readonly script: Script
  /** What the client sends, if it comes to that. */
  sentWire: Uint8Array
  readonly options: HTTPChannelOptions
  readonly protocol: WatchedChannel
  readonly client: HTTPClient
  readonly happenings: readonly Happening[]
  readonly exchanges: Exchange[] = []
  readonly reporter: Reporter
  #gone = false
  /** The first request that may have reached the channel in another form than it was meant. */
  #changedFrom = Infinity

  constructor(connection: SimulatedConnection, world: World) {
    const { chance } = connection
    this.connection = connection
    this.chance = chance
    this.waiting = world.waiting
    this.calm = chance.of(0.3)
    this.theme = chance.draw(THEMES)
    this.leniency = drawLeniency(chance, this.theme)
    this.script = script(chance, this.calm, this)
    this.sentWire = this.script.wire
    this.options = {
      clock: connection.clock,
      ...drawLimits(chance, this.calm),
      ...(this.calm ? NO_DEADLINES : drawDeadlines(chance)),
      requestFactory: (channel, head) => {
        this.deciding()
        world.exchanges += 1
        return new StormRequest(channel, head, this, answer)
      },
      leniency: this.leniency,
      onLenient: (flag, request) => this.#forgiven(flag, request),
      onError: (error, context) => this.reporter.hook(error, context),
    }
    const Channel = world.change(chance.of(0.3) ? HookedChannel : WatchedChannel)
    this.protocol = new Channel(this.options)
    this.protocol.watcher = this
    this.reporter = new Reporter(this)
    const kind = chance.draw(this.calm ? CLIENTS.filter(({ bad }) => bad !== true) : CLIENTS)
    connection.note(`about ${this.theme.name}, a client ${kind.name}${this.calm ? ', calm' : ''}`)
    connection.stopTaking(this.theme.takesFromMs ?? 0)
    this.client = kind.make(this)
    this.happenings = this.calm ? CALM : this.#storm()
  }

  get alwaysSettles(): boolean {
    return this.calm
  }

  // --- what the client knows

  get answered(): number {
    return this.exchanges.filter(({ finished }) => finished).length
  }

  get switched(): boolean {
    return this.exchanges.some(({ upgraded }) => upgraded !== null)
  }

  get unchanged(): boolean {
    return this.#changedFrom === Infinity
  }

  changed(part: number, wire: Uint8Array): void {
    this.#changedFrom = part
    this.sentWire = wire
  }

  // --- what handlers need

  expected(request: Request): Sent | undefined {
    const at = this.exchanges.length
    if (at >= this.#changedFrom) return unknown(at, request)
    const sent = this.script.parts[at]?.sent
    const id = sent?.method === 'CONNECT' ? sent.id + 1 : sent?.id
    return /\d+$/.exec(request.requestTarget)?.[0] === String(id) ? sent : undefined
  }

  exchangeEnded(): void {
    this.client.exchangeEnded?.()
  }

  note(what: string): void {
    this.connection.note(what)
  }

  later(task: () => void): void {
    this.connection.later(task)
  }

  pass(): Promise<void> {
    return this.connection.pass()
  }

  violated(what: string): void {
    this.connection.violated(what)
  }

  called(what: string): void {
    if (this.#gone) this.violated(`${what} after the connection was lost`)
  }

  hook(exchange: Exchange): void {
    if (this.calm || this.chance.of(0.99)) return
    this.note('a hook of a request meddles')
    meddle(exchange)
  }

  // --- what the channel shows

  lost(): void {
    this.#gone = true
  }

  contentReceived(request: Request | undefined): void {
    this.called('allContentReceived')
    if (request instanceof StormRequest) this.hook(request.exchange)
    else this.deciding()
  }

  decided(request: Request): void {
    if (request instanceof StormRequest) request.exchange.accepted = true
  }

  deciding(): void {
    this.called('a hook')
    if (this.calm || this.chance.of(0.99)) return
    this.note('a hook of the channel meddles')
    if (this.chance.of(0.5)) this.protocol.loseConnection()
    else throw new StormError('in a hook of the channel')
  }

  #forgiven(flag: LeniencyFlag, request: Request): void {
    this.called('onLenient')
    if (!(request instanceof StormRequest)) return
    this.note(`${flag} is forgiven`)
    request.exchange.forgiven.push(flag)
    this.hook(request.exchange)
  }

  // --- what must be true

  check(): void {
    checkMemory(this)
  }

  checkSettled(): void {
    if (this.calm) checkCalm(this)
  }

  checkLeft(): void {
    checkLeft(this)
  }

  checkWaited(): void {
    checkWaited(this)
  }

  checkEnd(): void {
    checkEnd(this)
    checkLeniencies(this)
    checkWire(this)
    this.reporter.checkEnd()
  }

  /** Whether a misbehaving handler, or one that had a hook answer in its place, brought it on itself. */
  excuses(error: unknown): boolean {
    return error instanceof LocalProtocolError && this.exchanges.some((exchange) => exchange.misbehaved)
  }

  /** What the peer got. */
  get wire(): string {
    return toText(this.connection.received)
  }

  /** What happens to a connection besides what its client and the network do. */
  #storm(): Happening[] {
    const { protocol } = this
    return [
      ...HAPPENINGS,
      {
        name: 'drain of the channel',
        weight: 0.7,
        breaks: true,
        happen: () => protocol.drain(this.#drawDrain()),
      },
      { name: 'close', weight: 0.7, breaks: true, happen: () => protocol.loseConnection() },
      { name: 'abort', weight: 0.7, breaks: true, happen: () => protocol.abortConnection() },
    ]
  }

  #drawDrain(): DrainOptions {
    const totalMs = this.chance.pick([null, 500])
    return this.chance.of(0.5) ? { totalMs } : { totalMs, graceMs: this.chance.pick([0, 200]) }
  }
}

/** A request that was changed on its way: only what it looks like is known. */
function unknown(at: number, request: Request): Sent {
  const { method } = request
  const { minorVersion } = request.head
  const open = { content: null, closes: false, broken: true, takesUpgrade: false, needs: null }
  return { id: 1_000 + at, method, minorVersion, ...open, end: 0 }
}

const CALM = HAPPENINGS.filter(({ breaks }) => breaks !== true)
