import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Clock ticks a second in /proc/<pid>/stat: fixed by Linux's interface at 100. */
const TICKS_PER_SECOND = 100

/** A server of the bench in a process of its own, pinned to one core. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  /** Starts a program of `servers/` on `core` and waits until it listens. */
  static async start(file: string, core: number): Promise<ServerProcess> {
    const path = fileURLToPath(new URL(`servers/${file}`, import.meta.url))
    const child = spawn('taskset', ['-c', String(core), process.execPath, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })
    for await (const line of lines) return new ServerProcess(child, Number(line))
    throw new Error(`${file} ended before it listened`)
  }

  /** Seconds of CPU that the process has used so far, in user space and in the kernel. */
  cpuSeconds(): { user: number; system: number } {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1')
    // The command name may hold spaces: the fields are counted from its closing parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { user: Number(fields[11]) / TICKS_PER_SECOND, system: Number(fields[12]) / TICKS_PER_SECOND }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }
}
