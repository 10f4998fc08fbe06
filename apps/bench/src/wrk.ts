import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Load } from './contestants.ts'

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

/** Sends several requests in one piece; the answers are counted one by one. */
const PIPELINE_SCRIPT = `
init = function(args)
  local one, all = wrk.format(), {}
  for i = 1, tonumber(args[1]) do all[i] = one end
  batch = table.concat(all)
end
request = function() return batch end
`

/** Loads a local port for `seconds` from `core`. */
export async function wrk(port: number, load: Load, seconds: number, core: number): Promise<WrkResult> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const script = join(folder, 'pipeline.lua')
    writeFileSync(script, PIPELINE_SCRIPT)
    const pipeline = load.pipelined > 1 ? ['-s', script] : []
    const url = `http://127.0.0.1:${port}/`
    const count = load.pipelined > 1 ? ['--', String(load.pipelined)] : []
    const options = ['-t1', `-c${load.connections}`, `-d${seconds}s`, ...pipeline]
    const { stdout } = await run('taskset', ['-c', String(core), 'wrk', ...options, url, ...count])
    return parseWrk(stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
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
