import type { ProgramName } from './programs.ts'
import type { Target } from './targets.ts'
import { BARE_NET, NODE_HTTP, type Workload } from './workload.ts'

/** What is to be measured. */
export interface Choice {
  /** Parts of names of workloads or contestants; none means all. */
  readonly only: readonly string[]
  /** Programs that are not to be asked for. */
  readonly without: readonly ProgramName[]
}

/**
 * Picks workloads and contestants. A word that is part of a workload's name picks that one; any other picks contestants,
 * which keep those beside them that they are compared with.
 *
 * @throws {RangeError} when a word is part of no name
 */
export function plan(workloads: readonly Workload[], targets: readonly Target[], choice: Choice): Workload[] {
  const ofWorkloads = choice.only.filter((word) => workloads.some(({ name }) => has(name, word)))
  const ofContestants = choice.only.filter((word) => !ofWorkloads.includes(word))
  for (const word of ofContestants) {
    if (!workloads.some(({ contestants }) => contestants.some(({ name }) => has(name, word))))
      throw new RangeError(`no workload and no contestant is called "${word}": --list shows all`)
  }
  return workloads
    .filter(({ name }) => ofWorkloads.length === 0 || ofWorkloads.some((word) => has(name, word)))
    .map((workload) => ({
      name: workload.name,
      contestants: pickContestants(workload, targets, ofContestants).filter(
        ({ needs }) => !needs.some((need) => choice.without.includes(need)),
      ),
    }))
    .filter(({ contestants }) => contestants.length > 0)
}

function pickContestants(
  { name: workload, contestants }: Workload,
  targets: readonly Target[],
  words: readonly string[],
): Workload['contestants'] {
  if (words.length === 0) return contestants
  const picked = contestants.filter(({ name }) => words.some((word) => has(name, word)))
  if (picked.length === 0) return []
  const peers = targets.filter(
    (target) => target.workload === workload && picked.some(({ name }) => name === target.contestant),
  )
  const beside = [BARE_NET, NODE_HTTP, ...peers.map(({ against }) => against)]
  return contestants.filter((contestant) => picked.includes(contestant) || beside.includes(contestant.name))
}

function has(name: string, word: string): boolean {
  return name.toLowerCase().includes(word.toLowerCase())
}
