import { HTTPChannel, RemoteProtocolError, Request, STRICT, TRANSITIONS } from '@millrace/channel'
import type {
  HTTPChannelOptions,
  Leniency,
  LeniencyFlag,
  ReadState,
  RequestChannel,
  RequestHead,
} from '@millrace/channel'
import { FakeClock, MemoryTransport } from '@millrace/testing'
import { wireText } from '../escape.ts'
import { doneEvent, headEvent } from '../log.ts'
import { assertThat, Violation } from '../target.ts'
import { CHANNEL_LIMITS } from './channel-limits.ts'

/** What the application does with a request. */
export type Handling =
  /** Reads the content, then answers. */
  | 'read'
  /** Answers at once and never looks at the content. */
  | 'ignore'
  /** Begins its answer, reads the content, completes the answer. */
  | 'begin'
  /** Reads the content with a pause behind each piece. */
  | 'pause'

/** What happens once everything was sent. */
export type Ending = 'nothing' | 'end' | 'time'

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const CANARY = Buffer.from('GET /canary HTTP/1.1\r\nHost: a\r\n\r\n', 'latin1')
const FOR_EVER_MS = 1_000_000

/** Shows what is held, and complains of a move that no table allows. */
class FuzzChannel extends HTTPChannel {
  get held(): number {
    return this.lineBuffer.length
  }
  protected override become(state: ReadState): void {
    if (!TRANSITIONS[this.readState].includes(state)) {
      throw new Violation(`an illegal move: ${this.readState} → ${state}`)
    }
    super.become(state)
  }
}

/** Sees each line, so heads take the way through the hooks. */
class HookedChannel extends FuzzChannel {
  override lineReceived(line: Uint8Array): void {
    super.lineReceived(line)
  }
}

/** One connection, and what was seen of it. */
export class ChannelRun {
  /** What happened, in the words of `log.ts`. */
  readonly events: string[] = []
  heads = 0
  /** Answers that are complete. */
  answered = 0
  readonly errors: RemoteProtocolError[] = []
  readonly #handling: Handling
  readonly #transport = new MemoryTransport()
  readonly #channel: FuzzChannel
  /** The request whose content was paused. */
  #paused: Request | null = null

  constructor(limits: number, leniency: readonly LeniencyFlag[], handling: Handling, isHooked: boolean) {
    this.#handling = handling
    const options = optionsFor(limits, leniency)
    this.#channel = isHooked ? new HookedChannel(options) : new FuzzChannel(options)
    this.#transport.connect(this.#channel)
  }

  /** Feeds the pieces, and checks after each what the channel holds. */
  feed(pieces: Iterable<Uint8Array>): void {
    for (const piece of pieces) {
      this.#transport.deliver(piece)
      while (this.#paused !== null) this.#resume()
      const { held, totalHeadersSize } = this.#channel
      // An unfinished head, and a CR that may be half of a line end.
      assertThat(
        held <= totalHeadersSize + 1,
        `holds ${held} octets of a head, with ${totalHeadersSize} allowed`,
      )
      assertThat(this.#channel.output.length === 0, 'holds what was written')
    }
  }

  get log(): string {
    return this.events.join('')
  }

  /** Whether our direction is closed. */
  get closed(): boolean {
    this.#transport.settle()
    return this.#transport.writeClosed
  }

  /** The status codes of the responses; interim ones are left out, for they depend on how the bytes were cut. */
  get statuses(): number[] {
    return Array.from(this.wire.matchAll(/HTTP\/1\.1 ([0-9]{3})/g), ([, status]) => Number(status))
  }

  get wire(): string {
    const wire = wireText(this.#transport.written)
    return wire.includes(CONTINUE) ? wire.replaceAll(CONTINUE, '') : wire
  }

  /** What was forgiven, as the channel counts it: each flag once for each request. */
  get forgiven(): LeniencyFlag[] {
    const counts = Object.entries(this.#channel.leniencies) as [LeniencyFlag, number][]
    return counts.flatMap(([flag, count]) => Array<LeniencyFlag>(count).fill(flag))
  }

  /** Everything that must not depend on how the bytes were cut, or which way a head took. */
  get outcome(): string {
    let seen = `${this.log}${this.wire}\n${this.#channel.readState} ${String(this.closed)} ${this.forgiven.join()}`
    for (const { code, statusHint, phase, offset } of this.errors)
      seen += `\n${code} ${statusHint} ${phase} ${offset}`
    return seen
  }

  /** After an error, or a close, nothing that comes makes a difference. */
  checkDeaf(): void {
    if (!this.closed) return
    const { outcome } = this
    this.#transport.deliver(CANARY)
    if (this.outcome !== outcome)
      throw new Violation(`goes on behind its last word:\n${outcome}\n${this.outcome}`)
  }

  finish(ending: Ending): void {
    if (ending === 'end') this.#transport.deliverEnd()
    else if (ending === 'time') CLOCK.advance(FOR_EVER_MS)
    this.#transport.settle()
  }

  /** The connection breaks: no timer is left. */
  tearDown(): void {
    this.abandon()
    assertThat(this.#transport.disconnected, 'was not told of the end of the connection')
    assertThat(CLOCK.pending === 0, `${CLOCK.pending} timers are left`)
  }

  abandon(): void {
    current = null
    this.#transport.reset()
  }

  #resume(): void {
    const request = this.#paused
    this.#paused = null
    request?.content.resumeProducing()
    this.#transport.settle()
  }

  begins({ method, requestTarget, minorVersion, headers }: RequestHead): void {
    assertThat(this.errors.length === 0, 'a request behind an error')
    this.heads += 1
    this.events.push(headEvent(`${method} ${requestTarget} 1.${minorVersion}`, headers))
  }

  process(request: Request): void {
    if (request.method === 'CONNECT') request.setResponseCode(405)
    if (this.#handling === 'ignore') return this.#answer(request)
    if (this.#handling === 'begin') request.write('.')
    let content = ''
    request.content.deliverTo({
      dataReceived: (chunk) => {
        assertThat(chunk.length > 0, 'an empty piece of content')
        content += wireText(chunk)
        if (this.#handling !== 'pause') return
        request.content.pauseProducing()
        this.#paused = request
      },
      contentDone: (trailers) => {
        this.events.push(doneEvent(content, trailers ?? []))
        this.#answer(request)
      },
      contentLost: () => {
        if (this.#paused === request) this.#paused = null
      },
    })
  }

  #answer(request: Request): void {
    this.answered += 1
    request.finish()
  }

  /** @throws nothing: a reporter's exceptions are ignored, so what is no fault of the peer is kept for later */
  failed(error: unknown): void {
    if (error instanceof RemoteProtocolError) this.errors.push(error)
    else this.unexpected ??= { error }
  }

  /** What went wrong inside, where no exception may come out. */
  unexpected: { readonly error: unknown } | null = null
}

/** Opens a connection. */
export function openRun(
  limits: number,
  leniency: readonly LeniencyFlag[],
  handling: Handling,
  isHooked: boolean,
): ChannelRun {
  current?.abandon() // when a check of the run before failed, it was not torn down
  current = new ChannelRun(limits, leniency, handling, isHooked)
  return current
}

class FuzzRequest extends Request {
  override process(): void {
    current?.process(this)
  }
}

/** Of all runs: one after the other, each leaves it empty. */
const CLOCK = new FakeClock()
/** Options are checked once for each object: all runs share a few, which find their run here. */
let current: ChannelRun | null = null

function makeRequest(channel: RequestChannel, head: RequestHead): Request {
  current?.begins(head)
  return new FuzzRequest(channel, head)
}

const OPTIONS = new Map<string, HTTPChannelOptions>()

function optionsFor(limits: number, leniency: readonly LeniencyFlag[]): HTTPChannelOptions {
  const key = `${limits} ${leniency.join()}`
  let options = OPTIONS.get(key)
  if (options === undefined) {
    options = {
      ...CHANNEL_LIMITS[limits],
      clock: CLOCK,
      sendDate: false,
      requestFactory: makeRequest,
      leniency: leniencyOf(leniency),
      onError: (error) => current?.failed(error),
    }
    OPTIONS.set(key, options)
  }
  return options
}

/** The object with these flags on. */
export function leniencyOf(flags: readonly LeniencyFlag[]): Leniency {
  return { ...STRICT, ...Object.fromEntries(flags.map((flag) => [flag, true])) }
}
