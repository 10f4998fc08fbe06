import type { Figures } from '../figures.ts'
import type { KernelTime } from '../inside/kernel.ts'
import { PinnedProcess, SERVER_CORE } from '../pinned-process.ts'
import type { Workload } from '../workload.ts'

const PARSERS = ['llhttp', 'millrace', 'millrace, fields read', 'http-parser-js']

/** One layer alone, in a process of its own: no socket, and nothing that ran before. */
export const inProcessWorkloads: readonly Workload[] = [
  workload('parse, 40 octets', 'parse-hello', PARSERS, ({ nanoseconds }) => ({ nanoseconds })),
  workload('parse, 650 octets', 'parse-page', PARSERS, ({ nanoseconds }) => ({ nanoseconds })),
  workload('chunked, 64 KiB', 'chunks 65536', ['llhttp', 'millrace'], gigabytes),
  workload('chunked, 16 octets', 'chunks 16', ['llhttp', 'millrace'], gigabytes),
  workload('lines', 'lines', ['node:readline', 'split2', 'millrace', 'millrace, as text'], gigabytes),
  workload('serialise', 'respond', ['node:http', 'millrace'], ({ nanoseconds }) => ({ nanoseconds })),
]

function workload(
  name: string,
  subject: string,
  contestants: readonly string[],
  figures: (time: KernelTime) => Figures,
): Workload {
  return {
    name,
    contestants: contestants.map((contestant) => ({
      name: contestant,
      needs: ['taskset'],
      measure: async ({ seconds }) => figures(await timeKernel(subject, contestant, seconds)),
    })),
  }
}

function gigabytes({ octets, nanoseconds }: KernelTime): Figures {
  return { gigabytesPerSecond: octets / nanoseconds }
}

/** Measures a kernel of `inside/` in a fresh process. */
export async function timeKernel(subject: string, contestant: string, seconds: number): Promise<KernelTime> {
  const args = [subject, contestant, String(seconds)]
  await using child = PinnedProcess.node('inside/child', args, SERVER_CORE, ['--no-deprecation'])
  return JSON.parse(await child.line()) as KernelTime
}
