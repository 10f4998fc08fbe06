import { decodeFieldSection, parseFieldLine, scanFieldLine, type Headers } from '@millrace/headers'
import type { LineBuffer } from '@millrace/line-receiver'
import { parseStatusLine } from '@millrace/message'
import type { StatusLine } from '@millrace/message'
import { UpstreamError } from './errors.ts'

const LF = 0x0a
const CR = 0x0d

/** Every status line begins so. Whatever does not is refused at once: a peer that speaks something else may never end a line. */
const PREFIX = [0x48, 0x54, 0x54, 0x50, 0x2f] // HTTP/

/** The limits of a head, read at every line: they may be changed on the channel at any time. */
export interface ResponseHeadLimits {
  readonly MAX_LENGTH: number
  readonly totalHeadersSize: number
  readonly maxHeaders: number
}

/**
 * Reads one head after the other from the buffer of a line receiver. Nothing is consumed before a head is complete,
 * and every octet is looked at once or twice, however they come.
 *
 * How the bytes were cut makes no difference: what is wrong is judged line by line, and of an unfinished line only its
 * length and, for the first, whether it begins like a status line.
 */
export class ResponseHeadReader {
  readonly #limits: ResponseHeadLimits
  #statusLine: StatusLine | null = null
  /** Octets of the complete lines of this head. */
  #size = 0
  /** Octets of the unfinished line in which there is no line end. */
  #searched = 0
  /** Octets of the status line, with its CRLF. */
  #statusLineSize = 0
  #fieldCount = 0
  #headers: Headers | null = null

  constructor(limits: ResponseHeadLimits) {
    this.#limits = limits
  }

  /**
   * Goes on reading the head that `buffer` begins with.
   *
   * @returns whether it is complete; then it was consumed, and the getters tell what it was
   * @throws {UpstreamError} `ERR_UPSTREAM_HEAD`, `ERR_UPSTREAM_HEAD_TOO_LARGE`, `ERR_UPSTREAM_FIELD_COUNT`
   */
  read(buffer: LineBuffer): boolean {
    const { bytes, start: base, end } = buffer
    for (;;) {
      const at = base + this.#size
      let lf = at + this.#searched
      while (lf < end && bytes[lf] !== LF) lf += 1
      if (this.#statusLine === null) this.#checkPrefix(bytes, at, end)
      if (lf === end) {
        this.#searched = end - at
        this.#checkPartial(bytes, at, end)
        return false
      }
      this.#searched = 0
      this.#checkComplete(bytes, at, lf)
      const lineEnd = lf - 1
      if (this.#statusLine === null) this.#readStatusLine(bytes, at, lineEnd)
      else if (lineEnd > at) this.#readField(bytes, at, lineEnd)
      else {
        this.#headers = decodeFieldSection(bytes, base + this.#statusLineSize, at)
        buffer.consume(lf + 1 - base)
        return true
      }
      this.#size += lf + 1 - at
    }
  }

  /** The status line of the complete head. */
  get statusLine(): StatusLine {
    return this.#statusLine as StatusLine
  }

  /** The fields of the complete head. */
  get headers(): Headers {
    return this.#headers as Headers
  }

  /** Gets ready for the next head. */
  reset(): void {
    this.#statusLine = null
    this.#headers = null
    this.#size = 0
    this.#searched = 0
    this.#fieldCount = 0
  }

  #checkPrefix(bytes: Uint8Array, at: number, end: number): void {
    const length = Math.min(end - at, PREFIX.length)
    for (let i = 0; i < length; i += 1) {
      if (bytes[at + i] !== PREFIX[i]) throw new UpstreamError('ERR_UPSTREAM_HEAD', i)
    }
  }

  /** An unfinished line is too long once nothing that follows could make it fit. */
  #checkPartial(bytes: Uint8Array, at: number, end: number): void {
    const { MAX_LENGTH, totalHeadersSize } = this.#limits
    const length = end - at
    const undecided = length > 0 && bytes[end - 1] === CR ? 1 : 0
    if (length - undecided > MAX_LENGTH || this.#size + length > totalHeadersSize) {
      throw this.#tooLarge()
    }
  }

  #checkComplete(bytes: Uint8Array, at: number, lf: number): void {
    const { MAX_LENGTH, totalHeadersSize } = this.#limits
    const hasCr = lf > at && bytes[lf - 1] === CR
    if (lf - at - (hasCr ? 1 : 0) > MAX_LENGTH || this.#size + lf + 1 - at > totalHeadersSize) {
      throw this.#tooLarge()
    }
    if (!hasCr) throw new UpstreamError('ERR_UPSTREAM_HEAD', this.#size + lf - at)
  }

  /** The offset is that of the first octet that may not come, however many came with it. */
  #tooLarge(): UpstreamError {
    const { MAX_LENGTH, totalHeadersSize } = this.#limits
    return new UpstreamError(
      'ERR_UPSTREAM_HEAD_TOO_LARGE',
      Math.min(this.#size + MAX_LENGTH, totalHeadersSize),
    )
  }

  #readStatusLine(bytes: Uint8Array, at: number, lineEnd: number): void {
    try {
      this.#statusLine = parseStatusLine(bytes, at, lineEnd)
      this.#statusLineSize = lineEnd + 2 - at
    } catch (error) {
      throw headError(error, at)
    }
  }

  #readField(bytes: Uint8Array, at: number, lineEnd: number): void {
    if (this.#fieldCount === this.#limits.maxHeaders) {
      throw new UpstreamError('ERR_UPSTREAM_FIELD_COUNT', this.#size)
    }
    this.#fieldCount += 1
    if (scanFieldLine(bytes, at, lineEnd) !== lineEnd) this.#explainField(bytes, at, lineEnd)
  }

  /** Says what is wrong with a field line. */
  #explainField(bytes: Uint8Array, at: number, lineEnd: number): never {
    try {
      parseFieldLine(bytes, at, lineEnd)
    } catch (error) {
      throw headError(error, at - this.#size)
    }
    throw new TypeError('unreachable: parseFieldLine accepts a line that the scanner refuses')
  }
}

/** @param start - index of the head's first octet, from which offsets are counted */
function headError(error: unknown, start: number): unknown {
  const { offset } = error as { offset?: number | undefined }
  return new UpstreamError('ERR_UPSTREAM_HEAD', offset === undefined ? undefined : offset - start, error)
}
