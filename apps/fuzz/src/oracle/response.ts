import type { ChunkedLimits } from '@millrace/chunked'
import { doneEvent, headEvent } from '../log.ts'
import { readChunked } from './chunked.ts'
import { FIELD_LINE, FIELD_VALUE, framingOf, listMembers, matchAt, readFields, valuesOf } from './grammar.ts'
import type { Field } from './grammar.ts'

const HEAD = new RegExp(
  `HTTP/1\\.([0-9]) ([1-5][0-9]{2})(?: (${FIELD_VALUE}))?\\r\\n((?:${FIELD_LINE})*)\\r\\n`,
  'y',
)

/** The limits that a client was given. */
export interface ResponseLimits {
  readonly maxLength: number
  readonly totalHeadersSize: number
  readonly maxHeaders: number
  readonly maxInformational: number
  readonly chunked: ChunkedLimits
}

/** What a client asked for, as far as the answer depends on it. */
export interface Asked {
  readonly method: string
  /** The protocols that it offers in Upgrade, in small letters. */
  readonly offers: readonly string[]
  /** Whether it takes another protocol, or a tunnel, at all. */
  readonly takesSwitch: boolean
}

/** What a strict client makes of everything that a server sent. */
export interface ResponseReading {
  /** What happened, in the words of `log.ts`. */
  readonly log: string
  /**
   * `complete`: the final response is there; `until-close`: it is as soon as the connection ends, with this `rest` as
   * its last event; `switched`: `rest` is another protocol's; `incomplete`: it goes on, or is wrong already; `refused`: it
   * is wrong.
   */
  readonly end: 'complete' | 'until-close' | 'switched' | 'incomplete' | 'refused'
  readonly rest: string
}

interface Head {
  readonly statusCode: number
  readonly minorVersion: number
  readonly fields: readonly Field[]
  readonly event: string
  /** Index behind the head. */
  readonly end: number
}

function readHead(wire: string, start: number, limits: ResponseLimits): Head | 'incomplete' | 'refused' {
  if (!wire.includes('\r\n\r\n', start)) return 'incomplete'
  const match = matchAt(HEAD, wire, start)
  if (match === null) return 'refused'
  const text = match[0]
  const fields = readFields(match[4] as string)
  const isTooLarge =
    text.length > limits.totalHeadersSize ||
    fields.length > limits.maxHeaders ||
    text.split('\r\n').some((line) => line.length > limits.maxLength)
  if (isTooLarge) return 'refused'
  const event = headEvent(`1.${match[1] as string} ${match[2] as string} ${match[3] ?? ''}`, fields)
  return {
    statusCode: Number(match[2]),
    minorVersion: Number(match[1]),
    fields,
    event,
    end: start + text.length,
  }
}

/** Reads interim responses and the final one, or the last head before another protocol (RFC 9112 §6.3, RFC 9110 §7.8). */
export function readResponse(wire: string, asked: Asked, limits: ResponseLimits): ResponseReading {
  const { method } = asked
  let log = ''
  for (let at = 0, interims = 0; ;) {
    const head = readHead(wire, at, limits)
    if (typeof head === 'string') return { log, end: head, rest: '' }
    const { statusCode } = head
    if (statusCode === 101 || (method === 'CONNECT' && statusCode < 300 && statusCode > 199)) {
      const isWanted = asked.takesSwitch && (statusCode !== 101 || isOffered(asked.offers, head.fields))
      if (!isWanted) return { log, end: 'refused', rest: '' }
      return { log: log + head.event, end: 'switched', rest: wire.slice(head.end) }
    }
    if (statusCode > 199) return readFinal(wire, method, head, log, limits)
    interims += 1
    if (interims > limits.maxInformational) return { log, end: 'refused', rest: '' }
    log += head.event
    at = head.end
  }
}

/** Whether a 101 names protocols that were offered, and nothing else. */
function isOffered(offers: readonly string[], fields: readonly Field[]): boolean {
  const chosen = listMembers(valuesOf(fields, 'upgrade'))
  return chosen.length > 0 && chosen.every((name) => offers.includes(name.toLowerCase()))
}

function readFinal(
  wire: string,
  method: string,
  head: Head,
  before: string,
  limits: ResponseLimits,
): ResponseReading {
  const { statusCode, fields, end: start } = head
  const log = before + head.event
  if (method === 'HEAD' || statusCode === 204 || statusCode === 304)
    return { log: log + doneEvent('', []), end: 'complete', rest: '' }
  const framing = framingOf(head.minorVersion, fields)
  if (framing.kind === 'refused') return { log: before, end: 'refused', rest: '' }
  if (framing.kind === 'none') return { log, end: 'until-close', rest: doneEvent(wire.slice(start), []) }
  if (framing.kind === 'length') {
    const end = start + framing.length
    if (end > wire.length) return { log, end: 'incomplete', rest: '' }
    return { log: log + doneEvent(wire.slice(start, end), []), end: 'complete', rest: '' }
  }
  const body = readChunked(wire, start, limits.chunked)
  if (body.kind !== 'complete') return { log, end: body.kind, rest: '' }
  return { log: log + doneEvent(body.data, body.trailers), end: 'complete', rest: '' }
}
