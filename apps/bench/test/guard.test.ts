import { describe, expect, it } from 'vitest'
import { GUARDED, limitOf, lowestRatio, TOLERANCE, type Guarded } from '../src/guard.ts'
import { timeKernel } from '../src/workloads/in-process.ts'

describe('the guard against getting slower', () => {
  it.each(GUARDED.map((guarded) => [`${guarded.subject} by ${guarded.contestant}`, guarded] as const))(
    'finds %s as fast as it was',
    { timeout: 60_000 },
    async (_name, guarded) => {
      const ratio = await lowestRatio(guarded, (subject, contestant) => timeKernel(subject, contestant, 0.3))
      expect(ratio).toBeLessThanOrEqual(limitOf(guarded))
    },
  )

  it('measures again what seems too slow, and believes it at the fourth time', async () => {
    const guarded: Guarded = { subject: 'ours', contestant: 'a', against: ['theirs', 'b'], ratio: 1 }
    const measured = (ours: number[]): { ratio: Promise<number>; left: number[] } => ({
      ratio: lowestRatio(guarded, async (subject) => ({
        nanoseconds: subject === 'theirs' ? 100 : (ours.shift() as number),
        octets: 1,
      })),
      left: ours,
    })
    const calm = measured([100 * TOLERANCE, 1])
    expect(await calm.ratio).toBe(TOLERANCE)
    expect(calm.left).toEqual([1])
    const noisy = measured([400, 300, 150, 1])
    expect(await noisy.ratio).toBe(1.5)
    expect(noisy.left).toEqual([1])
    const slow = measured([400, 300, 170, 200, 1])
    expect(await slow.ratio).toBe(1.7)
    expect(slow.left).toEqual([1])
  })
})
