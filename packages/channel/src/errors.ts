/**
 * Where in an exchange the peer broke the protocol.
 *
 * @public
 */
export type Phase = 'head' | 'content' | 'response'

interface RemoteRule {
  readonly message: string
  readonly statusHint: number
  readonly section: string
}

/**
 * The codes that the channel adds to those of `message`, `headers` and `chunked`.
 *
 * @public
 */
export type RemoteErrorCode =
  | 'ERR_IMPOSSIBLE_BYTE'
  | 'ERR_BLANK_LINES'
  | 'ERR_REQUEST_LINE_TOO_LONG'
  | 'ERR_FIELD_LINE_TOO_LONG'
  | 'ERR_HEAD_TOO_LARGE'
  | 'ERR_HEADER_COUNT'
  | 'ERR_HEADER_REFUSED'
  | 'ERR_EXPECTATION'
  | 'ERR_MISDIRECTED'
  | 'ERR_CONTENT_TOO_LARGE'
  | 'ERR_HEAD_INCOMPLETE'
  | 'ERR_HEADER_TIMEOUT'
  | 'ERR_CONTENT_TIMEOUT'
  | 'ERR_CONTENT_TOO_SLOW'

/** What the channel itself refuses; the layers below bring their own tables. */
const REMOTE_RULES: Readonly<Record<RemoteErrorCode, RemoteRule>> = {
  ERR_IMPOSSIBLE_BYTE: rule('a byte that can stand nowhere in a message head', 400, 'RFC 9112 §2.2'),
  ERR_BLANK_LINES: rule('too many empty lines before the request line', 400, 'RFC 9112 §2.2'),
  ERR_REQUEST_LINE_TOO_LONG: rule('the request line is longer than allowed', 414, 'RFC 9112 §3'),
  ERR_FIELD_LINE_TOO_LONG: rule('a field line is longer than allowed', 431, 'RFC 6585 §5'),
  ERR_HEAD_TOO_LARGE: rule('the head has more octets than allowed', 431, 'RFC 6585 §5'),
  ERR_HEADER_COUNT: rule('the head has more fields than allowed', 431, 'RFC 6585 §5'),
  ERR_HEADER_REFUSED: rule('headerReceived refused a field', 400, 'RFC 9110 §5.5'),
  ERR_EXPECTATION: rule('an expectation other than 100-continue', 417, 'RFC 9110 §10.1.1'),
  ERR_MISDIRECTED: rule('acceptAuthority refused the authority', 421, 'RFC 9110 §15.5.20'),
  ERR_CONTENT_TOO_LARGE: rule('the content is larger than allowed', 413, 'RFC 9110 §15.5.14'),
  ERR_HEAD_INCOMPLETE: rule('the peer stopped sending inside a head', 400, 'RFC 9112 §8'),
  ERR_HEADER_TIMEOUT: rule('the head did not arrive in time', 408, 'RFC 9110 §15.5.9'),
  ERR_CONTENT_TIMEOUT: rule('the content did not arrive in time', 408, 'RFC 9110 §15.5.9'),
  ERR_CONTENT_TOO_SLOW: rule('the content arrives more slowly than allowed', 408, 'RFC 9110 §15.5.9'),
}

function rule(message: string, statusHint: number, section: string): RemoteRule {
  return { message, statusHint, section }
}

/**
 * The shape that the errors of all layers share.
 *
 * @public
 */
interface LayerError {
  readonly code: string
  readonly statusHint: number
  readonly section: string
  readonly offset?: number | undefined
  readonly message: string
}

/**
 * The peer broke HTTP. The channel answers `statusHint` if it still can, and closes.
 *
 * `code`, `statusHint` and `section` are those of the layer that noticed, whose error is the `cause`.
 *
 * @public
 */
export class RemoteProtocolError extends Error {
  override readonly name = 'RemoteProtocolError'
  readonly code: string
  /** The status that the error deserves, 400–599. */
  readonly statusHint: number
  /** The rule that was broken: `RFC 9112 §7.1`. */
  readonly section: string
  readonly phase: Phase
  /**
   * Where it is wrong, where that is known: octets from the first one of the request line; in the phase `content` from the
   * first one of the content, framing included (of its data alone for `ERR_CONTENT_TOO_LARGE`).
   */
  readonly offset: number | undefined

  constructor(error: LayerError, phase: Phase, offset?: number) {
    super(error.message, error instanceof Error ? { cause: error } : undefined)
    this.code = error.code
    this.statusHint = error.statusHint
    this.section = error.section
    this.phase = phase
    this.offset = offset
  }
}

/** Makes the error for one of the channel's own rules. */
export function remoteError(code: RemoteErrorCode, phase: Phase, offset?: number): RemoteProtocolError {
  return new RemoteProtocolError({ code, ...REMOTE_RULES[code] }, phase, offset)
}

/** Tells an error of a lower layer (which names a status) from a mistake in our own code. */
export function isLayerError(error: unknown): error is LayerError {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as Partial<LayerError>).code === 'string' &&
    typeof (error as Partial<LayerError>).statusHint === 'number'
  )
}

/**
 * What our own side may do wrong.
 *
 * @public
 */
export type LocalErrorCode =
  | 'ERR_HEAD_SENT'
  | 'ERR_FINISHED'
  | 'ERR_FRAMING_FIELD'
  | 'ERR_CONTENT_LENGTH'
  | 'ERR_CONTENT_LENGTH_EXCEEDED'
  | 'ERR_CONTENT_LENGTH_SHORT'
  | 'ERR_CONTENT_CONSUMED'
  | 'ERR_CONTENT_DISCARDED'
  | 'ERR_NOT_CURRENT'
  | 'ERR_NO_UPGRADE'
  | 'ERR_NOT_SWITCHED'
  | 'ERR_HANDLER_TIMEOUT'
  | 'ERR_UPGRADE_FIELD'
  | 'ERR_ATTACHED'
  | 'ERR_INTERIM_FIELD'
  | 'ERR_TRAILER_FIELD'

interface LocalRule {
  readonly message: string
  readonly statusHint: number
  readonly section: string
}

const LOCAL_RULES: Readonly<Record<LocalErrorCode, LocalRule>> = {
  ERR_HEAD_SENT: mistake('the response head is on its way: it cannot be changed any more', 'RFC 9112 §2.1'),
  ERR_FINISHED: mistake('the response is finished: nothing can be written to it any more', 'RFC 9112 §6'),
  ERR_FRAMING_FIELD: mistake(
    'Transfer-Encoding is the channel’s: leave it out, or set Content-Length',
    'RFC 9112 §6.1',
  ),
  ERR_CONTENT_LENGTH: mistake('Content-Length is not a number of octets', 'RFC 9110 §8.6'),
  ERR_CONTENT_LENGTH_EXCEEDED: mistake(
    'more octets were written than Content-Length announced',
    'RFC 9110 §8.6',
  ),
  ERR_CONTENT_LENGTH_SHORT: mistake(
    'the response finished before it wrote what Content-Length announced',
    'RFC 9110 §8.6',
  ),
  ERR_CONTENT_CONSUMED: mistake('the content has a reader already', 'RequestContent'),
  ERR_CONTENT_DISCARDED: mistake(
    'the response was finished before the content was read: what was left was dropped',
    'RequestContent',
  ),
  ERR_NOT_CURRENT: mistake('only the request at the head of the queue can be done', 'RFC 9112 §9.3.2'),
  ERR_NO_UPGRADE: mistake(
    'the connection cannot be handed over: content is left, the response began, or its status is another one',
    'RFC 9110 §7.8',
  ),
  ERR_HANDLER_TIMEOUT: mistake('the handler neither answered nor wrote in time', 'RFC 9110 §15.6.4', 503),
  ERR_NOT_SWITCHED: mistake(
    '101 is for upgrade to send: after it the connection is another protocol’s',
    'RFC 9110 §15.2.2',
  ),
  ERR_UPGRADE_FIELD: mistake(
    'a 101 names in Upgrade what the client offered, and nothing else',
    'RFC 9110 §7.8',
  ),
  ERR_ATTACHED: mistake('the connection has a protocol already', 'HeldConnection'),
  ERR_INTERIM_FIELD: mistake('an interim response says nothing of content or connection', 'RFC 9110 §15.2'),
  ERR_TRAILER_FIELD: mistake('a field that may not stand in a trailer section', 'RFC 9110 §6.5.1'),
}

function mistake(message: string, section: string, statusHint: number = 500): LocalRule {
  return { message, statusHint, section }
}

/**
 * Our own side would have broken HTTP: a mistake of the application, thrown where it was made.
 *
 * @public
 */
export class LocalProtocolError extends Error {
  override readonly name = 'LocalProtocolError'
  readonly code: LocalErrorCode
  /** The status that is answered when nobody catches this and one still can be. */
  readonly statusHint: number
  /** The rule that would be broken, or the class whose contract was. */
  readonly section: string
  readonly phase: Phase = 'response'
  /** No input is involved. */
  readonly offset: undefined = undefined

  constructor(code: LocalErrorCode) {
    const { message, statusHint, section } = LOCAL_RULES[code]
    super(message)
    this.code = code
    this.statusHint = statusHint
    this.section = section
  }
}
