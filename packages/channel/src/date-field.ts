import { formatHttpDate } from '@millrace/message'
import type { Clock } from '@millrace/transport'

let line = ''
let clockOfLine: Clock | null = null
let fromMs = 0
let untilMs = 0

/**
 * The `Date` field line for this instant, with its CRLF. Built once a second: it is the same for every response in it,
 * and the wall clock is asked no more often.
 *
 * @param nowMs - what `clock.now()` says
 */
export function dateFieldLine(clock: Clock, nowMs: number): string {
  if (nowMs >= untilMs || nowMs < fromMs || clock !== clockOfLine) {
    const wallTimeMs = clock.wallTimeMs()
    line = `Date: ${formatHttpDate(wallTimeMs)}\r\n`
    clockOfLine = clock
    fromMs = nowMs
    untilMs = nowMs + 1_000 - (((wallTimeMs % 1_000) + 1_000) % 1_000)
  }
  return line
}
