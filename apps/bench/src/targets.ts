import type { FigureName } from './figures.ts'
import { compare, summarise, type Sample } from './samples.ts'
import { SIZE_BUDGET } from './size-budget.ts'
import { BARE_NET, NODE_HTTP } from './workload.ts'

/** What a contestant is to reach. */
export interface Target {
  readonly workload: string
  readonly contestant: string
  readonly figure: FigureName
  /** Whose figure it is a multiple of; `null` when the figure itself is what counts. */
  readonly against: string | null
  readonly bound: 'at least' | 'at most'
  readonly limit: number
}

/** A target, and what was measured. */
export interface Outcome {
  readonly target: Target
  /** The ratio, or the figure itself; `null` when it was not measured. */
  readonly value: number | null
  readonly spread: number | null
  /** `false` also when it was not measured. */
  readonly reached: boolean
}

type Condition = readonly [figure: FigureName, against: string | null, bound: Target['bound'], limit: number]

const CHANNEL = 'millrace channel'
const MILLRACE = 'millrace'

function targets(workload: string, contestant: string, conditions: readonly Condition[]): Target[] {
  return conditions.map(([figure, against, bound, limit]) => ({
    workload,
    contestant,
    figure,
    against,
    bound,
    limit,
  }))
}

const TRANSFER: readonly Condition[] = [
  ['megabytesPerSecond', BARE_NET, 'at least', 0.95],
  ['megabytesPerSecond', NODE_HTTP, 'at least', 1.15],
  ['grownMegabytes', null, 'at most', 32],
]

const UPLOAD: readonly Condition[] = [...TRANSFER, ['cpuNanosecondsPerOctet', NODE_HTTP, 'at most', 1]]

/** Everything that is to be reached, in the order of the tables. */
export const TARGETS: readonly Target[] = [
  ...targets('hello, keep-alive', CHANNEL, [
    ['requestsPerSecond', BARE_NET, 'at least', 0.95],
    ['requestsPerSecond', NODE_HTTP, 'at least', 1.65],
    ['requestsPerSecond', 'twisted', 'at least', 6],
    ['userMicroseconds', BARE_NET, 'at most', 1.25],
    ['userMicroseconds', NODE_HTTP, 'at most', 0.4],
  ]),
  ...targets('hello, pipelined 16', CHANNEL, [
    ['requestsPerSecond', NODE_HTTP, 'at least', 8],
    ['requestsPerSecond', 'nginx', 'at least', 4],
  ]),
  ...targets('page', CHANNEL, [
    ['requestsPerSecond', BARE_NET, 'at least', 0.88],
    ['requestsPerSecond', NODE_HTTP, 'at least', 1.6],
  ]),
  ...targets('fetch handler', 'millrace serve, light', [
    ['requestsPerSecond', 'hono', 'at least', 1.35],
    ['requestsPerSecond', 'srvx, FastResponse', 'at least', 1.5],
  ]),
  ...targets('fetch handler', 'millrace serve', [['requestsPerSecond', 'srvx', 'at least', 1.15]]),
  ...targets('json', CHANNEL, [['requestsPerSecond', NODE_HTTP, 'at least', 1.6]]),
  ...targets('tls, keep-alive', CHANNEL, [
    ['requestsPerSecond', NODE_HTTP, 'at least', 1.35],
    ['requestsPerSecond', BARE_NET, 'at least', 0.93],
  ]),
  ...targets('upload, length', CHANNEL, UPLOAD),
  ...targets('upload, chunked', CHANNEL, UPLOAD),
  ...targets('download, length', CHANNEL, TRANSFER),
  ...targets('download, chunked', CHANNEL, TRANSFER),
  ...targets('parse, 40 octets', MILLRACE, [['nanoseconds', 'llhttp', 'at most', 0.4]]),
  ...targets('parse, 650 octets', MILLRACE, [['nanoseconds', 'llhttp', 'at most', 0.9]]),
  ...targets('chunked, 64 KiB', MILLRACE, [['gigabytesPerSecond', null, 'at least', 5]]),
  ...targets('chunked, 16 octets', MILLRACE, [['gigabytesPerSecond', 'llhttp', 'at least', 3]]),
  ...targets('lines', MILLRACE, [
    ['gigabytesPerSecond', 'node:readline', 'at least', 5],
    ['gigabytesPerSecond', 'split2', 'at least', 3],
  ]),
  ...targets('growth, 1 to 4096 connections', CHANNEL, [['rateKept', BARE_NET, 'at least', 0.95]]),
  ...targets('growth, 1 to 400 fields', MILLRACE, [['costGrowth', null, 'at most', 1.25]]),
  ...targets('growth, target of 16 to 16384 octets', MILLRACE, [['costGrowth', null, 'at most', 1.25]]),
  ...targets('idle connection', CHANNEL, [
    ['octetsOfConnection', BARE_NET, 'at most', 1.2],
    ['octetsOfConnection', NODE_HTTP, 'at most', 0.55],
  ]),
  ...Object.entries(SIZE_BUDGET).flatMap(([name, octets]) =>
    targets('size', name, [['octetsZipped', null, 'at most', octets]]),
  ),
]

/** Holds what was measured against what is to be reached. A value that lies just on the limit reaches it. */
export function judge(all: readonly Target[], samples: readonly Sample[]): Outcome[] {
  return all.map((target) => {
    const { workload, contestant, figure, against, bound, limit } = target
    const found =
      against === null
        ? summarise(samples, workload, contestant, figure)
        : compare(samples, workload, contestant, against, figure)
    if (found === null) return { target, value: null, spread: null, reached: false }
    const reached = bound === 'at least' ? found.median >= limit : found.median <= limit
    return { target, value: found.median, spread: found.spread, reached }
  })
}
