import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { atEnd } from './lab.ts'

const folder = resolve(import.meta.dirname, '..')
const run = promisify(execFile)

/** Builds what the command needs, as far as it is not built already: it runs as users run it, on plain Node. */
export async function buildCommand(): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  await run(process.execPath, [compiler, '-b', resolve(folder, 'tsconfig.build.json')])
}

/** A process of ours and what it printed. */
export class Program {
  readonly process: ChildProcess
  output = ''
  errors = ''
  readonly #exited: Promise<number | null>
  #printed: (() => void)[] = []

  constructor(script: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.process = spawn(process.execPath, [resolve(folder, script), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PORT: '', ...environment },
    })
    atEnd(() => this.process.kill('SIGKILL'))
    this.process.stdout?.on('data', (bytes) => this.#happened(() => (this.output += String(bytes))))
    this.process.stderr?.on('data', (bytes) => (this.errors += String(bytes)))
    this.#exited = new Promise((resolved) => {
      this.process.once('close', (code) => this.#happened(() => resolved(code)))
    })
  }

  /** Starts the command. */
  static proxy(...args: string[]): Program {
    return new Program('dist/main.js', args)
  }

  /** Resolves with the event that is printed first. */
  async listening(): Promise<{
    readonly url: string
    readonly port: number
    readonly mode?: string
    readonly to?: string
  }> {
    while (!this.output.includes('\n')) {
      if (this.process.exitCode !== null) throw new Error(`it ended: ${this.errors}`)
      await new Promise<void>((resolved) => this.#printed.push(resolved))
    }
    return JSON.parse(this.output.slice(0, this.output.indexOf('\n'))) as { url: string; port: number }
  }

  exited(): Promise<number | null> {
    return this.#exited
  }

  /** The most memory it ever used, in bytes. */
  get peakMemory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024
  }

  #happened(what: () => void): void {
    what()
    for (const resolved of this.#printed.splice(0)) resolved()
  }
}

/** Runs curl, and gives what it printed. @throws {Error} when curl fails */
export async function curl(args: readonly string[], input?: Uint8Array): Promise<string> {
  const running = run('curl', ['--silent', '--show-error', '--noproxy', '', ...args], { maxBuffer: 1 << 24 })
  running.child.stdin?.on('error', () => {}) // curl need not read all of it
  running.child.stdin?.end(input)
  return (await running).stdout
}
