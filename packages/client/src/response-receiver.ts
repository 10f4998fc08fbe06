import { ChunkedDecoder, IdentityDecoder } from '@millrace/chunked'
import type { BodyDecoder, ChunkedDecoderOptions } from '@millrace/chunked'
import type { Headers } from '@millrace/headers'
import { LineReceiver } from '@millrace/line-receiver'
import { TimeoutMixin } from '@millrace/timeout'
import type { Constructor, Timeout } from '@millrace/timeout'
import { UpstreamError } from './errors.ts'
import type { ClientSettings } from './options.ts'
import { settleHead } from './response-decisions.ts'
import { ResponseHeadReader } from './response-head-reader.ts'
import type { ResponseHead } from './response-head.ts'

/**
 * Lines and a timeout: what a client channel is made of.
 *
 * @public
 */
const TimedLineReceiver: typeof LineReceiver & Constructor<Timeout> = TimeoutMixin(LineReceiver)

/**
 * The reading half of a client channel: bytes become response heads and content.
 *
 * @public
 */
export abstract class ResponseReceiver extends TimedLineReceiver {
  /** Octets of a head, every CRLF counted. May be set at any time. */
  totalHeadersSize: number
  /** Field lines of a head. May be set at any time. */
  maxHeaders: number
  readonly #chunked: ChunkedDecoderOptions | undefined
  readonly #reader: ResponseHeadReader
  #decoder: BodyDecoder | null = null

  constructor(settings: ClientSettings) {
    super({ maxLength: settings.maxLength })
    this.clock = settings.clock
    this.totalHeadersSize = settings.totalHeadersSize
    this.maxHeaders = settings.maxHeaders
    this.#chunked = settings.chunked
    this.#reader = new ResponseHeadReader(this)
  }

  /** The method of the request that is answered: it has a say in where a response ends. */
  protected abstract readonly requestMethod: string

  /** Runs when a head is complete, interim or final. */
  protected abstract headReceived(head: ResponseHead): void

  /** Runs for each piece of content. */
  protected abstract contentReceived(chunk: Uint8Array): void

  /** Runs at the end of content; `rest` came behind it. Heads are read again by then. */
  protected abstract contentEnded(rest: Uint8Array, trailers: Headers | undefined): void

  /** Whether content is being read. */
  protected get inContent(): boolean {
    return this.#decoder !== null
  }

  /** Reads content from the next byte on. Returns false when there is none. */
  protected expectContent({ framing }: ResponseHead): boolean {
    if (framing.kind === 'none' || (framing.kind === 'content-length' && framing.length === 0)) return false
    const take = (chunk: Uint8Array): void => this.contentReceived(chunk)
    const end = (rest: Uint8Array, trailers: Headers | undefined): void => {
      this.#decoder = null
      this.setLineMode()
      this.contentEnded(rest, trailers)
    }
    const length = framing.kind === 'content-length' ? framing.length : null
    this.#decoder =
      framing.kind === 'chunked'
        ? new ChunkedDecoder(take, end, this.#chunked)
        : new IdentityDecoder(length, take, end)
    this.setRawMode()
    return true
  }

  /** The server finished sending: the end of content that lasts until then. @throws {UpstreamError} when it is not */
  protected noMoreContent(): void {
    try {
      this.#decoder?.noMoreData()
    } catch (error) {
      throw new UpstreamError('ERR_UPSTREAM_TRUNCATED', undefined, error)
    }
  }

  protected override deliverLine(): boolean {
    if (!this.#reader.read(this.lineBuffer)) return false
    const { statusLine, headers } = this.#reader
    this.#reader.reset()
    this.headReceived(settleHead(this.requestMethod, statusLine, headers))
    return true
  }

  override rawDataReceived(bytes: Uint8Array): void {
    this.#decoder?.dataReceived(bytes)
  }
}
