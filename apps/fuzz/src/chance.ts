import { seededRandom } from '@millrace/testing'

/** Everything a generator asks of luck: the same seed gives the same answers. */
export class Chance {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True with this probability, 0–1. */
  of(probability: number): boolean {
    return this.#random() < probability
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** `count` texts one behind the other. */
  repeat(count: number, make: () => string): string {
    let text = ''
    for (let i = 0; i < count; i += 1) text += make()
    return text
  }
}
