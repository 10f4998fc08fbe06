import type { Request } from '@millrace/channel'
import { UpstreamError } from '@millrace/client'
import type { UpstreamErrorCode } from '@millrace/client'
import { reasonPhrase } from '@millrace/message'

/** The names of RFC 9209 §2.3 for what can go wrong behind us. */
const PROXY_ERRORS: Readonly<Record<Exclude<UpstreamErrorCode, 'ERR_UPSTREAM_CONNECT'>, string>> = {
  ERR_UPSTREAM_CONNECT_TIMEOUT: 'connection_timeout',
  ERR_UPSTREAM_QUEUE_FULL: 'connection_limit_reached',
  ERR_UPSTREAM_QUEUE_TIMEOUT: 'connection_limit_reached',
  ERR_UPSTREAM_STALE: 'connection_terminated',
  ERR_UPSTREAM_CLOSED: 'connection_terminated',
  ERR_UPSTREAM_TRUNCATED: 'http_response_incomplete',
  ERR_UPSTREAM_HEAD: 'http_protocol_error',
  ERR_UPSTREAM_HEAD_TOO_LARGE: 'http_response_header_section_size',
  ERR_UPSTREAM_FIELD_COUNT: 'http_response_header_section_size',
  ERR_UPSTREAM_STATUS: 'http_protocol_error',
  ERR_UPSTREAM_INFORMATIONAL_COUNT: 'http_protocol_error',
  ERR_UPSTREAM_SWITCH: 'http_upgrade_failed',
  ERR_UPSTREAM_FRAMING: 'http_protocol_error',
  ERR_UPSTREAM_CONTENT: 'http_response_transfer_coding',
  ERR_UPSTREAM_HEAD_TIMEOUT: 'http_response_timeout',
  ERR_UPSTREAM_IDLE_TIMEOUT: 'connection_read_timeout',
  ERR_UPSTREAM_SEND_TIMEOUT: 'connection_write_timeout',
}

/** The same for a connection that could not be made, by the code of the transport's error. */
const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  ERR_CONNECT_REFUSED: 'connection_refused',
  ERR_CONNECT_UNREACHABLE: 'destination_ip_unroutable',
  ERR_CONNECT_NAME: 'dns_error',
  ERR_CONNECT_TLS: 'tls_protocol_error',
  ERR_CONNECT_TIMEOUT: 'connection_timeout',
}

/** The name of RFC 9209 for what went wrong. */
export function proxyErrorName(error: unknown): string {
  if (error instanceof UpstreamError && error.code !== 'ERR_UPSTREAM_CONNECT') return PROXY_ERRORS[error.code]
  const cause = error instanceof UpstreamError ? error.cause : error
  return CONNECT_ERRORS[String((cause as { code?: unknown } | undefined)?.code)] ?? 'destination_unavailable'
}

/** The status that a failure behind us deserves: its hint, when it is one that a gateway gives. */
export function gatewayStatus(error: unknown): number {
  const { statusHint } = error as { statusHint?: unknown }
  return statusHint === 503 || statusHint === 504 ? statusHint : 502
}

/**
 * Answers in our own name, with a short text. Nothing internal is told, and nothing of the request repeated.
 *
 * @param fields - of the response, besides those of the text
 */
export function answer(
  request: Request,
  statusCode: number,
  fields: Readonly<Record<string, string>> = {},
): void {
  request.setResponseCode(statusCode)
  for (const [name, value] of Object.entries(fields)) request.setHeader(name, value)
  request.setHeader('Content-Type', 'text/plain')
  request.finish(`${statusCode} ${reasonPhrase(statusCode)}\n`)
}

/** Answers that the server behind us failed: 502, 503 or 504, with the reason in Proxy-Status (RFC 9209). */
export function answerFailure(
  request: Request,
  error: unknown,
  pseudonym: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  const statusCode = gatewayStatus(error)
  answer(request, statusCode, {
    'Proxy-Status': `${pseudonym}; error=${proxyErrorName(error)}`,
    ...(statusCode === 503 && { 'Retry-After': '1' }),
    ...fields,
  })
}
