import { allocateBytes, FieldSection, parseFieldLine, type Headers } from '@millrace/headers'
import type { RequestTarget } from '@millrace/message'

const NONE: readonly string[] = Object.freeze([])

/** The last Host: most requests to a server name the same one, and then no text is made of it. */
let likelyHost = ''

/**
 * A request's head: the request line, and the field section as bytes with an index. A field becomes strings when it
 * is asked for; only those that the channel itself decides by are picked out on the way.
 *
 * @public
 */
export class RequestHead {
  method = ''
  requestTarget = ''
  minorVersion = 1
  /** Set once the head is complete and its target was found valid. */
  target: RequestTarget | null = null
  /** The authority that the request is for: `Host`, or that of an absolute-form target (RFC 9112 §3.2.2). */
  authority = ''
  /** Octets of the content: 0 for none, `null` when it is chunked. */
  contentLength: number | null = 0

  /** The values of the fields that decide framing, routing and persistence, in order of arrival. */
  hostValues: readonly string[] = NONE
  connectionValues: readonly string[] = NONE
  contentLengthValues: readonly string[] = NONE
  transferEncodingValues: readonly string[] = NONE
  expectValues: readonly string[] = NONE

  #bytes: Uint8Array | null = null
  #base = 0
  /** Octets of field lines that came one by one; `#bytes` is our own copy of them then. */
  #copied = 0
  readonly #fields = new FieldSection()
  #headers: Headers | null = null

  /** Field lines so far. */
  get fieldCount(): number {
    return this.#fields.count
  }

  /** The fields, in order and spelling of the sender. Built at the first call. */
  get headers(): Headers {
    this.#headers ??= this.#fields.decode(this.#bytes as Uint8Array, this.#base)
    return this.#headers
  }

  /** Scans one field line that lies in a larger array; see `FieldSection.scan`. */
  scanField(bytes: Uint8Array, base: number, start: number, end: number): number {
    return this.#fields.scan(bytes, base, start, end)
  }

  /** Forgets the field that was scanned last: its line turned out to be incomplete or bad. */
  dropLastField(): void {
    this.#fields.dropLast()
  }

  /** Takes the bytes that all scanned positions refer to, and picks out the fields that the channel decides by. */
  seal(bytes: Uint8Array, base: number): void {
    this.#bytes = bytes
    this.#base = base
    const fields = this.#fields
    for (let at = 0; at < fields.count; at += 1) {
      const length = fields.nameLength(at)
      // The lengths of Host, Expect, Connection, Content-Length and Transfer-Encoding: most fields end here.
      if (length === 4 || length === 6 || length === 10 || length === 14 || length === 17)
        this.#pick(at, length)
    }
  }

  /** Adds a line that was handed to `headerReceived`: its own copy is kept. Throws what `parseFieldLine` throws. */
  addLine(line: Uint8Array): void {
    const from = this.#copied
    const bytes = append(this.#bytes, from, line)
    this.#bytes = bytes
    this.#copied += line.length
    if (this.#fields.scan(bytes, 0, from, this.#copied) === this.#copied) return
    parseFieldLine(line) // says exactly what is wrong
    throw new TypeError('unreachable: parseFieldLine accepts a line that the index refuses')
  }

  /** Completes a head that came line by line. */
  sealCopied(): void {
    this.seal(this.#bytes ?? new Uint8Array(0), 0)
  }

  #pick(at: number, length: number): void {
    if (length === 4) {
      if (this.#isNamed(at, 'host')) {
        this.hostValues = this.#with(this.hostValues, at, likelyHost)
        likelyHost = this.hostValues[0] as string
      }
    } else if (length === 6) {
      if (this.#isNamed(at, 'expect')) this.expectValues = this.#with(this.expectValues, at)
    } else if (length === 10) {
      if (this.#isNamed(at, 'connection')) this.connectionValues = this.#with(this.connectionValues, at)
    } else if (length === 14) {
      if (this.#isNamed(at, 'content-length'))
        this.contentLengthValues = this.#with(this.contentLengthValues, at)
    } else if (this.#isNamed(at, 'transfer-encoding')) {
      this.transferEncodingValues = this.#with(this.transferEncodingValues, at)
    }
  }

  #isNamed(at: number, name: string): boolean {
    return this.#fields.isNamed(this.#bytes as Uint8Array, this.#base, at, name)
  }

  #with(values: readonly string[], at: number, likely?: string): readonly string[] {
    const value = this.#fields.value(this.#bytes as Uint8Array, this.#base, at, likely)
    return values === NONE ? [value] : [...values, value]
  }
}

function append(own: Uint8Array | null, used: number, line: Uint8Array): Uint8Array {
  let target = own
  if (target === null || target.length < used + line.length) {
    target = allocateBytes(Math.max(512, (used + line.length) * 2))
    if (own !== null) target.set(own.subarray(0, used))
  }
  target.set(line, used)
  return target
}
