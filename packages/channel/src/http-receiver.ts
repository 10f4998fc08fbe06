import { LineReceiver } from '@millrace/line-receiver'
import { TimeoutMixin, type Constructor, type Timeout } from '@millrace/timeout'
import { remoteError } from './errors.ts'
import { HeadReader } from './head-reader.ts'
import { relaxesLines } from './leniency.ts'
import { LenientHeadReader } from './lenient-head-reader.ts'
import type { ChannelSettings } from './options.ts'
import { RequestHead } from './request-head.ts'
import { readWholeHead } from './whole-head.ts'

const CR = 0x0d
const LF = 0x0a
const NO_BYTES = new Uint8Array(0)

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
  protected readonly settings: ChannelSettings
  /** Octets of a head, every CRLF counted. */
  totalHeadersSize: number
  /** Field lines of a head. */
  maxHeaders: number
  /** The head that was read in one pass, until it was dispatched. */
  #head: RequestHead | null = null
  /** What reads the others; made when there is one. */
  #reader: HeadReader | null = null
  /** What was held when the line receiver gave up: whoever reports the error wants to see it. */
  #held: Uint8Array = NO_BYTES

  constructor(settings: ChannelSettings) {
    super({ maxLength: settings.maxLength })
    this.settings = settings
    this.clock = settings.clock
    this.timeOut = settings.timeOut
    this.totalHeadersSize = settings.totalHeadersSize
    this.maxHeaders = settings.maxHeaders
    const { leniency } = settings
    if (relaxesLines(leniency)) this.#reader = new LenientHeadReader(this, leniency)
  }

  /** Empty lines taken before a request line. */
  get maxBlankLines(): number {
    return this.settings.maxBlankLines
  }

  /** Runs when a head is complete. */
  abstract allHeadersReceived(): void

  /** Runs when the first part of a head was seen and more of it is awaited. */
  protected abstract headStarted(): void

  /** The head that is being read, as far as it came. */
  protected get head(): RequestHead {
    return this.#head ?? this.#lines().head
  }

  /** Gets ready for the next head: this one is valid. */
  protected nextHead(): void {
    this.#head = null
    // A connection between requests costs no more than it must.
    if (this.#reader?.byLines === true) this.#reader.nextHead()
    else this.#reader = null
  }

  #lines(): HeadReader {
    this.#reader ??= new HeadReader(this)
    return this.#reader
  }

  /** A copy of the head that is being read, as far as it came. */
  protected rawHead(): Uint8Array {
    if (this.#head !== null) return this.#head.raw()
    const { lineBuffer } = this
    const isHeld = lineBuffer.length === 0
    return this.#lines().raw(isHeld ? this.#held : lineBuffer.view(lineBuffer.start, lineBuffer.end))
  }

  /** Octets of the head that is being read, as far as they came. */
  protected headLength(): number {
    return this.#reader?.received(this.lineBuffer.length) ?? this.lineBuffer.length
  }

  protected override poison(): void {
    this.#held = this.lineBuffer.take()
    super.poison()
  }

  protected override deliverLine(): boolean {
    if (this.#isHooked()) return this.#deliverOne()
    if (this.#reader === null && this.#readWhole()) return true
    const reader = this.#lines()
    if (reader.readHead(this.lineBuffer)) {
      this.allHeadersReceived()
      return true
    }
    if (reader.byLines) return this.#deliverOne()
    if (reader.hasPart(this.lineBuffer)) this.headStarted()
    return false
  }

  #readWhole(): boolean {
    const head = new RequestHead()
    if (!readWholeHead(this.lineBuffer, this, head)) return false
    this.#head = head
    this.allHeadersReceived()
    return true
  }

  #deliverOne(): boolean {
    return this.#lines().takesBareLf ? this.#deliverToLf() : super.deliverLine()
  }

  /** Delivers the next line as the line receiver does, but one that LF alone ends too. */
  #deliverToLf(): boolean {
    const { lineBuffer: buffer } = this
    const { bytes, start, end } = buffer
    const from = start + buffer.scanned
    let lf = from
    while (lf < end && bytes[lf] !== LF) lf += 1
    const hasCr = lf > start && bytes[lf - 1] === CR
    const length = lf - start - (hasCr ? 1 : 0)
    if (!(length <= this.MAX_LENGTH)) {
      this.lineLengthExceeded(buffer.take())
      return true
    }
    if (lf === end) {
      buffer.scanned = end - start
      if (end > from) this.partialLineReceived(from)
      return false
    }
    const line = buffer.view(start, start + length)
    buffer.consume(lf + 1 - start)
    this.#lines().lineEnds(hasCr ? 2 : 1)
    this.lineReceived(line)
    return true
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
    const reader = this.#lines()
    reader.checkPartial(bytes, start, from, end)
    if (reader.hasPart(this.lineBuffer)) this.headStarted()
  }

  /** Runs for each line of a head when a line hook is overridden: the request line, the field lines, the empty line. */
  override lineReceived(line: Uint8Array): void {
    const reader = this.#lines()
    reader.take(line)
    if (reader.fresh) {
      if (reader.requestLine(line)) this.headStarted()
      return
    }
    const field = reader.unfold(line)
    if (field !== null) {
      const offset = reader.fieldOffset
      if (!this.headerReceived(field)) throw remoteError('ERR_HEADER_REFUSED', 'head', offset)
    }
    if (line.length > 0) return
    reader.blankLine()
    this.allHeadersReceived()
  }

  /**
   * Runs for each field line when a line hook is overridden.
   *
   * @param line - without its CRLF
   * @returns whether the field is acceptable; false refuses the request with 400
   * @throws {RemoteProtocolError} when it is malformed, or one too many
   */
  headerReceived(line: Uint8Array): boolean {
    this.#lines().fieldLine(line)
    return true
  }

  /** Runs when a line outgrew `MAX_LENGTH`: refuses the request with 414 or 431. */
  override lineLengthExceeded(line: Uint8Array): void {
    this.#lines().lineTooLong(line)
  }
}
