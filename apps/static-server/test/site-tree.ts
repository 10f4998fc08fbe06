import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'

/** What every file outside the root contains: no answer may ever hold it. */
export const SECRET = 'TOP SECRET'

/** An hour before any test runs: long enough ago for strong validators. */
export const MODIFIED_SECONDS: number = Math.floor(Date.now() / 1000) - 3600

/** 64 bytes: `0123456789…`. */
export const A_TXT: string = '0123456789'.repeat(7).slice(0, 64)

/** A directory tree of its own for one test file. */
export class SiteTree {
  /** Everything lies below here; `site` is the root to serve, next to things that must never be served. */
  readonly base: string = mkdtempSync(join(tmpdir(), 'millrace-static-'))
  readonly root: string = join(this.base, 'site')
  readonly #sockets: Server[] = []

  constructor() {
    this.write('../secret.txt', SECRET)
    this.write('../site-backup/x', SECRET)
    this.write('../outside/o.txt', SECRET)
    this.write('a.txt', A_TXT)
  }

  /** Writes a file, with its directories, an hour old. */
  write(name: string, content: string | Uint8Array, modifiedSeconds: number = MODIFIED_SECONDS): string {
    const path = join(this.root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, modifiedSeconds, modifiedSeconds)
    return path
  }

  directory(name: string): void {
    mkdirSync(join(this.root, name), { recursive: true })
  }

  link(name: string, target: string): void {
    mkdirSync(dirname(join(this.root, name)), { recursive: true })
    symlinkSync(target, join(this.root, name))
  }

  fifo(name: string): void {
    execFileSync('mkfifo', [join(this.root, name)])
  }

  async socket(name: string): Promise<void> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(this.root, name), resolve))
    this.#sockets.push(server)
  }

  remove(): void {
    for (const server of this.#sockets) server.close()
    rmSync(this.base, { recursive: true, force: true })
  }

  /** Resolves when no descriptor of this process leads into the tree any more, and rejects when one stays. */
  allClosed(): Promise<void> {
    return vi.waitFor(
      () => {
        const open = this.openDescriptors()
        if (open > 0) throw new Error(`${open} descriptors were not closed`)
      },
      { interval: 2 },
    )
  }

  /** How many descriptors this process has: files, sockets and all. */
  allDescriptors(): number {
    return readdirSync('/proc/self/fd').length
  }

  /** How many descriptors of this process lead into the tree. */
  openDescriptors(): number {
    return readdirSync('/proc/self/fd').filter((fd) => {
      const path = `/proc/self/fd/${fd}`
      return existsSync(path) && readlinkSync(path).startsWith(this.base)
    }).length
  }
}

/** The superuser may read everything: for as long as `body` runs, this process is nobody. */
export async function asOrdinaryUser(body: () => Promise<void>): Promise<void> {
  const user = process.geteuid?.()
  if (user === 0) process.seteuid?.(65_534)
  try {
    await body()
  } finally {
    if (user === 0) process.seteuid?.(0)
  }
}
