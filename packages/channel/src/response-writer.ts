import { chunkHead, encodeTrailers } from '@millrace/chunked'
import { hasToken, Headers, isFieldValue } from '@millrace/headers'
import { formatStatusLine, responseBodyAllowed } from '@millrace/message'
import { LocalProtocolError } from './errors.ts'
import { headStart, lengthLine } from './head-lines.ts'
import type { Octets } from './octets.ts'
import type { RequestChannel } from './request-channel.ts'
import { ResponseTrailers } from './response-trailers.ts'
import { namesOffered } from './upgrade.ts'

/**
 * How the end of our content is told (RFC 9112 §6.3): not at all because there is none, by its length, by the last
 * chunk, or by closing.
 */
type Framing = 'none' | 'length' | 'chunked' | 'close'

/** Our half of an exchange: nothing sent, the final head sent, all sent. */
export type ResponseState = 'idle' | 'send-body' | 'done'

/** What of the request decides how a response is framed. */
interface Asked {
  readonly method: string
  readonly minorVersion: number
}

/** Writes one response: the head with the framing that fits, then content that keeps to it. */
export class ResponseWriter {
  statusCode = 200
  reason: string | null = null
  #headers: Headers | null = null
  #trailers: Headers | null = null
  #state: ResponseState = 'idle'
  #framing: Framing = 'none'
  #remaining = 0
  readonly #channel: RequestChannel
  readonly #asked: Asked

  constructor(channel: RequestChannel, asked: Asked) {
    this.#channel = channel
    this.#asked = asked
  }

  get state(): ResponseState {
    return this.#state
  }

  get headers(): Headers {
    this.#headers ??= new Headers()
    return this.#headers
  }

  get trailers(): Headers {
    this.#trailers ??= new ResponseTrailers()
    return this.#trailers
  }

  setResponseCode(statusCode: number, reason: string | null): void {
    this.assertHeadUnsent()
    if (!Number.isInteger(statusCode) || ((statusCode < 200 || statusCode > 599) && statusCode !== 101)) {
      throw new RangeError(`a final status code is an integer of 200–599, not ${statusCode}`)
    }
    if (reason !== null && !isFieldValue(reason)) {
      throw new TypeError('a reason phrase has no control characters (RFC 9112 §4)')
    }
    this.statusCode = statusCode
    this.reason = reason
  }

  assertHeadUnsent(): void {
    if (this.#state !== 'idle') throw new LocalProtocolError('ERR_HEAD_SENT')
  }

  /** Writes a piece of content, and the head before the first one. */
  write(chunk: Octets): void {
    if (this.#state === 'done') throw new LocalProtocolError('ERR_FINISHED')
    if (this.#state === 'idle') this.begin(null)
    if (chunk.length === 0 || this.#framing === 'none') return
    const output = this.#channel.output
    if (this.#framing === 'chunked') {
      output.add(chunkHead(chunk.length))
      output.add(chunk)
      output.add('\r\n')
      return
    }
    if (this.#framing === 'length') this.#spend(chunk.length)
    output.add(chunk)
  }

  /** Completes the response; `chunk` is its last piece, and all of it when nothing was written before. */
  finish(chunk: Octets): void {
    if (this.#state === 'done') throw new LocalProtocolError('ERR_FINISHED')
    const { length } = chunk
    if (this.#state === 'idle') this.begin(this.#hasTrailers() ? null : length)
    if (length > 0) this.write(chunk)
    if (this.#framing === 'length' && this.#remaining > 0) {
      this.#state = 'done'
      this.#channel.breakOff()
      throw wrongLength(false)
    }
    if (this.#framing === 'chunked') {
      this.#channel.output.add(this.#trailers === null ? '0\r\n\r\n' : encodeTrailers(this.#trailers))
    }
    this.#state = 'done'
  }

  /** Whether there are trailers, and a place for them: chunked content, which 1.0 does not know. */
  #hasTrailers(): boolean {
    return this.#trailers !== null && this.#trailers.size > 0 && this.#asked.minorVersion >= 1
  }

  /** Takes the writer out of use: the connection is gone, or another response took its place. */
  abandon(): void {
    this.#state = 'done'
  }

  /**
   * Sends the final head.
   *
   * @param finalLength - the octets of all content when they are known, else `null`
   */
  begin(finalLength: number | null): void {
    if (this.statusCode === 101) throw new LocalProtocolError('ERR_NOT_SWITCHED')
    // What follows a 2xx to CONNECT is a tunnel's (RFC 9110 §9.3.6): without one, nothing may follow.
    if (this.#asked.method === 'CONNECT' && this.statusCode < 300) this.#channel.persistent = false
    this.#sendHead(finalLength, false)
  }

  /** Whether the status says that the connection becomes another protocol's; 1.0 knows no 101 (RFC 9110 §15.2). */
  get isSwitch(): boolean {
    const { method, minorVersion } = this.#asked
    if (method === 'CONNECT') return this.statusCode >= 200 && this.statusCode < 300
    return this.statusCode === 101 && minorVersion >= 1
  }

  /** @throws {LocalProtocolError} `ERR_UPGRADE_FIELD` when this is a 101 to something else than was offered */
  assertOffered(offered: readonly string[]): void {
    if (this.statusCode === 101 && !namesOffered(this.headers, offered))
      throw new LocalProtocolError('ERR_UPGRADE_FIELD')
  }

  /** Sends the head of a response after which the connection is another protocol's. */
  beginUpgrade(): void {
    this.#sendHead(null, true)
  }

  #sendHead(finalLength: number | null, switches: boolean): void {
    const channel = this.#channel
    const headers = this.#headers
    if (headers !== null && headers.hasHeader('transfer-encoding'))
      throw new LocalProtocolError('ERR_FRAMING_FIELD')
    const framingLine = this.#decideFraming(finalLength)
    const dateLine = headers !== null && headers.hasHeader('date') ? '' : channel.dateLine
    let head =
      this.reason === null
        ? headStart(this.statusCode, dateLine)
        : formatStatusLine(this.statusCode, this.reason) + dateLine
    if (headers !== null) head += headers.toWire()
    head += framingLine
    head += switches ? this.#upgradeLine() : this.#connectionLine()
    head += '\r\n'
    this.#state = 'send-body'
    channel.output.add(head)
  }

  /** Decides the framing and returns the field line that tells it, if one is needed beyond what the application set. */
  #decideFraming(finalLength: number | null): string {
    const status = this.statusCode
    const announced = this.#announcedLength()
    if (status === 205 && this.#asked.method !== 'CONNECT') {
      this.#framing = 'none'
      if (announced !== null) this.headers.removeHeader('content-length')
      return 'Content-Length: 0\r\n' // RFC 9110 §15.3.6: a 205 has no content, and says so
    }
    if (!responseBodyAllowed(this.#asked.method, status)) {
      this.#framing = 'none'
      const tellsLength = this.#asked.method === 'HEAD' && status >= 200 && status !== 204 && status !== 304
      if (!tellsLength) {
        // RFC 9110 §8.6: none on 1xx, 204 and 2xx to CONNECT; 304 may keep what a 200 would have had.
        if (announced !== null && status !== 304) this.headers.removeHeader('content-length')
        return ''
      }
      return announced === null && finalLength !== null && finalLength > 0 ? lengthLine(finalLength) : ''
    }
    if (announced !== null) {
      if (finalLength !== null && finalLength !== announced) throw wrongLength(finalLength > announced)
      this.#framing = 'length'
      this.#remaining = announced
      return ''
    }
    if (finalLength !== null) {
      this.#framing = 'length'
      this.#remaining = finalLength
      return lengthLine(finalLength)
    }
    if (this.#asked.minorVersion >= 1) {
      this.#framing = 'chunked'
      return this.#hasTrailers() ? this.#trailerLine() : 'Transfer-Encoding: chunked\r\n'
    }
    this.#framing = 'close'
    this.#channel.persistent = false
    return ''
  }

  /** Chunks, and the names of the trailers behind them, as far as they are known (RFC 9110 §6.6.2). */
  #trailerLine(): string {
    const names = this.headers.hasHeader('trailer') ? [] : [...this.trailers.names()]
    const line = names.length === 0 ? '' : `Trailer: ${names.join(', ')}\r\n`
    return `Transfer-Encoding: chunked\r\n${line}`
  }

  /** Upgrade means nothing unless Connection names it (RFC 9110 §7.8); a tunnel needs no such word. */
  #upgradeLine(): string {
    return this.statusCode !== 101 || this.headers.hasToken('connection', 'upgrade')
      ? ''
      : 'Connection: upgrade\r\n'
  }

  #announcedLength(): number | null {
    const value = this.#headers?.get('content-length')
    if (value === undefined) return null
    if (!/^[0-9]{1,15}$/.test(value)) throw new LocalProtocolError('ERR_CONTENT_LENGTH')
    return Number(value)
  }

  #connectionLine(): string {
    const channel = this.#channel
    const own = this.#headers?.getRawHeaders('connection')
    if (own !== undefined && hasToken(own, 'close')) {
      channel.persistent = false
      return ''
    }
    if (!channel.persistent) return 'Connection: close\r\n'
    // A 1.0 client keeps the connection only when told (RFC 9112 §9.3); to 1.1 it goes without saying.
    return this.#asked.minorVersion === 0 && own === undefined ? 'Connection: keep-alive\r\n' : ''
  }

  #spend(length: number): void {
    if (length > this.#remaining) {
      this.#state = 'done'
      this.#channel.breakOff()
      throw wrongLength(true)
    }
    this.#remaining -= length
  }
}

function wrongLength(exceeded: boolean): LocalProtocolError {
  return new LocalProtocolError(exceeded ? 'ERR_CONTENT_LENGTH_EXCEEDED' : 'ERR_CONTENT_LENGTH_SHORT')
}
