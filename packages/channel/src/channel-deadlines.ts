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
  #reading: 'first-byte' | 'header' | 'body' | null = null
  #writing: 'write' | 'close' | null = null
  #writingMs: number | null = null
  #unsent = 0

  constructor(
    clock: Clock,
    transport: Transport,
    settings: ChannelSettings,
    passed: (name: DeadlineName) => void,
  ) {
    this.#transport = transport
    this.#settings = settings
    this.#passed = passed
    this.#deadlines = new Deadlines(clock, (name) => this.#expired(name as DeadlineName))
  }

  /** The connection is there: its first byte is awaited. */
  connected(): void {
    this.#read('first-byte', this.#settings.firstByteTimeoutMs)
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
    const unsent = this.#transport.bufferedBytes
    const next = unsent > 0 && afterMs !== null ? name : null
    if (next === this.#writing) return
    if (this.#writing !== null) this.#deadlines.cancel(this.#writing)
    this.#writing = next
    this.#writingMs = afterMs
    this.#unsent = unsent
    if (next !== null) this.#deadlines.absolute(next, afterMs as number)
  }

  #linger(): void {
    this.#deadlines.absolute('linger', this.#settings.lingerTimeoutMs)
  }

  #expired(name: DeadlineName): void {
    if (name === this.#reading) this.#reading = null
    if ((name === 'write' || name === 'close') && name === this.#writing) {
      this.#writing = null
      const unsent = this.#transport.bufferedBytes
      // Any progress since the last look earns the whole period again: slow is not stalled.
      if (unsent < this.#unsent) {
        if (unsent > 0) this.#write(name, this.#writingMs)
        else if (name === 'close') this.#linger()
        return
      }
    }
    this.#passed(name)
  }
}
