import { expect, it } from 'vitest'
import { costOfIdleConnection } from '../src/idle.ts'

/** What a channel and its transport may hold besides the socket's own objects: what they do, and a fifth more. */
const OWN_OCTETS = 1_200

it('an idle connection costs little more than its socket', async () => {
  const bare = await costOfIdleConnection('bare-net', 3_000)
  const channel = await costOfIdleConnection('channel', 3_000)
  expect(bare.heapBytes).toBeGreaterThan(500)
  expect(channel.heapBytes).toBeGreaterThan(bare.heapBytes)
  expect(channel.heapBytes - bare.heapBytes).toBeLessThan(OWN_OCTETS)
}, 60_000)
