import type { Deadlines } from '@millrace/timeout'
import type { Clock, Transport } from '@millrace/transport'
import type { DeadlineName } from './deadline-name.ts'
import type { ChannelSettings } from './options.ts'

/** Looks at a stalling peer in each period: a stall is noticed at most a quarter of it late. */
const LOOKS = 4

/**
 * Watches that the peer takes what is to be sent. What counts is progress, not time: a slow reader is no stalled one,
 * and with nothing to be sent nobody is watched.
 */
export class SendDeadlines {
  readonly #clock: Clock
  readonly #transport: Transport
  readonly #settings: ChannelSettings
  readonly #deadlines: Deadlines<DeadlineName>
  /** Octets that the peer took from us since the connection was made. */
  readonly #taken: () => number
  /** Under which name a stall is watched for; `null`: nothing is to be sent. */
  #watching: 'write' | 'close' | null = null
  #stallMs = 0
  /** When the peer was last seen to have taken something, and how much it had taken then. */
  #progressAtMs = 0
  #progress = 0
  /** Since when there is something to be sent, and how much the peer had taken then. */
  #sinceMs = 0
  #before = 0

  constructor(
    clock: Clock,
    transport: Transport,
    settings: ChannelSettings,
    deadlines: Deadlines<DeadlineName>,
    taken: () => number,
  ) {
    this.#clock = clock
    this.#transport = transport
    this.#settings = settings
    this.#deadlines = deadlines
    this.#taken = taken
  }

  /** Whether a stall is watched for. */
  get isWatching(): boolean {
    return this.#watching !== null
  }

  /** Something may have been written or taken: begins to watch, or ends. @param stallMs - `null`: for ever */
  update(name: 'write' | 'close', stallMs: number | null): void {
    const next = this.#transport.bufferedBytes > 0 && stallMs !== null ? name : null
    if (next !== this.#watching) {
      if (this.#watching !== null) this.#deadlines.cancel(this.#watching)
      this.#watching = next
      if (next !== null) this.#beginStall(next, stallMs as number)
    }
    if (this.#settings.minSendRate !== null) this.#updateRate(name)
  }

  /** Forgets what was watched: the deadlines are cleared. */
  clear(): void {
    this.#watching = null
  }

  /** A look at a peer that may have stalled. @returns whether it took nothing for the whole period */
  hasStalled(name: 'write' | 'close'): boolean {
    if (name !== this.#watching) return false
    this.#watching = null
    if (this.#transport.bufferedBytes === 0) return false
    const nowMs = this.#clock.now()
    const taken = this.#taken()
    if (taken > this.#progress) {
      this.#progress = taken
      this.#progressAtMs = nowMs
    } else if (nowMs - this.#progressAtMs >= this.#stallMs) {
      return true
    }
    this.#watching = name
    this.#look(name, nowMs)
    return false
  }

  /** A look at a peer that may be too slow. @returns whether it is slower than allowed since there is something to send */
  isTooSlow(): boolean {
    const rate = this.#settings.minSendRate
    if (rate === null || this.#transport.bufferedBytes === 0) return false
    const earnedMs = rate.graceMs + ((this.#taken() - this.#before) * 1_000) / rate.bytesPerSecond
    const leftMs = earnedMs - (this.#clock.now() - this.#sinceMs)
    if (leftMs <= 0) return true
    // Whole milliseconds: a rest that is lost in rounding must not make it spin.
    this.#deadlines.absolute('send-rate', Math.ceil(leftMs))
    return false
  }

  #beginStall(name: 'write' | 'close', stallMs: number): void {
    this.#stallMs = stallMs
    this.#progressAtMs = this.#clock.now()
    this.#progress = this.#taken()
    this.#look(name, this.#progressAtMs)
  }

  #look(name: 'write' | 'close', nowMs: number): void {
    const leftMs = this.#progressAtMs + this.#stallMs - nowMs
    this.#deadlines.absolute(name, Math.min(leftMs, Math.ceil(this.#stallMs / LOOKS)))
  }

  #updateRate(name: 'write' | 'close'): void {
    const pending = this.#transport.bufferedBytes > 0 && name === 'write'
    if (pending === this.#deadlines.has('send-rate')) return
    if (!pending) return this.#deadlines.cancel('send-rate')
    this.#sinceMs = this.#clock.now()
    this.#before = this.#taken()
    this.#deadlines.absolute('send-rate', this.#settings.minSendRate?.graceMs as number)
  }
}
