import { reasonPhrase } from '@millrace/message'
import type { OpenFile } from './open-file.ts'

/** What follows the head of an answer. */
export type AnswerBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `length` bytes of an open file, from `start` on. The file is the receiver's to close. */
  | { readonly kind: 'file'; readonly file: OpenFile; readonly start: number; readonly length: number }

/**
 * A complete answer but for its Date, which whoever sends it adds.
 *
 * The answer to HEAD has the fields of the one to GET, Content-Length included, and no body.
 */
export interface StaticAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: AnswerBody
  /** What went wrong on our side, for the log; nothing of it is sent. */
  readonly error?: unknown
}

/** The statuses that are answered with a line of text. */
export type PlainStatus = 308 | 400 | 403 | 404 | 405 | 412 | 416 | 500 | 501 | 503

const NO_BODY: AnswerBody = { kind: 'none' }
const encoder = new TextEncoder()

/**
 * An answer that says its status in words and nothing of why: no path, no system error. Never stored as if it
 * were the file.
 *
 * @param isHead - whether the request was HEAD
 * @param extraFields - fields of this status: `Location`, `Allow`
 */
export function plainAnswer(
  status: PlainStatus,
  isHead: boolean,
  extraFields: readonly (readonly [string, string])[] = [],
): StaticAnswer {
  const headers = [...extraFields, ['Cache-Control', 'no-cache'] as const]
  return bytesAnswer(
    status,
    encoder.encode(`${status} ${reasonPhrase(status)}\n`),
    isHead,
    'text/plain; charset=utf-8',
    headers,
  )
}

/**
 * An answer whose body is in memory.
 *
 * @param extraFields - fields beyond Content-Type, Content-Length and X-Content-Type-Options
 */
export function bytesAnswer(
  status: number,
  bytes: Uint8Array,
  isHead: boolean,
  contentType: string,
  extraFields: readonly (readonly [string, string])[],
): StaticAnswer {
  const headers = [
    ['Content-Type', contentType],
    ['Content-Length', String(bytes.length)],
    ['X-Content-Type-Options', 'nosniff'],
    ...extraFields,
  ] as const
  return { status, headers, body: isHead ? NO_BODY : { kind: 'bytes', bytes } }
}

/** An answer that has no content by its status: 204, 304. */
export function emptyAnswer(
  status: 204 | 304,
  headers: readonly (readonly [string, string])[],
): StaticAnswer {
  return { status, headers, body: NO_BODY }
}

/** Frees what an answer holds that will not be sent. */
export function discardAnswer(answer: StaticAnswer): void {
  if (answer.body.kind === 'file') answer.body.file.close()
}
