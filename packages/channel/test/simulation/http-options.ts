import type { Chance } from '@millrace/testing'
import { STRICT } from '../../src/index.ts'
import type { HTTPChannelOptions, Leniency } from '../../src/index.ts'
import type { Theme } from './themes.ts'

/** Limits that clients meet, some of them tight. */
export function drawLimits(chance: Chance, calm: boolean): Partial<HTTPChannelOptions> {
  return {
    readAheadBytes: chance.pick([0, 50, 1_000, 16_384]),
    writeAheadBytes: chance.pick([0, 100, 5_000, 65_536, 524_288]),
    totalHeadersSize: 1_000,
    maxLength: 600,
    maxHeaders: 30,
    discardBytes: chance.pick([0, 100, 65_536]),
    maxBodySize: calm || chance.of(0.8) ? 1_000_000 : 300,
    sendDate: chance.of(0.5),
  }
}

/** What is forgiven: nothing as a rule, some of it where heads are lax. */
export function drawLeniency(chance: Chance, { laxity }: Theme): Leniency {
  if (!chance.of(laxity === undefined ? 0.2 : 0.9)) return STRICT
  const share = chance.pick([0.4, 1])
  const flags = Object.keys(STRICT).map((flag) => [flag, chance.of(share)])
  return Object.fromEntries(flags) as unknown as Leniency
}

/** Deadlines that pass while the simulation lasts, or at once. */
export function drawDeadlines(chance: Chance): Partial<HTTPChannelOptions> {
  return {
    firstByteTimeoutMs: chance.pick([0, 300, null]),
    headerTimeoutMs: chance.pick([0, 300, 1_000]),
    bodyIdleTimeoutMs: chance.pick([0, 300, 1_000]),
    timeOut: chance.pick([0, 300, 1_000]),
    writeStallTimeoutMs: chance.pick([0, 300, 1_000]),
    abortTimeout: chance.pick([0, 300, 1_000]),
    lingerTimeoutMs: chance.pick([0, 100]),
    lingerBytes: chance.pick([0, 100, 100_000]),
    bodyTimeoutMs: chance.pick([null, null, 500]),
    minBodyRate: chance.pick([null, { bytesPerSecond: 1_000, graceMs: 200 }]),
    minSendRate: chance.pick([null, null, { bytesPerSecond: 5_000, graceMs: 300 }]),
    handlerTimeoutMs: chance.pick([null, null, 0, 400]),
    drainGraceMs: chance.pick([0, 300]),
    halfClose: chance.pick(['finish', 'finish', 'abort']),
  }
}

/** For clients that must be served, however slow they are. */
export const NO_DEADLINES: Partial<HTTPChannelOptions> = {
  firstByteTimeoutMs: null,
  headerTimeoutMs: null,
  bodyIdleTimeoutMs: null,
  timeOut: null,
  writeStallTimeoutMs: null,
  abortTimeout: null,
  minBodyRate: null,
}
