import { ask } from '../ask.ts'
import type { CpuSeconds } from '../pinned-process.ts'
import { answerJson, HELLO, PAGE } from '../servers/answers.ts'
import * as servers from '../server-kinds.ts'
import type { RunningServer, ServerKind } from '../server-kinds.ts'
import type { Figures } from '../figures.ts'
import type { Role } from '../servers/program.ts'
import { REQUESTS, type Trial } from '../wire.ts'
import type { Settings, Workload } from '../workload.ts'
import { wrk, type Load, type WrkResult } from '../wrk.ts'

/** What a server is loaded with. */
export interface Trials {
  readonly trial: Trial
  /** What the server does, if not just what the trial says. */
  readonly role?: Role
  readonly connections: number
  readonly pipelined: number
  readonly secure?: boolean
}

const KEEP_ALIVE = { connections: 64, pipelined: 1 }

const PAGE_SERVERS = [servers.BARE, servers.NODE, servers.CHANNEL, servers.SERVE, servers.FASTIFY]

/** Loads that `wrk` makes: requests a second, and what they cost. */
export const requestWorkloads: readonly Workload[] = [
  workload('hello, keep-alive', { trial: 'hello', ...KEEP_ALIVE }, [
    servers.BARE,
    servers.NODE,
    servers.CHANNEL,
    servers.FASTIFY,
    servers.NGINX,
    servers.TWISTED,
  ]),
  workload('hello, pipelined 16', { trial: 'hello', connections: 64, pipelined: 16 }, [
    servers.BARE,
    servers.NODE,
    servers.CHANNEL,
    servers.SERVE,
    servers.NGINX,
  ]),
  workload('page', { trial: 'page', ...KEEP_ALIVE }, PAGE_SERVERS),
  workload('page, a field read', { trial: 'page', role: 'page-read', ...KEEP_ALIVE }, PAGE_SERVERS),
  workload('fetch handler', { trial: 'hello', ...KEEP_ALIVE }, [
    servers.BARE,
    servers.NODE,
    servers.SERVE,
    servers.SERVE_LIGHT,
    servers.HONO,
    servers.SRVX,
    servers.SRVX_FAST,
    servers.BUN,
    servers.DENO,
  ]),
  workload('json', { trial: 'json', ...KEEP_ALIVE }, [
    servers.BARE,
    servers.NODE,
    servers.CHANNEL,
    servers.SERVE,
    servers.FASTIFY,
    servers.HONO,
    servers.SRVX,
  ]),
  workload('tls, keep-alive', { trial: 'hello', ...KEEP_ALIVE, secure: true }, [
    servers.BARE,
    servers.NODE,
    servers.CHANNEL,
  ]),
]

function workload(name: string, trials: Trials, kinds: readonly ServerKind[]): Workload {
  return {
    name,
    contestants: kinds.map((kind) => ({
      name: kind.name,
      needs: ['wrk', ...kind.needs],
      measure: (settings) => measureServer(kind, trials, settings),
    })),
  }
}

async function measureServer(kind: ServerKind, trials: Trials, settings: Settings): Promise<Figures> {
  const server = await kind.start(trials.role ?? trials.trial, settings, trials.secure === true)
  try {
    await checkAnswer(server.port, trials)
    const { result, cpu } = await loadServer(server, trials, settings)
    return {
      requestsPerSecond: result.requests / result.seconds,
      userMicroseconds: (cpu.user * 1e6) / result.requests,
      systemMicroseconds: (cpu.system * 1e6) / result.requests,
      peakMegabytes: server.process.peakBytes() / 1e6,
      late: result.late,
    }
  } finally {
    await server.process.stop()
  }
}

/**
 * A server under load is compiling for two seconds and more: a page took half as much user time again in the second one.
 */
const WARM_UP_SECONDS = 3

/** Warms a server up, then measures it. @throws {Error} when a request failed */
export async function loadServer(
  { process, port }: RunningServer,
  { trial, connections, pipelined, secure = false }: Trials,
  { programs, seconds }: Settings,
): Promise<{ result: WrkResult; cpu: CpuSeconds }> {
  const load: Load = { connections, pipelined, secure, request: REQUESTS[trial] }
  await wrk(programs.wrk, port, load, WARM_UP_SECONDS)
  const before = process.cpuSeconds()
  const result = await wrk(programs.wrk, port, load, seconds)
  const after = process.cpuSeconds()
  if (result.failures > 0) throw new Error(`${result.failures} requests failed`)
  if (result.requests === 0) throw new Error('no request was answered')
  return { result, cpu: { user: after.user - before.user, system: after.system - before.system } }
}

/** @throws {Error} when the server answers something else than all others */
export async function checkAnswer(port: number, { trial, secure }: Trials): Promise<void> {
  const { status, content } = await ask(port, REQUESTS[trial], secure)
  if (status !== 200 || content !== expectedContent(trial)) {
    throw new Error(`a wrong answer to ${trial}: ${status} ${content.slice(0, 200)}`)
  }
}

function expectedContent(trial: Trial): string {
  switch (trial) {
    case 'hello':
      return HELLO
    case 'page':
      return PAGE
    case 'json': {
      const request = REQUESTS.json.toString('latin1')
      return answerJson(request.slice(request.indexOf('\r\n\r\n') + 4))
    }
    default:
      return trial satisfies never
  }
}
