import type { Leniency, LeniencyFlag } from '@millrace/channel'
import { matchAt, valuesOf, type Field } from './grammar.ts'

/*
 * What each flag of leniency forgives, as a change of text that makes a strict head of a lax one.
 */

const LF_ALONE = /(?<!\r)\n/
const LINE_END = /\r?\n/g
const FOLD = /\r\n[ \t]+/g
const OBS_TEXT = /[\x80-\xff]/g
const HEAD_END = { strict: /\r\n\r\n/g, lax: /\n\r?\n/g }
const BLANK_LINES = { strict: /(?:\r\n)*/y, lax: /(?:\r?\n)*/y }

/** A head as it came, and as it would have come from a client that keeps to the rules. */
export interface MendedHead {
  readonly raw: string
  readonly text: string
  /** The lines as they came, without their ends; octets of the first one's end. */
  readonly lines: readonly string[]
  readonly firstEnd: number
  readonly used: readonly LeniencyFlag[]
}

/** The empty lines at `start`: how many, and what was forgiven. */
export function blankLinesAt(
  wire: string,
  start: number,
  { bareLf }: Leniency,
): { readonly text: string; readonly count: number } {
  const [text] = matchAt(bareLf ? BLANK_LINES.lax : BLANK_LINES.strict, wire, start) as RegExpExecArray
  return { text, count: text.split('\n').length - 1 }
}

/**
 * The head at `start`, its lines mended; `null` when its end did not come.
 *
 * @param blank - the empty lines before it
 */
export function mendedHeadAt(
  wire: string,
  start: number,
  blank: string,
  leniency: Leniency,
): MendedHead | null {
  const end = matchAt(leniency.bareLf ? HEAD_END.lax : HEAD_END.strict, wire, start)
  if (end === null) return null
  const raw = wire.slice(start, end.index + end[0].length)
  const used: LeniencyFlag[] = []
  let text = raw
  if (leniency.bareLf) {
    if (LF_ALONE.test(blank + raw)) used.push('bareLf')
    text = raw.replace(LINE_END, '\r\n')
  }
  const lines = text.split('\r\n').slice(0, -2)
  const [first, rest] = [text.slice(0, text.indexOf('\r\n')), text.slice(text.indexOf('\r\n') + 2)]
  let [requestLine, section] = [first, rest]
  if (leniency.nonAsciiTarget) {
    requestLine = encodeTarget(first)
    if (requestLine !== first) used.push('nonAsciiTarget')
  }
  if (leniency.obsFold && !/^[ \t]/.test(rest)) {
    section = rest.replace(FOLD, ' ')
    if (section !== rest) used.push('obsFold')
  }
  const firstEnd = raw.startsWith(`${first}\r\n`) ? 2 : 1
  return { raw, text: `${requestLine}\r\n${section}`, lines, firstEnd, used }
}

function encodeTarget(line: string): string {
  const parts = /^([^ ]* )(.*)( [^ ]*)$/s.exec(line)
  if (parts === null) return line
  const [, method, target, version] = parts as unknown as [string, string, string, string]
  const encoded = target.replace(OBS_TEXT, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${method}${encoded}${version}`
}

/** The fields with one framing, where two of them are forgiven. */
export function mendFraming(
  fields: readonly Field[],
  leniency: Leniency,
): { readonly fields: readonly Field[]; readonly used: readonly LeniencyFlag[] } {
  const lengths = valuesOf(fields, 'content-length')
  const isCoded = valuesOf(fields, 'transfer-encoding').length > 0
  if (isCoded && lengths.length > 0 && leniency.chunkedOverLength)
    return { fields: fields.filter((field) => !isLength(field)), used: ['chunkedOverLength'] }
  const members = lengths.flatMap((value) => value.split(','))
  const [length] = new Set(members.map((member) => member.replace(/^[ \t]+|[ \t]+$/g, '')))
  const agree = members.every((member) => member.trim() === length) && /^[0-9]+$/.test(length ?? '')
  if (isCoded || members.length < 2 || !agree || !leniency.duplicateContentLength) return { fields, used: [] }
  const first = fields.findIndex(isLength)
  const one: Field = ['Content-Length', length as string]
  return {
    fields: fields.flatMap((field, index) => (index === first ? [one] : isLength(field) ? [] : [field])),
    used: ['duplicateContentLength'],
  }
}

function isLength([name]: Field): boolean {
  return name.toLowerCase() === 'content-length'
}
