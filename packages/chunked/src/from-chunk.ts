import {
  chunkLineError,
  DATA,
  DATA_CR,
  digitValue,
  IMPOSSIBLE,
  nextState,
  SIZE,
  SIZE_START,
} from './chunked-grammar.ts'
import { ChunkedError } from './errors.ts'
import { view } from './views.ts'

/**
 * The data of the chunk at the start of `bytes`, and what follows the chunk, as views: the reverse of `toChunk`.
 * `undefined` when the chunk is not complete yet. Extensions are ignored; the last chunk gives empty data.
 *
 * For a body that arrives in pieces use {@link ChunkedDecoder}: it keeps its place, and has limits.
 *
 * @throws {@link ChunkedError} when this is no chunk; `offset` is an index of `bytes`
 * @see RFC 9112 §7.1
 * @public
 */
export function fromChunk(bytes: Uint8Array): [data: Uint8Array, rest: Uint8Array] | undefined {
  let state = SIZE_START
  let size = 0
  let at = 0
  for (; state !== DATA; at += 1) {
    if (at === bytes.length) return undefined
    const octet = bytes[at]!
    const next = nextState(state, octet)
    if (next === IMPOSSIBLE) throw new ChunkedError(chunkLineError(state, octet), at)
    if (next === SIZE) size = size * 16 + digitValue(octet)
    if (size > Number.MAX_SAFE_INTEGER) throw new ChunkedError('ERR_CHUNK_SIZE_TOO_LARGE', at)
    state = next
  }
  const end = at + size
  state = DATA_CR
  for (at = end; state !== SIZE_START; at += 1) {
    if (at >= bytes.length) return undefined
    state = nextState(state, bytes[at]!)
    if (state === IMPOSSIBLE) throw new ChunkedError('ERR_CHUNK_DATA_END', at)
  }
  return [view(bytes, end - size, end), view(bytes, at, bytes.length)]
}
