import type { Chance } from './chance.ts'

/** One input, with all that is decided by lot about how it is fed. */
export interface FuzzCase {
  readonly wire: Uint8Array
}

/** How an input fared with the code that is tested. */
export type Outcome = 'accepted' | 'rejected'

/** A property does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/**
 * One part of Millrace under fuzz: what to feed it, and what must be true of it afterwards.
 *
 * @typeParam TCase - an input; plain data, so that a smaller one can be made of it
 */
export interface Target<TCase extends FuzzCase = FuzzCase> {
  readonly name: string
  /** Makes an input; the same chances make the same one. */
  generate(chance: Chance): TCase
  /**
   * Feeds the input in several ways and checks every property.
   *
   * @param isThorough - whether to cut it at every position, too
   * @throws {Violation} when a property does not hold; anything else that is thrown escaped the code that is tested
   */
  check(input: TCase, isThorough: boolean): Outcome
  /** What else is to be told after a run: classes of differences, say. */
  notes?(): string[]
}

/** @throws {Violation} when `actual` is not `expected` */
export function assertSame(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected) return
  throw new Violation(`${what}:\n--- expected\n${String(expected)}\n--- actual\n${String(actual)}`)
}

/** @throws {Violation} unless it holds */
export function assertThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what)
}
