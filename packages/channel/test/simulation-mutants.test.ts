import { describe, expect, it } from 'vitest'
import { MUTANTS } from './simulation/mutants.ts'
import { simulateHTTP } from './simulation/run.ts'

const SEEDS = 40
const CONNECTIONS = 10

/** Everything that is wrong with a channel, until something of the sort is found that `isSought`. */
async function whatIsFound(
  change: Parameters<typeof simulateHTTP>[2],
  isSought: (what: string) => boolean,
): Promise<string[]> {
  const found: string[] = []
  for (let seed = 1; seed <= SEEDS && !found.some(isSought); seed += 1) {
    const { violations } = await simulateHTTP(seed, CONNECTIONS, change)
    found.push(...violations.map(({ what }) => what))
  }
  return found
}

/** The simulation is worth as much as the mistakes that it would notice: each of these is made on purpose. */
describe('the simulation', () => {
  it(`finds nothing wrong with the channel in ${SEEDS} seeds`, { timeout: 60_000 }, async () => {
    expect(await whatIsFound(undefined, () => false)).toEqual([])
  })

  it.each(MUTANTS)('notices a channel that $name', { timeout: 60_000 }, async ({ change, sign }) => {
    const found = await whatIsFound(change, (what) => sign.test(what))
    expect(found).toContainEqual(expect.stringMatching(sign))
  })
})
