import { Headers, type HeadersInit } from '@millrace/headers'
import { formatStatusLine } from '@millrace/message'
import { LocalProtocolError } from './errors.ts'

/** What a client waits for that sent `Expect: 100-continue` (RFC 9110 §10.1.1). */
export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** An interim response ends with its head, and the connection stays what it is: these say something else. */
const FORBIDDEN: readonly string[] = [
  'connection',
  'content-length',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * A whole interim response, as text. Its fields are checked and copied, whatever they came in.
 *
 * @param statusCode - 102–199; 100 and 101 are no mere information
 * @throws {RangeError} on another code
 * @throws {HeaderError} when a field may not stand on the wire
 * @throws {LocalProtocolError} `ERR_INTERIM_FIELD`
 * @see RFC 9110 §15.2
 */
export function interimResponse(statusCode: number, init: HeadersInit): string {
  if (!Number.isInteger(statusCode) || statusCode < 102 || statusCode > 199) {
    throw new RangeError(`the code of an interim response is an integer of 102–199, not ${statusCode}`)
  }
  const headers = new Headers(init)
  if (FORBIDDEN.some((name) => headers.hasHeader(name))) throw new LocalProtocolError('ERR_INTERIM_FIELD')
  return `${formatStatusLine(statusCode)}${headers.toWire()}\r\n`
}
