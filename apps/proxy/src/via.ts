import { splitFieldList } from '@millrace/headers'

/**
 * A member of Via: which version a message came with, and who received it (RFC 9110 §7.6.3).
 *
 * @param minorVersion - of the message that was received
 * @param pseudonym - our name
 */
export function viaMember(minorVersion: number, pseudonym: string): string {
  return `1.${minorVersion === 0 ? 0 : 1} ${pseudonym}`
}

/**
 * Whether a message has passed through us already.
 *
 * @param via - the values of all its Via lines
 * @param pseudonym - our name
 */
export function hasPassed(via: readonly string[], pseudonym: string): boolean {
  // `received-protocol RWS received-by [ RWS comment ]`
  return via.flatMap(splitFieldList).some((member) => member.split(/[ \t]+/)[1] === pseudonym)
}
