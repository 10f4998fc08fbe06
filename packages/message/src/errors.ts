/**
 * The stable names of everything this package refuses in what a peer sent. The table of meanings, statuses and sections
 * stands in the package's README.
 *
 * @public
 */
export type MessageErrorCode =
  | 'ERR_REQUEST_LINE'
  | 'ERR_METHOD'
  | 'ERR_METHOD_TOO_LONG'
  | 'ERR_TARGET_CHARACTER'
  | 'ERR_TARGET_FRAGMENT'
  | 'ERR_TARGET_FORM'
  | 'ERR_TARGET_AUTHORITY'
  | 'ERR_TARGET_USERINFO'
  | 'ERR_CONNECT_PORT'
  | 'ERR_VERSION'
  | 'ERR_VERSION_UNSUPPORTED'
  | 'ERR_STATUS_LINE'
  | 'ERR_STATUS_CODE'
  | 'ERR_REASON_PHRASE'
  | 'ERR_HOST'
  | 'ERR_HOST_MISSING'
  | 'ERR_HOST_REPEATED'
  | 'ERR_HOST_EMPTY'
  | 'ERR_CONTENT_LENGTH'
  | 'ERR_CONTENT_LENGTH_REPEATED'
  | 'ERR_CONTENT_LENGTH_TOO_LARGE'
  | 'ERR_TRANSFER_ENCODING'
  | 'ERR_TRANSFER_ENCODING_VERSION'
  | 'ERR_TRANSFER_ENCODING_WITH_LENGTH'
  | 'ERR_TRANSFER_CODING'
  | 'ERR_CHUNKED_NOT_FINAL'
  | 'ERR_CHUNKED_REPEATED'
  | 'ERR_CHUNKED_PARAMETERS'

/** What one code means: the text of the error, the status a server answers with, and the clause behind it. */
interface MessageRule {
  readonly message: string
  readonly statusHint: number
  readonly section: string
}

/** One row for each code. */
export const MESSAGE_RULES: Readonly<Record<MessageErrorCode, MessageRule>> = {
  ERR_REQUEST_LINE: rule('the request line is not method SP request-target SP version', 400, 'RFC 9112 §3'),
  ERR_METHOD: rule('the method is not a token', 400, 'RFC 9110 §9.1'),
  ERR_METHOD_TOO_LONG: rule('the method is longer than any that is known', 501, 'RFC 9112 §3'),
  ERR_TARGET_CHARACTER: rule(
    'the request-target holds an octet that no target may hold',
    400,
    'RFC 9112 §3.2',
  ),
  ERR_TARGET_FRAGMENT: rule('the request-target has a fragment', 400, 'RFC 9112 §3.2'),
  ERR_TARGET_FORM: rule('the request-target has no form that the method allows', 400, 'RFC 9112 §3.2'),
  ERR_TARGET_AUTHORITY: rule(
    'the authority in the request-target is empty or invalid',
    400,
    'RFC 9110 §4.2.1',
  ),
  ERR_TARGET_USERINFO: rule('the request-target carries user information', 400, 'RFC 9110 §4.2.4'),
  ERR_CONNECT_PORT: rule('the port of a CONNECT target is missing or invalid', 400, 'RFC 9110 §9.3.6'),
  ERR_VERSION: rule('the protocol version is not HTTP/DIGIT.DIGIT', 400, 'RFC 9112 §2.3'),
  ERR_VERSION_UNSUPPORTED: rule('the major version is not 1', 505, 'RFC 9110 §15.6.6'),
  ERR_STATUS_LINE: rule('the status line is not version SP status-code SP reason', 502, 'RFC 9112 §4'),
  ERR_STATUS_CODE: rule('the status code is not three digits from 100 on', 502, 'RFC 9110 §15'),
  ERR_REASON_PHRASE: rule('the reason phrase holds a control octet', 502, 'RFC 9112 §4'),
  ERR_HOST: rule('the Host field is not a host with an optional port', 400, 'RFC 9112 §3.2'),
  ERR_HOST_MISSING: rule('an HTTP/1.1 request without a Host field', 400, 'RFC 9112 §3.2'),
  ERR_HOST_REPEATED: rule('more than one Host field line', 400, 'RFC 9112 §3.2'),
  ERR_HOST_EMPTY: rule('the Host field is empty where the target needs a host', 400, 'RFC 9110 §4.2.1'),
  ERR_CONTENT_LENGTH: rule('Content-Length is not a run of digits', 400, 'RFC 9110 §8.6'),
  ERR_CONTENT_LENGTH_REPEATED: rule('more than one Content-Length', 400, 'RFC 9112 §6.3'),
  ERR_CONTENT_LENGTH_TOO_LARGE: rule('Content-Length is above 2^53-1', 413, 'RFC 9110 §8.6'),
  ERR_TRANSFER_ENCODING: rule('Transfer-Encoding is not a list of codings', 400, 'RFC 9112 §6.1'),
  ERR_TRANSFER_ENCODING_VERSION: rule('Transfer-Encoding in an HTTP/1.0 message', 400, 'RFC 9112 §6.1'),
  ERR_TRANSFER_ENCODING_WITH_LENGTH: rule('both Transfer-Encoding and Content-Length', 400, 'RFC 9112 §6.1'),
  ERR_TRANSFER_CODING: rule('a transfer coding other than chunked', 501, 'RFC 9112 §6.1'),
  ERR_CHUNKED_NOT_FINAL: rule('the final transfer coding is not chunked', 400, 'RFC 9112 §6.3'),
  ERR_CHUNKED_REPEATED: rule('chunked is applied more than once', 400, 'RFC 9112 §6.1'),
  ERR_CHUNKED_PARAMETERS: rule('chunked has parameters', 400, 'RFC 9112 §7.1'),
}

function rule(message: string, statusHint: number, section: string): MessageRule {
  return { message, statusHint, section }
}

/**
 * The peer sent a message that breaks the grammar or the rules of HTTP/1.1. Never thrown for bytes that have yet to
 * come, nor for a caller's mistake.
 *
 * @public
 */
export class MessageError extends Error {
  override readonly name: string = 'MessageError'
  /** What is wrong, as a name that stays the same between versions. */
  readonly code: MessageErrorCode
  /** The status that a server answers with; 502, a gateway's answer, when a response was at fault. */
  readonly statusHint: number
  /** The clause that was broken, such as `RFC 9112 §3.2`. */
  readonly section: string
  /** Index of the octet at fault in the bytes or the text that were handed in, when there is one. */
  readonly offset: number | undefined

  /**
   * @param code - what is wrong
   * @param offset - index of the octet at fault in what was handed in
   * @param statusHint - the status to answer with, when it is not that of the table
   */
  constructor(code: MessageErrorCode, offset?: number, statusHint?: number) {
    const { message, statusHint: usual, section } = MESSAGE_RULES[code]
    super(message)
    this.code = code
    this.statusHint = statusHint ?? usual
    this.section = section
    this.offset = offset
  }
}
