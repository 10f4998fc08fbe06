import type { Address, Protocol } from '@millrace/transport'
import { onTestFinished } from 'vitest'
import { RecordingProtocol } from '../recording-protocol.ts'
import type { Reactions } from '../recording-protocol.ts'
import { seededRandom } from '../seeded-random.ts'

/**
 * Where a transport under test reports.
 *
 * @public
 */
export interface PairHooks {
  /** Takes what a callback of either protocol threw. */
  onProtocolError(error: unknown): void
}

/**
 * A connection under test.
 *
 * @public
 */
export interface TransportPair {
  /** Lets bytes and callbacks that are on their way arrive; must let timers run, as the tests' own time limit is one. */
  turn(): Promise<void>
  /** Ends the connection and frees what was made for it. Runs after each test, also when both ends are gone. */
  close(): Promise<void>
}

/**
 * Joins two protocols by a fresh connection: both have heard `connectionMade` when the promise resolves, unless
 * `left` gave up at once. Where it matters, `left` connects and `right` is accepted.
 *
 * @public
 */
export type MakeTransportPair = (left: Protocol, right: Protocol, hooks: PairHooks) => Promise<TransportPair>

/**
 * What a kind of connection is expected to be.
 *
 * @public
 */
export interface TransportTraits {
  /** Of both addresses. */
  readonly families: readonly Address['family'][]
  /** What `isSecure()` answers. */
  readonly secure: boolean
  /** What `negotiatedProtocol` is. */
  readonly negotiatedProtocol: string | null
  /** Whether an abort reaches the peer as a reset; a unix socket knows no such thing. */
  readonly abortResetsPeer: boolean
}

/** Two recording ends of a connection under test, and the means to wait for them. */
export interface Joined {
  readonly left: RecordingProtocol
  readonly right: RecordingProtocol
  /** What protocols threw. */
  readonly errors: readonly unknown[]
  /** Lets the connection run until the condition holds. */
  until(condition: () => boolean): Promise<void>
  /** Lets the connection run for so long that whatever was going to happen has happened. */
  quiet(): Promise<void>
}

/** Enough for the slowest test by far: reached only by a condition that never comes to hold. */
const MAX_TURNS = 1_000_000
const QUIET_TURNS = 40

/** Makes a pair of recording protocols that react as given, and frees it after the test. */
export async function join(
  makePair: MakeTransportPair,
  leftReactions: Reactions = {},
  rightReactions: Reactions = {},
): Promise<Joined> {
  const left = new RecordingProtocol(leftReactions)
  const right = new RecordingProtocol(rightReactions)
  const errors: unknown[] = []
  const pair = await makePair(left, right, { onProtocolError: (error) => void errors.push(error) })
  let finished = false
  onTestFinished(() => {
    finished = true
    return pair.close()
  })
  return {
    left,
    right,
    errors,
    async until(condition) {
      for (let turn = 0; !condition(); turn += 1) {
        if (finished || turn === MAX_TURNS) throw new Error(`never happened: ${condition.toString()}`)
        await pair.turn()
      }
    },
    async quiet() {
      for (let turn = 0; turn < QUIET_TURNS; turn += 1) await pair.turn()
    },
  }
}

/** Prime, so that no read or write of a round size begins at the same place of the pattern as another. */
const PATTERN_BYTES = 65_521

/** `length` octets that differ from place to place, so that lost, doubled and swapped ones show. */
export function patternBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const random = seededRandom(length)
  const filled = Math.min(length, PATTERN_BYTES)
  for (let index = 0; index < filled; index += 1) bytes[index] = random() * 256
  for (let start = filled; start < length; start += filled) bytes.copyWithin(start, 0, filled)
  return bytes
}

/** Whether both hold the same octets; the test runner's own comparison takes seconds for megabytes. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false
  return true
}
