import { splits, wireText } from '@millrace/testing'
import { expect } from 'vitest'
import { ChunkedDecoder } from '../src/index.ts'
import type { ChunkedDecoderOptions } from '../src/index.ts'

/** What one decoder does with one body. */
export interface Outcome {
  /** What the callbacks saw, in order; data that follows data is one event, since cuts do not count. */
  readonly events: readonly string[]
  /** Code and offset of the error, `undefined` when there was none. */
  readonly error: string | undefined
  readonly finished: boolean
  /** What follows the body; empty as long as it is not finished. */
  readonly rest: string
}

export interface OutcomeOptions extends Omit<ChunkedDecoderOptions, 'onExtension'> {
  /** Whether extensions are events. */
  readonly withExtensions?: boolean
}

/** Feeds the pieces, in order, to one decoder. What comes after the end or an error is not fed to it any more. */
export function decodePieces(pieces: Iterable<Uint8Array>, options: OutcomeOptions = {}): Outcome {
  const { withExtensions = false, ...limits } = options
  const events: string[] = []
  const onExtension = (name: string, value: string | undefined, size: number): void => {
    events.push(`${size} ${name} ${JSON.stringify(value)}`)
  }
  let rest = ''
  let error: string | undefined
  const decoder = new ChunkedDecoder(
    (chunk) => {
      expect(chunk.length).toBeGreaterThan(0)
      if (events.at(-1)?.startsWith('data ') === true) events.push(events.pop()! + wireText(chunk))
      else events.push(`data ${wireText(chunk)}`)
    },
    (bytes, trailers) => {
      events.push(trailers === undefined ? 'end' : `end ${JSON.stringify([...trailers])}`)
      rest = wireText(bytes)
    },
    withExtensions ? { ...limits, onExtension } : limits,
  )
  for (const piece of pieces) {
    if (decoder.finished) rest += wireText(piece)
    else if (error === undefined) error = feed(decoder, piece)
  }
  return { events, error, finished: decoder.finished, rest }
}

/** The one outcome of a body, cut in every way; the test fails when there are several. */
export function decode(wire: string | Uint8Array, options?: OutcomeOptions): Outcome {
  const outcomes = Array.from(splits(wire), (pieces) => decodePieces(pieces, options))
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
  return outcomes[0]!
}

/** The error of a body that is bad, cut in every way. */
export function errorOf(wire: string, options?: OutcomeOptions): string | undefined {
  const { error, finished } = decode(wire, options)
  if (error !== undefined) expect(finished).toBe(false)
  return error
}

function feed(decoder: ChunkedDecoder, piece: Uint8Array): string | undefined {
  try {
    decoder.dataReceived(piece)
    return undefined
  } catch (error) {
    const { code, offset } = error as { code?: string; offset?: number }
    if (code === undefined) throw error
    return `${code} at ${offset}`
  }
}
