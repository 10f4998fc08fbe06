import { parseHttpDate } from '@millrace/message'
import { isEquivalent, isSameBytes, parseEntityTag, parseEntityTagList } from './entity-tag.ts'
import type { FieldLookup } from './site-request.ts'
import type { Validators } from './validators.ts'

/** What the preconditions of a request leave to do. */
export type PreconditionOutcome =
  /** Perform the method. */
  | 'perform'
  /** The client's copy is current: 304. */
  | 'not-modified'
  /** The client's assumption is wrong: 412. */
  | 'failed'

/**
 * Evaluates the preconditions of a request for a representation that exists.
 *
 * To be asked only when the answer without them would be a success (§13.2.1). A date field that is repeated or
 * is no HTTP-date counts as absent.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @see RFC 9110 §13.2.2
 */
export function evaluatePreconditions(
  method: string,
  fields: FieldLookup,
  validators: Validators,
  nowMs: number,
): PreconditionOutcome {
  const isRetrieval = method === 'GET' || method === 'HEAD'

  const ifMatch = fields.get('if-match')
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, validators, isSameBytes)) return 'failed'
  } else {
    const unmodifiedSince = singleDate(fields, 'if-unmodified-since', nowMs)
    const lastModified = validators.lastModifiedMs
    if (unmodifiedSince !== undefined && lastModified !== undefined && lastModified > unmodifiedSince)
      return 'failed'
  }

  const ifNoneMatch = fields.get('if-none-match')
  if (ifNoneMatch !== undefined) {
    if (!matches(ifNoneMatch, validators, isEquivalent)) return 'perform'
    return isRetrieval ? 'not-modified' : 'failed'
  }
  if (!isRetrieval) return 'perform'
  const modifiedSince = singleDate(fields, 'if-modified-since', nowMs)
  const lastModified = validators.lastModifiedMs
  const isFresh = modifiedSince !== undefined && lastModified !== undefined && lastModified <= modifiedSince
  return isFresh ? 'not-modified' : 'perform'
}

/**
 * Whether a Range of the request is to be honoured: there is no If-Range, or it holds.
 *
 * An If-Range that is repeated or malformed does not hold: the whole representation is right for any client,
 * a part glued to another version's is right for none.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @see RFC 9110 §13.1.5
 */
export function isRangeWanted(fields: FieldLookup, validators: Validators, nowMs: number): boolean {
  const lines = fields.getAll('if-range')
  const [value] = lines
  if (value === undefined) return true
  if (lines.length > 1) return false
  const tag = parseEntityTag(value)
  if (tag !== undefined) return validators.entityTag !== undefined && isSameBytes(tag, validators.entityTag)
  const { lastModifiedMs } = validators
  if (lastModifiedMs === undefined || parseHttpDate(value, nowMs) !== lastModifiedMs) return false
  // Only a date at least a second older than the answer is a strong validator (RFC 9110 §8.8.2.2).
  return nowMs - lastModifiedMs >= 1000
}

/** Whether the field names the current representation: by `*`, or by one of its tags. */
function matches(
  fieldValue: string,
  validators: Validators,
  compare: typeof isSameBytes | typeof isEquivalent,
): boolean {
  if (fieldValue.trim() === '*') return true
  const current = validators.entityTag
  return current !== undefined && parseEntityTagList(fieldValue).some((tag) => compare(tag, current))
}

function singleDate(fields: FieldLookup, name: string, nowMs: number): number | undefined {
  const lines = fields.getAll(name)
  const [value] = lines
  return value === undefined || lines.length > 1 ? undefined : parseHttpDate(value, nowMs)
}
