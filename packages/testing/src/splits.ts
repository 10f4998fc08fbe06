import { seededRandom } from './seeded-random.ts'
import { toBytes } from './wire-text.ts'

/**
 * How thoroughly {@link splits} cuts.
 *
 * @public
 */
export interface SplitOptions {
  /**
   * The greatest number of two-piece cuts, spread evenly over the input, first and last position included.
   * For long inputs: feeding each of n cuts costs n times the whole.
   *
   * @defaultValue `Infinity`: a cut at every position
   */
  readonly maxCuts?: number
}

/**
 * Every way of cutting that a parser must not notice: whole, byte by byte, and in two at each position.
 *
 * Pieces are never empty, as no transport delivers an empty read, so an empty input gives one empty list. They are
 * views into one larger buffer, surrounded by other octets: code that forgets `byteOffset` reads those and fails.
 *
 * @param wire - latin-1 text or octets
 * @throws {RangeError} when `maxCuts` is not 0 or more, or the text holds a character above U+00FF
 * @public
 */
export function* splits(
  wire: string | Uint8Array,
  options: SplitOptions = {},
): Generator<Uint8Array[], void> {
  const maxCuts = options.maxCuts ?? Infinity
  if (!(maxCuts >= 0)) throw new RangeError('maxCuts must be 0 or more')
  const bytes = surround(toBytes(wire))
  const length = bytes.length
  if (length === 0) {
    yield []
    return
  }
  yield [bytes]
  if (length === 1) return
  yield Array.from({ length }, (_, index) => bytes.subarray(index, index + 1))
  const positions = length - 1
  const cuts = Math.min(Math.floor(maxCuts), positions)
  for (let index = 0; index < cuts; index += 1) {
    const cut = cuts === 1 ? Math.ceil(length / 2) : 1 + Math.round((index * (positions - 1)) / (cuts - 1))
    yield [bytes.subarray(0, cut), bytes.subarray(cut)]
  }
}

/**
 * Cuts at random places, the same ones for the same seed. Each list has from one piece to a piece per octet.
 *
 * @param wire - latin-1 text or octets
 * @param seed - any integer; the lists depend on nothing else
 * @param count - how many lists to give, 0 or more
 * @public
 */
export function* randomSplits(
  wire: string | Uint8Array,
  seed: number,
  count: number,
): Generator<Uint8Array[], void> {
  const bytes = surround(toBytes(wire))
  const random = seededRandom(seed)
  for (let list = 0; list < count; list += 1) {
    // A probability per list, not per position: some lists come out in few long pieces, some in crumbs.
    const cutProbability = random() ** 2
    const pieces: Uint8Array[] = []
    let start = 0
    for (let cut = 1; cut <= bytes.length; cut += 1) {
      if (cut < bytes.length && random() >= cutProbability) continue
      pieces.push(bytes.subarray(start, cut))
      start = cut
    }
    yield pieces
  }
}

const MARGIN = 3
const MARGIN_OCTET = 0xa5

/** A copy of `bytes` in the middle of a larger buffer. */
function surround(bytes: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 2 * MARGIN).fill(MARGIN_OCTET)
  buffer.set(bytes, MARGIN)
  return buffer.subarray(MARGIN, MARGIN + bytes.length)
}
