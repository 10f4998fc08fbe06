import { expect, it } from 'vitest'
import { compare, WORKS } from '../bench/linear-cost.ts'

const SIZE = 1_000
const FACTOR = 16
// A quadratic cost would be 16 times as much. What grows a little is the cost of memory that no cache holds.
const LIMIT = 3
const ATTEMPTS = 4

it.each(WORKS)('costs about as much for each of 16,000 as of 1,000: $name', { timeout: 60_000 }, (work) => {
  let ratio = Infinity
  // Other work on the machine can make one measurement bad, but no quadratic cost good.
  for (let attempt = 0; attempt < ATTEMPTS && ratio > LIMIT; attempt += 1) {
    const [small, large] = compare(work, SIZE, FACTOR, 4)
    ratio = large / small
    console.log(
      `${work.name}: ${small.toFixed(1)} ns each, then ${large.toFixed(1)}, ratio ${ratio.toFixed(2)}`,
    )
  }
  expect(ratio).toBeLessThanOrEqual(LIMIT)
})
