import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { checkDelimiter, findDelimiterEnd, toBytes } from './delimiter.ts'
import { LineError } from './errors.ts'
import { LineBuffer } from './line-buffer.ts'
import { checkMaxLength, DEFAULT_DELIMITER, DEFAULT_MAX_LENGTH } from './options.ts'
import type { LineReceiverOptions } from './options.ts'

const NOTHING = new Uint8Array(0)

/** What nearly all receivers share: a delimiter is never changed, only replaced. */
const CRLF = checkDelimiter(DEFAULT_DELIMITER)

/**
 * Turns bytes into lines, and into raw bytes wherever the protocol asks for them.
 *
 * Subclass it and override {@link LineReceiver.lineReceived}, and {@link LineReceiver.rawDataReceived} where raw mode
 * is used. Inside each of these hooks everything is allowed: switch modes, pause, take the buffer, close, call
 * `dataReceived` again. What is switched counts from the next byte on. Bytes come in order, each at most once, and
 * how they were split makes no difference to the lines.
 *
 * Input is dropped for good (*terminal*) once the connection is lost, once a hook threw, and once the transport is
 * disconnecting. {@link LineReceiver.dataReceived} works before `makeConnection` too, for those who want lines only.
 *
 * @public
 */
export class LineReceiver implements Protocol {
  /** The longest line that is delivered, in bytes, without its delimiter. May be set at any time, or by a subclass. */
  MAX_LENGTH: number
  /** The byte stream below; set by {@link LineReceiver.makeConnection}. */
  transport!: Transport
  /** Whether delivery is stopped. What arrives meanwhile is kept, and only bounded by the transport's own pausing. */
  paused = false

  /** What arrived and was not delivered yet, for subclasses that scan it themselves. */
  protected readonly lineBuffer: LineBuffer = new LineBuffer()

  #delimiter: Uint8Array
  #lineMode = true
  #terminal = false
  /** A hook is running (or about to): everything that happens now is left to the loop in `#deliver`. */
  #delivering = false
  /** Something happened inside a hook after which another look at the buffer is worth it. */
  #lookAgain = false

  /** @throws {TypeError | RangeError} when an option is not what {@link LineReceiverOptions} says */
  constructor(options: LineReceiverOptions = {}) {
    this.MAX_LENGTH = checkMaxLength(options.maxLength ?? DEFAULT_MAX_LENGTH)
    this.#delimiter = options.delimiter === undefined ? CRLF : checkDelimiter(options.delimiter)
  }

  /**
   * What ends a line (a copy). May be set at any time, to bytes or to text that stands for its latin-1 octets;
   * counts from the next line on.
   *
   * @throws {TypeError | RangeError} when set to nothing, or to what is neither bytes nor latin-1 text
   */
  get delimiter(): Uint8Array {
    return new Uint8Array(this.#delimiter)
  }

  set delimiter(delimiter: Uint8Array | string) {
    this.#delimiter = checkDelimiter(delimiter)
    this.lineBuffer.scanned = 0
    this.#lookAgain = true
  }

  /** Whether bytes are delivered as lines; false in raw mode. */
  get lineMode(): boolean {
    return this.#lineMode
  }

  /** Whether input is dropped for good. */
  protected get terminal(): boolean {
    return this.#terminal
  }

  makeConnection(transport: Transport): void {
    this.transport = transport
    this.connectionMade()
  }

  /** Runs once, when the transport is there: a greeting may be sent. Does nothing unless overridden. */
  connectionMade(): void {}

  /** Runs once, when the connection is gone. A subclass that overrides it calls it too: it drops what is buffered. */
  connectionLost(_reason: ConnectionLost): void {
    this.poison()
  }

  /** Runs when the peer finished sending. Closes our side too, unless overridden. */
  readConnectionLost(): void {
    this.transport.loseConnection()
  }

  /**
   * Takes bytes in and delivers what they complete, before it returns. Called from inside a hook it only appends:
   * the call that is running delivers.
   *
   * @throws whatever a hook throws; the receiver is terminal then
   */
  dataReceived(bytes: Uint8Array): void {
    if (this.#terminal) return
    this.lineBuffer.append(bytes)
    this.#deliver()
  }

  /**
   * Delivers the next line of {@link LineReceiver.lineBuffer}, one call for one line.
   *
   * A subclass may override it to take several lines at once; it consumes what it delivers *before* it calls a hook.
   *
   * @returns false when more bytes are needed; true only when something was consumed
   */
  protected deliverLine(): boolean {
    const buffer = this.lineBuffer
    const delimiter = this.#delimiter
    const shown = buffer.scanned
    let next = findDelimiterEnd(buffer.bytes, buffer.start, buffer.end, buffer.start + shown, delimiter)
    while (next === -1) {
      const held = buffer.end - buffer.start
      // Negated, so that a MAX_LENGTH that is not a number refuses everything instead of nothing.
      if (!(held < this.MAX_LENGTH + delimiter.length)) {
        this.lineLengthExceeded(buffer.take())
        return true
      }
      buffer.scanned = held
      if (!buffer.pull()) {
        if (held > shown) this.partialLineReceived(buffer.start + shown)
        return false
      }
      next = findDelimiterEnd(buffer.bytes, buffer.start, buffer.end, buffer.start + held, delimiter)
    }
    const start = buffer.start
    const length = next - start - delimiter.length
    if (!(length <= this.MAX_LENGTH)) {
      this.lineLengthExceeded(buffer.take())
      return true
    }
    const line = buffer.view(start, start + length)
    buffer.consume(next - start)
    this.lineReceived(line)
    return true
  }

  /**
   * Runs when the buffer ends inside a line: lets a subclass refuse what cannot become a good line before it is
   * complete. Each byte of such a line is shown once; a line that arrives whole is never shown here.
   *
   * @param _from - index in `lineBuffer.bytes` of the first byte of this line that was not shown before; the last one
   *   is before `lineBuffer.end`
   */
  protected partialLineReceived(_from: number): void {}

  /**
   * Runs for each line, in order, in line mode.
   *
   * @param _line - the line without its delimiter, a view that stays valid; not to be changed
   */
  lineReceived(_line: Uint8Array): void {
    throw new LineError('ERR_LINE_HOOK')
  }

  /**
   * Runs in raw mode with all there is, never with nothing. To go back, pass what is not for you to
   * {@link LineReceiver.setLineMode}.
   *
   * @param _bytes - a view that stays valid; not to be changed
   */
  rawDataReceived(_bytes: Uint8Array): void {
    throw new LineError('ERR_LINE_HOOK')
  }

  /**
   * Runs instead of {@link LineReceiver.lineReceived} when a line is longer than {@link LineReceiver.MAX_LENGTH},
   * as soon as that is certain. Closes the connection, unless overridden.
   *
   * @param _line - all that was buffered: the line so far, and whatever arrived behind it. The buffer is empty now.
   */
  lineLengthExceeded(_line: Uint8Array): void {
    this.transport.loseConnection()
  }

  /** Delivers raw bytes from the next byte on. Outside a hook, what is buffered is delivered before it returns. */
  setRawMode(): void {
    this.#lineMode = false
    this.#deliver()
  }

  /**
   * Delivers lines from the next byte on. Outside a hook, what is buffered is delivered before it returns.
   *
   * @param extra - bytes that were handed out and belong to the lines after all; they go in front of what is buffered
   */
  setLineMode(extra: Uint8Array = NOTHING): void {
    this.#lineMode = true
    if (this.#terminal) return
    this.lineBuffer.prepend(extra)
    this.#deliver()
  }

  /** Gives all that is buffered and not delivered, and forgets it: for a hand-over to another protocol. */
  clearLineBuffer(): Uint8Array {
    return this.lineBuffer.take()
  }

  /**
   * Sends one line and its delimiter, in one write.
   *
   * @param line - bytes, or text that stands for its latin-1 octets
   * @throws {LineError} ERR_LINE_DELIMITER, when the peer would find the delimiter before the end of the line
   * @throws {RangeError} when the text is not latin-1
   */
  sendLine(line: Uint8Array | string): void {
    const bytes = toBytes(line)
    const delimiter = this.#delimiter
    const sent = new Uint8Array(bytes.length + delimiter.length)
    sent.set(bytes)
    sent.set(delimiter, bytes.length)
    const lineEnd = findDelimiterEnd(sent, 0, sent.length, 0, delimiter)
    if (lineEnd !== sent.length) throw new LineError('ERR_LINE_DELIMITER', lineEnd - delimiter.length)
    this.transport.write(sent)
  }

  /** Stops delivery at once, also from inside a hook, and asks the transport for a pause. */
  pauseProducing(): void {
    this.paused = true
    this.transport.pauseProducing()
  }

  /** Delivers again: first what is buffered (before it returns, unless inside a hook), then what comes. */
  resumeProducing(): void {
    this.paused = false
    this.transport.resumeProducing()
    this.#deliver()
  }

  /** Stops delivery for good and lets the transport close. */
  stopProducing(): void {
    this.paused = true
    this.transport.stopProducing()
  }

  /** Makes the receiver terminal: drops what is buffered and all that comes. */
  protected poison(): void {
    this.#terminal = true
    this.lineBuffer.clear()
  }

  #deliver(): void {
    this.#lookAgain = true
    if (this.#delivering) return
    this.#delivering = true
    try {
      this.#loop()
    } catch (error) {
      this.poison()
      throw error
    } finally {
      this.#delivering = false
    }
  }

  /** The one place that delivers. Nothing is remembered over a hook: it may have changed everything. */
  #loop(): void {
    const buffer = this.lineBuffer
    while (!this.#isTerminal() && !this.paused && buffer.start !== buffer.end) {
      if (this.#lineMode) {
        this.#lookAgain = false
        if (!this.deliverLine() && !buffer.pull() && !this.#lookAgain) break
      } else {
        this.rawDataReceived(buffer.take())
      }
    }
    if (!this.#isTerminal()) buffer.compact()
  }

  #isTerminal(): boolean {
    if (this.#terminal) return true
    // Not there yet when bytes are fed before makeConnection.
    const transport = this.transport as Transport | undefined
    if (transport?.disconnecting !== true) return false
    this.poison()
    return true
  }
}
