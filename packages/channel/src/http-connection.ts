import type { ConnectionLost, Protocol } from '@millrace/transport'
import { ChannelDeadlines } from './channel-deadlines.ts'
import type { DeadlineName } from './deadline-name.ts'
import { remoteError } from './errors.ts'
import { HTTPSender } from './http-sender.ts'
import { Http2Preface } from './http2-preface.ts'
import type { ChannelSettings } from './options.ts'
import type { ReadState } from './read-state.ts'

const NOTHING = new Uint8Array(0)

/**
 * How long {@link HTTPConnection.drain} waits.
 *
 * @public
 */
export interface DrainOptions {
  /**
   * Milliseconds, 0 or more, in which a peer that is silent between requests may still send one: a connection that is
   * closed while a request is on its way loses it. @defaultValue the channel's `drainGraceMs`
   */
  readonly graceMs?: number
  /** Milliseconds, 0 or more, after which the connection is broken off whatever is in flight. @defaultValue `null`: never */
  readonly totalMs?: number | null
}

/**
 * The life of a channel's connection: which state it is in, what a peer is waited for and how long, how it ends.
 *
 * @public
 */
export abstract class HTTPConnection extends HTTPSender {
  /** Milliseconds from a close to the abort, while the peer takes nothing; `null`: never. */
  abortTimeout: number | null
  /** Octets that came, content and all. */
  protected receivedBytes = 0
  /** Whether the connection is kept after the current response. */
  persistent = true
  #state: ReadState = 'idle'
  /** Made when there is need: most connections are under no other deadline than `timeOut`. */
  #deadlines: ChannelDeadlines | null = null
  #readingPaused = false
  #peerFinished = false
  #successor: Protocol | null = null
  #lingerLeft = 0
  /** For as long as the connection may turn out to be HTTP/2's; `null`: it is not. */
  #preface: Http2Preface | null = null

  constructor(settings: ChannelSettings) {
    super(settings)
    this.abortTimeout = settings.abortTimeout
    if (settings.http2Preface !== undefined) this.#preface = new Http2Preface()
  }

  /** Input cannot be understood any more: answers if it still can, and closes. */
  protected abstract refuse(error: unknown): void

  /** Lets the request go whose response will never be complete. */
  protected abstract dropRequest(reason: ConnectionLost, error?: Error): void

  /** The peer will send nothing more, inside the content of a request. @throws {RemoteProtocolError} */
  protected abstract contentStopped(): void

  /** Whether content is read that nobody wants, after the response is complete, to keep the connection. */
  protected abstract get isDiscarding(): boolean

  /** The connection began with HTTP/2's preface: gives the protocol that takes it, `null` for none. */
  protected abstract prefaceReceived(): Protocol | null

  /** Whether content is left that whoever began to read it does not want, after the response is complete. */
  protected abstract get isForgotten(): boolean

  /** Whether a response is owed, for which nothing is awaited of the peer. */
  protected abstract get isWorking(): boolean

  /** The handler neither answered nor wrote in time: answers for it if that is possible still, and closes. */
  protected abstract handlerTimedOut(): void

  /** Whether content is wanted of the peer. */
  protected abstract get wantsContent(): boolean

  /** What is being read. */
  get readState(): ReadState {
    return this.#state
  }

  /** Moves on; {@link TRANSITIONS} lists the legal moves. */
  protected become(state: ReadState): void {
    if (this.#state === 'head') this.#deadlines?.headCompleted()
    else if (this.#state === 'body') this.#deadlines?.bodyEnded()
    this.#state = state
  }

  /** Whether the peer is to speak, and nobody else works or waits: what `timeOut` is for. */
  #isPeersTurn(): boolean {
    return this.#state === 'idle' ? !this.outgoing.full : this.isForgotten
  }

  /** Whether nothing more is read from the peer or said to it: another answer would be one too many. */
  protected get isOver(): boolean {
    return this.#state === 'lingering' || this.#state === 'switched' || this.#state === 'closed'
  }

  /** Runs when the transport is there: the deadlines begin. */
  override connectionMade(): void {
    const { timeOut } = this
    const { firstByteTimeoutMs } = this.settings
    this.setTimeout(firstByteTimeoutMs === null ? timeOut : Math.min(firstByteTimeoutMs, timeOut ?? Infinity))
    this.timeOut = timeOut
    this.transport.registerProducer(this, true)
  }

  override dataReceived(bytes: Uint8Array): void {
    this.receivedBytes += bytes.length
    if (this.#state === 'switched') {
      this.#successor?.dataReceived(bytes)
    } else if (this.#state === 'lingering') {
      this.#lingerLeft -= bytes.length
      if (this.#lingerLeft < 0) this.transport.abortConnection()
    } else if (this.#state !== 'closed') {
      if (this.#state === 'body') this.#deadlines?.bodyReceived(bytes.length)
      if (this.#preface === null) this.#run(bytes)
      else this.#lookForPreface(this.#preface, bytes)
    }
  }

  /**
   * The peer finished sending. What it asked for is still answered; what it left unfinished is refused. With `halfClose`
   * set to `'abort'` it is taken for gone, as most clients are that do this.
   */
  override readConnectionLost(): void {
    this.#peerFinished = true
    if (this.settings.halfClose === 'abort' && !this.isOver) return this.abortConnection()
    if (this.#state === 'switched') this.#successor?.readConnectionLost()
    else if (this.#state === 'lingering') this.transport.loseConnection()
    else if (this.#state !== 'closed') this.#run(this.#takePreface())
  }

  #lookForPreface(preface: Http2Preface, bytes: Uint8Array): void {
    const all = preface.take(bytes)
    if (all === null) {
      this.enterTurn()
      this.headStarted()
      this.leaveTurn()
      return
    }
    this.#preface = null
    if (!preface.isComplete || !this.#handOverHttp2(all)) this.#run(all)
  }

  #handOverHttp2(all: Uint8Array): boolean {
    this.enterTurn()
    try {
      const protocol = this.prefaceReceived()
      if (protocol === null) return false
      if (!this.isOver) this.handOver(protocol, all)
    } catch (error) {
      this.refuse(error)
    } finally {
      this.leaveTurn()
    }
    return true
  }

  /** What is held of the preface, which turned out to be none. */
  #takePreface(): Uint8Array {
    const held = this.#preface?.held ?? NOTHING
    this.#preface = null
    return held
  }

  /** The connection is gone: everybody who waits learns why, and no timer is left. */
  override connectionLost(reason: ConnectionLost): void {
    this.clearLineBuffer() // first: of what is given up, bytes are kept for who reports an error
    super.connectionLost(reason)
    this.setTimeout(null)
    this.#deadlines?.clear()
    this.become('closed')
    this.dropRequest(reason)
    this.outgoing.stop()
    this.#successor?.connectionLost(reason)
  }

  /** Takes bytes through the line receiver; whatever goes wrong ends in a refusal, never in an exception. */
  #run(bytes: Uint8Array): void {
    this.enterTurn()
    try {
      super.dataReceived(bytes)
      if (this.#peerFinished && !this.paused) this.#inputEnded()
    } catch (error) {
      this.refuse(error)
    }
    this.leaveTurn()
  }

  /** The peer will send nothing more, and everything it sent was looked at. */
  #inputEnded(): void {
    if (this.#state === 'idle') this.loseConnection()
    else if (this.#state === 'head') throw remoteError('ERR_HEAD_INCOMPLETE', 'head', this.headLength())
    else if (this.#state === 'body') this.contentStopped()
  }

  /** Input is looked at while somebody has use for it: a request that can be answered, content that is wanted. */
  protected updateFlow(): void {
    const hold =
      this.#state === 'done' ||
      (this.#state === 'body' && !this.wantsContent) ||
      (this.#state === 'idle' && this.outgoing.full)
    if (hold === this.paused) return
    this.paused = hold
    // Inside a turn the line receiver is at work and goes on by itself.
    if (!hold && !this.inTurn) this.#run(NOTHING)
  }

  /** Sends what the turn wrote, and sees what the connection waits for now. */
  protected override turnEnded(): void {
    if (this.#state === 'closed' || this.#state === 'switched') return
    this.output.flush()
    if (this.#state === 'lingering' || this.transport.disconnecting) return
    const held = this.paused && this.lineBuffer.length > this.settings.readAheadBytes
    if (held !== this.#readingPaused) {
      this.#readingPaused = held
      if (held) this.transport.pauseProducing()
      else this.transport.resumeProducing()
    }
    if (this.#deadlines !== null || this.#needsDeadlines()) this.#watch(this.#watched())
    if (this.#isPeersTurn()) this.setTimeout(this.timeOut)
  }

  #needsDeadlines(): boolean {
    const isQuiet = this.#state === 'idle' || this.#state === 'done'
    return !isQuiet || this.settings.handlerTimeoutMs !== null || this.transport.bufferedBytes > 0
  }

  #watch(deadlines: ChannelDeadlines): void {
    deadlines.turnEnded(this.#state, this.wantsContent)
    if (this.settings.handlerTimeoutMs !== null) deadlines.watchHandler(this.isWorking)
  }

  #watched(): ChannelDeadlines {
    this.#deadlines ??= new ChannelDeadlines(
      this.clock,
      this.transport,
      this.settings,
      (name) => this.#deadlinePassed(name),
      () => this.output.handedOver,
    )
    return this.#deadlines
  }

  #deadlinePassed(name: DeadlineName): void {
    switch (name) {
      case 'header':
        if (this.#preface !== null) this.#run(this.#takePreface())
        return this.refuse(remoteError('ERR_HEADER_TIMEOUT', 'head', this.headLength()))
      case 'body':
      case 'body-idle':
        return this.refuse(remoteError('ERR_CONTENT_TIMEOUT', 'content'))
      case 'body-rate':
        return this.refuse(remoteError('ERR_CONTENT_TOO_SLOW', 'content'))
      case 'handler':
        return this.handlerTimedOut()
      case 'drain':
        // What is on its way is answered, with `Connection: close`, and closes then.
        if (this.#state === 'idle') this.loseConnection()
        return
      case 'write':
      case 'send-rate':
      case 'close':
      case 'linger':
      case 'drain-total':
        return this.forceAbortClient()
      default:
        name satisfies never
    }
  }

  /**
   * Lets the connection come to its end: what is in flight is answered and says `Connection: close`, a peer that is
   * silent between requests has a grace in which a request that is on its way still gets its answer.
   *
   * @throws {RangeError} when a time is negative or not finite
   */
  drain({ graceMs = this.settings.drainGraceMs, totalMs = null }: DrainOptions = {}): void {
    if (this.isOver) return
    this.#watched().draining(graceMs, totalMs)
    this.persistent = false
    const isSilent = this.#state === 'idle' && graceMs === 0
    // Content that is only read to keep the connection has nothing to keep any more.
    if (isSilent || this.isDiscarding) this.loseConnection()
  }

  /** Runs when no byte came for `timeOut`: closes silently when it is the peer's turn. Other states have their own deadlines. */
  override timeoutConnection(): void {
    if (this.#isPeersTurn()) this.loseConnection()
  }

  /**
   * Sends what was written and closes our direction, then reads on for a while: a peer that is still sending would
   * otherwise lose our last words to a reset (RFC 9112 §9.6).
   */
  loseConnection(): void {
    if (this.isOver) return
    this.become('lingering')
    this.#letGo()
    this.output.flush()
    this.dropRequest({ kind: 'aborted' })
    this.#lingerLeft = this.settings.lingerBytes
    this.outgoing.stop()
    if (this.#peerFinished) this.transport.loseConnection()
    else this.transport.closeWrite()
    this.#watched().closing(this.abortTimeout)
  }

  /** Breaks the connection off; what was not sent is lost. */
  abortConnection(): void {
    this.output.clear()
    this.#deadlines?.clear()
    this.setTimeout(null)
    this.transport.abortConnection()
  }

  /** Breaks the connection off inside a response. Those before it, written in the same turn, still leave: they are complete. */
  breakOff(): void {
    this.output.flush()
    this.abortConnection()
  }

  /** Runs when a closed connection would not end: breaks it off. */
  forceAbortClient(): void {
    this.abortConnection()
  }

  /** Hands the connection to `protocol`, with every byte that came after the request. */
  protected handOver(protocol: Protocol, rest: Uint8Array = this.clearLineBuffer()): void {
    this.output.flush()
    this.become('switched')
    this.#letGo()
    this.#successor = protocol
    const { transport } = this
    try {
      protocol.makeConnection(transport)
      if (rest.length > 0 && !transport.disconnecting) protocol.dataReceived(rest)
      if (this.#peerFinished && !transport.disconnecting) protocol.readConnectionLost()
    } catch (error) {
      transport.abortConnection() // as a transport does when its protocol throws: nobody is there to go on
      throw error
    }
  }

  /** Stops being the one who reads requests: no deadline, no producer, no line is ours any more. */
  #letGo(): void {
    this.setTimeout(null)
    this.#deadlines?.clear()
    this.clearLineBuffer() // first: of what is given up, bytes are kept for who reports an error
    this.poison()
    this.transport.unregisterProducer()
    if (this.#readingPaused) this.transport.resumeProducing()
    this.#readingPaused = false
  }
}
