import type { OwnBytes } from './fetch-body.ts'
import { plainParts, type ResponseParts } from './response-parts.ts'

/** The platform's own class: what was global when it was first needed. */
let platform: typeof Response | null = null

/** What the constructor takes from this file alone: a response that is there already. */
class Made {
  readonly parts: ResponseParts | null
  readonly inner: Response | null

  constructor(parts: ResponseParts | null, inner: Response | null) {
    this.parts = parts
    this.inner = inner
  }
}

/**
 * Takes what is to be sent of a response, and its content with it.
 *
 * @returns `null` when it is none of ours, or it has to be read as any other: then nothing was taken
 */
export let takeParts: (response: unknown) => ResponseParts | null

/** The fields of a response, when somebody looked at them and may have changed them; else those of its parts count. */
export let changedHeaders: (response: unknown) => Headers | null

/**
 * A response with the surface of the platform's `Response`, and `instanceof Response`, that costs little as long as nobody
 * looks inside: text and octets go from here to the wire without a stream, and fields without a `Headers`.
 *
 * What is rare is left to the platform: streams, blobs and forms as a body, every way to read it, and all arguments that
 * are unusual or wrong. Who looks inside a `Response`, as `caches` does, takes what {@link LightResponse.toPlatform}
 * returns.
 *
 * @public
 */
export class LightResponse implements Response {
  /** `null` when only the platform could take what was given: then `#inner` is all there is. */
  readonly #parts: ResponseParts | null
  /** Handed out, so it may have been changed. */
  #headers: Headers | null
  /** The platform's response with the same content, made for the first one that wants to read it. */
  #inner: Response | null
  #isSent: boolean

  static {
    takeParts = (response) => {
      if (!isObject(response) || !(#parts in response) || response.#inner !== null || response.#isSent)
        return null
      const parts = response.#parts as ResponseParts
      if (parts.content !== null) response.#isSent = true // one without content can be sent again
      return parts
    }
    changedHeaders = (response) => (isObject(response) && #parts in response ? response.#headers : null)
  }

  /**
   * @param body - octets are copied, as by the platform
   * @param init - `status`, `statusText` and `headers`
   * @throws {TypeError} what the platform's own constructor throws, and when it does; {RangeError} on a status outside of
   * 200–599
   */
  constructor(body?: ConstructorParameters<typeof Response>[0], init?: ResponseInit) {
    const made: unknown = body
    this.#parts = made instanceof Made ? made.parts : plainParts(body, init)
    this.#headers = null
    this.#inner = null
    this.#isSent = false
    if (platform === null) adoptPlatformResponse()
    if (made instanceof Made) this.#inner = made.inner
    else if (this.#parts === null) this.#inner = new (platform as typeof Response)(body, init)
  }

  /** A response that says that there was no response; it cannot be sent. */
  static error(): LightResponse {
    return responseOf(null, adoptPlatformResponse().error())
  }

  /**
   * A response whose content is `data` as JSON.
   *
   * @throws {TypeError} when `data` is nothing that JSON knows; and as the constructor
   */
  static json(data: unknown, init?: ResponseInit): LightResponse {
    const text = JSON.stringify(data) as string | undefined
    const parts = text === undefined ? null : plainParts(text, init, 'application/json')
    return responseOf(parts, parts === null ? adoptPlatformResponse().json(data, init) : null)
  }

  /**
   * A response that points the client elsewhere.
   *
   * @param url - absolute
   * @throws {TypeError} when it is no URL; {RangeError} when `status` is no redirection
   */
  static redirect(url: string | URL, status: 301 | 302 | 303 | 307 | 308 = 302): LightResponse {
    return responseOf(null, adoptPlatformResponse().redirect(url, status))
  }

  /** Whether `value` is a response: ours or the platform's, so that both pass where this class is the global one. */
  static [Symbol.hasInstance](value: unknown): boolean {
    // A subclass inherits this, and means itself.
    const { prototype } = this === LightResponse ? adoptPlatformResponse() : this
    return Object.prototype.isPrototypeOf.call(prototype, value as object)
  }

  get status(): number {
    return this.#parts === null ? this.#open().status : this.#parts.status
  }

  get statusText(): string {
    return this.#parts === null ? this.#open().statusText : this.#parts.statusText
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  /** The fields, in lower case. Changes to them count until the response is sent. */
  get headers(): Headers {
    if (this.#parts === null) return this.#open().headers
    this.#headers ??= new Headers(pairsOf(this.#parts))
    return this.#headers
  }

  get type(): Response['type'] {
    return this.#inner === null ? 'default' : this.#inner.type
  }

  get url(): string {
    return this.#inner === null ? '' : this.#inner.url
  }

  get redirected(): boolean {
    return this.#inner !== null && this.#inner.redirected
  }

  get body(): Response['body'] {
    return this.#parts !== null && this.#parts.content === null ? null : this.#open().body
  }

  get bodyUsed(): boolean {
    return this.#isSent || (this.#inner !== null && this.#inner.bodyUsed)
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return await this.#open().arrayBuffer()
  }

  async blob(): Promise<Blob> {
    return await this.#open().blob()
  }

  async bytes(): Promise<OwnBytes> {
    return new Uint8Array(await this.arrayBuffer())
  }

  async formData(): Promise<FormData> {
    return await this.#open().formData()
  }

  async json(): Promise<unknown> {
    return (await this.#open().json()) as unknown
  }

  async text(): Promise<string> {
    return await this.#open().text()
  }

  /**
   * A second response whose fields are changed, and whose body is read, independently.
   *
   * @throws {TypeError} when the body was read or sent, or is being read
   */
  clone(): LightResponse {
    if (this.#inner !== null || this.#isSent) return responseOf(null, this.#open().clone())
    const clone = responseOf(this.#parts, null)
    if (this.#headers !== null) clone.#headers = new Headers(this.#headers)
    return clone
  }

  /** The same as the platform's own object, for code that looks inside one. Both have one body: who reads it first has it. */
  toPlatform(): Response {
    return this.#open()
  }

  /** The platform's response: same content, same fields. */
  #open(): Response {
    this.#inner ??= this.#makeInner(this.#parts as ResponseParts)
    if (this.#headers !== null && this.#headers !== this.#inner.headers)
      replaceFields(this.#inner.headers, this.#headers)
    return this.#inner
  }

  #makeInner(parts: ResponseParts): Response {
    const { status, statusText, content } = parts
    const headers = pairsOf(parts)
    const inner = new (platform as typeof Response)(content, { status, statusText, headers })
    this.#headers ??= inner.headers
    // What was sent is gone, for whoever comes later: locked, and read.
    if (this.#isSent) void inner.body?.getReader().cancel()
    return inner
  }
}

/**
 * Finds the platform's class, and makes every {@link LightResponse} an instance of it. Not done while the module loads:
 * the first look at that class loads all of Fetch, which a server of bare channels never needs.
 */
export function adoptPlatformResponse(): typeof Response {
  if (platform === null) {
    platform = globalThis.Response
    Object.setPrototypeOf(LightResponse.prototype, platform.prototype as object)
  }
  return platform
}

/**
 * Puts {@link LightResponse} in the place of the global `Response`, for code that makes its responses there, as
 * frameworks do. What is a response of the platform stays an `instanceof Response`.
 *
 * @returns puts back what was there; does nothing when something else is there by then
 * @public
 */
export function installLightResponse(): () => void {
  adoptPlatformResponse()
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Response')
  if (before === undefined || isInstalled()) return () => {}
  Object.defineProperty(globalThis, 'Response', {
    value: LightResponse,
    configurable: true,
    enumerable: false,
    writable: true,
  })
  return () => {
    if (isInstalled()) Object.defineProperty(globalThis, 'Response', before)
  }
}

function isInstalled(): boolean {
  return (globalThis.Response as unknown) === LightResponse
}

function responseOf(parts: ResponseParts | null, inner: Response | null): LightResponse {
  return new LightResponse(new Made(parts, inner) as unknown as string)
}

function pairsOf({ names, values }: ResponseParts): [name: string, value: string][] {
  return names.map((name, index) => [name, values[index] as string])
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Makes `own` hold what `other` does. */
function replaceFields(own: Headers, other: Headers): void {
  for (const name of [...own.keys()]) own.delete(name)
  for (const [name, value] of other) own.append(name, value)
}
