import { performance } from 'node:perf_hooks'
import { createContext, Script } from 'node:vm'
import { Chance } from './chance.ts'
import { escapeText, escapeWire } from './escape.ts'
import { minimise } from './minimise.ts'
import { Violation, type FuzzCase, type Target } from './target.ts'

/** Inputs between two looks at the clock. */
const BATCH = 200
/** What takes so long for one batch hangs. */
const BATCH_TIMEOUT_MS = 60_000
/** One input in so many is cut at every position. */
const THOROUGH_EVERY = 50
/** After so many failures it is known well enough that something is wrong. */
const MOST_FAILURES = 10

/** How long a target is fuzzed: whatever comes first. */
export interface Budget {
  readonly inputs: number
  readonly milliseconds: number
}

/** One input that broke a property. */
export interface Failure {
  /** The seed that makes this input, and no other. */
  readonly seed: number
  readonly message: string
  /** The input, made smaller, and all else that was decided about it. */
  readonly smallest: FuzzCase
}

/** What became of one target. */
export interface Report {
  readonly target: string
  readonly inputs: number
  readonly accepted: number
  readonly rejected: number
  readonly failures: readonly Failure[]
  readonly milliseconds: number
  readonly notes: readonly string[]
}

/**
 * Feeds `target` with the inputs of the seeds from `seed` on.
 *
 * @returns once the budget is used up, or the target failed often enough
 */
export async function fuzz<TCase extends FuzzCase>(
  target: Target<TCase>,
  seed: number,
  budget: Budget,
): Promise<Report> {
  const startMs = performance.now()
  const counts = { accepted: 0, rejected: 0 }
  const failures: Failure[] = []
  let inputs = 0
  Error.stackTraceLimit = 0 // most inputs end in an error, and its stack costs more than all the rest
  const runOne = (): void => {
    const own = (seed + inputs) | 0
    inputs += 1
    const input = target.generate(new Chance(own))
    try {
      counts[target.check(input, isThorough(own))] += 1
    } catch (error) {
      failures.push(explain(target, input, own, error))
    }
  }
  while (inputs < budget.inputs && failures.length < MOST_FAILURES) {
    const isOver = performance.now() - startMs >= budget.milliseconds
    if (isOver) break
    const size = Math.min(BATCH, budget.inputs - inputs)
    const hang = interruptible(() => {
      for (let left = size; left > 0 && failures.length < MOST_FAILURES; left -= 1) runOne()
    })
    if (hang !== null) {
      const own = (seed + inputs - 1) | 0
      failures.push({ seed: own, message: hang, smallest: target.generate(new Chance(own)) })
      break
    }
    await new Promise(setImmediate) // streams that were destroyed tidy up behind us
  }
  const milliseconds = performance.now() - startMs
  return { target: target.name, inputs, ...counts, failures, milliseconds, notes: target.notes?.() ?? [] }
}

function isThorough(seed: number): boolean {
  return new Chance(seed ^ 0x5f5f).below(THOROUGH_EVERY) === 0
}

/** Only what runs in a context can be stopped: this one calls what it is given. */
const sandbox = createContext({ batch: () => undefined }) as { batch: () => void }
const script = new Script('batch()')

/** Runs `batch`; says so when it had to be stopped. */
function interruptible(batch: () => void): string | null {
  sandbox.batch = batch
  try {
    script.runInContext(sandbox, { timeout: BATCH_TIMEOUT_MS })
    return null
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    return `does not end within ${BATCH_TIMEOUT_MS} ms`
  }
}

function explain<TCase extends FuzzCase>(
  target: Target<TCase>,
  input: TCase,
  seed: number,
  error: unknown,
): Failure {
  Error.stackTraceLimit = 20
  const withWire = (wire: Uint8Array): TCase => ({ ...input, wire })
  let last = error
  const wire = minimise(input.wire, (smaller) => {
    try {
      target.check(withWire(smaller), isThorough(seed))
      return false
    } catch (found) {
      if (kindOf(found) !== kindOf(error)) return false
      last = found
      return true
    }
  })
  Error.stackTraceLimit = 0
  return { seed, message: messageOf(last), smallest: withWire(wire) }
}

function messageOf(error: unknown): string {
  if (error instanceof Violation) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** A smaller input must fail in the same way, not in any. */
function kindOf(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message.split('\n', 1)[0] ?? ''}` : String(error)
}

/** What is told of a failure: how to have it again, and what to paste into a test. */
export function describeFailure(target: string, { seed, message, smallest }: Failure): string {
  const { wire, ...how } = smallest
  return [
    `FAILURE of ${target}: ${escapeText(message)}`,
    `  again: --target ${target} --seed ${seed} --inputs 1`,
    `  how:   ${JSON.stringify(how)}`,
    `  wire:  ${escapeWire(wire)}`,
  ].join('\n')
}
