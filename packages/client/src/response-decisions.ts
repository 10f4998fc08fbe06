import type { Headers } from '@millrace/headers'
import { decidePersistence, decideResponseFraming, offeredUpgrades } from '@millrace/message'
import type { ContentFraming, StatusLine } from '@millrace/message'
import { UpstreamError } from './errors.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import type { ResponseHead } from './response-head.ts'

/**
 * Makes the head of a response, with the decision about its framing.
 *
 * @param method - of the request that is answered
 * @throws {UpstreamError} `ERR_UPSTREAM_STATUS`, `ERR_UPSTREAM_FRAMING`
 */
export function settleHead(method: string, statusLine: StatusLine, headers: Headers): ResponseHead {
  const { statusCode, reasonPhrase, minorVersion } = statusLine
  if (statusCode > 599) throw new UpstreamError('ERR_UPSTREAM_STATUS')
  return {
    statusCode,
    reasonPhrase,
    minorVersion,
    headers,
    framing: decideFraming(method, statusLine, headers),
  }
}

function decideFraming(
  requestMethod: string,
  { statusCode, minorVersion }: StatusLine,
  headers: Headers,
): ContentFraming {
  const transferEncoding = headers.getAll('transfer-encoding')
  const contentLength = headers.getAll('content-length')
  try {
    return decideResponseFraming({ requestMethod, statusCode, minorVersion, transferEncoding, contentLength })
  } catch (error) {
    throw new UpstreamError('ERR_UPSTREAM_FRAMING', undefined, error)
  }
}

/** Whether the server keeps the connection behind this response, and the end of the response can be known. */
export function keepsConnection({ statusCode, minorVersion, headers, framing }: ResponseHead): boolean {
  if (framing.kind === 'until-close') return false
  if (!decidePersistence({ minorVersion, connection: headers.getAll('connection') })) return false
  return statusCode !== 401 || !authenticatesConnection(headers)
}

/** Milliseconds of `Keep-Alive: timeout=N`, `null` without it. No standard has it, but the servers in use say it. */
export function keepAliveHint(headers: Headers): number | null {
  const seconds = /(?:^|[\s,])timeout=([0-9]{1,9})\b/i.exec(headers.get('keep-alive') ?? '')?.[1]
  return seconds === undefined ? null : Number(seconds) * 1_000
}

/** NTLM and Negotiate authenticate the connection, not the request: nobody else may use it afterwards. */
function authenticatesConnection(headers: Headers): boolean {
  return headers.getAll('www-authenticate').some((value) => /^(?:ntlm|negotiate)\b/i.test(value))
}

/** Whether this answer to CONNECT opens the tunnel (RFC 9110 §9.3.6). */
export function isTunnel(method: string, statusCode: number): boolean {
  return method === 'CONNECT' && statusCode >= 200 && statusCode <= 299
}

/** Whether a switch is one the request asked for: a tunnel, or a 101 that names only what was offered (RFC 9110 §7.8). */
export function isSwitchOffered({ method, headers }: OutgoingRequest, head: ResponseHead): boolean {
  if (head.statusCode !== 101) return isTunnel(method, head.statusCode)
  const upgrade = headers.getAll('upgrade')
  const connection = headers.getAll('connection')
  const offered = offeredUpgrades({ minorVersion: 1, upgrade, connection }).map((name) => name.toLowerCase())
  const chosen = head.headers.tokens('upgrade')
  return chosen.length > 0 && chosen.every((protocol) => offered.includes(protocol))
}
