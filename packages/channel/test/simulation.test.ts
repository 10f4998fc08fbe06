import { describe, expect, it } from 'vitest'
import { explain, simulateHTTP } from './simulation/run.ts'

const SEEDS = 2_000
const BATCH = 250
const MOST_CONNECTIONS = 8

const batches = Array.from({ length: SEEDS / BATCH }, (_, batch) => 1 + batch * BATCH)

describe('connections in a storm', () => {
  it.each(batches)(
    'keep their promises, whatever clients, handlers, time and transports do (from seed %i)',
    { timeout: 120_000 },
    async (from) => {
      for (let seed = from; seed < from + BATCH; seed += 1) {
        const report = await simulateHTTP(seed, 1 + (seed % MOST_CONNECTIONS))
        if (report.violations.length > 0) expect.fail(explain(report))
      }
    },
  )

  it('do the same again for the same seed', async () => {
    const report = await simulateHTTP(7, 20)
    expect(report.exchanges).toBeGreaterThan(20)
    expect(await simulateHTTP(7, 20)).toEqual(report)
    expect((await simulateHTTP(8, 20)).log).not.toEqual(report.log)
  })
})
