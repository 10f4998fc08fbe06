import type { Socket } from 'node:net'
import type { PullProducer, PushProducer } from '@millrace/transport'
import { LargeWrites } from './large-writes.ts'
import { sharedTurns, type WriteTurns } from './write-turns.ts'

/**
 * Up to here the parts of a sequence are copied together, which costs less than a writev (about 1 µs instead of 6):
 * Node cuts buffers below 4 KiB from a pool, and allocates larger ones one by one.
 */
const COPIED_SEQUENCE_BYTES = 4_095

/** From here on a write waits for its turn: smaller ones cost too little to wait. */
const LARGE_WRITE_BYTES = 16_384

/**
 * How a connection writes.
 *
 * @public
 */
export interface WriteOptions {
  /** The turns in which it writes what is much. @defaultValue those that all connections of a thread have together */
  readonly writeTurns?: WriteTurns
}

/**
 * The writing half of a transport over a socket.
 *
 * @public
 */
export abstract class SocketWriter<Options extends WriteOptions = WriteOptions> {
  protected readonly socket: Socket
  protected readonly options: Options
  /** Made for the first large write. */
  #large: LargeWrites | null = null
  /** Whether `write` still takes octets. */
  #writing = true
  /** Whether our direction is to end when there is no producer (any more). */
  #ending = false
  #push: PushProducer | null = null
  #pull: PullProducer | null = null
  /** Push: it was paused. Pull: it has written and wants to be asked for more. */
  #producerWaits = false

  protected constructor(socket: Socket, options: Options) {
    this.socket = socket
    this.options = options
  }

  /** Whether the connection is to end as a whole. */
  abstract get disconnecting(): boolean

  /** Runs a callback of protocol or producer: what it throws is not ours. */
  protected abstract guard(callback: () => void): void

  /** Takes octets over, now or in a turn to come; nothing happens once our direction ends. */
  write(bytes: Uint8Array): void {
    if (!this.#writing || bytes.length === 0) return
    const room = this.#isDirect(bytes.length) ? this.socket.write(bytes) : this.#writeLarge([bytes])
    if (!room) this.#pausePush()
  }

  /** Like {@link SocketWriter.write}; Node sends a short string from the stack, without a buffer in between. */
  writeLatin1(text: string): void {
    if (!this.#writing || text === '') return
    if (!this.#isDirect(text.length)) this.write(Buffer.from(text, 'latin1'))
    else if (!this.socket.write(text, 'latin1')) this.#pausePush()
  }

  /** Like {@link SocketWriter.write} for each part, in one system call. */
  writeSequence(parts: readonly Uint8Array[]): void {
    if (!this.#writing) return
    if (parts.length === 1) return this.write(parts[0]!)
    let totalBytes = 0
    for (const part of parts) totalBytes += part.length
    if (totalBytes <= COPIED_SEQUENCE_BYTES) return this.write(Buffer.concat(parts, totalBytes))
    if (!this.#writeLarge(parts)) this.#pausePush()
  }

  /** Octets that were written and have not left yet. */
  get bufferedBytes(): number {
    return this.socket.writableLength + (this.#large?.heldBytes ?? 0)
  }

  registerProducer(producer: PushProducer, streaming: true): void
  registerProducer(producer: PullProducer, streaming: false): void
  /** Attaches the source of all following writes. @throws {Error} when there is one */
  registerProducer(producer: PushProducer | PullProducer, streaming: boolean): void {
    if (this.#push !== null || this.#pull !== null) {
      throw new Error('a producer is registered already: unregister it first')
    }
    if (this.#ending || !this.#writing) {
      this.guard(() => producer.stopProducing())
    } else if (streaming) {
      this.#push = producer as PushProducer
      if (this.socket.writableNeedDrain || this.#large?.busy === true) this.#pausePush()
    } else {
      this.#pull = producer
      this.guard(() => producer.resumeProducing())
    }
  }

  /** Detaches the producer; nothing happens when there is none. */
  unregisterProducer(): void {
    this.#push = null
    this.#pull = null
    this.#producerWaits = false
    if (this.#ending) this.#endWhenAlone()
  }

  /** Ends our direction, or with {@link SocketWriter.disconnecting} the connection, behind all that was and will be produced. */
  protected endWriting(): void {
    if (this.#ending && !this.disconnecting) return
    this.#ending = true
    this.#endWhenAlone()
  }

  /** Nothing more leaves: what waits is forgotten. */
  protected stopWriting(): void {
    this.#writing = false
    this.#ending = false
    this.#producerWaits = false
    this.#large?.clear()
  }

  /** The connection is gone, and the producer with it. */
  protected writingLost(): void {
    const producer = this.#push ?? this.#pull
    this.stopWriting()
    this.unregisterProducer()
    if (producer !== null) this.guard(() => producer.stopProducing())
  }

  /** All that was written directly has left. A pull producer is not served so: a short piece causes no `drain`. */
  protected drained(): void {
    if (this.#large?.busy !== true) this.#resumeProducer()
  }

  /** Whether so many octets may go to the socket at once: nothing waits before them, and nobody asks when they have left. */
  #isDirect(length: number): boolean {
    return length < LARGE_WRITE_BYTES && this.#pull === null && this.#large?.busy !== true
  }

  #writeLarge(parts: readonly Uint8Array[]): boolean {
    if (this.#pull !== null) this.#producerWaits = true
    const { writeTurns = sharedTurns } = this.options
    this.#large ??= new LargeWrites(this.socket, writeTurns, () => this.#largeLeft())
    return this.#large.write(parts)
  }

  #largeLeft(): void {
    if (this.#ending) this.#endWhenAlone()
    this.#resumeProducer()
  }

  #endWhenAlone(): void {
    if (this.#push !== null || this.#pull !== null) return
    this.#writing = false
    if (this.#large?.busy === true) return
    if (this.disconnecting) this.socket.destroySoon()
    else this.socket.end()
  }

  #pausePush(): void {
    const producer = this.#push
    if (producer === null || this.#producerWaits) return
    this.#producerWaits = true
    this.guard(() => producer.pauseProducing())
  }

  #resumeProducer(): void {
    const producer = this.#push ?? this.#pull
    if (producer === null || !this.#producerWaits) return
    this.#producerWaits = false
    this.guard(() => producer.resumeProducing())
  }
}
