import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { CONTESTANTS, LOADS, type Contestant, type Load } from './contestants.ts'
import { summarise, table, type Round } from './report.ts'
import { ServerProcess } from './server-process.ts'
import { wrk } from './wrk.ts'

const SERVER_CORE = 0
const LOAD_CORE = 1
const AGAINST = ['bare net', 'node:http']

/** One contestant under one load: warmed up, then measured. */
async function measure(contestant: Contestant, load: Load, seconds: number): Promise<Round> {
  const server = await ServerProcess.start(contestant.file, SERVER_CORE)
  try {
    await wrk(server.port, load, 1, LOAD_CORE)
    const before = server.cpuSeconds()
    const result = await wrk(server.port, load, seconds, LOAD_CORE)
    const after = server.cpuSeconds()
    if (result.failures > 0) throw new Error(`${contestant.name}: ${result.failures} requests failed`)
    return {
      load: load.name,
      contestant: contestant.name,
      requestsPerSecond: result.requests / result.seconds,
      userMicrosecondsPerRequest: ((after.user - before.user) * 1e6) / result.requests,
      systemMicrosecondsPerRequest: ((after.system - before.system) * 1e6) / result.requests,
      late: result.late,
    }
  } finally {
    await server.stop()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  })
  if (availableParallelism() < 2)
    throw new Error('the bench needs two cores: one for the server, one for the load')
  const contestants = CONTESTANTS.filter(
    ({ name }) => values.only === undefined || AGAINST.includes(name) || name.includes(values.only),
  )
  const rounds: Round[] = []
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const load of LOADS) {
      for (const contestant of contestants) {
        process.stderr.write(`round ${round} of ${values.rounds}: ${load.name}, ${contestant.name}\n`)
        rounds.push(await measure(contestant, load, Number(values.seconds)))
      }
    }
  }
  const summary = LOADS.map((load) => ({ load: load.name, rows: summarise(rounds, load.name, AGAINST) }))
  process.stdout.write(`${summary.map(({ load, rows }) => table(load, rows)).join('\n\n')}\n`)
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ node: process.version, summary, rounds }, null, 2)}\n`)
  }
}

await main()
