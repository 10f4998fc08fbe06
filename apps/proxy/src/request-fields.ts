import type { RequestHead } from '@millrace/channel'
import { isForbiddenTrailer } from '@millrace/chunked'
import type { Headers } from '@millrace/headers'
import { isIdentityField } from './forwarded.ts'
import { isHopByHop } from './hop-by-hop.ts'
import { viaMember } from './via.ts'

/** What decides which fields of a request travel on. */
export interface RequestFieldRules {
  /** Names, in lower case, that Connection nominates. */
  readonly nominated: ReadonlySet<string>
  /** Our name in Via. */
  readonly pseudonym: string
  /** What Host says to the server. */
  readonly host: string
  /** Whether what the client claims about its own identity is dropped. */
  readonly dropIdentity: boolean
  /** The protocol that the request offers to switch to, `null` when it offers none that may be passed on. */
  readonly upgrade: string | null
}

/** Fields that we write ourselves, if at all; and `Proxy`, which becomes HTTP_PROXY in CGI programs behind the server. */
const REWRITTEN: ReadonlySet<string> = new Set(['content-length', 'trailer', 'proxy'])

/**
 * The fields of the request as they are sent on: what was for us alone is gone, framing is left to the writer, the rest
 * keeps order, spelling and duplicates (RFC 9110 §7.6).
 */
export function fieldsToServer(head: RequestHead, rules: RequestFieldRules): Headers {
  const { nominated, dropIdentity } = rules
  const mayExpect = head.contentLength !== 0 && head.minorVersion >= 1
  const fields = head.headers.filter((name) => {
    const key = name.toLowerCase()
    if (isHopByHop(key) || nominated.has(key) || REWRITTEN.has(key)) return false
    if (key === 'expect') return mayExpect
    return !(dropIdentity && isIdentityField(key))
  })
  fields.set('Host', rules.host)
  if (head.contentLength === null) addTrailerNames(fields, head.headers)
  if (head.headers.hasToken('te', 'trailers')) {
    fields.append('TE', 'trailers')
    fields.append('Connection', 'TE')
  }
  if (rules.upgrade !== null) {
    fields.append('Upgrade', rules.upgrade)
    fields.append('Connection', 'Upgrade')
  }
  fields.append('Via', viaMember(head.minorVersion, rules.pseudonym))
  return fields
}

/** Announces the trailers that follow chunked content, as far as they may. */
export function addTrailerNames(fields: Headers, received: Headers): void {
  const names = received.tokens('trailer').filter((name) => !isForbiddenTrailer(name))
  if (names.length > 0) fields.append('Trailer', names.join(', '))
}
