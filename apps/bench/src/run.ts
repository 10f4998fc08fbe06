import { describeMissing, missingPrograms } from './programs.ts'
import type { Sample } from './samples.ts'
import type { Contestant, Settings, Workload } from './workload.ts'

/** What became of a run. */
export interface RunResult {
  readonly samples: readonly Sample[]
  /** What could not be measured, a line for each. */
  readonly failures: readonly string[]
}

/**
 * Measures everything, round by round: within a round the contestants of a workload take turns.
 *
 * A contestant that lacks a program, or fails, is named and left out from then on; the others go on.
 *
 * @param say - gets a line before each measurement, and about each failure
 */
export async function run(
  workloads: readonly Workload[],
  rounds: number,
  settings: Settings,
  say: (line: string) => void,
): Promise<RunResult> {
  const lacking = await lacks(workloads, settings)
  const failures = new Map<string, string>()
  const fail = (workload: string, contestant: string, why: string): void => {
    const line = `${workload}, ${contestant}: ${why}`
    failures.set(keyOf(workload, contestant), line)
    say(`FAILED ${line}`)
  }
  for (const { name, contestants } of workloads) {
    for (const contestant of contestants) {
      const why = lacking(contestant)
      if (why !== null) fail(name, contestant.name, why)
    }
  }
  const samples: Sample[] = []
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, contestants } of workloads) {
      for (const contestant of contestants.filter((each) => !failures.has(keyOf(name, each.name)))) {
        say(`round ${round} of ${rounds}: ${name}, ${contestant.name}`)
        try {
          const figures = await contestant.measure(settings)
          samples.push({ workload: name, contestant: contestant.name, round, figures })
        } catch (error) {
          fail(name, contestant.name, error instanceof Error ? error.message : String(error))
        }
      }
    }
  }
  return { samples, failures: [...failures.values()] }
}

function keyOf(workload: string, contestant: string): string {
  return `${workload}\n${contestant}`
}

/** Looks once for every program; the answer says what a contestant lacks. */
async function lacks(
  workloads: readonly Workload[],
  { programs }: Settings,
): Promise<(contestant: Contestant) => string | null> {
  const needed = workloads.flatMap(({ contestants }) => contestants.flatMap(({ needs }) => needs))
  const missing = await missingPrograms([...new Set(needed)], programs)
  return ({ needs }) => {
    const lines = needs.filter((need) => missing.includes(need)).map(describeMissing)
    return lines.length === 0 ? null : lines.join('; ')
  }
}
