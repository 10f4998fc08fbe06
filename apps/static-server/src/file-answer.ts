import { formatHttpDate } from '@millrace/message'
import { emptyAnswer, plainAnswer, type StaticAnswer } from './answer.ts'
import { formatContentRange, planRange, type RangePlan } from './byte-range.ts'
import { formatEntityTag } from './entity-tag.ts'
import type { FieldLookup } from './site-request.ts'
import { mediaTypeOf } from './media-type.ts'
import type { OpenFile } from './open-file.ts'
import { evaluatePreconditions, isRangeWanted } from './preconditions.ts'
import { fileValidators, type EntityTagSource, type Validators } from './validators.ts'

/** How the answer for a file is made. */
export interface FileAnswerContext {
  readonly method: 'GET' | 'HEAD'
  readonly fields: FieldLookup
  /** The name that decides the Content-Type. */
  readonly fileName: string
  readonly entityTag: EntityTagSource
  /** Milliseconds since the Unix epoch: the moment of the answer. */
  readonly nowMs: number
}

/**
 * Every copy is checked with us before it is used again. The check is cheap, and whoever rebuilds a site sees
 * the new one at once.
 */
const CACHE_CONTROL = ['Cache-Control', 'no-cache'] as const

/**
 * The answer to a GET or HEAD for a regular file: 200, 206, 304, 412 or 416.
 *
 * Takes the file over: it is closed here unless the answer's body holds it.
 *
 * @see RFC 9110 §13.2.2 for the order in which the fields of the request are looked at
 */
export function answerFile(file: OpenFile, context: FileAnswerContext): StaticAnswer {
  const answer = decide(file, context)
  if (answer.body.kind !== 'file') file.close()
  return answer
}

function decide(file: OpenFile, context: FileAnswerContext): StaticAnswer {
  const { method, fields, nowMs } = context
  const { size } = file.stats
  const isHead = method === 'HEAD'
  const validators = fileValidators(file.stats, context.entityTag, nowMs)

  const outcome = evaluatePreconditions(method, fields, validators, nowMs)
  if (outcome === 'failed') return plainAnswer(412, isHead)
  if (outcome === 'not-modified') return emptyAnswer(304, notModifiedFields(validators))

  const plan = planFor(context, validators, size)
  if (plan.kind === 'unsatisfiable')
    return plainAnswer(416, isHead, [['Content-Range', formatContentRange(size)]])
  const [start, length] = plan.kind === 'part' ? [plan.start, plan.length] : [0, size]
  const headers: [string, string][] = [
    ['Content-Type', mediaTypeOf(context.fileName)],
    ['Content-Length', String(length)],
    ['X-Content-Type-Options', 'nosniff'],
    ['Accept-Ranges', 'bytes'],
    [...CACHE_CONTROL],
    ...validatorFields(validators),
  ]
  if (plan.kind === 'part') headers.push(['Content-Range', formatContentRange(size, start, length)])
  return {
    status: plan.kind === 'part' ? 206 : 200,
    headers,
    body: isHead || length === 0 ? { kind: 'none' } : { kind: 'file', file, start, length },
  }
}

/** Range means something for GET only (RFC 9110 §14.2), and If-Range only next to a Range. */
function planFor(context: FileAnswerContext, validators: Validators, size: number): RangePlan {
  const { method, fields, nowMs } = context
  const lines = method === 'GET' ? fields.getAll('range') : []
  if (lines.length === 0 || !isRangeWanted(fields, validators, nowMs)) return { kind: 'whole' }
  return planRange(lines, size)
}

function validatorFields(validators: Validators): [string, string][] {
  const { entityTag, lastModifiedMs } = validators
  const fields: [string, string][] = []
  if (lastModifiedMs !== undefined) fields.push(['Last-Modified', formatHttpDate(lastModifiedMs)])
  if (entityTag !== undefined) fields.push(['ETag', formatEntityTag(entityTag)])
  return fields
}

/** What the 200 would have had and a stored copy needs: of the validators the best one (RFC 9110 §15.4.5). */
function notModifiedFields(validators: Validators): (readonly [string, string])[] {
  return [CACHE_CONTROL, ...validatorFields(validators).slice(-1)]
}
