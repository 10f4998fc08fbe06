import { FIGURES, formatFigure, type FigureName } from './figures.ts'
import { compare, summarise, type Sample } from './samples.ts'
import type { Outcome, Target } from './targets.ts'
import { BARE_NET, NODE_HTTP } from './workload.ts'

/** A table for people: what every contestant of a workload showed, and ratios of its first figure. */
export function workloadTable(
  workload: string,
  samples: readonly Sample[],
  targets: readonly Target[],
): string {
  const own = samples.filter((sample) => sample.workload === workload)
  const contestants = [...new Set(own.map(({ contestant }) => contestant))]
  const names = Object.keys(own[0]?.figures ?? {}) as FigureName[]
  const first = names[0]
  if (first === undefined) return `${workload}: nothing was measured`
  const others = comparedWith(workload, targets).filter((other) => contestants.includes(other))
  const labels = names.map((name) => FIGURES[name].label)
  const head = [
    workload,
    labels[0] as string,
    'spread',
    ...labels.slice(1),
    ...others.map((other) => `× ${other}`),
  ]
  const body = contestants.map((contestant) => {
    const cells = names.map((name) => figureCell(name, summarise(own, workload, contestant, name)?.median))
    const spread = percent(summarise(own, workload, contestant, first)?.spread)
    const ratios = others.map((other) => ratio(compare(own, workload, contestant, other, first)?.median))
    return [contestant, cells[0] as string, spread, ...cells.slice(1), ...ratios]
  })
  return table(head, body)
}

/** A table for people: what was to be reached, and what was. */
export function targetTable(outcomes: readonly Outcome[]): string {
  const head = ['target', 'contestant', 'figure', 'against', 'wanted', 'is', 'spread', '']
  return table(
    head,
    outcomes.map(({ target, value, spread, reached }) => [
      target.workload,
      target.contestant,
      FIGURES[target.figure].label,
      target.against ?? '',
      `${target.bound === 'at least' ? '≥' : '≤'} ${target.limit}`,
      ratio(value ?? undefined),
      percent(spread ?? undefined),
      verdict(value, reached),
    ]),
    5,
  )
}

/** One word about a target. */
export function verdict(value: number | null, reached: boolean): string {
  if (value === null) return 'not measured'
  return reached ? 'reached' : 'MISSED'
}

/** Whose first figure others are told against: the peers of its targets behind the usual two. */
function comparedWith(workload: string, targets: readonly Target[]): string[] {
  const peers = targets.flatMap((target) =>
    target.workload === workload && target.against !== null ? [target.against] : [],
  )
  return [...new Set([BARE_NET, NODE_HTTP, ...peers])]
}

function figureCell(name: FigureName, value: number | undefined): string {
  return value === undefined ? '-' : formatFigure(name, value)
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${(share * 100).toFixed(0)} %`
}

function ratio(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(value < 1 ? 3 : 2)
}

/** Lines whose columns stand below each other; those from `rightFrom` on are numbers, with the last one free. */
export function table(
  head: readonly string[],
  body: readonly (readonly string[])[],
  rightFrom: number = 1,
): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((cells) => (cells[column] as string).length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) =>
        i < rightFrom ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number),
      )
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n')
}
