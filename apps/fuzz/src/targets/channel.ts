import { STRICT, type LeniencyFlag } from '@millrace/channel'
import { Chance } from '../chance.ts'
import { allCuts, randomCuts } from '../cuts.ts'
import { requests } from '../generate/requests.ts'
import { corpus } from '../generate/seeds.ts'
import { anyWire } from '../generate/wire.ts'
import { readRequests, type RequestLimits, type RequestsReading } from '../oracle/request.ts'
import { wireText } from '../escape.ts'
import { assertSame, assertThat, Violation, type FuzzCase, type Outcome, type Target } from '../target.ts'
import { CHANNEL_LIMITS, fillFor } from './channel-limits.ts'
import { leniencyOf, openRun, type ChannelRun, type Ending, type Handling } from './channel-rig.ts'

/** Requests on one connection. */
export interface ChannelCase extends FuzzCase {
  /** Which of {@link CHANNEL_LIMITS}. */
  readonly limits: number
  /** What is forgiven. */
  readonly leniency: readonly LeniencyFlag[]
  readonly handling: Handling
  readonly ending: Ending
  /** Where the input is cut. */
  readonly cutSeed: number
}

const HANDLINGS: readonly Handling[] = ['read', 'read', 'read', 'read', 'ignore', 'begin', 'pause']
const FLAGS = Object.keys(STRICT) as LeniencyFlag[]
const ENDINGS: readonly Ending[] = ['nothing', 'nothing', 'nothing', 'end', 'time']

/** What could complete the line of a head: an input that is refused before its end must not be good with one of them. */
const HEAD_ENDS = [
  '\r\n\r\n',
  '\n\r\n',
  '\n',
  '\r\nHost: a\r\n\r\n',
  '\nHost: a\r\n\r\n',
  ': x\r\n\r\n',
  ' / HTTP/1.1\r\nHost: a\r\n\r\n',
  '/ HTTP/1.1\r\nHost: a\r\n\r\n',
  'x HTTP/1.1\r\nHost: a\r\n\r\n',
  ' HTTP/1.1\r\nHost: a\r\n\r\n',
  'HTTP/1.1\r\nHost: a\r\n\r\n',
  '.1\r\nHost: a\r\n\r\n',
  '1\r\nHost: a\r\n\r\n',
]
const CONTENT_ENDS = [
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\r\n',
  '0\r\n\r\n',
  '\r\n0\r\n\r\n',
  '\n0\r\n\r\n',
  ': x\r\n\r\n',
  ';a\r\n\r\n',
  '"\r\n\r\n',
]

/** The channel, from bytes to requests and back to bytes. */
export function channelTarget(): Target<ChannelCase> {
  const seeds = corpus()
  return {
    name: 'channel',
    generate: (chance) => generate(chance, seeds),
    check,
  }
}

function generate(chance: Chance, seeds: readonly Uint8Array[]): ChannelCase {
  const limits = chance.of(0.6) ? 0 : chance.between(1, CHANNEL_LIMITS.length - 1)
  const fill = fillFor(chance, CHANNEL_LIMITS[limits] as RequestLimits)
  const leniency = chance.of(0.6) ? [] : FLAGS.filter(() => chance.of(0.5))
  const make = (own: Chance, wildness: number): string => requests(own, { wildness, leniency, fill })
  const wire = anyWire(chance, { seeds, make })
  const handling = chance.pick(HANDLINGS)
  return { wire, limits, leniency, handling, ending: chance.pick(ENDINGS), cutSeed: chance.below(1_000_000) }
}

/** Feeds one connection and lets it end; gives all that must not depend on the way. */
function feed(
  input: ChannelCase,
  pieces: Iterable<Uint8Array>,
  isHooked: boolean,
  look?: (run: ChannelRun) => void,
): string {
  const run = openRun(input.limits, input.leniency, input.handling, isHooked)
  run.feed(pieces)
  let seen = run.outcome
  look?.(run)
  if (input.ending !== 'nothing') {
    run.finish(input.ending)
    seen += `\n--- ${input.ending}\n${run.outcome}`
  }
  run.tearDown()
  if (run.unexpected !== null) throw run.unexpected.error
  return seen
}

function check(input: ChannelCase, isThorough: boolean): Outcome {
  const { wire, cutSeed } = input
  const pieces = wire.length > 0 ? [wire] : []
  let outcome: Outcome = 'rejected'
  const expected = feed(input, pieces, false, (run) => {
    compareWithOracle(input, run, readAs(input, wireText(wire)))
    if (run.errors.length === 0 && run.heads > 0) outcome = 'accepted'
  })
  if (input.leniency.length > 0) compareWithStrict(input, pieces, expected)
  const chance = new Chance(cutSeed)
  assertSame('cut at random, through the hooks', feed(input, randomCuts(chance, wire), true), expected)
  if (chance.of(0.3)) assertSame('cut at random', feed(input, randomCuts(chance, wire), false), expected)
  if (chance.of(0.1)) feed({ ...input, ending: 'nothing' }, pieces, chance.of(0.5), (run) => run.checkDeaf())
  if (!isThorough) return outcome
  for (const [index, cut] of allCuts(wire).entries()) {
    const isHooked = (index + cutSeed) % 2 === 0
    const at = cut.length === 2 ? `in two at ${cut[0]?.length}` : 'byte by byte'
    assertSame(`cut ${at}${isHooked ? ', through the hooks' : ''}`, feed(input, cut, isHooked), expected)
  }
  return outcome
}

/** What a strict channel takes, a lenient one takes in the same way; what it refuses is refused, or counted. */
function compareWithStrict(input: ChannelCase, pieces: Iterable<Uint8Array>, expected: string): void {
  let strict: ChannelRun | null = null
  let lenient: ChannelRun | null = null
  const seen = feed({ ...input, leniency: [] }, pieces, false, (run) => (strict = run))
  feed(input, pieces, false, (run) => (lenient = run))
  const [before, after] = [strict, lenient] as unknown as [ChannelRun, ChannelRun]
  if (before.errors.length === 0) assertSame('with leniency that nobody needs', expected, seen)
  else if (after.forgiven.length === 0)
    assertSame('what is taken, with nothing counted', after.log, before.log)
  else assertThat(after.log.startsWith(before.log), 'reads what came before in another way')
}

/** What the rules, and those that are relaxed, make of this text. */
function readAs({ limits, leniency }: ChannelCase, text: string): RequestsReading {
  return readRequests(text, CHANNEL_LIMITS[limits] as RequestLimits, leniencyOf(leniency))
}

function compareWithOracle(input: ChannelCase, run: ChannelRun, reading: RequestsReading): void {
  if (input.handling === 'read' || input.handling === 'pause') {
    assertSame('requests', run.log, reading.log)
    assertSame('forgiven', [...run.forgiven].sort().join(), [...reading.forgiven].sort().join())
    compareAnswers(run, reading)
  } else {
    // Whoever answers first may close before it sees what else is wrong.
    assertThat(run.heads <= reading.heads, 'a request that the rules do not have')
  }
  if (run.errors.length > 0 && reading.end === 'incomplete') checkEarly(input, reading)
}

/** Each request has its answer, in order; and what was wrong is answered once, with a status that it deserves. */
function compareAnswers(run: ChannelRun, { end, complete, statuses }: RequestsReading): void {
  const [error] = run.errors
  assertThat(run.errors.length < 2, 'two errors')
  assertThat(end !== 'refused' || error !== undefined, 'takes what the rules refuse')
  const isGood = end === 'open' || end === 'closed'
  assertThat(!isGood || error === undefined, `refuses what the rules allow: ${String(error?.code)}`)
  assertThat(run.closed === (end === 'closed' || error !== undefined), `closed: ${String(run.closed)}`)
  const answers = run.statuses
  assertSame('answers', answers.length, complete + (error === undefined ? 0 : 1))
  assertThat(
    answers.slice(0, complete).every((status) => status === 200 || status === 405),
    'wrong answers',
  )
  if (error === undefined) return
  assertSame('the last answer', answers.at(-1), error.statusHint)
  if (!statuses.includes(error.statusHint))
    throw new Violation(
      `${error.code} is answered with ${error.statusHint}, not with one of ${statuses.join()}`,
    )
}

/** Refused before the end of a line: then no end may make it good. */
function checkEarly(input: ChannelCase, before: RequestsReading): void {
  const text = wireText(input.wire)
  for (const end of before.phase === 'head' ? HEAD_ENDS : CONTENT_ENDS) {
    const after = readAs(input, text + end)
    const isGood = before.phase === 'head' ? after.heads > before.heads : after.complete > before.complete
    assertThat(!isGood, `refused too early: ${JSON.stringify(end)} would make it good`)
  }
}
