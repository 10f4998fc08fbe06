import { isForbiddenTrailer, type ChunkedLimits } from '@millrace/chunked'
import { FIELD_LINE, matchAt, readFields, TOKEN, type Field } from './grammar.ts'

const QUOTED = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*"'
const EXTENSION = `[ \\t]*;[ \\t]*(${TOKEN})(?:[ \\t]*=[ \\t]*(?:(${TOKEN})|(${QUOTED})))?`
const CHUNK_LINE = new RegExp(`([0-9A-Fa-f]+)((?:${EXTENSION})*)\\r\\n`, 'y')
const EXTENSIONS = new RegExp(EXTENSION, 'g')
const TRAILER_LINE = new RegExp(FIELD_LINE, 'y')
/** What the decoder's documentation says each octet of data pays for. */
const FRAMING_PER_DATA_OCTET = 16

/** A chunked body as far as it goes. */
export type ChunkedReading =
  | {
      readonly kind: 'complete'
      readonly data: string
      readonly extensions: readonly (readonly [name: string, value: string | undefined, size: number])[]
      readonly trailers: readonly Field[]
      /** Index behind the body. */
      readonly end: number
    }
  /** Nothing is wrong with it yet, as far as complete lines can tell. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused' }

const INCOMPLETE: ChunkedReading = { kind: 'incomplete' }
const REFUSED: ChunkedReading = { kind: 'refused' }

/** A line at `at` that fits `pattern`; else whether it is complete, and so wrong, or not. */
function lineAt(pattern: RegExp, wire: string, at: number): RegExpExecArray | 'incomplete' | 'refused' {
  const line = matchAt(pattern, wire, at)
  if (line !== null) return line
  return wire.includes('\n', at) ? 'refused' : 'incomplete'
}

/** Takes a chunked body apart (RFC 9112 §7.1). */
export function readChunked(wire: string, start: number, limits: ChunkedLimits): ChunkedReading {
  const extensions: [string, string | undefined, number][] = []
  let data = ''
  let extensionBytes = 0
  let overheadBytes = 0
  for (let at = start; ;) {
    const line = lineAt(CHUNK_LINE, wire, at)
    if (typeof line === 'string') return { kind: line }
    const [{ length }, digits, extensionText] = line as unknown as [string, string, string]
    const size = BigInt(`0x${digits}`)
    extensionBytes += extensionText.length
    if (size > 2n ** 53n - 1n || length > limits.maxChunkLineBytes) return REFUSED
    overheadBytes = Math.max(0, overheadBytes + length + 2 - Number(size) * FRAMING_PER_DATA_OCTET)
    if (extensionBytes > limits.maxExtensionBytes || overheadBytes > limits.maxOverheadBytes) return REFUSED
    for (const [, name, token, quoted] of extensionText.matchAll(EXTENSIONS))
      extensions.push([name as string, quoted === undefined ? token : unquote(quoted), Number(size)])
    at += length
    if (size === 0n) return readTrailers(wire, at, limits, data, extensions)
    const dataEnd = at + Number(size)
    if (wire.length < dataEnd + 2) {
      const isHalf = wire.length <= dataEnd || wire.charAt(dataEnd) === '\r'
      return isHalf ? INCOMPLETE : REFUSED
    }
    if (wire.slice(dataEnd, dataEnd + 2) !== '\r\n') return REFUSED
    data += wire.slice(at, dataEnd)
    at = dataEnd + 2
  }
}

function readTrailers(
  wire: string,
  start: number,
  limits: ChunkedLimits,
  data: string,
  extensions: [string, string | undefined, number][],
): ChunkedReading {
  let at = start
  for (let count = 0; ; count += 1) {
    if (at - start > limits.maxTrailerBytes || count > limits.maxTrailerCount) return REFUSED
    if (wire.startsWith('\r\n', at)) {
      const trailers = readFields(wire.slice(start, at)).filter(([name]) => !isForbiddenTrailer(name))
      return { kind: 'complete', data, extensions, trailers, end: at + 2 }
    }
    const line = lineAt(TRAILER_LINE, wire, at)
    if (typeof line === 'string') return { kind: line }
    at += line[0].length
  }
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\([^])/g, '$1')
}
