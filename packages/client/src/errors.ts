interface UpstreamRule {
  readonly message: string
  readonly statusHint: number
  readonly section: string
}

/** What a server, or the way to it, can do wrong: the status is what a gateway answers its own client. */
const UPSTREAM_RULES: Readonly<Record<UpstreamErrorCode, UpstreamRule>> = {
  ERR_UPSTREAM_CONNECT: rule('no connection to the server', 502, 'RFC 9110 §15.6.3'),
  ERR_UPSTREAM_CONNECT_TIMEOUT: rule('no connection to the server in time', 504, 'RFC 9110 §15.6.5'),
  ERR_UPSTREAM_QUEUE_FULL: rule('too many requests wait for a connection', 503, 'RFC 9110 §15.6.4'),
  ERR_UPSTREAM_QUEUE_TIMEOUT: rule('no connection became free in time', 503, 'RFC 9110 §15.6.4'),
  ERR_UPSTREAM_STALE: rule('a kept connection ended before any octet of a response', 502, 'RFC 9112 §9.3.1'),
  ERR_UPSTREAM_CLOSED: rule('the connection ended before the head of the response', 502, 'RFC 9112 §8'),
  ERR_UPSTREAM_TRUNCATED: rule('the connection ended inside the content', 502, 'RFC 9112 §8'),
  ERR_UPSTREAM_HEAD: rule('the head of the response breaks the grammar', 502, 'RFC 9112 §4'),
  ERR_UPSTREAM_HEAD_TOO_LARGE: rule('the head of the response is larger than allowed', 502, 'RFC 9110 §5.4'),
  ERR_UPSTREAM_FIELD_COUNT: rule('the response has more fields than allowed', 502, 'RFC 9110 §5.4'),
  ERR_UPSTREAM_STATUS: rule('a final status code outside 200–599', 502, 'RFC 9110 §15'),
  ERR_UPSTREAM_INFORMATIONAL_COUNT: rule('more interim responses than allowed', 502, 'RFC 9110 §15.2'),
  ERR_UPSTREAM_SWITCH: rule('the server switched to a protocol nobody asked for', 502, 'RFC 9110 §15.2.2'),
  ERR_UPSTREAM_FRAMING: rule('the end of the response cannot be known', 502, 'RFC 9112 §6.3'),
  ERR_UPSTREAM_CONTENT: rule('the content breaks its framing', 502, 'RFC 9112 §7.1'),
  ERR_UPSTREAM_HEAD_TIMEOUT: rule('the head of the response did not come in time', 504, 'RFC 9110 §15.6.5'),
  ERR_UPSTREAM_IDLE_TIMEOUT: rule('the content of the response stopped coming', 504, 'RFC 9110 §15.6.5'),
  ERR_UPSTREAM_SEND_TIMEOUT: rule('the server stopped taking the request', 504, 'RFC 9110 §15.6.5'),
}

function rule(message: string, statusHint: number, section: string): UpstreamRule {
  return { message, statusHint, section }
}

/**
 * The stable names of what an {@link UpstreamError} is about.
 *
 * @public
 */
export type UpstreamErrorCode =
  | 'ERR_UPSTREAM_CONNECT'
  | 'ERR_UPSTREAM_CONNECT_TIMEOUT'
  | 'ERR_UPSTREAM_QUEUE_FULL'
  | 'ERR_UPSTREAM_QUEUE_TIMEOUT'
  | 'ERR_UPSTREAM_STALE'
  | 'ERR_UPSTREAM_CLOSED'
  | 'ERR_UPSTREAM_TRUNCATED'
  | 'ERR_UPSTREAM_HEAD'
  | 'ERR_UPSTREAM_HEAD_TOO_LARGE'
  | 'ERR_UPSTREAM_FIELD_COUNT'
  | 'ERR_UPSTREAM_STATUS'
  | 'ERR_UPSTREAM_INFORMATIONAL_COUNT'
  | 'ERR_UPSTREAM_SWITCH'
  | 'ERR_UPSTREAM_FRAMING'
  | 'ERR_UPSTREAM_CONTENT'
  | 'ERR_UPSTREAM_HEAD_TIMEOUT'
  | 'ERR_UPSTREAM_IDLE_TIMEOUT'
  | 'ERR_UPSTREAM_SEND_TIMEOUT'

/**
 * There will be no (complete) response: the server, or the way to it, is at fault. What was received so far must not
 * be taken for the whole. `cause` is the error of the layer that noticed, if another one did.
 *
 * @public
 */
export class UpstreamError extends Error {
  override readonly name: string = 'UpstreamError'
  readonly code: UpstreamErrorCode
  /** The status that a gateway answers its own client: 502, 503 or 504. */
  readonly statusHint: number
  /** The clause that was broken, or that defines the status. */
  readonly section: string
  /** Octets from the first one of the head or of the content to the offence, where known. */
  readonly offset: number | undefined

  constructor(code: UpstreamErrorCode, offset?: number, cause?: unknown) {
    const { message, statusHint, section } = UPSTREAM_RULES[code]
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.statusHint = statusHint
    this.section = section
    this.offset = offset
  }
}

const REQUEST_RULES: Readonly<Record<RequestErrorCode, Pick<UpstreamRule, 'message' | 'section'>>> = {
  ERR_REQUEST_METHOD: { message: 'the method is not a token', section: 'RFC 9110 §9.1' },
  ERR_REQUEST_TARGET: {
    message: 'the request-target is empty or holds what no target may',
    section: 'RFC 9112 §3.2',
  },
  ERR_REQUEST_HOST: { message: 'a request has exactly one Host field', section: 'RFC 9112 §3.2' },
  ERR_REQUEST_FRAMING_FIELD: {
    message: 'Content-Length and Transfer-Encoding are the channel’s: give the length of the content instead',
    section: 'RFC 9112 §6',
  },
  ERR_REQUEST_BUSY: { message: 'the connection is not free for a request', section: 'RFC 9112 §9.3' },
  ERR_REQUEST_FINISHED: { message: 'the request is finished: nothing can be added', section: 'RFC 9112 §6' },
  ERR_REQUEST_LENGTH_EXCEEDED: { message: 'more content than was announced', section: 'RFC 9110 §8.6' },
  ERR_REQUEST_LENGTH_SHORT: { message: 'less content than was announced', section: 'RFC 9110 §8.6' },
  ERR_REQUEST_TRAILERS: {
    message: 'only content of unknown length has trailers',
    section: 'RFC 9112 §7.1.2',
  },
  ERR_REQUEST_CONSUMED: { message: 'the content of the response is read already', section: 'ClientResponse' },
}

/**
 * The stable names of what a {@link RequestError} is about.
 *
 * @public
 */
export type RequestErrorCode =
  | 'ERR_REQUEST_METHOD'
  | 'ERR_REQUEST_TARGET'
  | 'ERR_REQUEST_HOST'
  | 'ERR_REQUEST_FRAMING_FIELD'
  | 'ERR_REQUEST_BUSY'
  | 'ERR_REQUEST_FINISHED'
  | 'ERR_REQUEST_LENGTH_EXCEEDED'
  | 'ERR_REQUEST_LENGTH_SHORT'
  | 'ERR_REQUEST_TRAILERS'
  | 'ERR_REQUEST_CONSUMED'

/**
 * Our own side would have broken HTTP: a mistake of the caller, thrown where it was made. Nothing was sent by that
 * call.
 *
 * @public
 */
export class RequestError extends TypeError {
  override readonly name: string = 'RequestError'
  readonly code: RequestErrorCode
  /** The status a server would answer when nobody catches this. */
  readonly statusHint: number = 500
  /** The clause that would be broken. */
  readonly section: string
  /** No input is involved. */
  readonly offset: undefined = undefined

  constructor(code: RequestErrorCode) {
    super(REQUEST_RULES[code].message)
    this.code = code
    this.section = REQUEST_RULES[code].section
  }
}
