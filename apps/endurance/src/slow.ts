import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Prober } from './prober.ts'
import { ServerProcess } from './server-process.ts'
import type { ServerState } from './servers/answer-questions.ts'

/** How a slow peer spends our time: the four modes of `slowhttptest`, with what makes each of them slow. */
const MODES = {
  headers: ['-H', '-i', '5', '-x', '24'],
  body: ['-B', '-i', '5', '-s', '8192', '-x', '10'],
  range: ['-R', '-a', '10', '-b', '3000'],
  read: ['-X', '-w', '512', '-y', '1024', '-n', '5', '-z', '32', '-k', '3'],
} as const

export type SlowMode = keyof typeof MODES
export const SLOW_MODES: readonly SlowMode[] = Object.keys(MODES) as SlowMode[]

/** What became of a server that was attacked slowly. */
export interface SlowResult {
  readonly mode: SlowMode
  readonly probes: number
  /** The slowest answer that another client got meanwhile; Infinity when one got none. */
  readonly slowestMs: number
  readonly before: ServerState
  readonly during: ServerState
  readonly after: ServerState
}

/**
 * Attacks a channel in one mode, and asks as another client all the while.
 *
 * @param connections - of the attacker
 * @param seconds - how long it attacks
 */
export async function attackSlowly(
  mode: SlowMode,
  connections: number,
  seconds: number,
): Promise<SlowResult> {
  await using server = await ServerProcess.start('channel')
  const warmUp = new Prober(server.port, 10)
  await new Promise((resolve) => setTimeout(resolve, 500))
  await warmUp.stop()
  const before = await server.settled({ sockets: 0, timers: 0 } as ServerState, 5_000)
  const prober = new Prober(server.port)
  const attack = slowhttptest(mode, server.port, connections, seconds)
  await new Promise((resolve) => setTimeout(resolve, seconds * 500))
  const during = await server.state()
  await attack
  await prober.stop()
  const after = await server.settled(before, 60_000)
  const { latenciesMs } = prober
  return { mode, probes: latenciesMs.length, slowestMs: Math.max(...latenciesMs), before, during, after }
}

async function slowhttptest(
  mode: SlowMode,
  port: number,
  connections: number,
  seconds: number,
): Promise<void> {
  const url = `http://127.0.0.1:${port}${mode === 'read' ? '/big' : '/'}`
  const load = ['-c', String(connections), '-r', String(Math.ceil(connections / 5)), '-l', String(seconds)]
  const child = spawn('slowhttptest', [...MODES[mode], ...load, '-p', '3', '-u', url], { stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`slowhttptest ended with ${code}`)
}
