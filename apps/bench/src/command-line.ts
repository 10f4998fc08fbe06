import { parseArgs } from 'node:util'
import { isProgramName, type ProgramName } from './programs.ts'

/** What the command line asks for. */
export interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly transferMebibytes: number
  readonly idleConnections: number
  readonly only: readonly string[]
  readonly without: readonly ProgramName[]
  /** Where programs are that are not where they use to be. */
  readonly places: Readonly<Partial<Record<ProgramName, string>>>
  readonly list: boolean
  readonly json: string | null
  readonly svg: string | null
  readonly readme: string | null
}

export const USAGE = `usage: bench [options]
  --rounds 5         how often everybody takes a turn
  --seconds 3        how long one measurement of a rate lasts
  --only name        part of the name of a workload or a contestant; may be given several times
  --without a,b      programs to do without: wrk, nginx, twisted, bun, deno
  --bun, --deno, --nginx, --wrk, --python   where a program is, unless on the PATH
  --transfer 1024    MiB of one upload or download
  --idle 15000       connections of the idle trial
  --json file        writes everything that was measured
  --svg file         draws what became of the targets
  --readme file      replaces the section "Figures" of a README
  --list             shows workloads, contestants and targets, and measures nothing
`

/** @throws {TypeError | RangeError} on what is not understood */
export function parseCommandLine(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { ...text, default: '5' },
      seconds: { ...text, default: '3' },
      transfer: { ...text, default: '1024' },
      idle: { ...text, default: '15000' },
      only: { ...text, multiple: true, default: [] },
      without: { ...text, multiple: true, default: [] },
      bun: text,
      deno: text,
      nginx: text,
      wrk: text,
      python: text,
      json: text,
      svg: text,
      readme: text,
      list: { type: 'boolean', default: false },
    },
  })
  const { bun, deno, nginx, wrk, python: twisted } = values
  const places = Object.entries({ bun, deno, nginx, wrk, twisted }).filter(([, place]) => place !== undefined)
  return {
    rounds: atLeastOne('rounds', values.rounds),
    seconds: atLeastOne('seconds', values.seconds),
    transferMebibytes: atLeastOne('transfer', values.transfer),
    idleConnections: atLeastOne('idle', values.idle),
    only: values.only,
    without: values.without.flatMap((names) => names.split(',')).map(programName),
    places: Object.fromEntries(places) as Options['places'],
    list: values.list,
    json: values.json ?? null,
    svg: values.svg ?? null,
    readme: values.readme ?? null,
  }
}

function atLeastOne(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`--${name} takes a whole number from 1 on, not ${text}`)
  return value
}

function programName(name: string): ProgramName {
  if (!isProgramName(name)) throw new RangeError(`--without knows no program "${name}"`)
  return name
}
