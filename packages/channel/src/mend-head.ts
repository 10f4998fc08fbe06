import type { Leniency, LeniencyFlag } from './leniency.ts'
import type { RequestHead } from './request-head.ts'

/**
 * Changes a complete head so that a strict reading takes it, if a flag that is on forgives `code`.
 *
 * @returns whether it is worth another look
 */
export function mendHead(head: RequestHead, code: string, leniency: Leniency): boolean {
  if (code === 'ERR_HOST_MISSING') return leniency.missingHost && forgive(head, 'missingHost')
  if (code === 'ERR_TRANSFER_ENCODING_WITH_LENGTH') {
    if (!leniency.chunkedOverLength) return false
    head.contentLengthValues = []
    head.headers.removeHeader('content-length') // a proxy would pass it on
    return forgive(head, 'chunkedOverLength')
  }
  if (code === 'ERR_CONTENT_LENGTH' || code === 'ERR_CONTENT_LENGTH_REPEATED') {
    const length = leniency.duplicateContentLength ? commonLength(head.contentLengthValues) : undefined
    if (length === undefined) return false
    head.contentLengthValues = [length]
    head.headers.set('Content-Length', length)
    return forgive(head, 'duplicateContentLength')
  }
  return false
}

/** Notes that `head` needs `flag`; returns whether it was not noted before. */
export function forgive(head: RequestHead, flag: LeniencyFlag): boolean {
  if (head.leniencies.includes(flag)) return false
  head.leniencies = [...head.leniencies, flag]
  return true
}

/** What all members of all values are, digit for digit; `undefined` when they differ or one of them is no length. */
function commonLength(values: readonly string[]): string | undefined {
  const [first, ...others] = values.flatMap((value) => value.split(/[ \t]*,[ \t]*/))
  const agree = first !== undefined && /^[0-9]+$/.test(first) && others.every((other) => other === first)
  return agree ? first : undefined
}
