/**
 * Limits and hooks of a {@link ChunkedDecoder}.
 *
 * @public
 */
export interface ChunkedDecoderOptions {
  /**
   * Octets of one chunk line: size, extensions and CRLF. With leading zeros a line could run on for ever.
   *
   * @defaultValue 1,024; at least 3
   */
  readonly maxChunkLineBytes?: number
  /**
   * Octets of extensions in all chunk lines of one body, each from behind the size up to the CR. Extensions are
   * thrown away: without this limit a peer has megabytes read for a few bytes of data.
   *
   * @defaultValue 16,384
   */
  readonly maxExtensionBytes?: number
  /**
   * Octets of framing (chunk lines, and the CRLF after the data) that a body may run up above 16 for each octet of data.
   * Chunks of one octet go on for ever; chunks of one octet behind a hundred zeros soon are work without progress.
   *
   * @defaultValue 16,384
   */
  readonly maxOverheadBytes?: number
  /**
   * Octets of all trailer lines with their CRLF; the empty line that ends the body does not count. Trailers are held
   * in memory.
   *
   * @defaultValue 16,384
   */
  readonly maxTrailerBytes?: number
  /**
   * Trailer lines, the forbidden ones included. Each costs two strings, however short.
   *
   * @defaultValue 100
   */
  readonly maxTrailerCount?: number
  /**
   * Runs for each chunk extension, in order, once its chunk line is complete and before the data of the chunk. The
   * rules are those of {@link DataCallback}. Without it extensions are checked and ignored (RFC 9112 §7.1.1).
   */
  readonly onExtension?: ExtensionCallback | undefined
}

/**
 * Takes one chunk extension.
 *
 * @param name - as sent
 * @param value - without its quotes and escapes, `undefined` when the extension has none
 * @param chunkSize - octets of the chunk it came with, 0 for the last chunk
 * @public
 */
export type ExtensionCallback = (name: string, value: string | undefined, chunkSize: number) => void

/** The numbers of {@link ChunkedDecoderOptions}, none missing. @public */
export type ChunkedLimits = Readonly<Required<Omit<ChunkedDecoderOptions, 'onExtension'>>>

/** The limits of a {@link ChunkedDecoder} that is given none. @public */
export const DEFAULT_CHUNKED_LIMITS: ChunkedLimits = {
  maxChunkLineBytes: 1_024,
  maxExtensionBytes: 16_384,
  maxOverheadBytes: 16_384,
  maxTrailerBytes: 16_384,
  maxTrailerCount: 100,
}

const SHORTEST_CHUNK_LINE = 3 // a digit, CR, LF

/** The limits with defaults filled in; throws a RangeError that names the one that cannot be. */
export function resolveLimits(options: ChunkedDecoderOptions | undefined): ChunkedLimits {
  if (options === undefined) return DEFAULT_CHUNKED_LIMITS
  return {
    maxChunkLineBytes: limit(options, 'maxChunkLineBytes', SHORTEST_CHUNK_LINE),
    maxExtensionBytes: limit(options, 'maxExtensionBytes', 0),
    maxOverheadBytes: limit(options, 'maxOverheadBytes', 0),
    maxTrailerBytes: limit(options, 'maxTrailerBytes', 0),
    maxTrailerCount: limit(options, 'maxTrailerCount', 0),
  }
}

function limit(options: ChunkedDecoderOptions, name: keyof ChunkedLimits, least: number): number {
  const value = options[name] ?? DEFAULT_CHUNKED_LIMITS[name]
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new RangeError(`${name} is a whole number, ${least} or more`)
}
