import type { KernelTime } from './inside/kernel.ts'

/** Work of ours that is not to become slower, and how much of somebody else's time it may take. */
export interface Guarded {
  readonly subject: string
  readonly contestant: string
  /** Whose time ours is told against: it changes with the machine and with Node, not with us. */
  readonly against: readonly [subject: string, contestant: string]
  /** The ratio of CPU times that was found when the guard was set, on the slowest Node of those supported. */
  readonly ratio: number
}

/** How much worse than it was a ratio may come out: noise stays below this, a lost fast path does not. */
export const TOLERANCE = 1.6

/** How often a ratio is measured before it is believed to be too high: noise adds time, and never takes any away. */
const ATTEMPTS = 4

export const GUARDED: readonly Guarded[] = [
  { subject: 'exchange', contestant: 'millrace', against: ['parse-hello', 'llhttp'], ratio: 1.6 },
  { subject: 'parse-page', contestant: 'millrace', against: ['parse-page', 'llhttp'], ratio: 0.8 },
  { subject: 'respond', contestant: 'millrace', against: ['respond', 'node:http'], ratio: 0.45 },
  { subject: 'chunks 16', contestant: 'millrace', against: ['chunks 16', 'llhttp'], ratio: 0.1 },
  { subject: 'lines', contestant: 'millrace', against: ['lines', 'split2'], ratio: 0.6 },
]

/** The most that a ratio may be. */
export function limitOf({ ratio }: Guarded): number {
  return ratio * TOLERANCE
}

/**
 * Measures what is guarded, again and again while it is above its limit.
 *
 * @param time - measures one kernel
 * @returns the lowest ratio that was found
 */
export async function lowestRatio(
  guarded: Guarded,
  time: (subject: string, contestant: string) => Promise<KernelTime>,
): Promise<number> {
  let lowest = Infinity
  for (let attempt = 0; attempt < ATTEMPTS && lowest > limitOf(guarded); attempt += 1) {
    const theirs = await time(...guarded.against)
    const ours = await time(guarded.subject, guarded.contestant)
    lowest = Math.min(lowest, ours.nanoseconds / theirs.nanoseconds)
  }
  return lowest
}
