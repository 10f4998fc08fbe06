import { replace } from './generate/mutations.ts'

/** No failure is worth more attempts than this. */
const MOST_ATTEMPTS = 20_000

/**
 * A shorter input that fails as well: pieces are left out, longer ones first, as long as that changes nothing; then
 * octets are made plain.
 *
 * @param fails - whether this input fails
 */
export function minimise(wire: Uint8Array, fails: (smaller: Uint8Array) => boolean): Uint8Array {
  let best = wire
  let attempts = 0
  const attempt = (smaller: Uint8Array): boolean => {
    attempts += 1
    if (attempts > MOST_ATTEMPTS || !fails(smaller)) return false
    best = smaller
    return true
  }
  for (let length = best.length; length >= 1;) {
    let hasShrunk = false
    for (let at = 0; at < best.length;) {
      if (attempt(replace(best, at, at + length, new Uint8Array(0)))) hasShrunk = true
      else at += length
    }
    if (!hasShrunk) length = Math.floor(length / 2)
  }
  const plain = Uint8Array.of(0x61)
  for (let at = 0; at < best.length; at += 1) if (best[at] !== 0x61) attempt(replace(best, at, at + 1, plain))
  return best
}
