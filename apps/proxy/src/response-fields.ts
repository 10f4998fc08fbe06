import type { ResponseHead } from '@millrace/client'
import type { Headers } from '@millrace/headers'
import { isHopByHop, nominatedFields } from './hop-by-hop.ts'
import { addTrailerNames } from './request-fields.ts'
import { viaMember } from './via.ts'

/** What decides how the fields of a response travel on. */
export interface ResponseFieldRules {
  /** The method that is answered. */
  readonly method: string
  /** Minor version of the client. */
  readonly minorVersion: number
  /** Our name in Via. */
  readonly pseudonym: string
}

/**
 * Adds the fields of a server's response to those of ours: without what was for us alone, and with the length that the
 * framing found, never the line that the server wrote (RFC 9110 §7.6.1, RFC 9112 §6.3).
 */
export function addFieldsToClient(fields: Headers, head: ResponseHead, rules: ResponseFieldRules): void {
  const { headers, framing } = head
  const nominated = nominatedFields(headers.getAll('connection'))
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (isHopByHop(key) || nominated.has(key) || key === 'content-length' || key === 'trailer') continue
    fields.append(name, value)
  }
  const length =
    framing.kind === 'content-length' ? String(framing.length) : lengthWithoutContent(head, rules.method)
  if (length !== undefined) fields.append('Content-Length', length)
  if (framing.kind === 'chunked' && rules.minorVersion >= 1) addTrailerNames(fields, headers)
  fields.append('Via', viaMember(head.minorVersion, rules.pseudonym))
}

/** What HEAD and 304 tell of content that they do not carry, when it is one number (RFC 9110 §8.6). */
function lengthWithoutContent({ statusCode, headers }: ResponseHead, method: string): string | undefined {
  if ((method !== 'HEAD' && statusCode !== 304) || statusCode === 204 || statusCode < 200) return undefined
  const [length, ...more] = headers.getAll('content-length')
  return more.length === 0 && length !== undefined && /^[0-9]{1,15}$/.test(length) ? length : undefined
}
