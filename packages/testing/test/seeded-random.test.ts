import { describe, expect, it } from 'vitest'
import { seededRandom } from '../src/index.ts'

function take(seed: number, count: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random())
}

describe('seededRandom', () => {
  it('depends on the seed alone', () => {
    expect(take(1, 10)).toEqual(take(1, 10))
    expect(take(1, 10)).not.toEqual(take(2, 10))
  })

  it('stays in 0 to 1, spread evenly enough to choose test cases', () => {
    const numbers = take(3, 10_000)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length,
    )
    expect(Math.min(...tenths)).toBeGreaterThan(850)
    expect(Math.max(...tenths)).toBeLessThan(1_150)
  })
})
