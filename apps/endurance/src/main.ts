import { parseArgs } from 'node:util'
import { costOfIdleConnection } from './idle.ts'
import type { ServerState } from './servers/answer-questions.ts'
import { attackSlowly, SLOW_MODES } from './slow.ts'
import { heapGrowth, soak } from './soak.ts'

const USAGE = `usage: endure slow [--connections 1000] [--seconds 60]
       endure idle [--connections 15000] [--rounds 3] [--server bare-net|node-http|channel] [--json]
       endure soak [--minutes 60] [--connections 64] [--seed 1]
`

const MEBIBYTE = 1_048_576
const IDLE_SERVERS = ['bare-net', 'node-http', 'channel']

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      connections: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      minutes: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      server: { type: 'string', multiple: true, default: IDLE_SERVERS },
      json: { type: 'boolean', default: false },
    },
  })
  const connections = (standard: number): number => Number(values.connections ?? standard)
  switch (positionals[0]) {
    case 'slow':
      return runSlow(connections(1_000), Number(values.seconds))
    case 'idle':
      return runIdle(connections(15_000), Number(values.rounds), values.server, values.json)
    case 'soak':
      return runSoak(Number(values.minutes) * 60, connections(64), Number(values.seed))
    default:
      process.stderr.write(USAGE)
      process.exitCode = 2
  }
}

async function runSlow(connections: number, seconds: number): Promise<void> {
  for (const mode of SLOW_MODES) {
    const { probes, slowestMs, before, during, after } = await attackSlowly(mode, connections, seconds)
    say(`slow ${mode}: ${probes} probes, the slowest answered in ${slowestMs.toFixed(0)} ms`)
    say(`  before ${describe(before)}`)
    say(`  during ${describe(during)}`)
    say(`  after  ${describe(after)}`)
  }
}

async function runIdle(
  connections: number,
  rounds: number,
  servers: readonly string[],
  asJson: boolean,
): Promise<void> {
  const found: Record<string, number[]> = Object.fromEntries(servers.map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, bytes] of Object.entries(found))
      bytes.push((await costOfIdleConnection(name, connections)).residentBytes)
  }
  const octets = Object.fromEntries(Object.entries(found).map(([name, bytes]) => [name, median(bytes)]))
  if (asJson) return say(JSON.stringify({ connections, octets }))
  const first = octets[servers[0] as string] as number
  for (const [name, bytes] of Object.entries(octets)) {
    const ratio = (bytes / first).toFixed(2)
    say(`idle ${name}: ${bytes.toFixed(0)} octets for each of ${connections}, × ${servers[0]} ${ratio}`)
  }
}

async function runSoak(seconds: number, clients: number, seed: number): Promise<void> {
  const result = await soak(seconds, clients, seed, (state, second) => say(`${second} s: ${describe(state)}`))
  const { connections, requests, receivedBytes, before, after } = result
  const mebibytes = (receivedBytes / MEBIBYTE).toFixed(0)
  say(`soak: ${connections} connections, ${requests} times something was said, ${mebibytes} MiB received`)
  say(`  before ${describe(before)}`)
  say(`  after  ${describe(after)}`)
  say(
    `  the live heap grew by ${(heapGrowth(result) / MEBIBYTE).toFixed(2)} MiB from the second fifth to the last`,
  )
}

function describe({ residentBytes, heapBytes, sockets, timers, descriptors }: ServerState): string {
  const memory = `${(residentBytes / MEBIBYTE).toFixed(1)} MiB resident, ${(heapBytes / MEBIBYTE).toFixed(2)} MiB live heap`
  return `${memory}, ${sockets} sockets, ${timers} timers, ${descriptors} descriptors`
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await main()
