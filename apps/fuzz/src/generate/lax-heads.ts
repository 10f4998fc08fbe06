import type { LeniencyFlag } from '@millrace/channel'
import type { Chance } from '../chance.ts'

/** A way to break a rule that a flag forgives; the same head when it has no such thing. */
type Laxity = readonly [flag: LeniencyFlag, relax: (chance: Chance, head: string) => string]

const LENGTH = /^(content-length): *([0-9]+)\r\n/im
const SAME_LENGTHS = ['$&$&', '$1: $2, $2\r\n', '$&X: y\r\n$1:$2 ,\t$2\r\n', '$&$1: 3\r\n']
const CODING = /^transfer-encoding:.*\r\n/im
const WITH_LENGTH = ['$&Content-Length: 3\r\n', 'content-length: 4\r\n$&', '$&Content-Length: 3, 4\r\n']
const BLANKS = [' ', '\t', '  \t']
const FOLDED = ['\r\nX: a\r\n b\r\n', '\r\nX:\r\n \r\n\tc\r\n', '\r\n a\r\n']

const LAXITIES: readonly Laxity[] = [
  ['bareLf', (_, head) => head.replaceAll('\r\n', '\n')],
  ['bareLf', (chance, head) => head.replace(/\r\n/g, (end) => (chance.of(0.5) ? end : '\n'))],
  [
    'obsFold',
    (chance, head) =>
      head.replace(/: ?/g, (colon) => (chance.of(0.7) ? colon : `:\r\n${chance.pick(BLANKS)}`)),
  ],
  ['obsFold', (chance, head) => head.replace(/\r\n(?=.*:)/, chance.pick(FOLDED))],
  ['duplicateContentLength', (chance, head) => head.replace(LENGTH, chance.pick(SAME_LENGTHS))],
  ['chunkedOverLength', (chance, head) => head.replace(CODING, chance.pick(WITH_LENGTH))],
  ['missingHost', (_, head) => head.replace(/^host:.*\r\n/gim, '')],
  [
    'nonAsciiTarget',
    (chance, head) => head.replace(' /', chance.pick([' /\xe9', ' /\x80\xff/', ' /caf\xc3\xa9'])),
  ],
]

/** The head with one or two rules broken, as a rule such that one of these flags forgives. */
export function laxHead(chance: Chance, head: string, flags: readonly LeniencyFlag[]): string {
  const forgiven = LAXITIES.filter(([flag]) => flags.includes(flag) || chance.of(0.05))
  let lax = head
  for (let left = chance.between(1, 2); left > 0 && forgiven.length > 0; left -= 1) {
    const [, relax] = chance.pick(forgiven)
    lax = relax(chance, lax)
  }
  return lax
}
