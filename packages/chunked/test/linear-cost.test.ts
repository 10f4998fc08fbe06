import { expect, it } from 'vitest'
import { compare, FEEDINGS } from '../bench/linear-cost.ts'

const BYTES = 65_536
const FACTOR = 64
const LIMIT = 1.5
const ATTEMPTS = 4

it.each(FEEDINGS)('costs as much per octet in 4 MiB as in 64 KiB: $name', { timeout: 60_000 }, (feeding) => {
  let ratio = Infinity
  // Other work on the machine can make one measurement bad, but no quadratic cost good.
  for (let attempt = 0; attempt < ATTEMPTS && ratio > LIMIT; attempt += 1) {
    const [small, large] = compare(feeding, BYTES, FACTOR, 1)
    ratio = large / small
    const figures = `${small.toFixed(1)} ns/octet in 64 KiB, ${large.toFixed(1)} in 4 MiB, ratio ${ratio.toFixed(2)}`
    console.log(`${feeding.name}: ${figures}`)
  }
  expect(ratio).toBeLessThanOrEqual(LIMIT)
})
