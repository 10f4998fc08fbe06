import {
  allocateBytes,
  decodeFieldSection,
  decodeLatin1,
  encodeLatin1,
  FIELD_VALUE_CHARS,
  parseFieldLine,
  TOKEN_CHARS,
  type Headers,
} from '@millrace/headers'
import type { RequestTarget } from '@millrace/message'
import { NO_LENIENCY, type LeniencyFlag } from './leniency.ts'
import { joinBytes } from './octets.ts'

const CR = 0x0d
const LF = 0x0a
const HTAB = 0x09
const SPACE = 0x20
const COLON = 0x3a

// Copies, so that loops over octets read a constant of this module and not a binding of another one.
const NAME_CHARS = TOKEN_CHARS
const VALUE_CHARS = FIELD_VALUE_CHARS

const NO_BYTES = new Uint8Array(0)
const CRLF = new Uint8Array([CR, LF])
/** What stands in a request line besides method and target: two spaces, the version, the line's end. */
const REQUEST_LINE_REST = ' '.length + ' HTTP/1.1\r\n'.length
const NONE: readonly string[] = Object.freeze([])

/** The last Host: most requests to a server name the same one, and then neither text nor list is made of it. */
let likelyHost: readonly string[] = Object.freeze([''])

/**
 * A request's head: the request line, and the field section as bytes. Fields become strings when they are asked for; only
 * those that the channel itself decides by are picked out on the way.
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

  /** The flags of leniency without which the request would have been refused. */
  leniencies: readonly LeniencyFlag[] = NO_LENIENCY

  /** Field lines so far. */
  fieldCount = 0

  /** What holds the field section: `#bytes[#start, #end)`; `#start` is -1 until the head is complete. */
  #bytes: Uint8Array | null = null
  #start = -1
  #end = 0
  #headers: Headers | null = null

  /** The fields, in order and spelling of the sender. Built at the first call. */
  get headers(): Headers {
    this.#headers ??= decodeFieldSection(this.#bytes ?? NO_BYTES, Math.max(0, this.#start), this.#end)
    return this.#headers
  }

  /** Whether all of the head is there. */
  get complete(): boolean {
    return this.#start !== -1
  }

  /** Whether the head comes line by line, each of which is kept here. */
  get isCopied(): boolean {
    return this.#bytes !== null && this.#start === -1
  }

  /** Octets of the complete head, every CRLF counted; of one that came by leniency those of the mended text. */
  get byteCount(): number {
    const requestLine = this.method.length + this.requestTarget.length + REQUEST_LINE_REST
    return requestLine + this.#end - this.#start + CRLF.length
  }

  /**
   * The octets of the head, a copy made at each call: for logs, and for whoever must judge by what was really sent. Of a
   * head that came by leniency it is the mended text: every line with its CRLF, unfolded, the target percent-encoded.
   */
  raw(): Uint8Array {
    const requestLine = encodeLatin1(`${this.method} ${this.requestTarget} HTTP/1.${this.minorVersion}\r\n`)
    const fields = (this.#bytes ?? NO_BYTES).subarray(Math.max(0, this.#start), this.#end)
    return joinBytes([requestLine, fields, this.complete ? CRLF : NO_BYTES])
  }

  /**
   * Reads a whole field section in one pass, and picks out the fields that the channel decides by.
   *
   * @param start - the first octet of the first field line
   * @param end - where the bytes end; they may go on behind the section
   * @returns the position behind the empty line that ends it; -1 when it is incomplete or anything is wrong with it
   * @see RFC 9112 §5
   */
  readFields(bytes: Uint8Array, start: number, end: number): number {
    this.fieldCount = 0
    let position = start
    while (position + 1 < end) {
      if (bytes[position] === CR) {
        this.#bytes = bytes
        this.#start = start
        this.#end = position
        return bytes[position + 1] === LF ? position + 2 : -1
      }
      const nameStart = position
      while (position < end && NAME_CHARS[bytes[position] as number] === 1) position += 1
      if (position === nameStart || position === end || bytes[position] !== COLON) return -1
      const nameEnd = position
      position += 1
      while (position < end && isBlank(bytes[position] as number)) position += 1
      const valueStart = position
      position = skipValueByFours(bytes, position, end)
      while (position < end && VALUE_CHARS[bytes[position] as number] === 1) position += 1
      if (position + 1 >= end || bytes[position] !== CR || bytes[position + 1] !== LF) return -1
      this.fieldCount += 1
      this.#pick(bytes, nameStart, nameEnd - nameStart, valueStart, position)
      position += 2
    }
    return -1
  }

  /** The request line was taken: the lines behind it come one by one. */
  beginCopy(): void {
    this.#bytes = NO_BYTES
  }

  /** Adds a line that was handed to `headerReceived`: its own copy is kept. Throws what `parseFieldLine` throws. */
  addLine(line: Uint8Array): void {
    parseFieldLine(line)
    const bytes = append(this.#bytes, this.#end, line)
    const end = this.#end + line.length
    bytes[end] = CR
    bytes[end + 1] = LF
    this.#bytes = bytes
    this.#end = end + 2
    this.fieldCount += 1
  }

  /** Completes a head that came line by line. */
  sealCopied(): void {
    const bytes = append(this.#bytes, this.#end, NO_BYTES)
    bytes[this.#end] = CR
    bytes[this.#end + 1] = LF
    this.readFields(bytes, 0, this.#end + 2)
  }

  /** Takes the value of a field that the channel decides by; most fields end at the length of their name. */
  #pick(bytes: Uint8Array, nameStart: number, nameLength: number, start: number, lineEnd: number): void {
    if (nameLength === 4) {
      if (isNamed(bytes, nameStart, 'host')) this.hostValues = addHost(this.hostValues, bytes, start, lineEnd)
    } else if (nameLength === 6) {
      if (isNamed(bytes, nameStart, 'expect'))
        this.expectValues = add(this.expectValues, bytes, start, lineEnd)
    } else if (nameLength === 10) {
      if (isNamed(bytes, nameStart, 'connection'))
        this.connectionValues = add(this.connectionValues, bytes, start, lineEnd)
    } else if (nameLength === 14) {
      if (isNamed(bytes, nameStart, 'content-length'))
        this.contentLengthValues = add(this.contentLengthValues, bytes, start, lineEnd)
    } else if (nameLength === 17 && isNamed(bytes, nameStart, 'transfer-encoding')) {
      this.transferEncodingValues = add(this.transferEncodingValues, bytes, start, lineEnd)
    }
  }
}

/**
 * Goes on in a value by four octets as far as they belong to it. Heads are mostly values: this takes a tenth off all
 * reading.
 */
function skipValueByFours(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (
    at + 3 < end &&
    (valueAt(bytes, at) & valueAt(bytes, at + 1) & valueAt(bytes, at + 2) & valueAt(bytes, at + 3)) === 1
  )
    at += 4
  return at
}

/** 1 for an octet that may stand in a value, else 0. */
function valueAt(bytes: Uint8Array, at: number): number {
  return VALUE_CHARS[bytes[at] as number] as number
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === HTAB
}

/** `name` is in lower case and as long as the name in `bytes`. */
function isNamed(bytes: Uint8Array, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    // 0x20 makes capitals small and leaves `-` and digits alone; what else it changes is in no name we look for.
    if (((bytes[start + i] as number) | 0x20) !== name.charCodeAt(i)) return false
  }
  return true
}

/** Where the value ends: blanks at its end are no part of it. */
function valueEnd(bytes: Uint8Array, start: number, lineEnd: number): number {
  let end = lineEnd
  while (end > start && isBlank(bytes[end - 1] as number)) end -= 1
  return end
}

function add(
  values: readonly string[],
  bytes: Uint8Array,
  start: number,
  lineEnd: number,
): readonly string[] {
  const value = decodeLatin1(bytes, start, valueEnd(bytes, start, lineEnd))
  return values === NONE ? [value] : [...values, value]
}

function addHost(
  values: readonly string[],
  bytes: Uint8Array,
  start: number,
  lineEnd: number,
): readonly string[] {
  if (values !== NONE) return add(values, bytes, start, lineEnd)
  if (!isText(bytes, start, valueEnd(bytes, start, lineEnd), likelyHost[0] as string)) {
    likelyHost = add(values, bytes, start, lineEnd)
  }
  return likelyHost
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false
  for (let i = 0; i < text.length; i += 1) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}

/** The first `used` octets of `own`, then `line`, then room for a CRLF. */
function append(own: Uint8Array | null, used: number, line: Uint8Array): Uint8Array {
  let target = own
  if (target === null || target.length < used + line.length + 2) {
    target = allocateBytes(Math.max(512, (used + line.length + 2) * 2))
    if (own !== null) target.set(own.subarray(0, used))
  }
  target.set(line, used)
  return target
}
