interface MediaRange {
  readonly type: string
  readonly subtype: string
  /** 0 to 1. */
  readonly weight: number
}

const MEDIA_RANGE = /^([^\s/;]+)\/([^\s/;]+)$/
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * The one of `offers` that a client would rather have: the highest weight wins, and of equals the first.
 * When nothing is acceptable the first is sent all the same: a client can use it or not (RFC 9110 §12.4.1).
 *
 * @param accept - the value of Accept; undefined accepts anything
 * @param offers - media types in lower case, the preferred one first
 * @see RFC 9110 §12.5.1
 */
export function negotiateType<T extends string>(accept: string | undefined, offers: readonly [T, ...T[]]): T {
  const ranges = accept === undefined ? [] : accept.split(',').flatMap(parseMediaRange)
  let best = offers[0]
  let bestWeight = weightOf(best, ranges)
  for (const offer of offers.slice(1)) {
    const weight = weightOf(offer, ranges)
    if (weight > bestWeight) [best, bestWeight] = [offer, weight]
  }
  return best
}

/** The weight that the most specific range gives: `text/html` overrules `text/*`, and that overrules both stars. */
function weightOf(offer: string, ranges: readonly MediaRange[]): number {
  const [type, subtype] = offer.split('/')
  const exact = ranges.find((range) => range.type === type && range.subtype === subtype)
  const family = ranges.find((range) => range.type === type && range.subtype === '*')
  const any = ranges.find((range) => range.type === '*' && range.subtype === '*')
  return (exact ?? family ?? any)?.weight ?? 0
}

/** None for a member that is no media range or has no proper weight. Parameters of the type are not told apart. */
function parseMediaRange(member: string): MediaRange[] {
  const [name = '', ...parameters] = member.split(';')
  const match = MEDIA_RANGE.exec(name.trim().toLowerCase())
  if (match === null) return []
  let weight = '1'
  for (const parameter of parameters) {
    const [key = '', value = ''] = parameter.split('=')
    if (key.trim().toLowerCase() === 'q') weight = value.trim()
  }
  if (!WEIGHT.test(weight)) return []
  return [{ type: match[1] ?? '', subtype: match[2] ?? '', weight: Number(weight) }]
}
