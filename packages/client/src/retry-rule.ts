import type { UpstreamError } from './errors.ts'
import type { OutgoingRequest } from './outgoing-request.ts'

/** Methods that have the same effect whether they run once or twice (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/**
 * Whether a request may be sent again after `error`: only when a kept connection ended without an octet of a response
 * (the server had closed it, most likely, before it saw the request), the method is idempotent, and there is no
 * content, or all of it is at hand.
 *
 * @see RFC 9110 §9.2.2, RFC 9112 §9.3.1
 */
export function mayRetry(request: OutgoingRequest, error: UpstreamError): boolean {
  if (error.code !== 'ERR_UPSTREAM_STALE' || !IDEMPOTENT.has(request.method)) return false
  return request.content !== undefined || request.contentLength === 0
}
