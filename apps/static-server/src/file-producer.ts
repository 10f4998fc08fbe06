import type { Consumer, PullProducer } from '@millrace/transport'
import type { BufferPool } from './buffer-pool.ts'
import type { OpenFile } from './open-file.ts'

/** How the sending of a file ended. */
export type FileSendOutcome =
  /** Every announced byte was handed over, and the producer is unregistered. */
  | { readonly kind: 'complete' }
  /** The consumer went away first. */
  | { readonly kind: 'stopped' }
  /**
   * The file ended early or could not be read: fewer bytes went out than were announced. The producer stays
   * registered, so that nothing takes this for an end: the connection has to be aborted.
   */
  | { readonly kind: 'failed'; readonly error: Error }

/** Memory for the pieces that is used again. */
export interface LentBuffers {
  /** Its buffers have {@link PIECE_BYTES}. */
  readonly buffers: BufferPool
  /**
   * Whether every byte written so far has been sent or copied, by the consumer and by all below it. Asked when the
   * consumer asks for more: it may do so long before that.
   */
  readonly isDrained: () => boolean
}

/** What to send, and who hears how it ended. */
export interface FileProducerOptions {
  /** The producer's from now on: it closes it. */
  readonly file: OpenFile
  /** Offset of the first byte. */
  readonly start: number
  /** Bytes to send. */
  readonly length: number
  /** Without it each piece gets memory of its own, which the consumer may keep. */
  readonly pool?: LentBuffers
  /** Called once, after the last call to the consumer. */
  readonly onEnd: (outcome: FileSendOutcome) => void
}

/** The file got shorter while it was sent. */
export class FileTruncatedError extends Error {
  override readonly name = 'FileTruncatedError'
  /** @defaultValue 'ERR_FILE_TRUNCATED' */
  readonly code = 'ERR_FILE_TRUNCATED'

  constructor(missingBytes: number) {
    super(`The file ended ${missingBytes} bytes before the length that was announced`)
  }
}

/** Small, so that the first bytes leave soon and most files are one read. */
const FIRST_PIECE_BYTES = 64 * 1024
/** The size of all further pieces: over twice the throughput of 64 KiB on loopback, and bounded per slow reader. */
export const PIECE_BYTES: number = 256 * 1024

/**
 * Sends a part of a file, one piece whenever the consumer is empty: what a slow reader has not taken is not read.
 *
 * Exactly the announced number of bytes is written, also when the file grows meanwhile; when it shrinks the
 * outcome is `failed`. The file is closed once, whatever happens.
 */
export class FileProducer implements PullProducer {
  readonly #consumer: Consumer
  readonly #file: OpenFile
  readonly #pool: LentBuffers | undefined
  readonly #onEnd: (outcome: FileSendOutcome) => void
  #state: 'new' | 'waiting' | 'reading' | 'done' = 'new'
  #position: number
  #remaining: number
  #pieceBytes = FIRST_PIECE_BYTES
  /** Buffers of the pool that were written, and may still be on their way. */
  #lent: Uint8Array[] = []

  /** @throws {RangeError} when `length` is not positive: there would be nothing to send */
  constructor(consumer: Consumer, options: FileProducerOptions) {
    if (!(options.length > 0)) throw new RangeError(`length must be positive, not ${options.length}`)
    this.#consumer = consumer
    this.#file = options.file
    this.#position = options.start
    this.#remaining = options.length
    this.#pool = options.pool
    this.#onEnd = options.onEnd
  }

  /** Registers with the consumer, which then asks for the pieces. */
  start(): void {
    if (this.#state !== 'new') throw new Error('The producer was started already')
    this.#state = 'waiting'
    this.#consumer.registerProducer(this, false)
  }

  /** Reads the next piece and writes it later; asking again meanwhile changes nothing. */
  resumeProducing(): void {
    if (this.#state !== 'waiting') return
    this.#state = 'reading'
    this.#takeBack()
    const length = Math.min(this.#pieceBytes, this.#remaining)
    const buffer = this.#takeBuffer(length)
    this.#file.read(buffer, length, this.#position, (error, bytesRead) =>
      this.#readDone(buffer, error, bytesRead),
    )
  }

  /** Closes the file; a read that is running is waited for, and its bytes are dropped. */
  stopProducing(): void {
    if (this.#state === 'done') return
    this.#end({ kind: 'stopped' })
  }

  #readDone(buffer: Uint8Array, error: Error | null, bytesRead: number): void {
    if (this.#state !== 'reading') return // stopped meanwhile
    if (error !== null) return this.#end({ kind: 'failed', error })
    if (bytesRead === 0) return this.#end({ kind: 'failed', error: new FileTruncatedError(this.#remaining) })
    this.#position += bytesRead
    this.#remaining -= bytesRead
    this.#pieceBytes = PIECE_BYTES
    if (buffer.length === this.#pool?.buffers.bufferBytes) this.#lent.push(buffer)
    const piece = buffer.subarray(0, bytesRead)
    if (this.#remaining > 0) {
      this.#state = 'waiting' // before the write, which may ask for the next piece at once
      this.#consumer.write(piece)
      return
    }
    this.#state = 'done'
    this.#file.close()
    this.#consumer.write(piece)
    this.#consumer.unregisterProducer()
    this.#onEnd({ kind: 'complete' })
  }

  #end(outcome: FileSendOutcome): void {
    this.#state = 'done'
    this.#file.close()
    this.#onEnd(outcome)
  }

  #takeBack(): void {
    if (this.#pool === undefined || this.#lent.length === 0 || !this.#pool.isDrained()) return
    for (const buffer of this.#lent) this.#pool.buffers.give(buffer)
    this.#lent = []
  }

  /**
   * Only pieces with another one behind them come from the pool: the request for that one gives them back. The first
   * is smaller than the pool's buffers, and the last gets exactly the size it has.
   */
  #takeBuffer(length: number): Uint8Array {
    const buffers = this.#pool?.buffers
    const isPooled = length === buffers?.bufferBytes && length < this.#remaining
    return isPooled ? buffers.take() : Buffer.allocUnsafe(length)
  }
}
