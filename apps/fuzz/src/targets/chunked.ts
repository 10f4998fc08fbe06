import {
  ChunkedDecoder,
  ChunkedEncoder,
  DEFAULT_CHUNKED_LIMITS,
  IdentityDecoder,
  TruncatedBody,
  type BodyDecoder,
  type ChunkedLimits,
} from '@millrace/chunked'
import { Headers } from '@millrace/headers'
import { joinBytes } from '@millrace/testing'
import { Chance } from '../chance.ts'
import { allCuts, randomCuts } from '../cuts.ts'
import { wireText } from '../escape.ts'
import { chunkedBody } from '../generate/chunked-body.ts'
import { anyWire } from '../generate/wire.ts'
import { doneEvent } from '../log.ts'
import { readChunked, type ChunkedReading } from '../oracle/chunked.ts'
import { assertSame, assertThat, type FuzzCase, type Outcome, type Target } from '../target.ts'

/** A body, and what may come behind it. */
export interface ChunkedCase extends FuzzCase {
  readonly limits: ChunkedLimits
  readonly cutSeed: number
}

/** What was seen of one decoder. */
interface Decoded {
  readonly seen: string
  readonly finished: boolean
  readonly refused: boolean
}

/** The decoders and the encoder of bodies. */
export function chunkedTarget(): Target<ChunkedCase> {
  return { name: 'chunked', generate, check }
}

function make(chance: Chance, wildness: number): string {
  return chunkedBody(chance, wildness) + chance.pick(['', '', '', 'next', '\r\n', 'GET / HTTP/1.1\r\n\r\n'])
}

function generate(chance: Chance): ChunkedCase {
  const limits = chance.of(0.6)
    ? DEFAULT_CHUNKED_LIMITS
    : {
        maxChunkLineBytes: chance.between(3, 30),
        maxExtensionBytes: chance.below(40),
        maxOverheadBytes: chance.below(60),
        maxTrailerBytes: chance.below(60),
        maxTrailerCount: chance.below(4),
      }
  return { wire: anyWire(chance, { make, seeds: [] }), limits, cutSeed: chance.below(1_000_000) }
}

/** Feeds a chunked decoder; what is behind the end or an error is not fed. */
function decode({ limits }: ChunkedCase, pieces: Iterable<Uint8Array>, withExtensions: boolean): Decoded {
  let data = ''
  let extensions = ''
  let end = ''
  let rest = ''
  const onExtension = (name: string, value: string | undefined, size: number): void => {
    extensions += `  ; ${name} ${String(value)} ${size}\n`
  }
  const decoder = new ChunkedDecoder(
    (chunk) => {
      assertThat(chunk.length > 0, 'an empty piece of data')
      data += wireText(chunk)
    },
    (bytes, trailers) => {
      end += doneEvent(data, trailers ?? [])
      rest = wireText(bytes)
    },
    withExtensions ? { ...limits, onExtension } : limits,
  )
  let error = ''
  for (const piece of pieces) {
    if (decoder.finished) rest += wireText(piece)
    else if (error === '') error = errorOf(() => decoder.dataReceived(piece))
  }
  checkEnd(decoder, error)
  const seen = `${decoder.finished ? end : data}\n${rest}\n${error}\n${withExtensions ? extensions : ''}`
  return { seen, finished: decoder.finished, refused: error !== '' }
}

/** Code and place of what is thrown, empty when nothing is. */
function errorOf(step: () => void): string {
  try {
    step()
    return ''
  } catch (error) {
    const { code, statusHint, offset } = error as { code?: string; statusHint?: number; offset?: number }
    if (typeof code !== 'string' || typeof statusHint !== 'number') throw error
    return `${code} ${statusHint} ${offset}`
  }
}

/** A decoder that failed stays so; one that is not complete says so. */
function checkEnd(decoder: BodyDecoder, error: string): void {
  if (decoder.finished) return
  let thrown: unknown = null
  try {
    decoder.noMoreData()
  } catch (found) {
    thrown = found
  }
  assertThat(thrown !== null, 'a body that is not complete passes for one that is')
  if (error === '') assertThat(thrown instanceof TruncatedBody, 'a body that is cut off is not called so')
  else
    assertSame(
      'the error of a decoder that failed',
      errorOf(() => decoder.dataReceived(new Uint8Array(1))),
      error,
    )
}

function check(input: ChunkedCase, isThorough: boolean): Outcome {
  const { wire, cutSeed } = input
  const whole = decode(input, [wire], true)
  compareWithOracle(input, whole, readChunked(wireText(wire), 0, input.limits))
  const chance = new Chance(cutSeed)
  assertSame('cut at random', decode(input, randomCuts(chance, wire), true).seen, whole.seen)
  const unheard = decode(input, [wire], false).seen
  assertSame(
    'cut at random, without extensions',
    decode(input, randomCuts(chance, wire), false).seen,
    unheard,
  )
  if (chance.of(0.3)) checkRoundTrip(chance, wire)
  if (chance.of(0.3)) checkIdentity(chance, wire)
  if (isThorough) {
    for (const cut of allCuts(wire))
      assertSame(`cut in ${cut.length}`, decode(input, cut, true).seen, whole.seen)
  }
  return whole.finished ? 'accepted' : 'rejected'
}

const ENDS = [
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\r\n',
  '0\r\n\r\n',
  '\r\n0\r\n\r\n',
  '\n0\r\n\r\n',
  ': x\r\n\r\n',
  ';a\r\n\r\n',
  'x\r\n\r\n',
]

function compareWithOracle({ wire, limits }: ChunkedCase, whole: Decoded, reading: ChunkedReading): void {
  assertSame('finished', whole.finished, reading.kind === 'complete')
  assertThat(reading.kind !== 'refused' || whole.refused, 'takes what the rules refuse')
  if (reading.kind === 'complete') {
    const extensions = reading.extensions
      .map(([name, value, size]) => `  ; ${name} ${String(value)} ${size}\n`)
      .join('')
    const rest = wireText(wire.subarray(reading.end))
    assertSame(
      'the body',
      whole.seen,
      `${doneEvent(reading.data, reading.trailers)}\n${rest}\n\n${extensions}`,
    )
  } else if (whole.refused && reading.kind === 'incomplete') {
    const text = wireText(wire)
    const good = ENDS.find((end) => readChunked(text + end, 0, limits).kind === 'complete')
    assertThat(good === undefined, `refused too early: ${JSON.stringify(good)} would make it good`)
  }
}

/** What the encoder makes of pieces of `wire` is decoded to the same, with the same trailers. */
function checkRoundTrip(chance: Chance, wire: Uint8Array): void {
  const encoder = new ChunkedEncoder()
  const trailers = chance.of(0.5) ? new Headers({ 'X-Sum': '1', 'Content-Digest': 'a=:b:' }) : undefined
  const encoded = randomCuts(chance, wire).flatMap((piece) => encoder.encode(piece))
  const body = joinBytes([...encoded, ...encoder.finish(trailers), Buffer.from('rest')])
  const input = { wire: body, limits: DEFAULT_CHUNKED_LIMITS, cutSeed: 0 }
  const { seen } = decode(input, randomCuts(chance, body), false)
  assertSame('encoded and decoded', seen, `${doneEvent(wireText(wire), trailers ?? [])}\nrest\n\n`)
}

/** A body that is its own data ends where its length says, however it is cut. */
function checkIdentity(chance: Chance, wire: Uint8Array): void {
  const length = chance.of(0.2) ? null : chance.below(wire.length + 3)
  let data = ''
  let rest = ''
  let ends = 0
  const decoder = new IdentityDecoder(
    length,
    (chunk) => (data += wireText(chunk)),
    (bytes) => {
      ends += 1
      rest = wireText(bytes)
    },
  )
  for (const piece of randomCuts(chance, wire)) {
    if (decoder.finished) rest += wireText(piece)
    else decoder.dataReceived(piece)
  }
  const isShort = length !== null && length > wire.length
  assertSame('truncated', errorOf(() => decoder.noMoreData()) !== '', isShort)
  const text = wireText(wire)
  assertSame('data', data, text.slice(0, length ?? text.length))
  assertSame('rest', rest, length === null ? '' : text.slice(length))
  assertSame('ends', ends, isShort ? 0 : 1)
}
