import fc from 'fast-check'
import { it } from 'vitest'

/** `it` for properties: runs fast-check and reports its smallest counterexample. */
export const test = {
  prop:
    <T extends [unknown, ...unknown[]]>(
      arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
      options?: fc.Parameters<T>,
    ) =>
    (name: string, property: (...values: T) => void): void =>
      it(name, { timeout: 60_000 }, () => fc.assert(fc.property(...arbitraries, property), options)),
}

export { fc }
