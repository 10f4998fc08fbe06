import type { Figures } from '../figures.ts'
import * as servers from '../server-kinds.ts'
import type { ServerKind } from '../server-kinds.ts'
import type { Settings, Workload } from '../workload.ts'
import { timeKernel } from './in-process.ts'
import { checkAnswer, loadServer, type Trials } from './requests.ts'

const FEW: Trials = { trial: 'hello', connections: 1, pipelined: 1 }
const MANY: Trials = { trial: 'hello', connections: 4_096, pipelined: 1 }

/** It takes wrk a while to open thousands of connections, and nothing is counted before. */
const SECONDS_OF_MANY = 3

/** What becomes of speed when there is more of something. */
export const growthWorkloads: readonly Workload[] = [
  {
    name: 'growth, 1 to 4096 connections',
    contestants: [servers.BARE, servers.NODE, servers.CHANNEL].map((kind) => ({
      name: kind.name,
      needs: ['wrk', ...kind.needs],
      measure: (settings) => measureConnections(kind, settings),
    })),
  },
  headGrowth('growth, 1 to 400 fields', 'fields', [1, 100, 400]),
  headGrowth('growth, target of 16 to 16384 octets', 'target', [16, 4_096, 16_384]),
]

async function measureConnections(kind: ServerKind, settings: Settings): Promise<Figures> {
  const server = await kind.start('hello', settings, false)
  try {
    await checkAnswer(server.port, FEW)
    const few = await loadServer(server, FEW, settings)
    const seconds = Math.max(settings.seconds, SECONDS_OF_MANY)
    const many = await loadServer(server, MANY, { ...settings, seconds })
    return {
      rateKept: requestsPerCpuSecond(many) / requestsPerCpuSecond(few),
      requestsPerSecond: many.result.requests / many.result.seconds,
      userMicroseconds: (many.cpu.user * 1e6) / many.result.requests,
      peakMegabytes: server.process.peakBytes() / 1e6,
      late: many.result.late,
    }
  } finally {
    await server.process.stop()
  }
}

/** One connection leaves its server waiting most of the time: that time is not counted. */
function requestsPerCpuSecond({ result, cpu }: Awaited<ReturnType<typeof loadServer>>): number {
  return result.requests / (cpu.user + cpu.system)
}

/**
 * In process, where no system call hides what an octet costs. What a request costs however short it is would make any
 * growth look good: so the octets between the middle and the largest size are held against those between the smallest
 * and the middle.
 */
function headGrowth(name: string, subject: string, sizes: readonly [number, number, number]): Workload {
  return {
    name,
    contestants: ['llhttp', 'millrace'].map((contestant) => ({
      name: contestant,
      needs: ['taskset'],
      measure: async ({ seconds }) => {
        const times = []
        for (const size of sizes) times.push(await timeKernel(`${subject} ${size}`, contestant, seconds / 3))
        const [small, middle, large] = times as [Time, Time, Time]
        return {
          costGrowth: costBetween(middle, large) / costBetween(small, middle),
          nanosecondsPerOctet: large.nanoseconds / large.octets,
        }
      },
    })),
  }
}

interface Time {
  readonly nanoseconds: number
  readonly octets: number
}

/** What one more octet costs, in nanoseconds. */
function costBetween(less: Time, more: Time): number {
  return (more.nanoseconds - less.nanoseconds) / (more.octets - less.octets)
}
