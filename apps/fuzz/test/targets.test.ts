import { describe, expect, it } from 'vitest'
import { describeFailure, fuzz } from '../src/campaign.ts'
import { makeTargets } from '../src/targets/index.ts'

/** So many that each run takes a few seconds; `npm run fuzz` goes on for as long as it is told. */
const INPUTS: Readonly<Record<string, number>> = {
  channel: 6_000,
  chunked: 8_000,
  lines: 15_000,
  client: 8_000,
  differential: 5_000,
}
const SEED = 20_260_000

describe('a fixed number of inputs', () => {
  it.each(makeTargets().map((target) => [target.name, target] as const))(
    'break no property of %s',
    { timeout: 120_000 },
    async (name, target) => {
      const inputs = INPUTS[name] as number
      const report = await fuzz(target, SEED, { inputs, milliseconds: Infinity })
      expect(report.failures.map((failure) => describeFailure(name, failure)).join('\n\n')).toBe('')
      expect(report.inputs).toBe(inputs)
      // Inputs are of use only if they lead both ways.
      expect(report.accepted).toBeGreaterThan(inputs / 10)
      expect(report.rejected).toBeGreaterThan(inputs / 10)
    },
  )
})
