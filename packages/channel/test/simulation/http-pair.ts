import { FakeClock, MemoryTransport, seededRandom, wireText } from '@millrace/testing'
import type { ConnectionLost } from '@millrace/transport'
import { HTTPChannel, LocalProtocolError, RemoteProtocolError, TRANSITIONS } from '../src/index.ts'
import type { HTTPChannelOptions, ReadState, Request } from '../src/index.ts'
import { Chance, cut, script, type Script, type Sent } from './storm-client.ts'
import { StormRequest, type Exchange, type Weather } from './storm-exchange.ts'
import { answer, meddle, StormError } from './storm-handlers.ts'

/** Lets a storm see what is protected, and complains of a move that no table allows. */
interface Watcher {
  violated(what: string): void
  lost(): void
  hook(exchange: Exchange | undefined): void
}

class WatchedChannel extends HTTPChannel {
  watcher: Watcher | null = null
  get held(): number {
    return this.lineBuffer.length
  }
  protected override become(state: ReadState): void {
    if (!TRANSITIONS[this.readState].includes(state))
      this.watcher?.violated(`illegal move: ${this.readState} → ${state}`)
    super.become(state)
  }
  override allContentReceived(): void {
    this.watcher?.hook((this.requests[0] as StormRequest | undefined)?.exchange)
  }
  override checkPersistence(request: Request, version: string): boolean {
    this.watcher?.hook(undefined)
    return super.checkPersistence(request, version)
  }
  override connectionLost(reason: ConnectionLost): void {
    super.connectionLost(reason)
    this.watcher?.lost()
  }
}

/** A channel with each line of a head going through a hook. */
class HookedChannel extends WatchedChannel {
  override lineReceived(line: Uint8Array): void {
    super.lineReceived(line)
  }
}

/** Complains of words behind the last one. */
class WatchedTransport extends MemoryTransport {
  watcher: Watcher | null = null
  #closed = false
  override closeWrite(): void {
    this.#closed = true
    super.closeWrite()
  }
  override writeSequence(parts: readonly Uint8Array[]): void {
    if (this.#closed) this.watcher?.violated('written behind the close')
    super.writeSequence(parts)
  }
}

/** One connection in bad weather: a client, a clock, a transport and handlers, all of them drawn by lot. */
export class Storm implements Weather, Watcher {
  readonly chance: Chance
  readonly calm: boolean
  readonly script: Script
  readonly options: HTTPChannelOptions
  readonly clock = new FakeClock()
  readonly transport: WatchedTransport
  readonly channel: WatchedChannel
  readonly exchanges: Exchange[] = []
  readonly violations: string[] = []
  readonly log: string[] = []
  /** Whether the peer is owed an answer that says what it did wrong. */
  refused = false
  readonly #reads: Uint8Array[]
  readonly #largestRead: number
  #tasks: (() => void)[] = []
  #gone = false

  constructor(seed: number) {
    const chance = new Chance(seededRandom(seed))
    this.chance = chance
    this.calm = chance.of(0.3)
    this.script = script(chance, this.calm)
    this.#reads = cut(chance, this.script.wire)
    this.#largestRead = Math.max(...this.#reads.map((read) => read.length))
    const highWaterMarkBytes = chance.pick([1, 200, 3_000, 65_536])
    this.transport = new WatchedTransport({ manualDrain: chance.of(0.5), highWaterMarkBytes })
    this.transport.watcher = this
    this.options = { clock: this.clock, ...this.#limits(), ...(this.calm ? NO_DEADLINES : this.#deadlines()) }
    this.channel = chance.of(0.3) ? new HookedChannel(this.options) : new WatchedChannel(this.options)
    this.channel.watcher = this
  }

  get sent(): readonly Sent[] {
    return this.script.sent
  }

  later(task: () => void): void {
    this.#tasks.push(task)
  }

  pass(): Promise<void> {
    return new Promise((resolve) => this.later(resolve))
  }

  violated(what: string): void {
    this.violations.push(what)
    this.log.push(`! ${what}`)
  }

  called(what: string): void {
    if (this.#gone) this.violated(`${what} after the connection was lost`)
  }

  lost(): void {
    this.#gone = true
  }

  hook(exchange: Exchange | undefined): void {
    if (this.calm || this.chance.of(0.99)) return
    this.log.push('a hook meddles')
    if (exchange !== undefined) meddle(exchange)
    else if (this.chance.of(0.5)) this.channel.loseConnection()
    else throw new StormError('in a hook of the channel')
  }

  async rage(): Promise<void> {
    this.#do('connect', () => this.transport.connect(this.channel))
    for (let steps = 20 + this.chance.below(150); steps > 0 && !this.transport.disconnected; steps -= 1) {
      const [name, happen] = this.#event()
      await this.#do(name, happen)
    }
  }

  /** The rest of what the client sends, what handlers still do, and time for all of it to arrive. */
  async calmDown(): Promise<void> {
    // What happens at the end of one round may have made somebody go on: one quiet round is not enough.
    for (let round = 0, quiet = 0; round < 5_000 && quiet < 3; round += 1) {
      const tasks = this.#tasks.splice(0)
      const busy = this.#reads.length + tasks.length + this.transport.bufferedBytes > 0
      for (let reads = 0; reads < 30; reads += 1) await this.#do('read', () => this.#read())
      for (const task of tasks) await this.#do('task', task)
      await this.#do('flush', () => new Promise(setImmediate))
      await this.#do('drain', () => void this.transport.drain())
      await this.#do('flush', () => new Promise(setImmediate))
      quiet = busy || this.#tasks.length > 0 ? 0 : quiet + 1
    }
  }

  /** The client has nothing more to say and all the patience there is. */
  async leave(): Promise<void> {
    await this.#do('end', () => this.transport.deliverEnd())
    await this.calmDown()
    for (let i = 0; i < 5; i += 1) {
      await this.#do('wait', () => this.clock.advance(2_000))
      await this.calmDown()
    }
  }

  async breakOff(): Promise<void> {
    await this.#do('reset', () => this.transport.reset())
    await this.calmDown()
  }

  async #do(name: string, happen: () => unknown): Promise<void> {
    this.log.push(name)
    try {
      await happen()
    } catch (error) {
      if (!this.#isOurs(error))
        this.violated(`${name}: ${error instanceof Error ? String(error.stack) : String(error)}`)
    }
    const { channel } = this
    const { readAheadBytes = 0, totalHeadersSize = 0 } = this.options
    const bound = (channel.paused ? readAheadBytes : totalHeadersSize) + this.#largestRead
    if (channel.held > bound) this.violated(`holds ${channel.held} octets, more than ${bound}`)
    if (channel.output.length > 65_536 + 80_000)
      this.violated(`holds ${channel.output.length} octets to send`)
  }

  #event(): [string, () => unknown] {
    const { chance, transport, channel } = this
    const turn = chance.next()
    if (turn < 0.4) return ['read', () => this.#read()]
    if (turn < 0.55) return ['task', () => this.#task()]
    if (turn < 0.7) return ['flush', () => new Promise(setImmediate)]
    if (turn < 0.85) return ['drain', () => void transport.drain(1 + chance.below(5_000))]
    if (this.calm) return ['nothing', () => undefined]
    if (turn < 0.95) return ['wait', () => this.clock.advance(chance.below(chance.of(0.2) ? 1_500 : 150))]
    if (turn < 0.965) return ['end', () => this.#end()]
    if (turn < 0.98) return ['settle', () => transport.settle()]
    if (turn < 0.985) return ['drain of the channel', () => channel.drain()]
    if (turn < 0.99) return ['close', () => channel.loseConnection()]
    if (turn < 0.995) return ['abort', () => channel.abortConnection()]
    return ['reset', () => transport.reset()]
  }

  #read(): void {
    const { transport } = this
    if (transport.peerEnded) this.#reads.length = 0
    const read = this.#reads.shift()
    if (read !== undefined) transport.deliver(read)
  }

  #end(): void {
    if (this.#reads.length === 0 || this.chance.of(0.3)) this.transport.deliverEnd()
  }

  #task(): void {
    const at = Math.floor(this.chance.next() * this.#tasks.length)
    this.#tasks.splice(at, 1)[0]?.()
  }

  #limits(): Partial<HTTPChannelOptions> {
    const { chance } = this
    return {
      readAheadBytes: chance.pick([0, 50, 1_000, 16_384]),
      totalHeadersSize: 1_000,
      maxLength: 600,
      maxHeaders: 30,
      discardBytes: chance.pick([0, 100, 65_536]),
      maxBodySize: this.calm || chance.of(0.8) ? 1_000_000 : 300,
      sendDate: chance.of(0.5),
      requestFactory: (channel, head) => {
        this.hook(undefined)
        return new StormRequest(channel, head, this, answer)
      },
      onError: (error) => this.#judge(error),
    }
  }

  #deadlines(): Partial<HTTPChannelOptions> {
    const { chance } = this
    return {
      firstByteTimeoutMs: chance.pick([0, 300, null]),
      headerTimeoutMs: chance.pick([0, 300, 1_000]),
      bodyIdleTimeoutMs: chance.pick([0, 300, 1_000]),
      timeOut: chance.pick([0, 300, 1_000]),
      writeStallTimeoutMs: chance.pick([0, 300, 1_000]),
      abortTimeout: chance.pick([0, 300, 1_000]),
      lingerTimeoutMs: chance.pick([0, 100]),
      lingerBytes: chance.pick([0, 100, 100_000]),
    }
  }

  /** What the channel reports is the peer's fault or a handler's, never its own. */
  #judge(error: unknown): void {
    this.log.push(`error: ${String(error)}`)
    if (error instanceof RemoteProtocolError) this.#expectRefusal(error)
    if (error instanceof StormError || error instanceof RemoteProtocolError) return
    if (this.#isOurs(error)) return
    this.violated(`reported: ${error instanceof Error ? String(error.stack) : String(error)}`)
  }

  /** Whether a misbehaving handler, or one that had a hook answer in its place, brought it on itself. */
  #isOurs(error: unknown): boolean {
    return error instanceof LocalProtocolError && this.exchanges.some((exchange) => exchange.misbehaved)
  }

  #expectRefusal({ phase }: RemoteProtocolError): void {
    const { readState } = this.channel
    if (readState === 'lingering' || readState === 'closed') return // a reader passes on what it was told
    if (this.transport.disconnecting) return
    const last = this.exchanges.at(-1)
    this.refused ||= phase === 'head' || (last?.finished === false && !last.request.startedWriting)
  }

  /** What the peer got. */
  get wire(): string {
    return wireText(this.transport.written)
  }
}

const NO_DEADLINES: Partial<HTTPChannelOptions> = {
  firstByteTimeoutMs: null,
  headerTimeoutMs: null,
  bodyIdleTimeoutMs: null,
  timeOut: null,
  writeStallTimeoutMs: null,
  abortTimeout: null,
}
