import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, relative } from 'node:path'
import { testCertificate } from '@millrace/testing/certificate'
import { parseCommandLine, USAGE, type Options } from './command-line.ts'
import { picture } from './picture.ts'
import { LOAD_CORE, SERVER_CORE } from './pinned-process.ts'
import { plan } from './plan.ts'
import { commandsOf } from './programs.ts'
import { withFigures } from './readme.ts'
import { targetTable, workloadTable } from './report.ts'
import { run, type RunResult } from './run.ts'
import { summariseAll } from './samples.ts'
import { judge, TARGETS, type Outcome } from './targets.ts'
import type { Workload } from './workload.ts'
import { WORKLOADS } from './workloads/index.ts'

async function main(): Promise<void> {
  const asked = readCommandLine()
  if (asked === null) return
  const { options, workloads } = asked
  if (options.readme !== null) accessSync(options.readme, constants.W_OK) // not only when all is measured
  if (options.list) return list(workloads)
  if (LOAD_CORE === SERVER_CORE)
    throw new Error('the bench needs two cores: one for the server, one for the load')
  const settings = {
    ...options,
    certificate: await testCertificate(),
    programs: commandsOf(options.places),
  }
  const result = await run(workloads, options.rounds, settings, (line) => process.stderr.write(`${line}\n`))
  const outcomes = judge(TARGETS, result.samples)
  const text = report(workloads, result, outcomes)
  process.stdout.write(`${text}\n`)
  write(options, result, outcomes, text)
  if (result.failures.length > 0) process.exitCode = 1
}

function readCommandLine(): { options: Options; workloads: readonly Workload[] } | null {
  try {
    const options = parseCommandLine(process.argv.slice(2))
    return { options, workloads: plan(WORKLOADS, TARGETS, options) }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`)
    process.exitCode = 2
    return null
  }
}

function list(workloads: readonly Workload[]): void {
  for (const { name, contestants } of workloads) {
    process.stdout.write(`${name}: ${contestants.map((contestant) => contestant.name).join(' · ')}\n`)
  }
  const names = workloads.map(({ name }) => name)
  const targets = judge(TARGETS, []).filter(({ target }) => names.includes(target.workload))
  process.stdout.write(`\n${targetTable(targets)}\n`)
}

function report(workloads: readonly Workload[], result: RunResult, outcomes: readonly Outcome[]): string {
  const names = workloads.map(({ name }) => name)
  const asked = outcomes.filter(({ target }) => names.includes(target.workload))
  const reached = asked.filter((outcome) => outcome.reached)
  return [
    ...names.map((name) => workloadTable(name, result.samples, TARGETS)),
    targetTable(asked),
    `${reached.length} of ${asked.length} targets reached`,
    ...(result.failures.length === 0 ? [] : [result.failures.map((line) => `FAILED ${line}`).join('\n')]),
  ].join('\n\n')
}

function write(options: Options, result: RunResult, outcomes: readonly Outcome[], text: string): void {
  const { json, svg, readme, rounds, seconds } = options
  const machine = `Node ${process.version}, ${cpus()[0]?.model ?? 'an unknown processor'}`
  if (json !== null) {
    const all = { machine, rounds, seconds, outcomes, summaries: summariseAll(result.samples), ...result }
    writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`)
  }
  if (svg !== null) writeFileSync(svg, picture(outcomes, `Millrace beside its peers: ${machine}`))
  if (readme !== null) {
    const link = svg === null ? '' : `![Targets and what was reached](${relative(dirname(readme), svg)})\n\n`
    const section = `${link}${machine}; ${rounds} rounds of ${seconds} s.\n\n\`\`\`text\n${text}\n\`\`\``
    writeFileSync(readme, withFigures(readFileSync(readme, 'utf8'), section))
  }
}

await main()
