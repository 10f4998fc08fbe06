import { inspect } from 'node:util'

/** Prints an error that nobody takes, with its stack. */
export function reportError(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`)
}
