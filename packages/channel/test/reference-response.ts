/** A response as a strict reader finds it. */
export interface ReadResponse {
  readonly status: number
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly content: string
  readonly trailers: readonly (readonly [name: string, value: string])[]
  /** False when the bytes end inside it. */
  readonly complete: boolean
}

/** What a response answers. */
export interface Asked {
  readonly method: string
  readonly minorVersion: number
}

const STATUS_LINE = /HTTP\/1\.1 ([1-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*\r\n/y
const FIELD_LINE =
  /([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)\r\n/y
const CHUNK_SIZE = /([1-9a-f][0-9a-f]*)\r\n/y
const NEVER_IN_TRAILERS =
  /^(?:content-length|transfer-encoding|host|trailer|connection|set-cookie|authorization)$/i
const NEVER_IN_INTERIM = /^(?:content-length|transfer-encoding|connection)$/i

type Fields = readonly (readonly [string, string])[]

/**
 * Reads everything that left, by the grammar and nothing but the grammar: written without a look at how the channel
 * writes, so that it finds what a proxy or a client would take for another message.
 *
 * @param wire - one character for each octet
 * @param asked - what was asked, in order
 * @throws {Error} on anything that is no response to it
 */
export class ReferenceReader {
  #at = 0
  readonly #wire: string

  constructor(wire: string) {
    this.#wire = wire
  }

  readAll(asked: readonly Asked[]): ReadResponse[] {
    const responses: ReadResponse[] = []
    for (let next = 0; this.#at < this.#wire.length;) {
      const request = asked[next]
      if (request === undefined) throw this.#error('a response to nothing')
      const response = this.#response(request)
      responses.push(response)
      if (response.status >= 200) next += 1
      else if (request.minorVersion === 0) throw this.#error('an interim response to HTTP/1.0')
    }
    return responses
  }

  #response(asked: Asked): ReadResponse {
    const line = this.#match(STATUS_LINE)
    if (line === null) return this.#cut(0, [], '')
    const status = Number(line[1])
    const fields = this.#fields()
    if (fields === null) return this.#cut(status, [], '')
    if (status < 200) {
      if (fields.some(([name]) => NEVER_IN_INTERIM.test(name)))
        throw this.#error('framing in an interim response')
      return { status, fields, content: '', trailers: [], complete: true }
    }
    return this.#content(asked, status, fields)
  }

  #content({ method, minorVersion }: Asked, status: number, fields: Fields): ReadResponse {
    const lengths = valuesOf(fields, 'content-length')
    const codings = valuesOf(fields, 'transfer-encoding')
    const isTunnel = method === 'CONNECT' && status < 300
    if (lengths.length + codings.length > 1) throw this.#error('two framing fields')
    if (lengths[0] !== undefined && !/^[0-9]+$/.test(lengths[0])) throw this.#error('a length that is none')
    if ((status === 204 || isTunnel) && lengths.length + codings.length > 0)
      throw this.#error('framing of no content')
    if (codings.length > 0 && (minorVersion === 0 || codings[0] !== 'chunked')) throw this.#error('a coding')
    if (status === 205 && !isTunnel && lengths[0] !== '0') throw this.#error('content with 205')
    if (method === 'HEAD' || status === 204 || status === 304 || isTunnel)
      return { status, fields, content: '', trailers: [], complete: true }
    if (codings.length > 0) return this.#chunks(status, fields)
    const length = lengths[0] === undefined ? Infinity : Number(lengths[0])
    if (length === Infinity && !valuesOf(fields, 'connection').includes('close'))
      throw this.#error('content without an end')
    const content = this.#take(length)
    return {
      status,
      fields,
      content,
      trailers: [],
      complete: length === Infinity || content.length === length,
    }
  }

  #chunks(status: number, fields: Fields): ReadResponse {
    let content = ''
    for (let size = this.#match(CHUNK_SIZE); size !== null; size = this.#match(CHUNK_SIZE)) {
      const length = parseInt(size[1] as string, 16)
      const chunk = this.#take(length)
      content += chunk
      if (chunk.length < length || !this.#skip('\r\n')) return this.#cut(status, fields, content)
    }
    if (!this.#skip('0\r\n')) return this.#cut(status, fields, content)
    const trailers = this.#fields()
    if (trailers === null) return this.#cut(status, fields, content)
    if (trailers.some(([name]) => NEVER_IN_TRAILERS.test(name))) throw this.#error('a forbidden trailer')
    return { status, fields, content, trailers, complete: true }
  }

  /** Field lines and the empty line; `null` when the bytes end first. */
  #fields(): [string, string][] | null {
    const fields: [string, string][] = []
    for (let line = this.#match(FIELD_LINE); line !== null; line = this.#match(FIELD_LINE))
      fields.push([line[1] as string, line[2] as string])
    return this.#skip('\r\n') ? fields : null
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#wire)
    if (found !== null) this.#at = pattern.lastIndex
    return found
  }

  #take(length: number): string {
    const taken = this.#wire.slice(this.#at, this.#at + length)
    this.#at += taken.length
    return taken
  }

  /** Takes `text`; false when the bytes end inside it. */
  #skip(text: string): boolean {
    const found = this.#wire.slice(this.#at, this.#at + text.length)
    if (found === text) this.#at += text.length
    return found === text
  }

  /** Nothing here is complete: then the rest is the beginning of one line, and no more. */
  #cut(status: number, fields: Fields, content: string): ReadResponse {
    const rest = this.#take(Infinity)
    if (/[\r\n][^\n]|\n/.test(rest)) throw this.#error(`not a line: ${JSON.stringify(rest.slice(0, 80))}`)
    return { status, fields, content, trailers: [], complete: false }
  }

  #error(what: string): Error {
    return new Error(`${what}, before ${this.#at} of ${JSON.stringify(this.#wire.slice(0, 400))}`)
  }
}

function valuesOf(fields: Fields, name: string): string[] {
  return fields.filter((field) => field[0].toLowerCase() === name).map(([, value]) => value)
}
