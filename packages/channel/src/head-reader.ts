import { parseFieldLine, scanFieldLine } from '@millrace/headers'
import type { LineBuffer } from '@millrace/line-receiver'
import { parseRequestLine, type RequestLine } from '@millrace/message'
import { LineJudge } from './line-judge.ts'
import { copyHead } from './raw-head.ts'
import { RequestHead } from './request-head.ts'
import { readWholeHead } from './whole-head.ts'

const CR = 0x0d
const LF = 0x0a
const NO_BYTES = new Uint8Array(0)

/** What may end a line, by its length: nothing yet, LF alone by leniency, CRLF. */
const LINE_ENDS = [NO_BYTES, new Uint8Array([LF]), new Uint8Array([CR, LF])] as const

/**
 * Reads one head after the other, from a buffer or line by line. A head that is there as a whole and good is read in one
 * pass; any other is judged line by line. All ways judge alike: as {@link LineJudge} does.
 */
export class HeadReader extends LineJudge {
  /** Made when its first octet is there: a connection between requests needs none. */
  #head: RequestHead | null = null
  #started = false
  /** Octets of the request line, with its CRLF. */
  #firstLineSize = 0
  #blankLines = 0
  /** Octets of the unfinished line that were looked at. */
  #checked = 0
  /** The line that is being judged, on the way by single lines: no buffer holds it any more. */
  #taking: Uint8Array | null = null

  /** Whether nothing of a head was read yet, save empty lines. */
  get fresh(): boolean {
    return !this.#started
  }

  /** Whether heads that are not read in one pass have to be cut into lines by the caller. */
  get byLines(): boolean {
    return false
  }

  /** Whether LF alone ends a line. */
  get takesBareLf(): boolean {
    return false
  }

  /** Tells how many octets ended the line that is about to be judged. */
  lineEnds(length: 1 | 2): void {
    this.lineEndLength = length
  }

  /**
   * Goes on reading the head that `buffer` begins with.
   *
   * @returns whether it is complete; then it was consumed and is in {@link HeadReader.head}
   * @throws {RemoteProtocolError}
   */
  readHead(buffer: LineBuffer): boolean {
    if (!this.#started && this.#checked === 0) {
      if (readWholeHead(buffer, this.limits, this.head)) return true
      this.#head = null
    }
    return this.readLines(buffer)
  }

  protected readLines(buffer: LineBuffer): boolean {
    let { bytes, start: base, end } = buffer
    let at = base + this.size
    if (this.#checked > 0 && !this.#hasLineEnd(bytes, at, end)) return false
    for (;;) {
      const next = this.#started ? this.#scanField(bytes, at, end) : this.#scanFirst(bytes, at, end)
      if (next === -1) {
        this.refuse(bytes, at, end, at, false)
        this.#checked = end - at
        return false
      }
      if (!this.#started) {
        // An empty line before the request line is no part of the head.
        buffer.consume(next - at)
        if (buffer.length === 0) return false
        ;({ bytes, start: base, end } = buffer)
        at = base
        continue
      }
      const complete = next - at === 2 && this.size > 0
      if (this.size === 0) this.#firstLineSize = next - at
      this.size += next - at
      at = next
      if (!complete) continue
      this.head.readFields(bytes, base + this.#firstLineSize, at)
      buffer.consume(at - base)
      return true
    }
  }

  /** Looks at the bytes of an unfinished line that came since the last look, for what must be refused already. */
  checkPartial(bytes: Uint8Array, at: number, from: number, end: number): void {
    this.refuse(bytes, at, end, Math.max(at, from - 1), false)
    this.#checked = end - at
  }

  /** A line is about to be judged, on the way by single lines. */
  take(line: Uint8Array): void {
    this.#taking = line
    this.#checked = 0
  }

  /**
   * Takes the next line behind the request line.
   *
   * @returns the field line that is complete with it; `null` when none is
   */
  unfold(line: Uint8Array): Uint8Array | null {
    return line.length === 0 ? null : line
  }

  /**
   * Takes the first line of a head, without its CRLF.
   *
   * @returns false when it was an empty line to be ignored
   */
  requestLine(line: Uint8Array): boolean {
    if (line.length === 0) {
      this.#countBlankLine()
      this.#taking = null
      return false
    }
    this.#parseRequestLine(line, 0, line.length)
    this.size = line.length + this.lineEndLength
    this.head.beginCopy()
    this.#taking = null
    return true
  }

  /** Takes a field line, without its CRLF, as `headerReceived` got it. */
  fieldLine(line: Uint8Array): void {
    try {
      this.head.addLine(line)
    } catch (error) {
      throw this.judge(error, line)
    }
    this.#taking = null // the head holds it now
    this.checkLine(line)
    this.size += line.length + this.lineEndLength
  }

  /** Takes the empty line that ends a head which came line by line. */
  blankLine(): void {
    this.checkLine(NO_BYTES)
    this.#taking = null
    this.head.sealCopied()
  }

  /** A line grew beyond `MAX_LENGTH`. Always throws. */
  lineTooLong(line: Uint8Array): never {
    this.#taking = line
    this.lineEndLength = 0
    this.refuse(line, 0, line.length, 0, false)
    throw this.error(this.tooLong(), this.size)
  }

  /** The head as far as it came; its method is empty before the request line is complete. */
  get head(): RequestHead {
    this.#head ??= new RequestHead()
    return this.#head
  }

  /** Octets of the head that came; `unread` of them, or of what came behind it, were not taken yet. */
  received(unread: number): number {
    return this.#head?.isCopied === true ? this.size + unread : unread
  }

  /** A copy of the head as far as it came, up to its end; `rest` is what was not taken yet. */
  raw(rest: Uint8Array): Uint8Array {
    const { head } = this
    if (head.complete) return head.raw()
    const line = this.#taking
    const taken = line === null ? [] : [line, LINE_ENDS[this.lineEndLength]]
    return copyHead([head.isCopied ? head.raw() : NO_BYTES, ...taken, rest], this.limits.totalHeadersSize)
  }

  /** Where in the head the field line begins that `headerReceived` is asked about. */
  get fieldOffset(): number {
    return this.size
  }

  /** Gets ready for the next head. */
  nextHead(): void {
    this.#head = null
    this.#started = false
    this.size = 0
    this.#blankLines = 0
    this.#checked = 0
  }

  /** Whether bytes of an unfinished head were read: a request line, or more than half an empty line. */
  hasPart(buffer: LineBuffer): boolean {
    if (this.#started) return true
    return buffer.length > 1 || (buffer.length === 1 && buffer.bytes[buffer.start] !== CR)
  }

  /** An unfinished line got more bytes: looks at those alone. */
  #hasLineEnd(bytes: Uint8Array, at: number, end: number): boolean {
    // The last octet is looked at again: a CR is decided by what comes next.
    const from = at + this.#checked - 1
    for (let i = from + 1; i < end; i += 1) if (bytes[i] === LF) return true
    this.refuse(bytes, at, end, from, false)
    this.#checked = end - at
    return false
  }

  /** Reads the request line, or an empty line before it. Returns where the next line begins, -1 when bytes are missing. */
  #scanFirst(bytes: Uint8Array, at: number, end: number): number {
    let lf = at
    while (lf < end && bytes[lf] !== LF) lf += 1
    if (lf === end) return -1
    const lineEnd = lf - 1
    if (lineEnd < at || bytes[lineEnd] !== CR) this.refuse(bytes, at, lf + 1, at, false)
    this.#checked = 0
    if (lineEnd === at) this.#countBlankLine()
    else this.#parseRequestLine(bytes, at, lineEnd)
    return lf + 1
  }

  /** Reads a field line, or the empty line at the end. Returns where the next line begins, -1 when bytes are missing. */
  #scanField(bytes: Uint8Array, at: number, end: number): number {
    if (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) {
      this.checkComplete(bytes, at, at)
      return at + 2
    }
    const stop = scanFieldLine(bytes, at, end)
    if (stop !== -1 && stop + 1 < end && bytes[stop] === CR && bytes[stop + 1] === LF) {
      this.#checked = 0
      this.head.fieldCount += 1
      this.checkComplete(bytes, at, stop)
      return stop + 2
    }
    return this.#explainField(bytes, at, end)
  }

  /** Tells an unfinished field line (-1) from a bad one (throws). */
  #explainField(bytes: Uint8Array, at: number, end: number): number {
    let lf = at
    while (lf < end && bytes[lf] !== LF) lf += 1
    if (lf === end) return -1
    if (bytes[lf - 1] !== CR || lf === at) this.refuse(bytes, at, lf + 1, at, false)
    try {
      parseFieldLine(bytes, at, lf - 1)
    } catch (error) {
      throw this.judge(error, bytes, at, lf - 1)
    }
    throw new TypeError('unreachable: a complete field line was found bad and good')
  }

  #parseRequestLine(bytes: Uint8Array, at: number, lineEnd: number): void {
    const { head } = this
    const line = this.#requestLineIn(bytes, at, lineEnd)
    this.checkComplete(bytes, at, lineEnd)
    // Only now: of a line that is too long nothing is known, however much of it came at once.
    head.method = line.method
    head.requestTarget = line.requestTarget
    head.minorVersion = line.minorVersion
    this.#started = true
  }

  #requestLineIn(bytes: Uint8Array, at: number, lineEnd: number): RequestLine {
    try {
      return parseRequestLine(bytes, at, lineEnd)
    } catch (error) {
      throw this.judge(error, bytes, at, lineEnd)
    }
  }

  #countBlankLine(): void {
    this.#blankLines += 1
    if (this.#blankLines > this.limits.maxBlankLines) throw this.error('ERR_BLANK_LINES', 0)
  }
}
