import type { LineBuffer } from '@millrace/line-receiver'
import { readRequestLine } from '@millrace/message'
import type { HeadLimits } from './line-judge.ts'
import type { RequestHead } from './request-head.ts'

/**
 * Reads a head that is there as a whole in one pass into `head`, and consumes it.
 *
 * @returns false when it is incomplete, may be beyond a limit, or anything is wrong with it: then nothing was consumed, and
 *   `head` is of no use any more
 */
export function readWholeHead(buffer: LineBuffer, limits: HeadLimits, head: RequestHead): boolean {
  const { bytes, start, end } = buffer
  const fieldsAt = readRequestLine(bytes, start, end, head)
  if (fieldsAt === -1) return false
  const next = head.readFields(bytes, fieldsAt, end)
  const { MAX_LENGTH, totalHeadersSize, maxHeaders } = limits
  const size = next - start
  // No line is longer than all of them. Negated, so that a limit that is not a number declines everything.
  if (next === -1 || !(size <= MAX_LENGTH && size <= totalHeadersSize && head.fieldCount <= maxHeaders))
    return false
  buffer.consume(size)
  return true
}
