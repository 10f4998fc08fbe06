import { encodeLatin1 } from '@millrace/headers'
import { ChunkedDecoder } from '../src/index.ts'
import type { ChunkedDecoderOptions } from '../src/index.ts'

/** One body that can be had in any size, and one way of feeding it. */
export interface Feeding {
  readonly name: string
  /** A whole body of about `bytes` octets. */
  readonly wire: (bytes: number) => string
  /** Octets in each read. */
  readonly readBytes: number
  /** Whether extensions are looked at. */
  readonly withExtensions?: boolean
}

const NO_LIMITS: ChunkedDecoderOptions = {
  maxChunkLineBytes: 2 ** 40,
  maxExtensionBytes: 2 ** 40,
  maxOverheadBytes: 2 ** 40,
  maxTrailerBytes: 2 ** 40,
  maxTrailerCount: 2 ** 40,
}

/** `part` as often as it takes to get about `bytes` octets. */
function repeated(part: string, bytes: number): string {
  return part.repeat(Math.ceil(bytes / part.length))
}

const WARM_UP = 8
const WHOLE = Infinity
const LAST_CHUNK = '0\r\n\r\n'
const CHUNKS_OF_16 = (bytes: number): string => repeated(`10\r\n${'x'.repeat(16)}\r\n`, bytes) + LAST_CHUNK
const TRAILERS = (bytes: number): string => `0\r\n${repeated('X-Trailer-Name: some value\r\n', bytes)}\r\n`

export const FEEDINGS: readonly Feeding[] = [
  { name: 'chunks of 16 octets, one read', wire: CHUNKS_OF_16, readBytes: WHOLE },
  { name: 'chunks of 16 octets, octet by octet', wire: CHUNKS_OF_16, readBytes: 1 },
  {
    name: 'one chunk, octet by octet',
    wire: (bytes) => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n${LAST_CHUNK}`,
    readBytes: 1,
  },
  {
    name: 'chunks with extensions, octet by octet',
    wire: (bytes) => repeated('1;name=value;other="quoted value"\r\nx\r\n', bytes) + LAST_CHUNK,
    readBytes: 1,
    withExtensions: true,
  },
  {
    name: 'one chunk line of zeros, octet by octet',
    wire: (bytes) => '0'.repeat(bytes) + LAST_CHUNK,
    readBytes: 1,
  },
  { name: 'trailers, one read', wire: TRAILERS, readBytes: WHOLE },
  { name: 'trailers, octet by octet', wire: TRAILERS, readBytes: 1 },
  {
    name: 'one trailer, octet by octet',
    wire: (bytes) => `0\r\nX-Trailer-Name: ${'x'.repeat(bytes)}\r\n\r\n`,
    readBytes: 1,
  },
]

// Millions of views of one octet each would measure the memory, not the decoder.
const OCTETS = Array.from({ length: 256 }, (_, octet) => Uint8Array.of(octet))

/** What feeds one whole body of about `bytes` octets to a new decoder, and how many octets these are exactly. */
function prepare(
  { wire, readBytes, withExtensions }: Feeding,
  bytes: number,
): { run: () => void; length: number } {
  const body = encodeLatin1(wire(bytes))
  const options = withExtensions === true ? { ...NO_LIMITS, onExtension: () => {} } : NO_LIMITS
  const run = (): void => {
    const decoder = new ChunkedDecoder(
      () => {},
      () => {},
      options,
    )
    if (readBytes === 1) for (let at = 0; at < body.length; at += 1) decoder.dataReceived(OCTETS[body[at]!]!)
    else decoder.dataReceived(body)
    if (!decoder.finished) throw new Error('the body did not end')
  }
  return { run, length: body.length }
}

/** Nanoseconds per octet at `bytes` and at `factor` times as many: the best of some rounds, taken in turn. */
export function compare(feeding: Feeding, bytes: number, factor: number, rounds: number): [number, number] {
  const small = prepare(feeding, bytes)
  const large = prepare(feeding, bytes * factor)
  for (let time = 0; time < WARM_UP; time += 1) small.run()
  let smallMs = Infinity
  let largeMs = Infinity
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    // As often as makes one large body: both sides then see as much garbage collection.
    for (let time = 0; time < factor; time += 1) small.run()
    const middle = performance.now()
    large.run()
    smallMs = Math.min(smallMs, middle - start)
    largeMs = Math.min(largeMs, performance.now() - middle)
  }
  return [(smallMs * 1e6) / (small.length * factor), (largeMs * 1e6) / large.length]
}
