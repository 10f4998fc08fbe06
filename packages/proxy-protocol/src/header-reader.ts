import { decodeV1, MAX_LINE_BYTES } from './decode-v1.ts'
import { decodeV2, FIXED_BYTES, lengthOfV2 } from './decode-v2.ts'
import { ProxyProtocolError } from './errors.ts'
import type { ProxyHeader } from './header.ts'
import { settleHeader } from './options.ts'
import type { HeaderSettings, ProxyHeaderOptions } from './options.ts'
import { SIGNATURE_V1, SIGNATURE_V2 } from './signature.ts'

const CR = 0x0d
const LF = 0x0a

/**
 * Reads one header out of the beginning of a byte stream, however that is cut.
 *
 * @public
 */
export class ProxyHeaderReader {
  readonly #settings: HeaderSettings
  /** What it is to become; decided by the first octet. */
  #signature: Uint8Array = SIGNATURE_V1
  /** A copy: what was read with the header lives no longer because of it. */
  #held: Uint8Array = new Uint8Array(MAX_LINE_BYTES)
  #count = 0
  /** Of version 2, from when it is known on. */
  #total = Infinity
  #header: ProxyHeader | null = null

  /** @throws {TypeError | RangeError} when an option is not what {@link ProxyHeaderOptions} says */
  constructor(options: ProxyHeaderOptions = {}) {
    this.#settings = settleHeader(options)
  }

  /** What was read; `null` until it is complete. */
  get header(): ProxyHeader | null {
    return this.#header
  }

  /** Octets taken in so far. */
  get receivedBytes(): number {
    return this.#count
  }

  /**
   * Takes the next bytes. When they complete the header, {@link ProxyHeaderReader.header} is there; bytes after that
   * are not for this reader.
   *
   * @returns how many of `bytes` belong to the header, all of them while it is not complete
   * @throws {ProxyProtocolError} as soon as this cannot become a header that is accepted; the reader is of no use then
   */
  read(bytes: Uint8Array): number {
    let at = 0
    while (at < bytes.length && this.#header === null) {
      if (this.#count < FIXED_BYTES || this.#signature === SIGNATURE_V1) {
        this.#takeOctet(bytes[at]!)
        at += 1
      } else {
        const part = bytes.subarray(at, at + this.#total - this.#count)
        this.#held.set(part, this.#count)
        this.#count += part.length
        at += part.length
      }
      if (this.#count === this.#total) this.#header = decodeV2(this.#held)
    }
    return at
  }

  #takeOctet(octet: number): void {
    const at = this.#count
    if (at === 0 && octet === SIGNATURE_V2[0]) this.#signature = SIGNATURE_V2
    const signature = this.#signature
    if (at < signature.length && octet !== signature[at])
      throw new ProxyProtocolError('ERR_PROXY_MISSING', at)
    this.#held[at] = octet
    this.#count = at + 1
    if (this.#count === signature.length) this.#checkVersion()
    else if (at < signature.length) return
    else if (signature === SIGNATURE_V1) this.#lookForLineEnd(octet, at)
    else if (this.#count === FIXED_BYTES) this.#makeRoom()
  }

  #checkVersion(): void {
    const { acceptsV1, acceptsV2 } = this.#settings
    if (this.#signature === SIGNATURE_V1 ? acceptsV1 : acceptsV2) return
    throw new ProxyProtocolError('ERR_PROXY_VERSION', 0)
  }

  #lookForLineEnd(octet: number, at: number): void {
    const behindCr = this.#held[at - 1] === CR
    if (behindCr !== (octet === LF))
      throw new ProxyProtocolError('ERR_PROXY_LINE_END', behindCr ? at - 1 : at)
    if (behindCr) this.#header = decodeV1(this.#held.subarray(0, at - 1))
    else if (this.#count === MAX_LINE_BYTES) throw new ProxyProtocolError('ERR_PROXY_LINE_TOO_LONG', at)
  }

  #makeRoom(): void {
    this.#total = lengthOfV2(this.#held, this.#settings.maxHeaderBytes)
    const whole = new Uint8Array(this.#total)
    whole.set(this.#held.subarray(0, FIXED_BYTES))
    this.#held = whole
  }
}
