import { describe, expect, it } from 'vitest'
import { MUTANTS } from './simulation/mutants.ts'
import { explain, simulateHTTP, type HTTPReport } from './simulation/run.ts'

const SEEDS = 40
const CONNECTIONS = 10

/** The first simulation in which something is wrong. */
async function firstFailure(change?: Parameters<typeof simulateHTTP>[2]): Promise<HTTPReport | null> {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = await simulateHTTP(seed, CONNECTIONS, change)
    if (report.violations.length > 0) return report
  }
  return null
}

/** The simulation is worth as much as the mistakes that it would notice: each of these is made on purpose. */
describe('the simulation', () => {
  it(`finds nothing wrong with the channel in ${SEEDS} seeds`, { timeout: 60_000 }, async () => {
    const failure = await firstFailure()
    expect(failure === null ? '' : explain(failure)).toBe('')
  })

  it.each(MUTANTS)('notices a channel that $name', { timeout: 60_000 }, async ({ change, sign }) => {
    const failure = await firstFailure(change)
    expect(failure?.violations.map(({ what }) => what)).toContainEqual(expect.stringMatching(sign))
  })
})
