import type { FigureName, Figures } from './figures.ts'
import { median, spread } from './median.ts'

/** What one contestant showed in one round of a workload. */
export interface Sample {
  readonly workload: string
  readonly contestant: string
  readonly round: number
  readonly figures: Figures
}

/** A figure over all rounds. */
export interface Summary {
  readonly median: number
  readonly spread: number
}

/** The rounds of one figure, put together; `null` when nobody measured it. */
export function summarise(
  samples: readonly Sample[],
  workload: string,
  contestant: string,
  figure: FigureName,
): Summary | null {
  const values = [...byRound(samples, workload, contestant, figure).values()]
  return values.length === 0 ? null : { median: median(values), spread: spread(values) }
}

/** Every figure of every contestant of every workload, put together. */
export function summariseAll(samples: readonly Sample[]): object[] {
  const seen = new Set<string>()
  return samples.flatMap(({ workload, contestant, figures }) => {
    const key = `${workload}\n${contestant}`
    if (seen.has(key)) return []
    seen.add(key)
    const names = Object.keys(figures) as FigureName[]
    const all = names.map((name) => [name, summarise(samples, workload, contestant, name)])
    return [{ workload, contestant, figures: Object.fromEntries(all) as object }]
  })
}

/**
 * How a contestant compares with another one. The ratio is taken within each round, so that a slow moment of the machine
 * hits both sides; rounds that lack one of them do not count.
 *
 * @returns `null` when they met in no round
 */
export function compare(
  samples: readonly Sample[],
  workload: string,
  contestant: string,
  against: string,
  figure: FigureName,
): Summary | null {
  const theirs = byRound(samples, workload, against, figure)
  const ratios = [...byRound(samples, workload, contestant, figure)].flatMap(([round, value]) => {
    const other = theirs.get(round)
    return other === undefined ? [] : [value / other]
  })
  return ratios.length === 0 ? null : { median: median(ratios), spread: spread(ratios) }
}

function byRound(
  samples: readonly Sample[],
  workload: string,
  contestant: string,
  figure: FigureName,
): Map<number, number> {
  return new Map(
    samples.flatMap((sample): [number, number][] => {
      const value = sample.figures[figure]
      const isWanted = sample.workload === workload && sample.contestant === contestant && value !== undefined
      return isWanted ? [[sample.round, value]] : []
    }),
  )
}
