/**
 * Message bodies on the wire: decoders and encoders for chunked bodies and for bodies that are their own data.
 *
 * @packageDocumentation
 */
export type { BodyDecoder, DataCallback, FinishCallback } from './body-decoder.ts'
export type { BodyEncoder } from './body-encoder.ts'
export { ChunkedDecoder } from './chunked-decoder.ts'
export { ChunkedEncoder, chunkHead, encodeTrailers, LAST_CHUNK, toChunk } from './chunked-encoder.ts'
export { DEFAULT_CHUNKED_LIMITS } from './decoder-options.ts'
export type { ChunkedDecoderOptions, ChunkedLimits, ExtensionCallback } from './decoder-options.ts'
export { ChunkedError, TruncatedBody } from './errors.ts'
export type { ChunkedErrorCode } from './errors.ts'
export { fromChunk } from './from-chunk.ts'
export { IdentityDecoder } from './identity-decoder.ts'
export { IdentityEncoder } from './identity-encoder.ts'
export { filterTrailers, isForbiddenTrailer } from './trailers.ts'
