import { isToken } from '@millrace/headers'
import type { Headers } from '@millrace/headers'
import { RequestError } from './errors.ts'

/**
 * A request as it is to be sent.
 *
 * @public
 */
export interface OutgoingRequest {
  /** A token; methods are case-sensitive (RFC 9110 §9.1). */
  readonly method: string
  /** In the form that the recipient expects, `/path?query` as a rule; sent octet for octet (RFC 9112 §3.2). */
  readonly requestTarget: string
  /** Sent in this order and spelling. With exactly one Host, and without Content-Length and Transfer-Encoding. */
  readonly headers: Headers
  /**
   * Octets of the content that will be written: 0 for none, `null` when nobody knows, which makes it chunked.
   *
   * @defaultValue the length of `content`, 0 without it
   */
  readonly contentLength?: number | null
  /** All of the content, when it is at hand: it is sent with the head, and can be sent again. */
  readonly content?: Uint8Array
}

/** Methods whose definition expects content: of these it is said when there is none (RFC 9110 §8.6). */
const EXPECTS_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** RFC 9112 §3.2: visible ASCII; anything else would end the request line or mean something else to somebody. */
const TARGET = /^[\x21-\x7e]+$/

/**
 * A request that was checked and put into its wire format. It can be sent any number of times.
 *
 * @public
 */
export class PreparedRequest implements OutgoingRequest {
  readonly method: string
  readonly requestTarget: string
  readonly headers: Headers
  /** Octets of content; `null` when it is chunked. */
  readonly contentLength: number | null
  declare readonly content?: Uint8Array
  /** The head as it goes on the wire, one character for each octet. */
  readonly head: string

  /**
   * @throws {RequestError} `ERR_REQUEST_METHOD`, `ERR_REQUEST_TARGET`, `ERR_REQUEST_HOST`, `ERR_REQUEST_FRAMING_FIELD`,
   * `ERR_REQUEST_LENGTH_EXCEEDED`, `ERR_REQUEST_LENGTH_SHORT`
   * @throws {RangeError} when the content length is not a whole number, 0–2^53-1
   */
  constructor(request: OutgoingRequest) {
    this.method = request.method
    this.requestTarget = request.requestTarget
    this.headers = request.headers
    if (request.content !== undefined) this.content = request.content
    this.contentLength = announcedLength(request)
    this.head = formatRequestHead(request, this.contentLength)
  }
}

/**
 * Octets of content the request announces, `null` when it is chunked.
 *
 * @throws {RequestError} `ERR_REQUEST_LENGTH_EXCEEDED`, `ERR_REQUEST_LENGTH_SHORT`: the length is not that of `content`
 * @throws {RangeError} when the length is not a whole number, 0–2^53-1
 */
function announcedLength({ content, contentLength }: OutgoingRequest): number | null {
  if (contentLength === undefined) return content === undefined ? 0 : content.length
  if (contentLength === null) return null
  if (!(Number.isSafeInteger(contentLength) && contentLength >= 0)) {
    throw new RangeError(`contentLength must be a whole number, 0 or more, or null: ${contentLength}`)
  }
  if (content !== undefined && content.length > contentLength)
    throw new RequestError('ERR_REQUEST_LENGTH_EXCEEDED')
  if (content !== undefined && content.length < contentLength)
    throw new RequestError('ERR_REQUEST_LENGTH_SHORT')
  return contentLength
}

/**
 * The head of a request as text, one character for each octet. The framing field is written here and nowhere else:
 * never copied from what somebody sent us (RFC 9112 §6).
 *
 * @param length - of {@link announcedLength}
 * @throws {RequestError} `ERR_REQUEST_METHOD`, `ERR_REQUEST_TARGET`, `ERR_REQUEST_HOST`, `ERR_REQUEST_FRAMING_FIELD`
 */
function formatRequestHead(request: OutgoingRequest, length: number | null): string {
  const { method, requestTarget, headers } = request
  if (!isToken(method)) throw new RequestError('ERR_REQUEST_METHOD')
  if (!TARGET.test(requestTarget)) throw new RequestError('ERR_REQUEST_TARGET')
  if (headers.hasHeader('content-length') || headers.hasHeader('transfer-encoding')) {
    throw new RequestError('ERR_REQUEST_FRAMING_FIELD')
  }
  if (headers.getAll('host').length !== 1) throw new RequestError('ERR_REQUEST_HOST')
  return `${method} ${requestTarget} HTTP/1.1\r\n${headers.toWire()}${framingLine(method, length)}\r\n`
}

function framingLine(method: string, length: number | null): string {
  if (length === null) return 'Transfer-Encoding: chunked\r\n'
  return length > 0 || EXPECTS_CONTENT.has(method) ? `Content-Length: ${length}\r\n` : ''
}
