/** What {@link ChunkedError} says about a chunked body, as a stable name. @public */
export type ChunkedErrorCode =
  | 'ERR_CHUNK_SIZE'
  | 'ERR_CHUNK_SIZE_TOO_LARGE'
  | 'ERR_CHUNK_LINE_TOO_LONG'
  | 'ERR_CHUNK_EXTENSION'
  | 'ERR_CHUNK_EXTENSION_TOO_LARGE'
  | 'ERR_CHUNK_OVERHEAD_TOO_LARGE'
  | 'ERR_CHUNK_BARE_LF'
  | 'ERR_CHUNK_BARE_CR'
  | 'ERR_CHUNK_DATA_END'
  | 'ERR_TRAILER_TOO_LARGE'
  | 'ERR_TRAILER_COUNT'

interface Description {
  readonly message: string
  readonly statusHint: number
  readonly section: string
}

const CHUNKED: Readonly<Record<ChunkedErrorCode, Description>> = {
  ERR_CHUNK_SIZE: {
    message: 'chunk size is not hexadecimal digits alone',
    statusHint: 400,
    section: 'RFC 9112 §7.1',
  },
  ERR_CHUNK_SIZE_TOO_LARGE: { message: 'chunk size above 2^53-1', statusHint: 413, section: 'RFC 9112 §7.1' },
  ERR_CHUNK_LINE_TOO_LONG: {
    message: 'chunk line above the limit',
    statusHint: 413,
    section: 'RFC 9112 §7.1.1',
  },
  ERR_CHUNK_EXTENSION: { message: 'malformed chunk extension', statusHint: 400, section: 'RFC 9112 §7.1.1' },
  ERR_CHUNK_EXTENSION_TOO_LARGE: {
    message: 'chunk extensions of one body above the limit',
    statusHint: 413,
    section: 'RFC 9112 §7.1.1',
  },
  ERR_CHUNK_OVERHEAD_TOO_LARGE: {
    message: 'too much chunk framing for too little data',
    statusHint: 413,
    section: 'RFC 9112 §7.1.1',
  },
  ERR_CHUNK_BARE_LF: { message: 'LF without CR in chunk framing', statusHint: 400, section: 'RFC 9112 §7.1' },
  ERR_CHUNK_BARE_CR: { message: 'CR without LF in chunk framing', statusHint: 400, section: 'RFC 9112 §7.1' },
  ERR_CHUNK_DATA_END: {
    message: 'chunk data is not followed by CRLF',
    statusHint: 400,
    section: 'RFC 9112 §7.1',
  },
  ERR_TRAILER_TOO_LARGE: {
    message: 'trailer section above the limit',
    statusHint: 431,
    section: 'RFC 9110 §5.4',
  },
  ERR_TRAILER_COUNT: {
    message: 'more trailer fields than the limit',
    statusHint: 431,
    section: 'RFC 9110 §5.4',
  },
}

/**
 * A peer's chunked body breaks the grammar or a limit. Where it ends can no longer be known, so the connection
 * cannot be used again.
 *
 * @public
 */
export class ChunkedError extends Error {
  override readonly name: string = 'ChunkedError'
  /** Stable name of what is wrong. */
  readonly code: ChunkedErrorCode
  /** The status a server would answer. */
  readonly statusHint: number
  /** The clause that is broken. */
  readonly section: string
  /** Octets of the body, framing included, before the first impossible one. */
  readonly offset: number

  /**
   * @param code - what is wrong; message, status and section follow from it
   * @param offset - octets of the body before the one that is refused
   */
  constructor(code: ChunkedErrorCode, offset: number) {
    super(CHUNKED[code].message)
    this.code = code
    this.statusHint = CHUNKED[code].statusHint
    this.section = CHUNKED[code].section
    this.offset = offset
  }
}

/**
 * The peer stopped sending before the end of the body: what arrived must not be taken for the whole.
 *
 * @see RFC 9112 §8
 * @public
 */
export class TruncatedBody extends Error {
  override readonly name: string = 'TruncatedBody'
  /** Stable name of what is wrong. */
  readonly code = 'ERR_BODY_TRUNCATED' as const
  /** The status a server would answer, if the peer still reads. */
  readonly statusHint: number = 400
  /** The clause that is broken. */
  readonly section: string = 'RFC 9112 §8'
  /** Octets of the body, framing included, that did arrive. */
  readonly offset: number

  /** @param offset - octets of the body that did arrive */
  constructor(offset: number) {
    super('the body ended before it was complete')
    this.offset = offset
  }
}
