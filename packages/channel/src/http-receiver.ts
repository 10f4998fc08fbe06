import { LineReceiver } from '@millrace/line-receiver'
import { TimeoutMixin, type Constructor, type Timeout } from '@millrace/timeout'
import { remoteError } from './errors.ts'
import { HeadReader } from './head-reader.ts'
import type { ChannelSettings } from './options.ts'
import type { RequestHead } from './request-head.ts'

/**
 * Lines and time: the two layers that a channel is made of.
 *
 * @public
 */
const TimedLineReceiver: typeof LineReceiver & Constructor<Timeout> = TimeoutMixin(LineReceiver)

/**
 * The reading half of a channel: lines become request heads. Its line hooks may be overridden; as long as none of
 * `lineReceived`, `headerReceived` and `lineLengthExceeded` is, a head is scanned in one pass, with the same outcome.
 *
 * @public
 */
export abstract class HTTPReceiver extends TimedLineReceiver {
  /** Octets of a head, every CRLF counted. */
  totalHeadersSize: number
  /** Field lines of a head. */
  maxHeaders: number
  /** Empty lines taken before a request line. */
  readonly maxBlankLines: number
  readonly #reader: HeadReader

  constructor(settings: ChannelSettings) {
    super({ maxLength: settings.maxLength })
    this.clock = settings.clock
    this.timeOut = settings.timeOut
    this.totalHeadersSize = settings.totalHeadersSize
    this.maxHeaders = settings.maxHeaders
    this.maxBlankLines = settings.maxBlankLines
    this.#reader = new HeadReader(this)
  }

  /** Runs when a head is complete. */
  abstract allHeadersReceived(): void

  /** Runs when the first part of a head was seen and more of it is awaited. */
  protected abstract headStarted(): void

  /** The head that is being read, as far as it came. */
  protected get head(): RequestHead {
    return this.#reader.head
  }

  /** Gets ready for the next head: this one is valid. */
  protected nextHead(): void {
    this.#reader.nextHead()
  }

  protected override deliverLine(): boolean {
    if (this.#isHooked()) return super.deliverLine()
    if (this.#reader.readHead(this.lineBuffer)) {
      this.allHeadersReceived()
      return true
    }
    if (this.#reader.hasPart(this.lineBuffer)) this.headStarted()
    return false
  }

  /** Whether somebody wants to see the lines. */
  #isHooked(): boolean {
    const own = HTTPReceiver.prototype
    return (
      this.lineReceived !== own.lineReceived ||
      this.headerReceived !== own.headerReceived ||
      this.lineLengthExceeded !== own.lineLengthExceeded
    )
  }

  protected override partialLineReceived(from: number): void {
    const { bytes, start, end } = this.lineBuffer
    this.#reader.checkPartial(bytes, start, from, end)
    if (this.#reader.hasPart(this.lineBuffer)) this.headStarted()
  }

  /** Runs for each line of a head when a line hook is overridden: the request line, the field lines, the empty line. */
  override lineReceived(line: Uint8Array): void {
    if (this.#reader.fresh) {
      if (this.#reader.requestLine(line)) this.headStarted()
    } else if (line.length > 0) {
      if (!this.headerReceived(line)) throw remoteError('ERR_HEADER_REFUSED', 'head')
    } else {
      this.#reader.blankLine()
      this.allHeadersReceived()
    }
  }

  /**
   * Runs for each field line when a line hook is overridden.
   *
   * @param line - without its CRLF
   * @returns whether the field is acceptable; false refuses the request with 400
   * @throws {RemoteProtocolError} when it is malformed, or one too many
   */
  headerReceived(line: Uint8Array): boolean {
    this.#reader.fieldLine(line)
    return true
  }

  /** Runs when a line outgrew `MAX_LENGTH`: refuses the request with 414 or 431. */
  override lineLengthExceeded(line: Uint8Array): void {
    this.#reader.lineTooLong(line)
  }
}
