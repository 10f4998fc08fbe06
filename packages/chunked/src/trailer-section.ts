import { FieldSyntaxError, Headers, parseFieldLine } from '@millrace/headers'
import type { FieldSyntaxCode } from '@millrace/headers'
import * as grammar from './chunked-grammar.ts'
import type { ChunkedLimits } from './decoder-options.ts'
import { ChunkedError } from './errors.ts'
import { PartialLine } from './partial-line.ts'
import { isForbiddenTrailer } from './trailers.ts'

// Names of this file: what a module runner wraps costs a call at each use, and these are used for each octet.
const { FINISHED, IMPOSSIBLE, LAST_LF, nextState, TRAILER_LF, TRAILER_START, TRAILER_VALUE } = grammar

const CR = 0x0d
const LF = 0x0a

/** Reads what follows the last chunk: trailer lines and the empty line. Forbidden fields are read and dropped. */
export class TrailerSection {
  readonly #limits: ChunkedLimits
  readonly #names: string[] = []
  readonly #values: string[] = []
  readonly #partial = new PartialLine()
  #state = TRAILER_START
  #lineCount = 0
  #bytesLeft: number

  constructor(limits: ChunkedLimits) {
    this.#limits = limits
    this.#bytesLeft = limits.maxTrailerBytes
  }

  /** Whether the empty line has been read. */
  get finished(): boolean {
    return this.#state === FINISHED
  }

  /** The fields that may be used, `undefined` when there are none. */
  get trailers(): Headers | undefined {
    return this.#names.length === 0 ? undefined : Headers.fromParsed(this.#names, this.#values)
  }

  /**
   * Reads until the section or the input ends; returns the index after the last octet that was read.
   *
   * @param offset - octets of the body before `bytes[0]`, for errors
   */
  read(bytes: Uint8Array, start: number, offset: number): number {
    let at = start
    while (at < bytes.length && this.#state !== FINISHED) {
      const inLine = this.#state !== LAST_LF && (this.#state !== TRAILER_START || bytes[at] !== CR)
      at = inLine ? this.#readLine(bytes, at, offset) : this.#readEnd(bytes, at, offset)
    }
    return at
  }

  /** One octet of the empty line. */
  #readEnd(bytes: Uint8Array, at: number, offset: number): number {
    const next = nextState(this.#state, bytes[at]!)
    if (next === IMPOSSIBLE) throw new ChunkedError('ERR_CHUNK_BARE_CR', offset + at)
    this.#state = next
    return at + 1
  }

  #readLine(bytes: Uint8Array, start: number, offset: number): number {
    if (this.#state === TRAILER_START) this.#beginLine(offset + start)
    const stop = Math.min(bytes.length, start + this.#bytesLeft)
    let state = this.#state
    let at = start
    while (at < stop) {
      const octet = bytes[at]!
      const next = nextState(state, octet)
      if (next === IMPOSSIBLE) throw lineError(state, octet, offset + at)
      state = next
      at += 1
      if (state === TRAILER_START) break
    }
    this.#bytesLeft -= at - start
    this.#state = state
    if (state === TRAILER_START) this.#takeLine(bytes, start, at)
    else if (at < bytes.length) throw new ChunkedError('ERR_TRAILER_TOO_LARGE', offset + at)
    else this.#partial.append(bytes, start, at)
    return at
  }

  #beginLine(offset: number): void {
    if (this.#lineCount === this.#limits.maxTrailerCount) throw new ChunkedError('ERR_TRAILER_COUNT', offset)
    if (this.#bytesLeft === 0) throw new ChunkedError('ERR_TRAILER_TOO_LARGE', offset)
    this.#lineCount += 1
  }

  /** A line is complete: `bytes[start, end)` holds it, or its last part, with the CRLF. */
  #takeLine(bytes: Uint8Array, start: number, end: number): void {
    const line = this.#partial.take(bytes, start, end)
    const [name, value] = parseFieldLine(line, 0, line.length - 2)
    if (isForbiddenTrailer(name)) return
    this.#names.push(name)
    this.#values.push(value)
  }
}

/** Why `octet` may not come: what `parseFieldLine` would say of the line so far, but for its line ends. */
function lineError(state: number, octet: number, offset: number): ChunkedError | FieldSyntaxError {
  if (octet === LF) return new ChunkedError('ERR_CHUNK_BARE_LF', offset)
  if (state === TRAILER_LF) return new ChunkedError('ERR_CHUNK_BARE_CR', offset)
  return new FieldSyntaxError(lineErrorCode(state, octet), offset)
}

function lineErrorCode(state: number, octet: number): FieldSyntaxCode {
  if (state === TRAILER_VALUE) return 'ERR_FIELD_VALUE'
  if (octet === CR) return 'ERR_FIELD_NO_COLON'
  if (octet !== 0x20 && octet !== 0x09) return 'ERR_FIELD_NAME'
  return state === TRAILER_START ? 'ERR_FIELD_FOLD' : 'ERR_FIELD_NAME_SPACE'
}
