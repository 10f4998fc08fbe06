import { isFieldValue, isToken } from '@millrace/headers'

/** Longer lists of fields are the platform's affair: ours are put in order one by one. */
const MAX_FIELDS = 32
/** So many names are remembered with their lower case, each of at most so many characters. */
const KNOWN_NAMES = 256
const KNOWN_NAME_LENGTH = 64

const knownNames = new Map<string, string>()
const NO_INIT: ResponseInit = {}

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
  const fields = new PlainFields()
  if (headers !== undefined && !fields.takeAll(headers)) return null
  const ownType = type ?? (content === null ? '' : typeOf(body))
  if (ownType !== '' && !fields.names.includes('content-type')) fields.take('content-type', ownType)
  return new ResponseParts(code, reason, fields, content)
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

/** Fields, put in one by one and kept in order. */
class PlainFields {
  readonly names: string[] = []
  readonly values: string[] = []

  /** @returns whether all were taken: what was not plain was left alone, and what is given can be read again */
  takeAll(given: unknown): boolean {
    if (typeof given !== 'object' || given === null) return false
    if (given instanceof Headers || Array.isArray(given)) return this.#takePairs(given)
    if (Symbol.iterator in given) return false
    for (const name of Object.keys(given)) {
      if (!this.take(name, (given as Record<string, unknown>)[name])) return false
    }
    return true
  }

  /** @returns whether it was taken: a valid name that was not there, a value that goes on the wire as it is */
  take(name: unknown, value: unknown): boolean {
    if (typeof name !== 'string' || typeof value !== 'string' || !isPlainValue(value)) return false
    const { names, values } = this
    const lower = knownNames.get(name) ?? lowerName(name)
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
    return true
  }

  #takePairs(pairs: Iterable<unknown>): boolean {
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2 || !this.take(pair[0], pair[1])) return false
    }
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

/** A field name in lower case; empty when it is none. A service uses the same few all the time. */
function lowerName(name: string): string {
  if (!isToken(name)) return ''
  const lower = name.toLowerCase()
  if (knownNames.size < KNOWN_NAMES && name.length <= KNOWN_NAME_LENGTH) knownNames.set(name, lower)
  return lower
}
