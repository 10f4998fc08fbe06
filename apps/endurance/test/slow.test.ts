import { describe, expect, it } from 'vitest'
import { attackSlowly, SLOW_MODES } from '../src/slow.ts'

describe('slow peers', () => {
  it.each(SLOW_MODES)(
    '%s: others are served meanwhile, and nothing is left afterwards',
    async (mode) => {
      const { probes, slowestMs, before, during, after } = await attackSlowly(mode, 100, 4)
      expect(probes).toBeGreaterThan(10)
      expect(slowestMs).toBeLessThan(1_000)
      expect(during.sockets).toBeGreaterThan(before.sockets) // else nobody attacked
      expect([after.sockets, after.timers]).toEqual([before.sockets, before.timers])
      expect(after.descriptors).toBeLessThanOrEqual(before.descriptors)
      expect(after.heapBytes - before.heapBytes).toBeLessThan(2_000_000)
    },
    90_000,
  )
})
