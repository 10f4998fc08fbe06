import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

const FOLDER = resolve(import.meta.dirname, '..')

/** A file that the build makes. Throws when it was not made: these tests look at what users get. */
export function builtFile(name: string): string {
  const path = resolve(FOLDER, 'dist', name)
  if (!existsSync(path)) throw new Error(`${path} is missing: build first, with "npm test -- build"`)
  return path
}

/** A command that runs, with what it has printed so far. */
export class RunningCommand {
  readonly process: ChildProcess
  output = ''
  errors = ''
  readonly #exit: Promise<unknown[]>
  #isOver = false

  constructor(file: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const { PORT: _, ...inherited } = process.env
    this.process = spawn(process.execPath, [file, ...args], {
      env: { ...inherited, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process.stdout?.on('data', (bytes) => (this.output += String(bytes)))
    this.process.stderr?.on('data', (bytes) => (this.errors += String(bytes)))
    this.#exit = once(this.process, 'close')
    this.process.on('close', () => (this.#isOver = true))
    onTestFinished(() => void this.process.kill('SIGKILL'))
  }

  /** What the process ended with: its exit code, or the signal that ended it. */
  async exit(): Promise<unknown> {
    const [code, signal] = await this.#exit
    return code ?? signal
  }

  /** What it announces for programs once it listens. */
  async listening(): Promise<{ url: string; port: number; pid: number; root: string }> {
    const line = await this.waitFor(() => /^\{.*\}$/m.exec(this.output)?.[0])
    return JSON.parse(line) as { url: string; port: number; pid: number; root: string }
  }

  /** Looks again and again until there is something; rejects when the process ended without it. */
  async waitFor<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    for (;;) {
      const isOver = this.#isOver
      const found = await look()
      if (found !== undefined) return found
      if (isOver) throw new Error(`ended without it:\n${this.output}${this.errors}`)
      await setTimeout(10)
    }
  }
}
