/** The middle of several numbers: half of them are larger. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** How far the values lie apart: the largest minus the smallest, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values)
}

/** One round of one contestant under one load. */
export interface Round {
  readonly load: string
  readonly contestant: string
  readonly requestsPerSecond: number
  readonly userMicrosecondsPerRequest: number
  readonly systemMicrosecondsPerRequest: number
  /** Answers that took more than two seconds. */
  readonly late: number
}

/** A contestant's rounds under one load, put together. */
export interface Row {
  readonly contestant: string
  readonly requestsPerSecond: number
  readonly spread: number
  readonly userMicroseconds: number
  readonly systemMicroseconds: number
  readonly late: number
  /** Medians of the ratios within each round, so that a slow moment of the machine hits both sides. */
  readonly ratios: Readonly<Record<string, number>>
}

/** The rows for one load, in the order in which the contestants ran. */
export function summarise(rounds: readonly Round[], load: string, against: readonly string[]): Row[] {
  const of = (contestant: string): Round[] =>
    rounds.filter((round) => round.load === load && round.contestant === contestant)
  const contestants = [
    ...new Set(rounds.filter((round) => round.load === load).map((round) => round.contestant)),
  ]
  return contestants.map((contestant) => {
    const own = of(contestant)
    const rates = own.map((round) => round.requestsPerSecond)
    const ratios = against.map((other): [string, number] => {
      const theirs = of(other)
      return [other, median(rates.map((rate, i) => rate / (theirs[i] as Round).requestsPerSecond))]
    })
    return {
      contestant,
      requestsPerSecond: median(rates),
      spread: spread(rates),
      userMicroseconds: median(own.map((round) => round.userMicrosecondsPerRequest)),
      systemMicroseconds: median(own.map((round) => round.systemMicrosecondsPerRequest)),
      late: own.reduce((sum, round) => sum + round.late, 0),
      ratios: Object.fromEntries(ratios),
    }
  })
}

/** A table for people. */
export function table(load: string, rows: readonly Row[]): string {
  const others = Object.keys(rows[0]?.ratios ?? {})
  const head = [load, 'req/s', 'spread', 'user µs', 'sys µs', 'late', ...others.map((other) => `× ${other}`)]
  const body = rows.map((row) => [
    row.contestant,
    Math.round(row.requestsPerSecond).toLocaleString('en'),
    `${(row.spread * 100).toFixed(0)} %`,
    row.userMicroseconds.toFixed(2),
    row.systemMicroseconds.toFixed(2),
    String(row.late),
    ...others.map((other) => (row.ratios[other] as number).toFixed(2)),
  ])
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((line) => (line[column] as string).length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n')
}
