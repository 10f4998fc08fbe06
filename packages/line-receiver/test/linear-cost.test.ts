import { expect, it } from 'vitest'
import { compare, FEEDINGS } from '../bench/linear-cost.ts'

const FACTOR = 64
const LIMIT = 1.5

it.each(FEEDINGS)('costs no more per byte at 64 times the size: $name', { timeout: 30_000 }, (feeding) => {
  let ratio = Infinity
  // A neighbour on the machine can spoil a measurement, never improve a quadratic cost to a linear one.
  for (let attempt = 0; attempt < 4 && ratio > LIMIT; attempt++) {
    const { small, large } = compare(feeding, FACTOR, 4)
    ratio = large / small
    console.log(
      `${feeding.name}: ${small.toFixed(2)} ns/byte at ${feeding.bytes} bytes, ` +
        `${large.toFixed(2)} at ${FACTOR}x, ratio ${ratio.toFixed(2)}`,
    )
  }
  expect(ratio).toBeLessThanOrEqual(LIMIT)
})
