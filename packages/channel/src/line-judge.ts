import { findImpossibleByte } from '@millrace/message'
import { isLayerError, remoteError, RemoteProtocolError, type RemoteErrorCode } from './errors.ts'
import type { RequestHead } from './request-head.ts'

const CR = 0x0d

/** The limits of a head, read at every line: they may be changed on the channel at any time. */
export interface HeadLimits {
  MAX_LENGTH: number
  totalHeadersSize: number
  maxHeaders: number
  readonly maxBlankLines: number
}

/**
 * Judges the lines of a head, independently of how the bytes were cut and of the way they are read: what is wrong furthest
 * to the left decides.
 *
 * Inside an unfinished line only two things can be wrong yet: a byte that can stand nowhere in a head, and too many
 * bytes. Everything else is judged when the line is complete.
 */
export abstract class LineJudge {
  protected readonly limits: HeadLimits
  /** Octets of the complete lines of this head. */
  protected size = 0
  /** Octets that end the line that is being judged: 2 but for leniency. */
  protected lineEndLength: 0 | 1 | 2 = 2

  constructor(limits: HeadLimits) {
    this.limits = limits
  }

  /** The head as far as it came. */
  abstract get head(): RequestHead

  /** Whether nothing of a head was read yet, save empty lines. */
  abstract get fresh(): boolean

  /** Throws what would have been thrown before `line` was complete. */
  protected refuseLine(line: Uint8Array): void {
    this.refuse(line, 0, line.length, 0, true)
  }

  /** Checks the limits that a single line may have crossed, which is complete and valid. */
  protected checkLine(line: Uint8Array): void {
    this.checkComplete(line, 0, line.length)
  }

  /** Checks the limits that a complete and valid line may have crossed. */
  protected checkComplete(bytes: Uint8Array, at: number, lineEnd: number): void {
    const limits = this.limits
    const length = lineEnd - at
    if (length > limits.MAX_LENGTH || this.size + length + this.lineEndLength > limits.totalHeadersSize) {
      this.refuse(bytes, at, lineEnd, at, true)
    }
    if (this.head.fieldCount > limits.maxHeaders) throw this.error('ERR_HEADER_COUNT', this.size)
  }

  /**
   * Throws when the octets of a line up to `to` must be refused: an impossible one, or one too many, whichever comes
   * first. `from`: those before it were looked at already.
   */
  protected refuse(bytes: Uint8Array, at: number, to: number, from: number, complete: boolean): void {
    const { MAX_LENGTH, totalHeadersSize } = this.limits
    const left = totalHeadersSize - this.size
    const allowed = Math.max(0, Math.min(MAX_LENGTH, left))
    const last = Math.min(to, at + allowed)
    let bad = findImpossibleByte(bytes, from, last)
    // The end of a complete line decides what a CR before it is: not half of a CRLF.
    if (bad === -1 && complete && last === to && to > at && bytes[to - 1] === CR) bad = to - 1
    if (bad !== -1) throw this.error('ERR_IMPOSSIBLE_BYTE', this.size + bad - at)
    const undecided = !complete && to > at && bytes[to - 1] === CR ? 1 : 0
    const length = to - at - undecided
    if (length > allowed || (complete && length + this.lineEndLength > left)) {
      throw this.error(MAX_LENGTH < left ? this.tooLong() : this.#tooLarge(), this.size + allowed)
    }
  }

  /** Chooses between what is wrong with a complete line and what would have been noticed before it was complete. */
  protected judge(
    error: unknown,
    bytes: Uint8Array,
    at: number = 0,
    lineEnd: number = bytes.length,
  ): unknown {
    this.refuse(bytes, at, lineEnd, at, true)
    return isLayerError(error)
      ? new RemoteProtocolError(error, 'head', this.size + (error.offset ?? at) - at)
      : error
  }

  /** What a line beyond `MAX_LENGTH` is refused with. */
  protected tooLong(): RemoteErrorCode {
    return this.fresh ? 'ERR_REQUEST_LINE_TOO_LONG' : 'ERR_FIELD_LINE_TOO_LONG'
  }

  /** What a line is refused with that makes the head larger than `totalHeadersSize`. */
  #tooLarge(): RemoteErrorCode {
    return this.fresh ? 'ERR_REQUEST_LINE_TOO_LONG' : 'ERR_HEAD_TOO_LARGE'
  }

  protected error(code: RemoteErrorCode, offset: number): RemoteProtocolError {
    return remoteError(code, 'head', offset)
  }
}
