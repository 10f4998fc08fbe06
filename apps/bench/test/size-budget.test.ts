import { describe, expect, it } from 'vitest'
import type { Settings } from '../src/workload.ts'
import { SIZE_BUDGET } from '../src/size-budget.ts'
import { sizeWorkloads } from '../src/workloads/size.ts'

const [size] = sizeWorkloads

describe('the size of what is loaded', () => {
  it('has a budget for every package', () => {
    expect(Object.keys(SIZE_BUDGET).sort()).toEqual(size?.contestants.map(({ name }) => name).sort())
  })

  it.each(size?.contestants ?? [])('of $name is within its budget', async ({ name, measure }) => {
    const { octetsZipped } = await measure({} as Settings) // which sizes do not depend on
    expect(octetsZipped).toBeGreaterThan(0)
    expect(octetsZipped).toBeLessThanOrEqual(SIZE_BUDGET[name] as number)
  })
})
