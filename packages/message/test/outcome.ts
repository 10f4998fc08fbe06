import { joinBytes, splits, wireBytes } from '@millrace/testing'
import { expect } from 'vitest'
import { findImpossibleByte, MessageError, parseRequestLine } from '../src/index.ts'
import type { MessageErrorCode, RequestLine } from '../src/index.ts'

const CR = 0x0d

/** What a call throws, as the parts that tests look at. */
export interface Refusal {
  readonly code: MessageErrorCode
  readonly statusHint: number
  readonly offset: number | undefined
}

/** What `call` throws, which has to be a MessageError. */
export function refusalOf(call: () => unknown): Refusal {
  try {
    call()
  } catch (error) {
    if (!(error instanceof MessageError)) throw error
    return { code: error.code, statusHint: error.statusHint, offset: error.offset }
  }
  throw new Error('nothing was thrown')
}

/** The request line, or the refusal, that every way of cutting `line` leads to. */
export function readRequestLine(line: string): RequestLine | Refusal {
  const whole = readPieces([wireBytes(line)])
  for (const pieces of splits(line)) expect(readPieces(pieces)).toEqual(whole)
  return whole
}

/** Reads as a receiver of lines does: bytes that may not stand in a head are refused before the line is complete. */
function readPieces(pieces: readonly Uint8Array[]): RequestLine | Refusal {
  let line: Uint8Array = new Uint8Array(0)
  let next = 0
  let last = line
  for (const piece of pieces) {
    line = joinBytes([line, piece])
    last = piece
    const impossibleAt = findImpossibleByte(line, next, line.length)
    if (impossibleAt !== -1) return refusalOf(() => parseRequestLine(line, 0, impossibleAt + 1))
    next = line.at(-1) === CR ? line.length - 1 : line.length
  }
  // A line that came in one piece is read where it lies, in the middle of a larger buffer.
  const bytes = pieces.length === 1 ? last : line
  try {
    return parseRequestLine(bytes)
  } catch {
    return refusalOf(() => parseRequestLine(bytes))
  }
}
