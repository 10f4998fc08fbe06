import { expect, it } from 'vitest'
import { heapGrowth, soak } from '../src/soak.ts'

it('a short soak leaves nothing behind', async () => {
  const result = await soak(8, 16, 7)
  const { before, after, connections, requests, meanwhile } = result
  expect(meanwhile.length).toBeGreaterThan(5)
  expect(connections).toBeGreaterThan(100)
  expect(requests).toBeGreaterThan(connections)
  expect([after.sockets, after.timers]).toEqual([before.sockets, before.timers])
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors)
  expect(heapGrowth(result)).toBeLessThan(4_000_000)
}, 60_000)
