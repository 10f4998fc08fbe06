import { readContentLength } from './content-length.ts'
import { MessageError } from './errors.ts'
import { endsWithHead } from './status.ts'
import { requireChunked } from './transfer-encoding.ts'

/**
 * How the content of a message is delimited.
 *
 * @public
 */
export type ContentFraming =
  /** There is no content: the message ends with its head. */
  | { readonly kind: 'none' }
  /** `length` octets follow, 0 or more, at most 2^53-1. */
  | { readonly kind: 'content-length'; readonly length: number }
  /** Chunks follow, and a trailer section. */
  | { readonly kind: 'chunked' }
  /** Everything up to the end of the connection; responses only. */
  | { readonly kind: 'until-close' }

/**
 * What the framing of a message depends on, whoever sent it.
 *
 * @public
 */
export interface FramingInput {
  /** Minor version of the message, 0 or more. */
  readonly minorVersion: number
  /** The values of all its Transfer-Encoding field lines, in order, without whitespace around them. */
  readonly transferEncoding: readonly string[]
  /** The values of all its Content-Length field lines, in order, without whitespace around them. */
  readonly contentLength: readonly string[]
}

/**
 * What the framing of a response depends on: its fields, and what it answers.
 *
 * @public
 */
export interface ResponseFramingInput extends FramingInput {
  /** The method of the request that is answered. */
  readonly requestMethod: string
  readonly statusCode: number
}

const NONE: ContentFraming = Object.freeze({ kind: 'none' })
const CHUNKED: ContentFraming = Object.freeze({ kind: 'chunked' })
const UNTIL_CLOSE: ContentFraming = Object.freeze({ kind: 'until-close' })
const BAD_GATEWAY = 502

/**
 * How long the content of a request is. The method has no say: a GET may have content, and what follows it must not be
 * taken for the next request.
 *
 * Strict: where recipients could come to different lengths, there is an error. After it the rest of the connection has
 * no meaning any more.
 *
 * @throws {@link MessageError}
 * `ERR_TRANSFER_ENCODING_VERSION`: in HTTP/1.0; `ERR_TRANSFER_ENCODING_WITH_LENGTH`: with Content-Length;
 * `ERR_TRANSFER_ENCODING`: empty, an empty member, not a token; `ERR_CHUNKED_NOT_FINAL`, `ERR_CHUNKED_REPEATED`,
 * `ERR_CHUNKED_PARAMETERS`; `ERR_TRANSFER_CODING` (501): something else below chunked, `identity` too;
 * `ERR_CONTENT_LENGTH`: not digits; `ERR_CONTENT_LENGTH_REPEATED`; `ERR_CONTENT_LENGTH_TOO_LARGE` (413): above 2^53-1
 * @see RFC 9112 §6.3
 * @public
 */
export function decideRequestFraming(message: FramingInput): ContentFraming {
  return decideByFields(message) ?? NONE
}

/**
 * How long the content of a response is. One to HEAD, one with 1xx, 204 or 304, and a 2xx to CONNECT end with their
 * head, whatever their fields say; one without Transfer-Encoding and Content-Length lasts until the connection ends.
 *
 * As strict as {@link decideRequestFraming}, also where RFC 9112 lets a client go on (Transfer-Encoding with
 * Content-Length, a final coding other than chunked): such a response may be one that somebody split, and a gateway
 * would pass it on.
 *
 * @throws {@link MessageError} the codes of `decideRequestFraming`, all with status hint 502
 * @see RFC 9112 §6.3
 * @public
 */
export function decideResponseFraming(response: ResponseFramingInput): ContentFraming {
  if (endsWithHead(response.requestMethod, response.statusCode)) return NONE
  return decideByFields(response, BAD_GATEWAY) ?? UNTIL_CLOSE
}

/** @returns `undefined` when neither field is there */
function decideByFields(message: FramingInput, statusHint?: number): ContentFraming | undefined {
  const { minorVersion, transferEncoding, contentLength } = message
  if (transferEncoding.length === 0) {
    if (contentLength.length === 0) return undefined
    return { kind: 'content-length', length: readContentLength(contentLength, statusHint) }
  }
  // HTTP/1.0 knows no transfer codings: something in between passed the field on without reading it.
  if (minorVersion === 0) throw new MessageError('ERR_TRANSFER_ENCODING_VERSION', undefined, statusHint)
  if (contentLength.length > 0)
    throw new MessageError('ERR_TRANSFER_ENCODING_WITH_LENGTH', undefined, statusHint)
  requireChunked(transferEncoding, statusHint)
  return CHUNKED
}
