import { STRICT, type Leniency, type LeniencyFlag } from '@millrace/channel'
import type { ChunkedLimits } from '@millrace/chunked'
import { doneEvent, headEvent } from '../log.ts'
import { readChunked } from './chunked.ts'
import {
  FIELD_LINE,
  framingOf,
  listMembers,
  matchAt,
  readFields,
  staysOpen,
  TOKEN,
  valuesOf,
} from './grammar.ts'
import type { Field } from './grammar.ts'
import { blankLinesAt, mendedHeadAt, mendFraming, type MendedHead } from './leniency.ts'
import { formOf, splitAuthority } from './target.ts'

const HEAD = new RegExp(
  `(${TOKEN}) ([\\x21-\\x7e]+) HTTP/([0-9])\\.([0-9])\\r\\n((?:${FIELD_LINE})*)\\r\\n`,
  'y',
)
const LONGEST_METHOD = 64

/** The limits that a server was given. */
export interface RequestLimits {
  readonly maxLength: number
  readonly totalHeadersSize: number
  readonly maxHeaders: number
  readonly maxBlankLines: number
  readonly maxBodySize: number
  readonly chunked: ChunkedLimits
}

/** What a server makes of everything that a client sent, with nothing forgiven but what a flag says. */
export interface RequestsReading {
  /** What happened, in the words of `log.ts`. */
  readonly log: string
  /** Requests whose heads are good. */
  readonly heads: number
  /** Requests that are complete. */
  readonly complete: number
  /**
   * `open`: nothing is left; `closed`: what follows belongs to nobody; `incomplete`: a head or its content goes on, or
   * is wrong already; `refused`: it is wrong.
   */
  readonly end: 'open' | 'closed' | 'incomplete' | 'refused'
  /** What is read last. */
  readonly phase: 'head' | 'content'
  /** What a refusal may be answered with. */
  readonly statuses: readonly number[]
  /** What was forgiven, in all heads that are good: a flag once for each. */
  readonly forgiven: readonly LeniencyFlag[]
}

interface Head {
  readonly method: string
  readonly target: string
  readonly minorVersion: number
  readonly fields: readonly Field[]
  /** Index behind the head. */
  readonly end: number
  /** What this request may be refused with; empty when it is good. */
  readonly statuses: readonly number[]
  readonly used: readonly LeniencyFlag[]
}

/** A head that the grammar has no place for: no rule says which of its faults comes first. */
const BAD_GRAMMAR = [400, 414, 431, 501, 505]

/** Reads the head at `start`; `blank`: the empty lines before it. */
function readHead(
  wire: string,
  start: number,
  blank: string,
  limits: RequestLimits,
  leniency: Leniency,
): Head | 'incomplete' | 'refused' {
  const mended = mendedHeadAt(wire, start, blank, leniency)
  if (mended === null) return 'incomplete'
  const match = matchAt(HEAD, mended.text, 0)
  if (match === null) return 'refused'
  const [, method, target, major, minor, section] = match as unknown as string[] as [
    string,
    ...[string, string, string, string, string],
  ]
  const minorVersion = Number(minor)
  const sent = readFields(section)
  const { fields, used } = mendFraming(sent, leniency)
  const isHostless = minorVersion > 0 && leniency.missingHost && valuesOf(fields, 'host').length === 0
  const statuses = sizeFaults(mended, sent.length, limits)
  if (method.length > LONGEST_METHOD) statuses.push(501)
  if (major !== '1') statuses.push(505)
  statuses.push(...routingFaults(method, target, isHostless ? 0 : minorVersion, fields))
  statuses.push(...contentFaults(minorVersion, fields, limits))
  const forgiven = [...mended.used, ...(isHostless ? (['missingHost'] as const) : []), ...used]
  return { method, target, minorVersion, fields, end: start + mended.raw.length, statuses, used: forgiven }
}

/** Limits count octets as they came, and once more where mending made more of them. */
function sizeFaults(
  { raw, text, lines, firstEnd }: MendedHead,
  fieldCount: number,
  limits: RequestLimits,
): number[] {
  const statuses: number[] = []
  const [first, ...unfolded] = text.split('\r\n') as [string, ...string[]]
  const size = raw.length + first.length - (lines[0] as string).length
  if (first.length > limits.maxLength) statuses.push(414)
  if ([...unfolded, ...lines.slice(1)].some((line) => line.length > limits.maxLength)) statuses.push(431)
  if (size > limits.totalHeadersSize) statuses.push(431)
  if (first.length + firstEnd > limits.totalHeadersSize) statuses.push(414)
  if (fieldCount > limits.maxHeaders) statuses.push(431)
  return statuses
}

/** RFC 9112 §3.2: target and Host. */
function routingFaults(
  method: string,
  target: string,
  minorVersion: number,
  fields: readonly Field[],
): number[] {
  const form = formOf(method, target)
  if (form === null) return [400]
  const hosts = valuesOf(fields, 'host')
  if (hosts.length > 1 || (hosts.length === 0 && minorVersion > 0)) return [400]
  if (hosts.length === 0) return []
  const authority = splitAuthority(hosts[0] as string)
  return authority === null || (authority.host === '' && form === 'origin') ? [400] : []
}

/** RFC 9112 §6.3 and RFC 9110 §10.1.1: framing and Expect. */
function contentFaults(minorVersion: number, fields: readonly Field[], limits: RequestLimits): number[] {
  const framing = framingOf(minorVersion, fields)
  const faults = framing.kind === 'refused' ? [...framing.statuses] : []
  if (framing.kind === 'length' && framing.length > limits.maxBodySize) faults.push(413)
  const expectations = minorVersion === 0 ? [] : listMembers(valuesOf(fields, 'expect'))
  if (expectations.some((expectation) => !/^100-continue$/i.test(expectation))) faults.push(417)
  return faults
}

interface Content {
  readonly event: string
  readonly end: number
}

function readContent(wire: string, head: Head, limits: RequestLimits): Content | 'incomplete' | 'refused' {
  const framing = framingOf(head.minorVersion, head.fields)
  if (framing.kind === 'chunked') {
    const body = readChunked(wire, head.end, limits.chunked)
    if (body.kind !== 'complete') return body.kind
    if (body.data.length > limits.maxBodySize) return 'refused'
    return { event: doneEvent(body.data, body.trailers), end: body.end }
  }
  const end = head.end + (framing.kind === 'length' ? framing.length : 0)
  if (end > wire.length) return 'incomplete'
  return { event: doneEvent(wire.slice(head.end, end), []), end }
}

/** Reads requests one behind the other, as a server does that answers each of them. */
export function readRequests(
  wire: string,
  limits: RequestLimits,
  leniency: Leniency = STRICT,
): RequestsReading {
  let log = ''
  let heads = 0
  let complete = 0
  const forgiven: LeniencyFlag[] = []
  const reading = (
    end: RequestsReading['end'],
    phase: RequestsReading['phase'],
    statuses: readonly number[] = [],
  ): RequestsReading => ({ log, heads, complete, end, phase, statuses, forgiven })

  for (let at = 0; ;) {
    const blank = blankLinesAt(wire, at, leniency)
    if (blank.count > limits.maxBlankLines) return reading('refused', 'head', [400])
    at += blank.text.length
    if (at === wire.length) return reading('open', 'head')
    const head = readHead(wire, at, blank.text, limits, leniency)
    if (head === 'incomplete') return reading(head, 'head', BAD_GRAMMAR)
    if (head === 'refused') return reading(head, 'head', BAD_GRAMMAR)
    if (head.statuses.length > 0) return reading('refused', 'head', head.statuses)
    heads += 1
    forgiven.push(...head.used)
    log += headEvent(`${head.method} ${head.target} 1.${head.minorVersion}`, head.fields)
    const content = readContent(wire, head, limits)
    if (typeof content === 'string') return reading(content, 'content', [400, 413, 431])
    complete += 1
    log += content.event
    at = content.end
    // RFC 9112 §6.1: whoever decides by the other length is somewhere else now.
    const isSure = staysOpen(head.minorVersion, head.fields) && !head.used.includes('chunkedOverLength')
    if (!isSure) return reading('closed', 'head')
  }
}
