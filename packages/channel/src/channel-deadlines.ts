import { Deadlines } from '@millrace/timeout'
import type { Clock, Transport } from '@millrace/transport'
import type { ChannelSettings } from './options.ts'
import type { ReadState } from './read-state.ts'

/** The deadlines besides the keep-alive one, which is the mixin's. */
export type DeadlineName = 'first-byte' | 'header' | 'body' | 'write' | 'close' | 'linger'

/** Which deadline a peer is under, by what the connection waits for; one lazy timer runs them all. */
export class ChannelDeadlines {
  readonly #deadlines: Deadlines
  readonly #transport: Transport
  readonly #settings: ChannelSettings
  readonly #passed: (name: DeadlineName) => void
  /** Octets that the peer took from us since the connection was made. */
  readonly #taken: () => number
  #reading: 'first-byte' | 'header' | 'body' | null = null
  #writing: 'write' | 'close' | null = null
  #writingMs: number | null = null
  #takenBefore = 0

  constructor(
    clock: Clock,
    transport: Transport,
    settings: ChannelSettings,
    passed: (name: DeadlineName) => void,
    taken: () => number,
  ) {
    this.#transport = transport
    this.#settings = settings
    this.#passed = passed
    this.#taken = taken
    this.#deadlines = new Deadlines(clock, (name) => this.#expired(name as DeadlineName))
  }

  /** The connection is there: its first byte is awaited. */
  connected(): void {
    this.#read('first-byte', this.#settings.firstByteTimeoutMs)
  }

  /** A head is complete: the next one has its own time, even when this turn ends inside it. */
  headCompleted(): void {
    if (this.#reading === 'header') this.#read(null, null)
  }

  /** Content arrived. */
  touchBody(): void {
    if (this.#reading === 'body') this.#deadlines.touch('body')
  }

  /**
   * A turn ended: puts the peer under the deadline of what is awaited now.
   *
   * @param contentWanted - a peer is never timed out for our own back-pressure
   */
  turnEnded(readState: ReadState, contentWanted: boolean): void {
    if (readState === 'head') this.#read('header', this.#settings.headerTimeoutMs)
    else if (readState === 'body' && contentWanted) this.#read('body', this.#settings.bodyIdleTimeoutMs)
    else this.#read(null, null)
    this.#write('write', this.#settings.writeStallTimeoutMs)
  }

  /** We said our last: the peer has `abortTimeout` to take it as long as it takes nothing, then the time to linger. */
  closing(abortTimeoutMs: number | null): void {
    this.#read(null, null)
    this.#write('close', abortTimeoutMs)
    if (this.#writing === null) this.#linger()
  }

  clear(): void {
    this.#deadlines.clear()
    this.#reading = null
    this.#writing = null
  }

  #read(name: 'first-byte' | 'header' | 'body' | null, afterMs: number | null): void {
    const next = afterMs === null ? null : name
    if (next === this.#reading) return
    if (this.#reading !== null) this.#deadlines.cancel(this.#reading)
    this.#reading = next
    if (next === 'body') this.#deadlines.idle(next, afterMs as number)
    else if (next !== null) this.#deadlines.absolute(next, afterMs as number)
  }

  #write(name: 'write' | 'close', afterMs: number | null): void {
    const next = this.#transport.bufferedBytes > 0 && afterMs !== null ? name : null
    if (next === this.#writing) return
    if (this.#writing !== null) this.#deadlines.cancel(this.#writing)
    this.#writing = next
    this.#writingMs = afterMs
    this.#takenBefore = this.#taken()
    if (next !== null) this.#deadlines.absolute(next, afterMs as number)
  }

  #linger(): void {
    this.#deadlines.absolute('linger', this.#settings.lingerTimeoutMs)
  }

  #expired(name: DeadlineName): void {
    if (name === this.#reading) this.#reading = null
    const unsent = this.#transport.bufferedBytes
    if ((name === 'write' || name === 'close') && name === this.#writing) {
      this.#writing = null
      // Any progress since the last look earns the whole period again: slow is not stalled.
      if (this.#taken() > this.#takenBefore) {
        if (unsent > 0) this.#write(name, this.#writingMs)
        else if (name === 'close') this.#linger()
        return
      }
    }
    // Only without `abortTimeout`: the peer has for ever to take our last words, and may linger after that.
    if (name === 'linger' && unsent > 0) this.#linger()
    else this.#passed(name)
  }
}
