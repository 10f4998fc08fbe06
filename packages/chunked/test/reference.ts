/** What a complete chunked body holds. */
export interface Body {
  readonly data: string
  readonly extensions: readonly (readonly [name: string, value: string | undefined, chunkSize: number])[]
  readonly trailers: readonly (readonly [name: string, value: string])[]
  readonly rest: string
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const QUOTED = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"'
const EXTENSION = `[ \\t]*;[ \\t]*(${TOKEN})(?:[ \\t]*=[ \\t]*(?:(${TOKEN})|(${QUOTED})))?`
const CHUNK_LINE = new RegExp(`([0-9A-Fa-f]+)((?:${EXTENSION})*)\\r\\n`, 'y')
const TRAILER_LINE = new RegExp(`(${TOKEN}):([\\t -~\\x80-\\xff]*)\\r\\n`, 'y')

/**
 * Takes a whole chunked body apart, with the grammar of RFC 9112 §7.1 written down as regular expressions. Knows no
 * pieces and no limits. `undefined` when this is no complete body.
 */
export function readWhole(wire: string): Body | undefined {
  let data = ''
  const extensions: [string, string | undefined, number][] = []
  let at = 0
  for (let size = -1; size !== 0;) {
    const line = matchAt(CHUNK_LINE, wire, at)
    if (line === undefined) return undefined
    size = Number.parseInt(line[1]!, 16)
    if (size > Number.MAX_SAFE_INTEGER) return undefined
    for (const [, name, token, quoted] of line[2]!.matchAll(new RegExp(EXTENSION, 'g'))) {
      extensions.push([name!, quoted === undefined ? token : unquote(quoted), size])
    }
    at += line[0].length
    if (size === 0) break
    data += wire.slice(at, at + size)
    if (wire.slice(at + size, at + size + 2) !== '\r\n') return undefined
    at += size + 2
  }
  const trailers: [string, string][] = []
  for (
    let line = matchAt(TRAILER_LINE, wire, at);
    line !== undefined;
    line = matchAt(TRAILER_LINE, wire, at)
  ) {
    trailers.push([line[1]!, line[2]!.replace(/^[ \t]+|[ \t]+$/g, '')])
    at += line[0].length
  }
  return wire.slice(at, at + 2) === '\r\n'
    ? { data, extensions, trailers, rest: wire.slice(at + 2) }
    : undefined
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, '$1')
}
