/** IANA's registry of status codes, as of RFC 9110. */
const PHRASES: ReadonlyMap<number, string> = new Map([
  [100, 'Continue'],
  [101, 'Switching Protocols'],
  [102, 'Processing'],
  [103, 'Early Hints'],
  [104, 'Upload Resumption Supported'],
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [203, 'Non-Authoritative Information'],
  [204, 'No Content'],
  [205, 'Reset Content'],
  [206, 'Partial Content'],
  [207, 'Multi-Status'],
  [208, 'Already Reported'],
  [226, 'IM Used'],
  [300, 'Multiple Choices'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [305, 'Use Proxy'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Content'],
  [423, 'Locked'],
  [424, 'Failed Dependency'],
  [425, 'Too Early'],
  [426, 'Upgrade Required'],
  [428, 'Precondition Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
  [506, 'Variant Also Negotiates'],
  [507, 'Insufficient Storage'],
  [508, 'Loop Detected'],
  [510, 'Not Extended'],
  [511, 'Network Authentication Required'],
])

/**
 * The standard text for a status code, as IANA registers it; empty when there is none.
 *
 * @see RFC 9110 §15
 * @public
 */
export function reasonPhrase(statusCode: number): string {
  return PHRASES.get(statusCode) ?? ''
}

/**
 * Whether a response is an interim one (1xx): more responses to the same request follow. 101 is among them: what
 * follows it is another protocol.
 *
 * @see RFC 9110 §15.2
 * @public
 */
export function isInformational(statusCode: number): boolean {
  return statusCode >= 100 && statusCode <= 199
}

/**
 * Whether a response may carry content. Not in answer to HEAD, not with 1xx, 204, 205 or 304, and not with a 2xx that
 * answers CONNECT, behind which the tunnel begins.
 *
 * 205 differs from the others in how it is framed: it may say `Content-Length: 0`, while those end with their head.
 *
 * @param requestMethod - the method of the request that is answered
 * @see RFC 9110 §6.4.1, §15.3.6
 * @public
 */
export function responseBodyAllowed(requestMethod: string, statusCode: number): boolean {
  return statusCode !== 205 && !endsWithHead(requestMethod, statusCode)
}

/**
 * Whether a response may have a Content-Length field: not with 1xx and 204, and not with a 2xx to CONNECT. One to HEAD
 * and a 304 may: it is the length that GET would have brought.
 *
 * @param requestMethod - the method of the request that is answered
 * @see RFC 9110 §8.6
 * @public
 */
export function contentLengthAllowed(requestMethod: string, statusCode: number): boolean {
  return statusCode !== 204 && !isInformational(statusCode) && !isTunnel(requestMethod, statusCode)
}

/**
 * Whether a response may have a Transfer-Encoding field: as with {@link contentLengthAllowed}, and only when the
 * request came with HTTP/1.1 or later, for older clients know no transfer codings.
 *
 * @param requestMethod - the method of the request that is answered
 * @param requestMinorVersion - its minor version
 * @see RFC 9112 §6.1
 * @public
 */
export function transferEncodingAllowed(
  requestMethod: string,
  statusCode: number,
  requestMinorVersion: number,
): boolean {
  return requestMinorVersion >= 1 && contentLengthAllowed(requestMethod, statusCode)
}

/**
 * Whether a response is complete with its head, whatever its fields say (RFC 9112 §6.3, items 1 and 2).
 *
 * @param requestMethod - the method of the request that is answered
 */
export function endsWithHead(requestMethod: string, statusCode: number): boolean {
  return (
    requestMethod === 'HEAD' ||
    statusCode === 204 ||
    statusCode === 304 ||
    isInformational(statusCode) ||
    isTunnel(requestMethod, statusCode)
  )
}

function isTunnel(requestMethod: string, statusCode: number): boolean {
  return requestMethod === 'CONNECT' && statusCode >= 200 && statusCode <= 299
}
