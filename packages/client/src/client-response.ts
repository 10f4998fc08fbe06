import type { Headers } from '@millrace/headers'
import type { PendingRequest } from './pooled-request.ts'
import { RequestError } from './errors.ts'
import type { ResponseHead } from './response-head.ts'
import { decodeUtf8 } from './text.ts'

/** Octets held for a reader before the server is no longer read from, and below which reading goes on. */
const HIGH_WATER = 65_536
const LOW_WATER = 16_384

interface Reader {
  readonly resolve: (chunk: Uint8Array | null) => void
  readonly reject: (error: unknown) => void
}

/**
 * A response whose head is there, and whose content is read from the server as fast as it is asked for. Read it to
 * its end, or {@link ClientResponse.abort} it: until then it keeps its connection.
 *
 * @public
 */
export class ClientResponse implements AsyncIterable<Uint8Array> {
  /** 200–599. */
  readonly status: number
  /** As received; means nothing. */
  readonly reasonPhrase: string
  /** In order and spelling of the server. */
  readonly headers: Headers
  readonly #request: PendingRequest
  readonly #abort: (reason: unknown) => void
  #trailers: Headers | undefined
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #paused = false
  #ending: 'none' | 'done' | 'failed' = 'none'
  #error: unknown
  #reader: Reader | null = null
  #consumed = false

  constructor(head: ResponseHead, request: PendingRequest, abort: (reason: unknown) => void) {
    this.#abort = abort
    this.status = head.statusCode
    this.reasonPhrase = head.reasonPhrase
    this.headers = head.headers
    this.#request = request
  }

  /** The content, piece by piece: what iterating over the response itself gives. Can be read once. */
  get body(): AsyncIterable<Uint8Array> {
    return this
  }

  /** The trailer fields, once all content was received; `undefined` when there were none. */
  get trailers(): Headers | undefined {
    return this.#trailers
  }

  /**
   * Iterates over the content. Leaving the loop early cancels the rest, and the connection with it.
   *
   * @throws {UpstreamError} (rejects) when the content is cut off: what came must not be taken for the whole
   * @throws {RequestError} `ERR_REQUEST_CONSUMED` when somebody reads already
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    if (this.#consumed) throw new RequestError('ERR_REQUEST_CONSUMED')
    this.#consumed = true
    try {
      for (let chunk = await this.#read(); chunk !== null; chunk = await this.#read()) yield chunk
    } finally {
      if (this.#ending === 'none') this.abort()
    }
  }

  /**
   * Collects all content.
   *
   * @param maxBytes - the most that is kept, in octets
   * @throws {RangeError} (rejects) when there is more; the rest is cancelled
   * @throws (rejects) as the iteration does
   */
  async bytes(maxBytes: number = Infinity): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of this) {
      length += chunk.length
      if (length > maxBytes) throw new RangeError(`the content is larger than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    const all = new Uint8Array(length)
    let at = 0
    for (const chunk of chunks) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all
  }

  /** Collects all content as UTF-8 text. @throws (rejects) as {@link ClientResponse.bytes} */
  async text(maxBytes: number = Infinity): Promise<string> {
    return decodeUtf8(await this.bytes(maxBytes))
  }

  /** Cancels the rest, and the connection with it. A reader that waits gets an error. */
  abort(reason: unknown = new Error('the response was aborted')): void {
    if (this.#ending !== 'none') return
    this.#abort(reason)
  }

  // --- for the request it answers

  /** @internal */
  push(chunk: Uint8Array): void {
    const reader = this.#takeReader()
    if (reader !== null) {
      reader.resolve(chunk)
      return
    }
    this.#queue.push(chunk)
    this.#queuedBytes += chunk.length
    if (this.#queuedBytes < HIGH_WATER || this.#paused) return
    this.#paused = true
    this.#request.exchange?.pauseProducing()
  }

  /** @internal */
  done(trailers: Headers | undefined): void {
    this.#ending = 'done'
    this.#trailers = trailers
    this.#takeReader()?.resolve(null)
  }

  /** @internal */
  lost(error: unknown): void {
    if (this.#ending !== 'none') return
    this.#ending = 'failed'
    this.#error = error
    this.#takeReader()?.reject(error)
  }

  #takeReader(): Reader | null {
    const reader = this.#reader
    this.#reader = null
    return reader
  }

  #read(): Promise<Uint8Array | null> {
    const chunk = this.#queue.shift()
    if (chunk !== undefined) {
      this.#queuedBytes -= chunk.length
      if (this.#paused && this.#queuedBytes < LOW_WATER) {
        this.#paused = false
        this.#request.exchange?.resumeProducing()
      }
      return Promise.resolve(chunk)
    }
    if (this.#ending === 'done') return Promise.resolve(null)
    if (this.#ending === 'failed') return Promise.reject(this.#error)
    return new Promise((resolve, reject) => (this.#reader = { resolve, reject }))
  }
}
