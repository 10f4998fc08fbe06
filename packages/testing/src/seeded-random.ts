/**
 * Numbers in 0 (included) to 1 (excluded) that look random and depend on the seed alone.
 *
 * A Weyl sequence through a 32-bit finaliser: plenty for choosing test cases, useless for secrets.
 *
 * @param seed - any integer; its low 32 bits count
 * @public
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000
  }
}
