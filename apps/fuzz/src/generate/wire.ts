import type { Chance } from '../chance.ts'
import { mutateSome } from './mutations.ts'
import { octets } from './words.ts'

/** Where inputs of one kind come from. */
export interface WireSource {
  /** A message made from the grammar; the probability that a part of it is broken is given. */
  make(chance: Chance, wildness: number): string
  /** Inputs to begin with; may be empty. */
  readonly seeds: readonly Uint8Array[]
}

/** An input: valid, nearly valid, changed after it was made, or noise. */
export function anyWire(chance: Chance, source: WireSource): Uint8Array {
  const made = (wildness: number): Uint8Array => Buffer.from(source.make(chance, wildness), 'latin1')
  const turn = chance.below(100)
  if (turn < 30) return made(0)
  if (turn < 55) return made(0.06)
  if (turn < 62) return made(0.4)
  if (turn < 65) return Buffer.from(octets(chance, 60), 'latin1')
  const isSeed = source.seeds.length > 0 && turn < 75
  return mutateSome(chance, isSeed ? chance.pick(source.seeds) : made(0.03), () => made(0.1))
}
