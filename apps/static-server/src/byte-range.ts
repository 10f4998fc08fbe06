/** One range-spec, digits as sent: a position may have more of them than a number can hold. */
export type ByteRangeSpec =
  | { readonly kind: 'from'; readonly first: string; readonly last: string | undefined }
  | { readonly kind: 'suffix'; readonly length: string }

/** Which bytes of a representation to send. */
export type RangePlan =
  /** No range was asked for, or the request for one is to be ignored: 200. */
  | { readonly kind: 'whole' }
  /** 206. */
  | { readonly kind: 'part'; readonly start: number; readonly length: number }
  /** No byte that was asked for exists: 416. */
  | { readonly kind: 'unsatisfiable' }

const WHOLE: RangePlan = { kind: 'whole' }
const BYTES_UNIT = /^bytes=/i
const RANGE_SPEC = /^(\d*)-(\d*)$/

/** Numbers of up to 15 digits are exact; no file has more bytes than that. */
const EXACT_DIGITS = 15

/**
 * Plans the answer to the Range of a GET.
 *
 * A Range that is repeated, malformed or in another unit is ignored, as is every range of an empty representation
 * (`bytes 0--1/0` cannot be said). Several satisfiable ranges give the whole: that is always allowed (§14.2).
 *
 * @param fieldLines - the values of the Range lines
 * @param size - bytes of the whole representation
 * @see RFC 9110 §14
 */
export function planRange(fieldLines: readonly string[], size: number): RangePlan {
  const [value] = fieldLines
  if (value === undefined || fieldLines.length > 1 || size === 0) return WHOLE
  const specs = parseByteRanges(value)
  if (specs === undefined) return WHOLE
  let plan: RangePlan = { kind: 'unsatisfiable' }
  for (const spec of specs) {
    const part = satisfy(spec, size)
    if (part === undefined) continue
    if (plan.kind === 'part') return WHOLE
    plan = part
  }
  return plan
}

/**
 * The specs of a byte range set; undefined when the value is anything else, also when one spec among good ones is
 * malformed or ends before it begins.
 *
 * @see RFC 9110 §14.1.1, §14.1.2
 */
export function parseByteRanges(value: string): ByteRangeSpec[] | undefined {
  if (!BYTES_UNIT.test(value)) return undefined
  const specs: ByteRangeSpec[] = []
  for (const member of value.slice('bytes='.length).split(',')) {
    const text = trimOptionalWhitespace(member)
    if (text === '') continue // empty list members are skipped (RFC 9110 §5.6.1.2)
    const spec = parseSpec(text)
    if (spec === undefined) return undefined
    specs.push(spec)
  }
  return specs.length === 0 ? undefined : specs
}

/** The Content-Range of a part, or with no part that of a 416. */
export function formatContentRange(size: number, start?: number, length?: number): string {
  return start === undefined || length === undefined
    ? `bytes */${size}`
    : `bytes ${start}-${start + length - 1}/${size}`
}

function parseSpec(text: string): ByteRangeSpec | undefined {
  const match = RANGE_SPEC.exec(text)
  if (match === null) return undefined
  const first = stripLeadingZeros(match[1] ?? '')
  const last = stripLeadingZeros(match[2] ?? '')
  if (first === '') return last === '' ? undefined : { kind: 'suffix', length: last }
  if (last === '') return { kind: 'from', first, last: undefined }
  return isLess(last, first) ? undefined : { kind: 'from', first, last }
}

/** The part of `size` bytes that a spec selects; undefined when it selects none. */
function satisfy(spec: ByteRangeSpec, size: number): (RangePlan & { kind: 'part' }) | undefined {
  if (spec.kind === 'suffix') {
    const length = Math.min(toNumber(spec.length), size)
    return length === 0 ? undefined : { kind: 'part', start: size - length, length }
  }
  const start = toNumber(spec.first)
  if (start >= size) return undefined
  const last = spec.last === undefined ? size - 1 : Math.min(toNumber(spec.last), size - 1)
  return { kind: 'part', start, length: last - start + 1 }
}

/** Exact up to {@link EXACT_DIGITS}; anything longer is beyond the end of every file. */
function toNumber(digits: string): number {
  return digits.length > EXACT_DIGITS ? Infinity : Number(digits)
}

/** Compares numbers as digits without leading zeros, so that none is too long. */
function isLess(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length
}

function stripLeadingZeros(digits: string): string {
  return digits.length > 1 ? digits.replace(/^0+(?=\d)/, '') : digits
}

/** A loop, because a pattern that looks for blanks at the end tries again at each blank in the middle. */
function trimOptionalWhitespace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (start < end && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
