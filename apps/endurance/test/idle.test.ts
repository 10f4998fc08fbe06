import { expect, it } from 'vitest'
import { bytesOfIdleConnection } from '../src/idle.ts'

it('an idle connection costs little more than its socket', async () => {
  const bare = await bytesOfIdleConnection('bare-net', 3_000)
  const channel = await bytesOfIdleConnection('channel', 3_000)
  expect(bare).toBeGreaterThan(1_000)
  expect(channel / bare).toBeLessThan(2)
}, 60_000)
