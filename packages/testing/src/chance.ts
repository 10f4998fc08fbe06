import { seededRandom } from './seeded-random.ts'

/**
 * Choices by lot that depend on a seed alone: the same seed, asked the same questions, gives the same answers.
 *
 * @public
 */
export class Chance {
  readonly #next: () => number

  /** @param seed - any integer; its low 32 bits count */
  constructor(seed: number) {
    this.#next = seededRandom(seed)
  }

  /** A number from 0 (included) to 1 (excluded). */
  next(): number {
    return this.#next()
  }

  /** Whether a thing happens that happens `share` of the time: 0 never, 1 always. */
  of(share: number): boolean {
    return this.#next() < share
  }

  /** A whole number from 0 to `end` (excluded), each as likely as any other; 0 when `end` is 1 or less. */
  below(end: number): number {
    return Math.floor(this.#next() * end)
  }

  /** A whole number below `end`; those below ten are as likely as all others together. */
  few(end: number): number {
    return this.below(this.of(0.5) ? Math.min(end, 10) : end)
  }

  /** One of the choices, of which there is at least one. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** One row of a table, of which there is at least one, each as likely as its `weight` says. */
  draw<T extends { readonly weight: number }>(table: readonly T[]): T {
    let total = 0
    for (const { weight } of table) total += weight
    let left = this.#next() * total
    for (const row of table) {
      left -= row.weight
      if (left < 0) return row
    }
    return table.at(-1) as T
  }
}
