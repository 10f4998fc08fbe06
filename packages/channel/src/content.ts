import type { Headers } from '@millrace/headers'
import type { PushProducer } from '@millrace/transport'
import { LocalProtocolError } from './errors.ts'
import { joinBytes } from './octets.ts'
import type { RequestChannel } from './request-channel.ts'

/** Octets held for a reader before the peer is no longer read from, and below which reading goes on. */
const HIGH_WATER = 65_536
const LOW_WATER = 16_384
/** Held pieces are joined up to this size: a view of a few octets takes more memory than they do. */
const JOIN_UP_TO = 2_048

/**
 * Takes a request's content as it arrives; see {@link RequestContent.deliverTo}.
 *
 * @public
 */
export interface ContentConsumer {
  /** The next piece of content, never empty. */
  dataReceived(chunk: Uint8Array): void
  /** All content was received; `trailers` are those that came after a chunked body (RFC 9112 §7.1.2). */
  contentDone(trailers: Headers | undefined): void
  /** The rest will never come: the peer left, stalled, or broke the framing. Nothing follows. */
  contentLost(error: Error): void
}

type Reader = { resolve: (chunk: Uint8Array | null) => void; reject: (error: Error) => void }

/**
 * The content of one request, pulled: nothing is read from the peer until somebody asks. One reader, in one of two
 * ways: {@link RequestContent.read} (and everything made of it), or {@link RequestContent.deliverTo}.
 *
 * @public
 */
export class RequestContent implements AsyncIterable<Uint8Array>, PushProducer {
  readonly #channel: RequestChannel
  #state: 'open' | 'ended' | 'failed'
  #error: Error | null = null
  #trailers: Headers | undefined
  #queue: Uint8Array[] = []
  #queued = 0
  /** The last piece in the queue, if it lies in an array of our own, with room behind it. */
  #joined: Uint8Array | null = null
  #reader: Reader | null = null
  #consumer: ContentConsumer | null = null
  /** Whether the channel is to read on. */
  #wanted = false
  /** Whether the consumer takes what comes. */
  #flowing = false
  #delivering = false
  #discarding = false
  /** Whether who iterated left before the end. */
  #left = false

  constructor(channel: RequestChannel, state: 'open' | 'ended' = 'open') {
    this.#channel = channel
    this.#state = state
  }

  /** Whether all content was received (it may still be waiting for its reader). */
  get complete(): boolean {
    return this.#state === 'ended'
  }

  /** Whether somebody waits for content right now. */
  get hasReader(): boolean {
    return this.#reader !== null || this.#consumer !== null
  }

  /** Whether who read it said, in one way or another, that it needs no more. */
  get isAbandoned(): boolean {
    return this.#discarding || this.#left
  }

  /** The trailer fields, once the content was read to its end; `undefined` when there were none. */
  get trailers(): Headers | undefined {
    return this.#trailers
  }

  /**
   * Gets the next piece, `null` at the end.
   *
   * @throws {Error} (rejects) when the rest will never come, with the reason
   * @throws {LocalProtocolError} `ERR_CONTENT_CONSUMED` when a read is pending or a consumer is attached;
   * `ERR_CONTENT_DISCARDED` when the response was finished meanwhile
   */
  read(): Promise<Uint8Array | null> {
    if (this.hasReader) return Promise.reject(new LocalProtocolError('ERR_CONTENT_CONSUMED'))
    if (this.#discarding) return Promise.reject(new LocalProtocolError('ERR_CONTENT_DISCARDED'))
    this.#left = false
    const chunk = this.#queue.shift()
    if (chunk !== undefined) {
      this.#queued -= chunk.length
      this.#wantBelow(LOW_WATER)
      return Promise.resolve(chunk)
    }
    if (this.#state === 'ended') return Promise.resolve(null)
    if (this.#state === 'failed') return Promise.reject(this.#error as Error)
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
      this.#want()
    })
  }

  /**
   * Iterates over the pieces. Leaving the loop early leaves the rest to whoever reads on; once the response is complete, to
   * the channel, which drops it or closes.
   */
  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk
    } finally {
      this.#readerLeft()
    }
  }

  /**
   * Collects all content.
   *
   * @param maxBytes - the most that is kept, in octets
   * @throws {RangeError} (rejects) when there is more
   */
  async bytes(maxBytes: number = Infinity): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let length = 0
    try {
      // As the iterator does, whose promises cost more than a small request.
      for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) {
        length += chunk.length
        if (length > maxBytes) throw new RangeError(`the content is larger than ${maxBytes} bytes`)
        chunks.push(chunk)
        if (this.#state === 'ended' && this.#queue.length === 0) break
      }
    } finally {
      this.#readerLeft()
    }
    return chunks.length === 1 ? (chunks[0] as Uint8Array) : joinBytes(chunks)
  }

  /** Who read on and on reads no more. */
  #readerLeft(): void {
    if (!this.hasReader && this.#state === 'open') this.#leave()
  }

  /**
   * Hands every piece to `consumer` as it arrives, without a promise for each. Use
   * {@link RequestContent.pauseProducing} and {@link RequestContent.resumeProducing} to slow the peer down.
   *
   * @throws {LocalProtocolError} `ERR_CONTENT_CONSUMED` when somebody reads already; `ERR_CONTENT_DISCARDED`
   */
  deliverTo(consumer: ContentConsumer): void {
    if (this.hasReader) throw new LocalProtocolError('ERR_CONTENT_CONSUMED')
    if (this.#discarding) throw new LocalProtocolError('ERR_CONTENT_DISCARDED')
    this.#consumer = consumer
    this.#left = false
    this.resumeProducing()
  }

  /** Stops the flow to the consumer; the peer is not read from while this lasts. Who reads just does not read. */
  pauseProducing(): void {
    if (this.#consumer === null) return
    this.#flowing = false
    this.#unwant()
  }

  /** Lets the content flow (again). */
  resumeProducing(): void {
    this.#flowing = true
    this.#drainToConsumer()
  }

  /** Drops what is left: nobody will read it. */
  stopProducing(): void {
    this.discard()
  }

  /** Reads the rest and drops it; who asks for it from now on gets `ERR_CONTENT_DISCARDED`. */
  discard(): void {
    if (this.#state !== 'open') return
    const isFirst = !this.#discarding
    this.#discarding = true
    this.#queue = []
    this.#queued = 0
    this.#consumer = null
    const reader = this.#reader
    this.#reader = null
    reader?.reject(new LocalProtocolError('ERR_CONTENT_DISCARDED'))
    if (isFirst) this.#leave()
    this.#want()
  }

  /** The channel decoded a piece. */
  push(chunk: Uint8Array): void {
    if (this.#discarding || this.#state !== 'open') return
    if (this.#consumer !== null && this.#flowing && this.#queue.length === 0 && !this.#delivering) {
      this.#consumer.dataReceived(chunk)
    } else if (this.#reader !== null) {
      const reader = this.#reader
      this.#reader = null
      reader.resolve(chunk)
    } else {
      this.#enqueue(chunk)
      this.#queued += chunk.length
      if (this.#queued >= HIGH_WATER) this.#unwant()
    }
  }

  /** The channel saw the end of the content. */
  end(trailers: Headers | undefined): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.#trailers = trailers
    const reader = this.#reader
    this.#reader = null
    reader?.resolve(null)
    this.#drainToConsumer()
  }

  /** The rest will never come. */
  fail(error: Error): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#error = error
    const reader = this.#reader
    this.#reader = null
    reader?.reject(error)
    this.#drainToConsumer()
  }

  #enqueue(chunk: Uint8Array): void {
    const last = this.#queue.at(-1)
    if (last === undefined || last.length + chunk.length > JOIN_UP_TO) {
      this.#queue.push(chunk)
      return
    }
    const room = last === this.#joined ? new Uint8Array(last.buffer) : new Uint8Array(JOIN_UP_TO)
    if (last !== this.#joined) room.set(last)
    room.set(chunk, last.length)
    this.#joined = room.subarray(0, last.length + chunk.length)
    this.#queue[this.#queue.length - 1] = this.#joined
  }

  /** Hands over what is held, piece by piece: whatever the consumer does meanwhile, never one inside the other. */
  #drainToConsumer(): void {
    const consumer = this.#consumer
    if (consumer === null || this.#delivering) return
    this.#delivering = true
    try {
      while (this.#flowing && this.#queue.length > 0) {
        const chunk = this.#queue.shift() as Uint8Array
        this.#queued -= chunk.length
        consumer.dataReceived(chunk)
      }
    } finally {
      this.#delivering = false
    }
    if (this.#queue.length > 0 || this.#consumer !== consumer) return
    if (this.#state === 'open') {
      // Only now: what the channel holds must come behind what was held here.
      if (this.#flowing) this.#want()
      return
    }
    this.#consumer = null // told once
    if (this.#state === 'ended') consumer.contentDone(this.#trailers)
    else consumer.contentLost(this.#error as Error)
  }

  /** Nobody needs the rest: what becomes of it depends on how far the response is. */
  #leave(): void {
    this.#left = true
    this.#wanted = false
    this.#channel.contentUnwanted()
  }

  #wantBelow(level: number): void {
    if (this.#queued < level && this.#state === 'open') this.#want()
  }

  #want(): void {
    if (this.#wanted) return
    this.#wanted = true
    if (this.#state === 'open') this.#channel.contentWanted()
  }

  #unwant(): void {
    if (!this.#wanted) return
    this.#wanted = false
    if (this.#state === 'open') this.#channel.contentUnwanted()
  }
}
