import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** The server runs alone on the first core that we may use, what loads it on the second. */
export const SERVER_CORE: number = allowedCores()[0] as number
export const LOAD_CORE: number = allowedCores()[1] ?? SERVER_CORE

/** The cores that this process may run on; `Cpus_allowed_list` is like `0-3,8`. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0'
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?]
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

/** Clock ticks a second in /proc/<pid>/stat: fixed by Linux's interface at 100. */
const TICKS_PER_SECOND = 100

/** Seconds of CPU. */
export interface CpuSeconds {
  readonly user: number
  readonly system: number
}

/** The built form of a program in `src`, also for tests, which run the sources as they are. */
export function builtProgram(name: string): string {
  const built = import.meta.url.endsWith('.ts') ? '../dist/' : './'
  return fileURLToPath(new URL(`${built}${name}.js`, import.meta.url))
}

/** A file that is run by other programs than Node, and stays where it is. */
export function sourceFile(name: string): string {
  return fileURLToPath(new URL(`../src/${name}`, import.meta.url))
}

/** A program of the bench in a process of its own, pinned to one core. What it uses counts with its children. */
export class PinnedProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #what: string

  /** @param command - the program and its arguments */
  constructor(command: readonly string[], core: number) {
    this.#what = command.join(' ')
    this.#child = spawn('taskset', ['-c', String(core), ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child.on('error', () => {}) // told by the end of its output
    this.#lines = createInterface({ input: this.#child.stdout as Readable })
  }

  /** A program of ours, run by this Node. */
  static node(
    name: string,
    args: readonly string[],
    core: number,
    flags: readonly string[] = [],
  ): PinnedProcess {
    return new PinnedProcess([process.execPath, ...flags, builtProgram(name), ...args], core)
  }

  /** The next line that it prints. @throws {Error} when it ends before */
  async line(): Promise<string> {
    const next = once(this.#lines, 'line') as Promise<[string]>
    const ended = once(this.#lines, 'close').then(() =>
      Promise.reject(new Error(`ended early: ${this.#what}`)),
    )
    const [line] = await Promise.race([next, ended])
    next.catch(() => undefined)
    ended.catch(() => undefined)
    return line
  }

  /** What it has used so far. */
  cpuSeconds(): CpuSeconds {
    let user = 0
    let system = 0
    for (const pid of this.#pids()) {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      // The command name may hold spaces: the fields are counted from its closing parenthesis.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      user += Number(fields[11]) / TICKS_PER_SECOND
      system += Number(fields[12]) / TICKS_PER_SECOND
    }
    return { user, system }
  }

  /** Octets in memory now. */
  residentBytes(): number {
    return this.#memory('VmRSS')
  }

  /** The most octets in memory so far. */
  peakBytes(): number {
    return this.#memory('VmHWM')
  }

  /** Ends it and all that it started. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined)
      return
    const ended = once(this.#child, 'exit')
    for (const pid of this.#pids()) process.kill(pid, 'SIGKILL')
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #memory(field: string): number {
    return this.#pids().reduce((sum, pid) => {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1')
      return sum + Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024
    }, 0)
  }

  #pids(): number[] {
    return family(this.#child.pid as number)
  }
}

/** A process and all below it, parents first. */
function family(pid: number): number[] {
  return [pid, ...tasksOf(pid).flatMap((task) => childrenOf(pid, task).flatMap(family))]
}

function tasksOf(pid: number): string[] {
  return ifThere(() => readdirSync(`/proc/${pid}/task`)) ?? []
}

function childrenOf(pid: number, task: string): number[] {
  const text = ifThere(() => readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1')) ?? ''
  return text.split(' ').filter(Boolean).map(Number)
}

/** Threads and processes may end while they are looked at. */
function ifThere<T>(look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
