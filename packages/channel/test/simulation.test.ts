import { describe, expect, it } from 'vitest'
import { checkCalm, checkEnd, checkLeft, checkWire } from './storm-checks.ts'
import { Storm } from './storm.ts'

/** `STORM_SEED=123 STORM_COUNT=1` runs one storm again, and shows what happened in it. */
const first = Number(process.env.STORM_SEED ?? 1)
const count = Number(process.env.STORM_COUNT ?? (process.env.STORM_SEED === undefined ? 3_000 : 1))
const batches = Math.ceil(count / 500)

/** Everything that is wrong with the storm of a seed. */
async function violations(seed: number): Promise<string[]> {
  const storm = new Storm(seed)
  await storm.rage()
  if (storm.calm || storm.chance.of(0.5)) await storm.calmDown()
  if (storm.calm) checkCalm(storm)
  if (storm.chance.of(0.7)) {
    await storm.leave()
    checkLeft(storm)
  }
  await storm.breakOff()
  checkEnd(storm)
  checkWire(storm)
  if (process.env.STORM_SEED !== undefined)
    console.log(storm.log.join('\n'), `\n${storm.wire.slice(0, 5_000)}`)
  return storm.violations
}

describe('a connection in a storm', () => {
  it.each(Array.from({ length: batches }, (_, batch) => first + batch * 500))(
    'keeps its promises, whatever client, handlers, time and transport do (from seed %i)',
    { timeout: 120_000 },
    async (from) => {
      for (let seed = from; seed < Math.min(from + 500, first + count); seed += 1) {
        const found = await violations(seed)
        expect(found, `STORM_SEED=${seed} shows this storm again`).toEqual([])
      }
    },
  )
})
