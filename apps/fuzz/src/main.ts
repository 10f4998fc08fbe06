import { parseArgs } from 'node:util'
import { describeFailure, fuzz, type Report } from './campaign.ts'
import { makeTargets } from './targets/index.ts'

function count(name: string, text: string): number {
  const value = Number(text)
  if (!(value >= 0)) throw new RangeError(`--${name} takes a number of 0 or more, not ${text}`)
  return value
}

function row({ target, inputs, accepted, rejected, failures, milliseconds }: Report): string {
  const cells = [inputs, accepted, rejected, failures.length, Math.round((inputs / milliseconds) * 1_000)]
  const seconds = (milliseconds / 1_000).toFixed(1)
  return [target.padEnd(14), ...[...cells, seconds].map((cell) => String(cell).padStart(11))].join('')
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      inputs: { type: 'string', default: 'Infinity' },
      target: { type: 'string', default: 'all' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  })
  const all = makeTargets()
  const targets = all.filter(({ name }) => values.target === 'all' || values.target === name)
  if (targets.length === 0) {
    throw new RangeError(`--target is one of ${all.map(({ name }) => name).join(', ')}, all`)
  }
  const seed = count('seed', values.seed)
  const milliseconds = (count('minutes', values.minutes) * 60_000) / targets.length
  const inputs = count('inputs', values.inputs)
  console.log(`seed ${seed}, node ${process.version}`)
  const names = ['inputs', 'accepted', 'rejected', 'failures', 'inputs/s', 'seconds']
  console.log('target'.padEnd(14) + names.map((name) => name.padStart(11)).join(''))
  for (const target of targets) {
    const report = await fuzz(target, seed, { inputs, milliseconds })
    console.log(row(report))
    for (const note of report.notes) console.log(`  ${note}`)
    for (const failure of report.failures) console.log(describeFailure(target.name, failure))
    if (report.failures.length > 0) process.exitCode = 1
  }
}

await main()
