import { isFieldValue, isToken } from '@millrace/headers'

/** Longer lists of fields are the platform's affair: ours are put in order one by one. */
const MAX_FIELDS = 32

const NO_INIT = Object.freeze({})

/** What a response consists of when nothing about it is special. Never changed: clones share it. */
export class ResponseParts {
  readonly status: number
  readonly statusText: string
  /** In lower case, each once (save set-cookie) and in the order of the alphabet, as Fetch hands fields out. */
  readonly names: readonly string[]
  /** At the same indexes. */
  readonly values: readonly string[]
  /** Text, or octets in a memory of their own. */
  readonly content: string | Uint8Array<ArrayBuffer> | null

  constructor(
    status: number,
    statusText: string,
    fields: PlainFields,
    content: string | Uint8Array<ArrayBuffer> | null,
  ) {
    this.status = status
    this.statusText = statusText
    this.names = fields.names
    this.values = fields.values
    this.content = content
  }
}

/**
 * Takes apart what the constructor of a `Response` was given.
 *
 * @param body - as given
 * @param init - as given
 * @param type - the Content-Type unless `init` has one; that of the body when left out
 * @returns `null` when anything is unusual or wrong: the platform's own constructor knows what it makes of it
 */
export function plainParts(body: unknown, init: unknown, type?: string): ResponseParts | null {
  const content = plainContent(body)
  if (content === undefined || !isDictionary(init)) return null
  const { status, statusText, headers } = (init ?? NO_INIT) as ResponseInit
  const code = status === undefined ? 200 : status
  const reason = statusText === undefined ? '' : statusText
  if (!isPlainStatus(code, content !== null) || (reason !== '' && !isReason(reason))) return null
  const fields = plainFields(headers, type ?? (content === null ? '' : typeOf(body)))
  return fields === null ? null : new ResponseParts(code, reason, fields, content)
}

/** A dictionary of Web IDL: an object, or nothing. */
function isDictionary(init: unknown): boolean {
  return init === undefined || init === null || typeof init === 'object'
}

function isPlainStatus(status: unknown, hasContent: boolean): status is number {
  if (status === 200) return true
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) return false
  return !hasContent || (status !== 204 && status !== 205 && status !== 304)
}

function isReason(statusText: unknown): boolean {
  return typeof statusText === 'string' && isFieldValue(statusText)
}

/** The content as it can be sent; `undefined` for what only the platform knows how to read. */
function plainContent(body: unknown): string | Uint8Array<ArrayBuffer> | null | undefined {
  if (typeof body === 'string') return body
  if (body === null || body === undefined) return null
  if (ArrayBuffer.isView(body)) return copyOf(body.buffer, body.byteOffset, body.byteLength)
  if (body instanceof ArrayBuffer) return copyOf(body, 0, body.byteLength)
  return body instanceof URLSearchParams ? body.toString() : undefined
}

/** Whoever made a response may go on using the memory. Fetch takes neither memory that is shared nor such as grows. */
function copyOf(buffer: ArrayBufferLike, start: number, length: number): Uint8Array<ArrayBuffer> | undefined {
  if (!(buffer instanceof ArrayBuffer) || (buffer as { resizable?: boolean }).resizable === true)
    return undefined
  return new Uint8Array(buffer, start, length).slice()
}

/** The Content-Type that a body has by itself; empty when it has none. */
function typeOf(body: unknown): string {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8'
  return body instanceof URLSearchParams ? 'application/x-www-form-urlencoded;charset=UTF-8' : ''
}

/**
 * The fields that `headers` of an init are, with a Content-Type: `type`, unless they have one or it is empty.
 *
 * @returns `null` when they are not plain
 */
function plainFields(headers: unknown, type: string): PlainFields | null {
  if (headers === undefined) return recordFields(NO_INIT, type)
  if (typeof headers !== 'object' || headers === null) return null
  if (headers instanceof Headers || Array.isArray(headers)) {
    const fields = new PlainFields()
    return fields.takePairs(headers) && fields.takeType(type) ? fields : null
  }
  return Symbol.iterator in headers ? null : recordFields(headers as Readonly<Record<string, unknown>>, type)
}

function recordFields(record: Readonly<Record<string, unknown>>, type: string): PlainFields | null {
  const names = Object.keys(record)
  const place =
    names.length === 0 ? 0 : (names.length * 7 + (names[0] as string).length) % KNOWN_RECORDS.length
  const known = KNOWN_RECORDS[place]
  if (known !== undefined && known.type === type && isSameRecord(known, names, record)) return known.fields
  const values = names.map((name) => record[name]) // read once: what is remembered is what was checked
  const fields = new PlainFields()
  for (let index = 0; index < names.length; index += 1)
    if (!fields.take(names[index], values[index])) return null
  if (!fields.takeType(type)) return null
  if (fields.size <= KNOWN_RECORD_LENGTH) KNOWN_RECORDS[place] = { names, values, type, fields }
  return fields
}

/** A record that was found plain, and what was made of it. */
interface KnownRecord {
  readonly names: readonly string[]
  readonly values: readonly unknown[]
  /** The Content-Type that the body had by itself. */
  readonly type: string
  readonly fields: PlainFields
}

/**
 * The records that were seen last, each in the place that its names give it: a service answers with the same few fields
 * again and again. Bounded in number and, by {@link KNOWN_RECORD_LENGTH}, in characters.
 */
const KNOWN_RECORDS: (KnownRecord | undefined)[] = new Array<undefined>(32).fill(undefined)
const KNOWN_RECORD_LENGTH = 1_024

function isSameRecord(
  known: KnownRecord,
  names: string[],
  record: Readonly<Record<string, unknown>>,
): boolean {
  if (known.names.length !== names.length) return false
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string
    if (known.names[index] !== name || known.values[index] !== record[name]) return false
  }
  return true
}

/** Fields, put in one by one and kept in order. Shared by all who have the same: not changed once it is filled. */
class PlainFields {
  readonly names: string[] = []
  readonly values: string[] = []
  /** Characters of all names and values. */
  size = 0

  /** @returns whether all were taken */
  takePairs(pairs: Iterable<unknown>): boolean {
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2 || !this.take(pair[0], pair[1])) return false
    }
    return true
  }

  /** Takes a Content-Type if there is none yet. */
  takeType(type: string): boolean {
    return type === '' || this.names.includes('content-type') || this.take('content-type', type)
  }

  /** @returns whether it was taken: a valid name that was not there, a value that goes on the wire as it is */
  take(name: unknown, value: unknown): boolean {
    if (typeof name !== 'string' || typeof value !== 'string' || !isPlainValue(value)) return false
    const { names, values } = this
    const lower = isToken(name) ? name.toLowerCase() : ''
    if (lower === '' || names.length === MAX_FIELDS) return false
    let at = names.length
    while (at > 0 && (names[at - 1] as string) > lower) at -= 1
    if (at > 0 && names[at - 1] === lower && lower !== 'set-cookie') return false
    if (at === names.length) {
      names.push(lower)
      values.push(value)
    } else {
      names.splice(at, 0, lower)
      values.splice(at, 0, value)
    }
    this.size += name.length + value.length
    return true
  }
}

/** Whether a value goes on the wire as it is: nothing to refuse, nothing around it to drop. */
function isPlainValue(value: string): boolean {
  return value === '' || (isFieldValue(value) && !isBlank(value, 0) && !isBlank(value, value.length - 1))
}

function isBlank(value: string, index: number): boolean {
  return value.charCodeAt(index) <= 0x20
}
