import { seededRandom } from '@millrace/testing'
import { ServerProcess } from './server-process.ts'
import type { ServerState } from './servers/answer-questions.ts'
import { SoakClient } from './soak-client.ts'

/** How a server went through a soak. */
export interface SoakResult {
  readonly connections: number
  readonly requests: number
  readonly receivedBytes: number
  /** Before the first connection, every few seconds meanwhile, and after the last one. */
  readonly before: ServerState
  readonly meanwhile: readonly ServerState[]
  readonly after: ServerState
}

/**
 * Loads a channel with as much as one process of clients can make, a good part of it broken off in the middle.
 *
 * @param seconds - how long
 * @param clients - how many connections there are at a time
 * @param seed - of all that the clients choose
 * @param tell - gets each look at the server
 */
export async function soak(
  seconds: number,
  clients: number,
  seed: number,
  tell: (state: ServerState, atSecond: number) => void = () => undefined,
): Promise<SoakResult> {
  await using server = await ServerProcess.start('channel', {
    bodyIdleTimeoutMs: 2_000,
    lingerTimeoutMs: 500,
  })
  const before = await server.state()
  const beganMs = Date.now()
  const crowd = Array.from(
    { length: clients },
    (_, index) => new SoakClient(server.port, seededRandom(seed + index)),
  )
  const meanwhile: ServerState[] = []
  const everyMs = Math.max(1_000, (seconds * 1_000) / 60)
  for (let look = 1; look * everyMs <= seconds * 1_000; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, beganMs + look * everyMs - Date.now()))
    const state = await server.state()
    meanwhile.push(state)
    tell(state, Math.round((look * everyMs) / 1_000))
  }
  await Promise.all(crowd.map((client) => client.stop()))
  const after = await server.settled(before, 30_000)
  const sum = (count: (client: SoakClient) => number): number =>
    crowd.reduce((total, client) => total + count(client), 0)
  return {
    connections: sum((client) => client.connections),
    requests: sum((client) => client.requests),
    receivedBytes: sum((client) => client.receivedBytes),
    before,
    meanwhile,
    after,
  }
}

/** By how much the live heap grew from the second fifth of a soak to the last, in octets: medians of the looks. */
export function heapGrowth({ meanwhile }: SoakResult): number {
  const fifth = Math.max(1, Math.floor(meanwhile.length / 5))
  const early = meanwhile.slice(fifth, 2 * fifth)
  return median(meanwhile.slice(-fifth)) - median(early.length > 0 ? early : meanwhile)
}

function median(states: readonly ServerState[]): number {
  const sorted = states.map(({ heapBytes }) => heapBytes).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
