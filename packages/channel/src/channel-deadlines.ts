import { Deadlines } from '@millrace/timeout'
import type { Clock, Transport } from '@millrace/transport'
import type { DeadlineName } from './deadline-name.ts'
import type { ChannelSettings } from './options.ts'
import type { ReadState } from './read-state.ts'
import { SendDeadlines } from './send-deadlines.ts'

/** A deadline that is given again lets time pass, even if it is set to 0: else it would be given again for ever. */
const LEAST_MS = 1

/** Which deadline a peer is under, by what the connection waits for; one lazy timer runs them all. */
export class ChannelDeadlines {
  readonly #deadlines: Deadlines<DeadlineName>
  readonly #sending: SendDeadlines
  readonly #transport: Transport
  readonly #settings: ChannelSettings
  readonly #passed: (name: DeadlineName) => void
  readonly #handedOver: () => number
  #isReadingHead = false
  #body: 'none' | 'wanted' | 'held' = 'none'
  /** Octets that had been written when the handler was last seen to work; -1: it is not watched. */
  #written = -1

  /**
   * @param passed - runs when a deadline passed and the peer, or the handler, is to blame
   * @param handedOver - octets that the transport got so far
   */
  constructor(
    clock: Clock,
    transport: Transport,
    settings: ChannelSettings,
    passed: (name: DeadlineName) => void,
    handedOver: () => number,
  ) {
    this.#transport = transport
    this.#settings = settings
    this.#passed = passed
    this.#handedOver = handedOver
    this.#deadlines = new Deadlines<DeadlineName>(clock, (name) => this.#expired(name))
    const taken = (): number => handedOver() - transport.bufferedBytes
    this.#sending = new SendDeadlines(clock, transport, settings, this.#deadlines, taken)
  }

  /** A head is complete: the next one has its own time, even when this turn ends inside it. */
  headCompleted(): void {
    if (this.#isReadingHead) this.#watchHead(false)
  }

  /** Content is complete, or no longer awaited. */
  bodyEnded(): void {
    if (this.#body === 'none') return
    this.#deadlines.cancel('body-idle')
    this.#deadlines.cancel('body')
    this.#deadlines.cancel('body-rate')
    this.#body = 'none'
  }

  /** Octets of content arrived, its framing included. */
  bodyReceived(octets: number): void {
    if (this.#body === 'none') return
    this.#deadlines.touch('body-idle')
    this.#deadlines.progress('body-rate', octets)
  }

  /**
   * A turn ended: puts the peer under the deadline of what is awaited now.
   *
   * @param contentWanted - a peer is never timed out for our own back-pressure
   */
  turnEnded(readState: ReadState, contentWanted: boolean): void {
    this.#watchHead(readState === 'head')
    if (readState === 'body') this.#watchBody(contentWanted)
    this.#sending.update('write', this.#settings.writeStallTimeoutMs)
  }

  /**
   * Puts the handler under its deadline, which each write lets begin again.
   *
   * @param isWorking - whether a response is owed for which nothing is awaited of the peer
   */
  watchHandler(isWorking: boolean): void {
    const written = isWorking ? this.#handedOver() : -1
    if (written === this.#written) return
    this.#written = written
    if (isWorking) this.#handle()
    else this.#deadlines.cancel('handler')
  }

  /** The connection is being drained: a peer that is silent between requests has `graceMs`, everything has `totalMs`. */
  draining(graceMs: number, totalMs: number | null): void {
    this.#deadlines.absolute('drain', graceMs)
    if (totalMs !== null) this.#deadlines.absolute('drain-total', totalMs)
  }

  /** We said our last: the peer has `abortTimeout` to take it as long as it takes nothing, then the time to linger. */
  closing(abortTimeoutMs: number | null): void {
    this.#watchHead(false)
    this.#sending.update('close', abortTimeoutMs)
    if (!this.#sending.isWatching) this.#linger()
  }

  clear(): void {
    this.#deadlines.clear()
    this.#sending.clear()
    this.#isReadingHead = false
    this.#body = 'none'
    this.#written = -1
  }

  #watchHead(isReadingHead: boolean): void {
    if (isReadingHead === this.#isReadingHead) return
    this.#isReadingHead = isReadingHead
    const { headerTimeoutMs } = this.#settings
    if (!isReadingHead) this.#deadlines.cancel('header')
    else if (headerTimeoutMs !== null) this.#deadlines.absolute('header', headerTimeoutMs)
  }

  #watchBody(isWanted: boolean): void {
    if (isWanted === (this.#body === 'wanted')) return
    if (!isWanted) {
      if (this.#body === 'wanted') this.#holdBody()
      return
    }
    const { bodyIdleTimeoutMs, bodyTimeoutMs, minBodyRate } = this.#settings
    const deadlines = this.#deadlines
    if (bodyIdleTimeoutMs !== null) deadlines.idle('body-idle', bodyIdleTimeoutMs)
    if (this.#body === 'held') {
      deadlines.proceed('body')
      deadlines.proceed('body-rate')
    } else {
      if (bodyTimeoutMs !== null) deadlines.absolute('body', bodyTimeoutMs)
      if (minBodyRate !== null) deadlines.minimumRate('body-rate', minBodyRate)
    }
    this.#body = 'wanted'
  }

  /** Nobody wants content now: the peer's time stands still, what it earned is kept. */
  #holdBody(): void {
    this.#deadlines.cancel('body-idle')
    this.#deadlines.suspend('body')
    this.#deadlines.suspend('body-rate')
    this.#body = 'held'
  }

  #handle(leastMs = 0): void {
    this.#deadlines.absolute('handler', Math.max(leastMs, this.#settings.handlerTimeoutMs as number))
  }

  #linger(leastMs = 0): void {
    this.#deadlines.absolute('linger', Math.max(leastMs, this.#settings.lingerTimeoutMs))
  }

  #expired(name: DeadlineName): void {
    const isUnsent = this.#transport.bufferedBytes > 0
    if (name === 'write' || name === 'close') this.#sendExpired(name)
    else if (name === 'handler' && isUnsent)
      this.#handle(LEAST_MS) // it is the peer who keeps what was written waiting
    // Only without `abortTimeout`: the peer has for ever to take our last words, and may linger after that.
    else if (name === 'linger' && isUnsent) this.#linger(LEAST_MS)
    else if (name !== 'send-rate' || this.#sending.isTooSlow()) this.#passed(name)
  }

  #sendExpired(name: 'write' | 'close'): void {
    if (this.#sending.hasStalled(name)) this.#passed(name)
    else if (name === 'close' && !this.#sending.isWatching) this.#linger()
  }
}
