import { splitFieldList } from '@millrace/headers'

/**
 * What a request expects: nothing, `100 Continue` before it sends its content, or something we do not know.
 *
 * @public
 */
export type Expectation = 'none' | '100-continue' | 'unknown'

/**
 * What the decision about Expect depends on.
 *
 * @public
 */
export interface ExpectationInput {
  /** Minor version of the request, 0 or more. */
  readonly minorVersion: number
  /** The values of all its Expect field lines, in order. */
  readonly expect: readonly string[]
}

/**
 * What a server owes to the Expect field of a request.
 *
 * `100-continue`: an interim 100 or the final response, before it waits for content; the 100 may be left out when
 * content has arrived or there is none. `unknown`: it may answer 417. HTTP/1.0 has no expectations: whatever stands
 * there is ignored. The value is case-insensitive, and a list over all lines.
 *
 * @see RFC 9110 §10.1.1
 * @public
 */
export function decideExpectation({ minorVersion, expect }: ExpectationInput): Expectation {
  if (minorVersion === 0 || expect.length === 0) return 'none'
  let found: Expectation = 'none'
  for (const value of expect) {
    for (const member of splitFieldList(value)) {
      if (member.toLowerCase() !== '100-continue') return 'unknown'
      found = '100-continue'
    }
  }
  return found
}
