import { Headers, type HeadersInit } from '@millrace/headers'
import { formatStatusLine, reasonPhrase } from '@millrace/message'
import type { Phase } from './errors.ts'
import { headStart } from './head-lines.ts'
import { toOctets, type Octets } from './octets.ts'
import type { Request } from './request.ts'

/**
 * Where an error struck, and what becomes of it.
 *
 * @public
 */
export interface ErrorContext {
  /** What was being read, or `response` when the application failed. */
  readonly phase: Phase
  /** The request that it ended; `null` when there is none yet. */
  readonly request: Request | null
  /**
   * The head, octet for octet, as far as it came before it was refused, at most `totalHeadersSize` octets; that of
   * `request`, when there is one. An array of its own. How much of a refused head came depends on the network.
   */
  readonly rawHead: Uint8Array
  /** The status that will be answered; `null` when nothing can be answered any more. */
  readonly status: number | null
}

/**
 * What to answer instead of the channel's own line of text. The channel adds `Date` (unless there is one),
 * `Content-Length` and `Connection: close`, and closes.
 *
 * @public
 */
export interface ErrorResponse {
  /** 400–599. @defaultValue the status that would be answered anyway */
  readonly statusCode?: number
  /** The reason phrase. @defaultValue the registered one */
  readonly reason?: string
  /** Fields. `Content-Length`, `Transfer-Encoding` and `Connection` are the channel's: these are left out. */
  readonly headers?: HeadersInit
  /** Octets, or text that is sent as UTF-8; HEAD gets none of it. @defaultValue status and reason, a line of text */
  readonly body?: string | Uint8Array
}

/**
 * Sees each error that ended an exchange, and may answer in the channel's place.
 *
 * It runs before anything is answered, once for each error. It must not write to the request: what it returns is the
 * answer. It may close the connection; then nothing is answered. What it throws is ignored. A response that may not go out
 * is not sent: our own is, and the hook sees the mistake as a second error; what it returns for that one is ignored.
 *
 * @param error - a {@link RemoteProtocolError} when the peer is at fault; else whatever our side threw
 * @public
 */
export type ErrorHook = (error: unknown, context: ErrorContext) => ErrorResponse | void

/** A response of the channel itself; its content is left out for HEAD. */
export interface OwnResponse {
  readonly head: string
  readonly content: Octets
}

const FRAMING_FIELDS = ['content-length', 'transfer-encoding', 'connection']

/**
 * Tells `hook`, and makes the response that it asks for.
 *
 * @returns `null` when our own answer stands
 */
export function reportError(
  hook: ErrorHook,
  error: unknown,
  context: ErrorContext,
  dateLine: string,
): OwnResponse | null {
  const given = ask(hook, error, context)
  if (given === null || context.status === null) return null
  try {
    return responseOf(given, context.status, dateLine)
  } catch (mistake) {
    ask(hook, mistake, { ...context, phase: 'response' })
    return null
  }
}

/** A complete short response: nothing of the request is repeated in it, nothing internal told. */
export function ownResponse(statusCode: number, dateLine: string): OwnResponse {
  const content = statusText(statusCode)
  const fields = `Content-Type: text/plain\r\nContent-Length: ${content.length}\r\nConnection: close\r\n\r\n`
  return { head: headStart(statusCode, dateLine) + fields, content }
}

function ask(hook: ErrorHook, error: unknown, context: ErrorContext): ErrorResponse | null {
  try {
    const given: unknown = hook(error, context)
    if (typeof given !== 'object' || given === null) return null
    if (!('then' in given)) return given
    // An async hook comes too late for an answer, and a process must not end because it fails.
    Promise.resolve(given).catch(() => undefined)
    return null
  } catch {
    return null // a reporter that fails has nobody left to report to
  }
}

function responseOf(given: ErrorResponse, status: number, dateLine: string): OwnResponse {
  const { statusCode = status, reason, body = statusText(statusCode) } = given
  if (!Number.isInteger(statusCode) || statusCode < 400 || statusCode > 599)
    throw new RangeError(`the status code of an error response is an integer of 400–599, not ${statusCode}`)
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('the body of an error response is a string or a Uint8Array')
  const headers = new Headers(given.headers)
  for (const name of FRAMING_FIELDS) headers.removeHeader(name)
  if (typeof body === 'string' && !headers.hasHeader('content-type'))
    headers.set('Content-Type', 'text/plain; charset=utf-8') // nobody is to guess that it is HTML
  const content = toOctets(body)
  const statusLine = formatStatusLine(statusCode, reason)
  const ownDate = headers.hasHeader('date') ? '' : dateLine
  const framing = `Content-Length: ${content.length}\r\nConnection: close\r\n\r\n`
  return { head: `${statusLine}${ownDate}${headers.toWire()}${framing}`, content }
}

function statusText(statusCode: number): string {
  return `${statusCode} ${reasonPhrase(statusCode)}\n`
}
