import { splits } from '@millrace/testing'
import type { Chance } from './chance.ts'

const CR = 0x0d

/** Cuts `wire` at one to four places in most cases, often behind a CR; into crumbs now and then. */
export function randomCuts(chance: Chance, wire: Uint8Array): Uint8Array[] {
  const longest = chance.of(0.1) ? chance.between(1, 20) : wire.length
  const pieces: Uint8Array[] = []
  for (let start = 0; start < wire.length;) {
    let end = pieces.length === 4 && longest > 20 ? wire.length : start + chance.between(1, longest)
    if (chance.of(0.4)) end = wire.indexOf(CR, end) + 1 || end
    pieces.push(wire.subarray(start, end))
    start = end
  }
  return pieces
}

/** Inputs up to this length are cut at each of their positions, longer ones at so many. */
const MOST_CUTS = 40

/** Byte by byte, and in two at each position. */
export function allCuts(wire: Uint8Array): Uint8Array[][] {
  return [...splits(wire, { maxCuts: MOST_CUTS })].slice(1)
}
