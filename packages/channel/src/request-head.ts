import {
  decodeLatin1,
  FIELD_VALUE_CHARS,
  Headers,
  parseFieldLine,
  TOKEN_CHARS,
  allocateBytes,
} from '@millrace/headers'
import type { RequestTarget } from '@millrace/message'

const HTAB = 0x09
const SPACE = 0x20
const COLON = 0x3a
const NONE: readonly string[] = Object.freeze([])

/** Numbers kept for each field: where its name begins and ends, where its value begins and ends. */
const PER_FIELD = 4

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
  /** Whether `#bytes` is our own copy, grown line by line. */
  #copied = 0
  readonly #index: number[] = []
  #headers: Headers | null = null

  /** Field lines so far. */
  get fieldCount(): number {
    return this.#index.length / PER_FIELD
  }

  /** The fields, in order and spelling of the sender. Built at the first call. */
  get headers(): Headers {
    this.#headers ??= this.#decode()
    return this.#headers
  }

  /**
   * Scans one field line that lies in a larger array, and remembers where its parts are.
   *
   * @param base - where in `bytes` the head begins; positions are kept relative to it, since the array may move
   * @param start - the first octet of the line
   * @param end - where the bytes end
   * @returns the position of the first octet that cannot belong to a field line, or `end`; -1 when the name or the
   * colon is wrong, or the bytes ended inside the name
   */
  scanField(bytes: Uint8Array, base: number, start: number, end: number): number {
    let position = start
    while (position < end && TOKEN_CHARS[bytes[position] as number] === 1) position += 1
    if (position === start || position === end || bytes[position] !== COLON) return -1
    const nameEnd = position
    position += 1
    while (position < end && isBlank(bytes[position] as number)) position += 1
    const valueStart = position
    while (position < end && FIELD_VALUE_CHARS[bytes[position] as number] === 1) position += 1
    let valueEnd = position
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1] as number)) valueEnd -= 1
    this.#index.push(start - base, nameEnd - base, valueStart - base, valueEnd - base)
    return position
  }

  /** Forgets the field that was scanned last: its line turned out to be incomplete or too long. */
  dropLastField(): void {
    this.#index.length -= PER_FIELD
  }

  /** Takes the bytes that all scanned positions refer to, and picks out the fields that the channel decides by. */
  seal(bytes: Uint8Array, base: number): void {
    this.#bytes = bytes
    this.#base = base
    const index = this.#index
    for (let i = 0; i < index.length; i += PER_FIELD) {
      const start = index[i] as number
      const length = (index[i + 1] as number) - start
      // The lengths of Host, Expect, Connection, Content-Length and Transfer-Encoding: most fields end here.
      if (length === 4 || length === 6 || length === 10 || length === 14 || length === 17) {
        this.#pick(bytes, base + start, length, i)
      }
    }
  }

  /** Adds a line that was handed to `headerReceived`: its own copy is kept. Throws what `parseFieldLine` throws. */
  addLine(line: Uint8Array): void {
    if (this.scanField(line, 0, 0, line.length) !== line.length) {
      parseFieldLine(line) // says exactly what is wrong
      throw new TypeError('unreachable: parseFieldLine accepts a line that scanField refuses')
    }
    const index = this.#index
    for (let i = index.length - PER_FIELD; i < index.length; i += 1)
      index[i] = (index[i] as number) + this.#copied
    this.#bytes = append(this.#bytes, this.#copied, line)
    this.#copied += line.length
  }

  /** Completes a head that came line by line. */
  sealCopied(): void {
    this.seal(this.#bytes ?? new Uint8Array(0), 0)
  }

  #pick(bytes: Uint8Array, start: number, length: number, at: number): void {
    if (length === 4) {
      if (isNamed(bytes, start, 'host')) this.hostValues = [...this.hostValues, this.#value(at)]
    } else if (length === 6) {
      if (isNamed(bytes, start, 'expect')) this.expectValues = [...this.expectValues, this.#value(at)]
    } else if (length === 10) {
      if (isNamed(bytes, start, 'connection'))
        this.connectionValues = [...this.connectionValues, this.#value(at)]
    } else if (length === 14) {
      if (isNamed(bytes, start, 'content-length')) {
        this.contentLengthValues = [...this.contentLengthValues, this.#value(at)]
      }
    } else if (isNamed(bytes, start, 'transfer-encoding')) {
      this.transferEncodingValues = [...this.transferEncodingValues, this.#value(at)]
    }
  }

  #value(at: number): string {
    const start = this.#base + (this.#index[at + 2] as number)
    return decodeLatin1(this.#bytes as Uint8Array, start, this.#base + (this.#index[at + 3] as number))
  }

  /** One native call decodes the whole section; names and values are slices of that string. */
  #decode(): Headers {
    const index = this.#index
    if (index.length === 0) return new Headers()
    const first = index[0] as number
    const last = index[index.length - 1] as number
    const text = decodeLatin1(this.#bytes as Uint8Array, this.#base + first, this.#base + last)
    const names: string[] = []
    const values: string[] = []
    for (let i = 0; i < index.length; i += PER_FIELD) {
      names.push(text.slice((index[i] as number) - first, (index[i + 1] as number) - first))
      values.push(text.slice((index[i + 2] as number) - first, (index[i + 3] as number) - first))
    }
    return Headers.fromParsed(names, values)
  }
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === HTAB
}

/** Compares a name of the right length, whatever its case; `name` is in lower case. */
function isNamed(bytes: Uint8Array, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    // A token has no octet that 0x20 turns into a wrong letter, and `-` keeps its bit.
    if (((bytes[start + i] as number) | 0x20) !== name.charCodeAt(i)) return false
  }
  return true
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
