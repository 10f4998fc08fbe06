import { decodeLatin1 } from '@millrace/headers'
import type { Headers } from '@millrace/headers'
import type { BodyDecoder, DataCallback, FinishCallback } from './body-decoder.ts'
import { chunkExtensions } from './chunk-extensions.ts'
import * as grammar from './chunked-grammar.ts'
import { resolveLimits } from './decoder-options.ts'
import type { ChunkedDecoderOptions, ChunkedLimits, ExtensionCallback } from './decoder-options.ts'
import { ChunkedError, TruncatedBody } from './errors.ts'
import type { ChunkedErrorCode } from './errors.ts'
import { PartialLine } from './partial-line.ts'
import { TrailerSection } from './trailer-section.ts'
import { joinViews, view } from './views.ts'

// Names of this file: what a module runner wraps costs a call at each use, and these are used for each octet.
const { DATA, DATA_CR, FINISHED, IMPOSSIBLE, SIZE, SIZE_START, TRAILER_START } = grammar
const { digitValue, nextState } = grammar

// Octets of framing that each octet of data pays for: `1 CRLF data CRLF` needs 5.
const FRAMING_PER_DATA_OCTET = 16

const NO_QUEUE: Uint8Array[] = []

/**
 * Decodes a chunked body: hands its data on as views of what came in, checks every octet of the framing, and
 * collects the trailers.
 *
 * The outcome does not depend on how the body is cut: the data, the trailers, and for a bad body the error and its
 * offset are the same, whether it comes whole or octet by octet. Cost is linear in octets.
 *
 * @see RFC 9112 §7.1
 * @public
 */
export class ChunkedDecoder implements BodyDecoder {
  readonly #dataCallback: DataCallback
  readonly #finishCallback: FinishCallback
  readonly #onExtension: ExtensionCallback | undefined
  readonly #limits: ChunkedLimits

  #busy = false
  #failure: { readonly error: unknown } | undefined = undefined
  // What a callback told us while we were busy.
  #queue: Uint8Array[] = NO_QUEUE
  #queueTaken = 0
  #peerFinished = false

  #state = SIZE_START
  // Of the chunk: its size, as far as its digits are read; then its octets that are still to come.
  #size = 0
  #digitCount = 0
  // Octets of the chunk line in earlier inputs; the line itself is kept for its extensions only.
  #lineLength = 0
  readonly #line = new PartialLine()
  // Octets of the body in earlier inputs.
  #offset = 0
  #extensionBytes = 0
  #overheadBytes = 0
  #trailerSection: TrailerSection | undefined = undefined

  /**
   * @param dataCallback - takes the data of each chunk, a chunk that comes in pieces in as many
   * @param finishCallback - runs when the body is complete
   * @param options - limits, and the hook for extensions
   * @throws `RangeError` when a limit is no whole number, or too small
   */
  constructor(dataCallback: DataCallback, finishCallback: FinishCallback, options?: ChunkedDecoderOptions) {
    this.#dataCallback = dataCallback
    this.#finishCallback = finishCallback
    this.#onExtension = options?.onExtension
    this.#limits = resolveLimits(options)
  }

  /** Whether the body is complete: the finish callback is running or has run. */
  get finished(): boolean {
    return this.#state === FINISHED
  }

  /**
   * Takes the next bytes of the body. Called by a callback it queues them and returns.
   *
   * @throws {@link ChunkedError} at the first impossible octet, and the first above a limit
   * @throws `FieldSyntaxError` (of `@millrace/headers`) at the first impossible octet of a trailer line
   * @throws {@link TruncatedBody} when a callback called `noMoreData` too early
   * @throws `Error` when the body is complete: the caller's mistake
   * @throws what a callback threw; and again at each later call whatever was thrown before
   */
  dataReceived(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#state === FINISHED) throw new Error('the body is complete: further bytes are not part of it')
    if (this.#busy) {
      if (this.#queue === NO_QUEUE) this.#queue = []
      this.#queue.push(bytes)
      return
    }
    this.#busy = true
    try {
      this.#decode(bytes)
      if (this.#queue !== NO_QUEUE) this.#decodeQueue()
      if (this.#peerFinished && !this.finished) throw new TruncatedBody(this.#offset)
    } catch (error) {
      this.#failure = { error }
      throw error
    } finally {
      this.#busy = false
    }
  }

  /**
   * Tells that the peer has finished sending; nothing happens when the body is complete. Called by a callback it takes
   * effect after what is being decoded and what is queued.
   *
   * @throws {@link TruncatedBody} when the body is not complete
   */
  noMoreData(): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#busy) {
      this.#peerFinished = true
      return
    }
    if (this.#state === FINISHED) return
    this.#failure = { error: new TruncatedBody(this.#offset) }
    throw this.#failure.error
  }

  #decode(bytes: Uint8Array): void {
    const end = bytes.length
    // Looked up once, for the first view: on Node the two getters cost as much as making a view.
    let buffer: ArrayBufferLike | undefined
    let base = 0
    let at = 0
    while (at < end && this.#state !== FINISHED) {
      const state = this.#state
      if (state < DATA) at = this.#readChunkLine(bytes, at)
      else if (state > DATA)
        at = state < TRAILER_START ? this.#readDataEnd(bytes, at) : this.#readTrailers(bytes, at)
      else if (at === 0 && end <= this.#size) at = this.#passData(bytes)
      else {
        if (buffer === undefined) {
          buffer = bytes.buffer
          base = bytes.byteOffset
        }
        const start = base + at
        const length = Math.min(end - at, this.#size)
        at += length
        this.#passData(new Uint8Array(buffer, start, length))
      }
    }
    this.#offset += end
  }

  #passData(data: Uint8Array): number {
    const length = data.length
    this.#size -= length
    if (this.#size === 0) this.#state = DATA_CR
    this.#dataCallback(data)
    return length
  }

  /** Decodes what callbacks handed in, also while it does so. */
  #decodeQueue(): void {
    while (this.#queueTaken < this.#queue.length) {
      const bytes = this.#queue[this.#queueTaken]!
      this.#queueTaken += 1
      this.#decode(bytes)
    }
    this.#queue = NO_QUEUE
    this.#queueTaken = 0
  }

  #readChunkLine(bytes: Uint8Array, start: number): number {
    const stop = Math.min(bytes.length, start + this.#limits.maxChunkLineBytes - this.#lineLength)
    let state = this.#state
    let size = this.#size
    let digitCount = this.#digitCount
    let at = start
    while (at < stop) {
      const octet = bytes[at]!
      const next = nextState(state, octet)
      if (next === SIZE) {
        size = size * 16 + digitValue(octet)
        digitCount += 1
        if (size > Number.MAX_SAFE_INTEGER) throw this.#error('ERR_CHUNK_SIZE_TOO_LARGE', at)
      } else if (next === IMPOSSIBLE) throw this.#error(grammar.chunkLineError(state, octet), at)
      state = next
      at += 1
      if (state === DATA) break
    }
    this.#size = size
    this.#digitCount = digitCount
    if (state === DATA) {
      this.#endChunkLine(bytes, start, at)
      return at
    }
    if (at < bytes.length) throw this.#error('ERR_CHUNK_LINE_TOO_LONG', at)
    this.#state = state
    this.#lineLength += at - start
    if (this.#onExtension !== undefined) this.#line.append(bytes, start, at)
    return at
  }

  /** A chunk line is complete: `bytes[start, end)` holds it, or its last part, with the CRLF. */
  #endChunkLine(bytes: Uint8Array, start: number, end: number): void {
    const size = this.#size
    const digitCount = this.#digitCount
    const length = this.#lineLength + end - start
    const extensionBytes = length - digitCount - 2
    this.#state = size === 0 ? TRAILER_START : DATA
    this.#lineLength = 0
    this.#digitCount = 0
    this.#extensionBytes += extensionBytes
    if (this.#extensionBytes > this.#limits.maxExtensionBytes)
      throw this.#error('ERR_CHUNK_EXTENSION_TOO_LARGE', end - 1)
    // Data that was paid for already does not pay for later framing, so the account never goes below 0.
    this.#overheadBytes = Math.max(0, this.#overheadBytes + length + 2 - size * FRAMING_PER_DATA_OCTET)
    if (this.#overheadBytes > this.#limits.maxOverheadBytes)
      throw this.#error('ERR_CHUNK_OVERHEAD_TOO_LARGE', end - 1)
    if (this.#onExtension === undefined) return
    const line = this.#line.take(bytes, start, end)
    if (extensionBytes === 0) return
    for (const [name, value] of chunkExtensions(decodeLatin1(line))) this.#onExtension(name, value, size)
  }

  /** The CRLF after the data. */
  #readDataEnd(bytes: Uint8Array, start: number): number {
    let at = start
    while (at < bytes.length && this.#state !== SIZE_START) {
      const next = nextState(this.#state, bytes[at]!)
      if (next === IMPOSSIBLE) throw this.#error('ERR_CHUNK_DATA_END', at)
      this.#state = next
      at += 1
    }
    return at
  }

  #readTrailers(bytes: Uint8Array, start: number): number {
    const section = (this.#trailerSection ??= new TrailerSection(this.#limits))
    const at = section.read(bytes, start, this.#offset)
    if (section.finished) this.#finish(bytes, at, section.trailers)
    return at
  }

  #finish(bytes: Uint8Array, end: number, trailers: Headers | undefined): void {
    this.#state = FINISHED
    const rest = view(bytes, end, bytes.length)
    this.#finishCallback(joinViews([rest, ...this.#queue.slice(this.#queueTaken)]), trailers)
  }

  #error(code: ChunkedErrorCode, at: number): ChunkedError {
    return new ChunkedError(code, this.#offset + at)
  }
}
