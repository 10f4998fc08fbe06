import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LOAD_CORE } from './pinned-process.ts'
import { withTemporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)

/** What one run of `wrk` counted. */
export interface WrkResult {
  readonly requests: number
  readonly seconds: number
  /** Requests that got no answer or a wrong one. */
  readonly failures: number
  /** Answers that took more than two seconds: the server is behind, or the machine is. */
  readonly late: number
}

/** How a local port is loaded. */
export interface Load {
  readonly connections: number
  /** Requests that are sent in one piece; the answers are counted one by one. */
  readonly pipelined: number
  readonly request: Buffer
  readonly secure: boolean
}

/** Loads a local port for `seconds` from the core for load. */
export async function wrk(command: string, port: number, load: Load, seconds: number): Promise<WrkResult> {
  return await withTemporaryFolder(async (folder) => {
    const script = join(folder, 'request.lua')
    writeFileSync(script, requestScript(load))
    const url = `${load.secure ? 'https' : 'http'}://127.0.0.1:${port}/`
    const options = ['-t1', `-c${load.connections}`, `-d${seconds}s`, '-s', script, url]
    const { stdout } = await run('taskset', ['-c', String(LOAD_CORE), command, ...options])
    return parseWrk(stdout)
  })
}

/** What `wrk` asks for once, when it starts, is sent ever after: no script runs while it measures. */
export function requestScript({ request, pipelined }: Load): string {
  const octets = [...request].map((octet) => `\\${octet}`.replace(/\d+/, (digits) => digits.padStart(3, '0')))
  return `local batch = string.rep("${octets.join('')}", ${pipelined})\nwrk.format = function() return batch end\n`
}

/**
 * Reads the summary that `wrk` prints.
 *
 * @throws {Error} when it is none
 */
export function parseWrk(output: string): WrkResult {
  const total = /(\d+) requests in ([\d.]+)(ms|s|m),/.exec(output)
  if (total === null) throw new Error(`wrk printed no summary:\n${output}`)
  const unit = { ms: 0.001, s: 1, m: 60 }[total[3] as 'ms' | 's' | 'm']
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)
  const [connect, read, write, late] = (errors ?? []).slice(1).map(Number)
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  const failures = (connect ?? 0) + (read ?? 0) + (write ?? 0) + refused
  return { requests: Number(total[1]), seconds: Number(total[2]) * unit, failures, late: late ?? 0 }
}
