import type { Chance } from '@millrace/testing'
import type { Leniency, LeniencyFlag, RequestHead } from '../../src/index.ts'

/** A way in which a head breaks a rule that a flag of leniency forgives. */
interface Laxity {
  readonly flag: LeniencyFlag
  /** The errors that it is without the flag. */
  readonly codes: readonly string[]
  /** The same head with the rule broken; `null` when it is not about such a head. */
  relax(head: string, chance: Chance): string | null
}

const LENGTH = /^Content-Length: ([0-9]+)\r\n/m
const CODING = /^Transfer-Encoding: chunked\r\n/m
const HOST = /^Host: .*\r\n/m
const ORIGIN_FORM = /^((?:\r\n)*[A-Z]+ \/)([0-9]+ )/

/** One row for each way to need a flag; they are done in this order, for what comes later breaks what earlier ones look for. */
const LAXITIES: readonly Laxity[] = [
  {
    flag: 'obsFold',
    codes: ['ERR_FIELD_FOLD'],
    relax: (head, chance) =>
      `${head.slice(0, -2)}X-Fold: 1\r\n${chance.pick([' ', '\t \t'])}2\r\n${chance.of(0.5) ? 'A: b\r\n' : ''}\r\n`,
  },
  {
    flag: 'obsFold',
    codes: ['ERR_FIELD_FOLD'],
    relax: (head) => (head.includes(': ') ? head.replace(': ', ':\r\n ') : null),
  },
  {
    flag: 'duplicateContentLength',
    codes: ['ERR_CONTENT_LENGTH', 'ERR_CONTENT_LENGTH_REPEATED'],
    relax: (head, chance) =>
      LENGTH.test(head)
        ? head.replace(
            LENGTH,
            chance.pick(['$&$&', '$&A: b\r\ncontent-length:$1 \r\n', 'Content-Length: $1 ,$1\r\n']),
          )
        : null,
  },
  {
    flag: 'chunkedOverLength',
    codes: ['ERR_TRANSFER_ENCODING_WITH_LENGTH'],
    relax: (head, chance) =>
      CODING.test(head)
        ? head.replace(CODING, chance.pick(['Content-Length: 3\r\n$&', '$&Content-Length: 0\r\n']))
        : null,
  },
  {
    flag: 'missingHost',
    codes: ['ERR_HOST_MISSING'],
    relax: (head) => (HOST.test(head) ? head.replace(HOST, '') : null),
  },
  {
    flag: 'nonAsciiTarget',
    codes: ['ERR_TARGET_CHARACTER'],
    relax: (head) => (ORIGIN_FORM.test(head) ? head.replace(ORIGIN_FORM, '$1\xe9\xff/$2') : null),
  },
  { flag: 'bareLf', codes: ['ERR_IMPOSSIBLE_BYTE'], relax: (head) => head.replaceAll('\r\n', '\n') },
  {
    flag: 'bareLf',
    codes: ['ERR_IMPOSSIBLE_BYTE'],
    relax: (head, chance) =>
      head.slice(0, -2).replace(/\r\n/g, (end) => (chance.of(0.5) ? end : '\n')) + '\n',
  },
]

/** A head as a client sends it that does not keep to the rules. */
export interface LaxHead {
  readonly head: string
  /** What a server has to forgive. */
  readonly needs: readonly LeniencyFlag[]
  /** What it may be refused with by one that does not. */
  readonly codes: readonly string[]
}

/** A head with one or two rules broken, if it has what they are about. */
export function relaxed(chance: Chance, head: string, leniency: Leniency): LaxHead {
  const needs: LeniencyFlag[] = []
  const codes: string[] = []
  let lax = head
  const rows = LAXITIES.filter(({ relax }) => relax(head, chance) !== null)
  const [first, second] = [chance.pick(rows), chance.of(0.3) ? chance.pick(rows) : null]
  for (const row of LAXITIES) {
    if (row !== first && row !== second) continue
    const { flag, codes: own, relax } = row
    const next = needs.includes(flag) ? null : relax(lax, chance)
    if (next === null) continue
    lax = next
    needs.push(flag)
    if (!leniency[flag]) codes.push(...own)
  }
  return { head: lax, needs, codes }
}

/** What is wrong with a head for which something was forgiven: whoever takes it sees nothing of what it was. */
export function* faultsOf(
  { headers, requestTarget, leniencies, hostValues }: RequestHead,
  leniency: Leniency,
): Generator<string> {
  for (const flag of leniencies) if (!leniency[flag]) yield `${flag} is forgiven, which it must not be`
  if (leniencies.length === 0) return
  const fold = headers.get('x-fold')
  if (fold !== undefined && fold !== '1 2') yield `a fold became ${JSON.stringify(fold)}`
  const lengths = headers.getAll('content-length')
  if (lengths.length > 1 || lengths[0]?.includes(',') === true) yield 'more than one length'
  if (lengths.length > 0 && headers.hasHeader('transfer-encoding')) yield 'two framings'
  if (leniencies.includes('missingHost') && hostValues.length > 0) yield 'a host from nowhere'
  if (/[^!-~]/.test(requestTarget)) yield 'a target with other octets'
}
