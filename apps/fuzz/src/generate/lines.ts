import type { Chance } from '../chance.ts'
import { octets } from './words.ts'

/** What ends a line: of one octet, of several, and such as overlap themselves. */
export const DELIMITERS: readonly string[] = [
  '\r\n',
  '\n',
  '\r',
  'aa',
  'aab',
  'abab',
  '\r\n.\r\n',
  '\0',
  '\xff\xfe',
]

const WORDS = [
  '',
  'a',
  'b',
  'word',
  '.',
  'r3',
  'r0',
  'r12',
  'p',
  'd1',
  'd3',
  'd0',
  'efront',
  'ep',
  'er2',
  'm5',
  'm20',
]

/** Lines of a small language (see the target), with the delimiter and parts of it in odd places. */
export function lines(chance: Chance, delimiter: string, wildness: number): string {
  return chance.repeat(chance.below(chance.of(0.05) ? 300 : 14), () => {
    if (chance.of(wildness))
      return chance.pick([octets(chance, 6), delimiter.slice(0, -1), chance.pick(DELIMITERS)])
    const word = chance.of(0.05) ? 'x'.repeat(chance.below(chance.of(0.3) ? 2_000 : 40)) : chance.pick(WORDS)
    return word + (chance.of(0.9) ? delimiter : chance.pick(DELIMITERS))
  })
}
