import { expect, it } from 'vitest'
import { compare, FEEDINGS } from '../bench/linear-cost.ts'

const FACTOR = 64
const LIMIT = 1.5

it.each(FEEDINGS)('costs no more per byte at 64 times the size: $name', { timeout: 60_000 }, (feeding) => {
  let small = Infinity
  let large = Infinity
  let ratio = Infinity
  // A neighbour on the machine can spoil a measurement, never make a quadratic cost look linear.
  for (let attempt = 0; attempt < 8 && ratio > LIMIT; attempt++) {
    const measured = compare(feeding, FACTOR, 4)
    small = Math.min(small, measured.small)
    large = Math.min(large, measured.large)
    ratio = large / small
  }
  console.log(
    `${feeding.name}: ${small.toFixed(2)} ns/byte at ${feeding.bytes} bytes, ` +
      `${large.toFixed(2)} at ${FACTOR}x, ratio ${ratio.toFixed(2)}`,
  )
  expect(ratio).toBeLessThanOrEqual(LIMIT)
})
