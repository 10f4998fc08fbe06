import type { Headers, HeadersInit } from '@millrace/headers'
import { decideExpectation, offeredUpgrades, type RequestTarget } from '@millrace/message'
import type { ConnectionLost, Protocol, PullProducer, PushProducer } from '@millrace/transport'
import { RequestContent } from './content.ts'
import { LocalProtocolError } from './errors.ts'
import { ExchangeEnd } from './exchange-end.ts'
import { interimResponse } from './interim-response.ts'
import type { RequestChannel } from './request-channel.ts'
import type { RequestHead } from './request-head.ts'
import { ResponseWriter } from './response-writer.ts'
import { toOctets } from './octets.ts'
import { HeldConnection, type Upgraded } from './upgrade.ts'

/**
 * Makes the object for one request, when its head is complete and found valid.
 *
 * @public
 */
export type RequestFactory = (channel: RequestChannel, head: RequestHead) => Request

/**
 * One request and its response, as the application sees them. Override {@link Request.process}; it runs as soon as the
 * head is complete, while the content may still be on its way.
 *
 * After the connection is lost every writing method is a no-op: a late answer hurts nobody.
 *
 * @public
 */
export class Request extends ExchangeEnd {
  readonly channel: RequestChannel
  readonly head: RequestHead
  /** As received; methods are case-sensitive (RFC 9110 §9.1). */
  method: string
  /** The request-target, octet for octet as received (RFC 9112 §3.2). */
  requestTarget: string
  /** `HTTP/1.0` or `HTTP/1.1`; a higher minor version counts as 1.1 (RFC 9110 §6.2). */
  clientproto: string
  readonly #response: ResponseWriter
  #content: RequestContent | null = null
  #drained: (() => void)[] | null = null

  constructor(channel: RequestChannel, head: RequestHead) {
    super()
    this.channel = channel
    this.head = head
    this.method = head.method
    this.requestTarget = head.requestTarget
    this.clientproto = head.minorVersion === 0 ? 'HTTP/1.0' : 'HTTP/1.1'
    this.#response = new ResponseWriter(channel, head)
  }

  /** The fields of the request, in order and spelling of the sender. */
  get requestHeaders(): Headers {
    return this.head.headers
  }

  /** The parsed request-target, in one of its four forms. */
  get target(): RequestTarget {
    return this.head.target as RequestTarget
  }

  /** The request-target under the name that Twisted uses. */
  get uri(): string {
    return this.requestTarget
  }

  /** The request-target up to its query, as received. */
  get path(): string {
    const query = this.requestTarget.indexOf('?')
    return query === -1 ? this.requestTarget : this.requestTarget.slice(0, query)
  }

  /** The content, read from the peer only as fast as it is asked for here. */
  get content(): RequestContent {
    this.#content ??= new RequestContent(this.channel, this.head.contentLength === 0 ? 'ended' : 'open')
    return this.#content
  }

  /**
   * Whether the client asked to be told before it sends its content (RFC 9110 §10.1.1): it is told when content is
   * first asked for, by {@link Request.sendContinue}, or by a final response, which says no. Whether it keeps to that is
   * another question.
   */
  get expectsContinue(): boolean {
    const { minorVersion, expectValues: expect, contentLength } = this.head
    return contentLength !== 0 && decideExpectation({ minorVersion, expect }) === '100-continue'
  }

  /** The protocols that the client offers to switch to, its favourite first; empty when there is none (RFC 9110 §7.8). */
  get offeredUpgrades(): string[] {
    const { minorVersion, connectionValues: connection } = this.head
    if (connection.length === 0) return []
    return offeredUpgrades({ minorVersion, connection, upgrade: this.requestHeaders.getAll('upgrade') })
  }

  /** The fields of the response, to be changed until its head is sent. */
  get responseHeaders(): Headers {
    return this.#response.headers
  }

  /**
   * The trailer fields of the response, to be set until it is finished. They are sent where content is chunked, and
   * announced in `Trailer` as far as they are there before the head leaves. Elsewhere (to HTTP/1.0 or HEAD, behind a
   * `Content-Length`, without content) there is no place for them and they are dropped, as any recipient may do, too. A
   * name that may not stand behind content is refused where it is set: `ERR_TRAILER_FIELD` (RFC 9110 §6.5.1).
   */
  get responseTrailers(): Headers {
    return this.#response.trailers
  }

  /** The status code of the response, 200 unless set. */
  get code(): number {
    return this.#response.statusCode
  }

  /** Whether the head of the response was written. */
  get startedWriting(): boolean {
    return this.#response.state !== 'idle'
  }

  /** Whether the response is complete, or can never be. */
  get finished(): boolean {
    return this.#response.state === 'done'
  }

  // --- hooks, in the order in which they run

  /**
   * Learns how much content comes, before {@link Request.requestReceived}.
   *
   * @param lengthBytes - octets; `null` for chunked content, whose length is not known
   */
  gotLength(lengthBytes: number | null): void {
    void lengthBytes
  }

  /** The head is complete. Calls {@link Request.process}; may write, finish, close. */
  requestReceived(method: string, requestTarget: string, version: string): void | Promise<void> {
    this.method = method
    this.requestTarget = requestTarget
    this.clientproto = version
    return this.process()
  }

  /**
   * Answers the request: the application's hook. May return a promise; a failure becomes a 500 if nothing was sent,
   * else the connection is aborted.
   */
  process(): void | Promise<void> {
    this.setResponseCode(501)
    this.finish()
  }

  /** A piece of content arrived: queued for {@link Request.content}. Override to see each piece first. */
  handleContentChunk(chunk: Uint8Array): void {
    this.content.push(chunk)
  }

  // --- the response

  /**
   * Sends an interim response, at once: 103 Early Hints, 102 Processing. Any number may go before the final one.
   *
   * @param statusCode - 102–199: for 100 there is {@link Request.sendContinue}, for 101 {@link Request.upgrade}
   * @param headers - checked and copied; a Date is not needed
   * @returns whether it was sent: HTTP/1.0 knows no interim responses
   * @throws {RangeError} on another code; {HeaderError} on what may not stand on the wire
   * @throws {LocalProtocolError} `ERR_HEAD_SENT` behind the final head; `ERR_INTERIM_FIELD` on `Connection`,
   * `Content-Length`, `Trailer`, `Transfer-Encoding` and `Upgrade`; `ERR_NOT_CURRENT` before the request is dispatched
   * @see RFC 9110 §15.2
   */
  informational(statusCode: number, headers: HeadersInit = {}): boolean {
    if (this.lost !== null) return false
    this.#response.assertHeadUnsent()
    const interim = interimResponse(statusCode, headers)
    if (this.head.minorVersion === 0) return false
    this.channel.sendInterim(this, interim)
    return true
  }

  /**
   * Tells a client that waits for it to send its content. Asking for content does the same; this is for who wants the
   * content to be on its way before it is read.
   *
   * @returns whether `100 Continue` was sent by this call: only once, only to who expects it, and not when content came
   * without waiting
   * @throws {LocalProtocolError} `ERR_HEAD_SENT`: the final response was the answer
   */
  sendContinue(): boolean {
    if (this.lost !== null) return false
    this.#response.assertHeadUnsent()
    return this.channel.sendContinue(this)
  }

  /**
   * Sets the status of the response.
   *
   * @param code - 200–599, or 101 before {@link Request.upgrade}
   * @param reason - the reason phrase; the registered one unless given
   * @throws {RangeError} on another code; {TypeError} on control characters in the phrase
   * @throws {LocalProtocolError} `ERR_HEAD_SENT`
   */
  setResponseCode(code: number, reason: string | null = null): void {
    if (this.lost === null) this.#response.setResponseCode(code, reason)
  }

  /** Sets a field of the response, replacing all of that name. @throws {HeaderError} on what may not stand on the wire */
  setHeader(name: string, value: string): void {
    if (this.lost !== null) return
    this.#response.assertHeadUnsent()
    this.#response.headers.set(name, value)
  }

  /**
   * Writes content, and the head before the first of it. Without a `Content-Length` set it is chunked, or ends by
   * closing for a 1.0 client.
   *
   * @param data - octets, not to be changed afterwards; or text that is sent as UTF-8
   * @returns whether the peer keeps up; when false, better wait for {@link Request.drained}
   * @throws {LocalProtocolError} `ERR_FINISHED`, `ERR_CONTENT_LENGTH_EXCEEDED` (which also breaks the connection off)
   */
  write(data: Uint8Array | string): boolean {
    if (this.lost !== null) return true
    if (!this.startedWriting) this.channel.responseBegins(this)
    this.#response.write(toOctets(data))
    return this.channel.wrote()
  }

  /**
   * Completes the response.
   *
   * @param data - the last piece; when nothing was written before it is all there is, and its length is announced
   * @throws {LocalProtocolError} `ERR_FINISHED`; `ERR_CONTENT_LENGTH_SHORT` and `ERR_CONTENT_LENGTH_EXCEEDED`, which also
   * break the connection off when the head was written already
   */
  finish(data?: Uint8Array | string): void {
    if (this.lost !== null) return
    if (!this.startedWriting) this.channel.responseBegins(this)
    this.channel.dropContent(this)
    this.#response.finish(data === undefined ? '' : toOctets(data))
    this.channel.requestDone(this)
  }

  /** Resolves when the peer took enough of what was written, or will take no more. */
  drained(): Promise<void> {
    if (this.finished || this.channel.flushSoon()) return Promise.resolve()
    return new Promise((resolve) => (this.#drained ??= []).push(resolve))
  }

  /**
   * Lets `producer` write the content, as fast as the peer takes it.
   *
   * @throws {Error} when there is one already
   * @throws {LocalProtocolError} `ERR_FINISHED`
   */
  registerProducer(producer: PushProducer, streaming: true): void
  registerProducer(producer: PullProducer, streaming: false): void
  registerProducer(producer: PushProducer | PullProducer, streaming: boolean): void {
    if (this.lost === null && this.finished) throw new LocalProtocolError('ERR_FINISHED')
    if (this.lost !== null) producer.stopProducing()
    else if (streaming) this.channel.registerProducer(producer as PushProducer, true)
    else this.channel.registerProducer(producer, false)
  }

  /** Takes the producer away. After the response is complete there is none: the next one may have its own. */
  unregisterProducer(): void {
    if (!this.finished) this.channel.unregisterProducer()
  }

  /** Closes the connection after what was written. After the response is complete it is the next request's. */
  loseConnection(): void {
    if (!this.finished) this.channel.loseConnection()
  }

  /**
   * Sends the head (101 for an `Upgrade`, a 2xx for CONNECT) and hands the connection over: `protocol` is bound to the
   * transport and gets every byte that came after this request. Without a protocol the connection waits for one; nothing
   * is lost meanwhile.
   *
   * A 101 needs the field `Upgrade`, with one of {@link Request.offeredUpgrades}; `Connection: upgrade` is added to it.
   * From now on the connection is no concern of the channel: its `loseConnection()` and `drain()` do nothing.
   *
   * @throws {LocalProtocolError} `ERR_NO_UPGRADE` when content is left to receive, the response has begun, or its status
   * is another one; `ERR_UPGRADE_FIELD` when a 101 names no protocol, or one that was not offered; what `protocol` throws
   * at once, and then the connection is aborted
   */
  upgrade(): Upgraded
  upgrade(protocol: Protocol): void
  upgrade(protocol?: Protocol): Upgraded | undefined {
    const held = protocol === undefined ? new HeldConnection(this.channel.transport) : undefined
    if (this.lost === null) this.#switchTo(protocol ?? (held as HeldConnection))
    else held?.connectionLost(this.lost)
    return held
  }

  #switchTo(protocol: Protocol): void {
    const isRead = this.head.contentLength === 0 || this.content.complete
    if (this.startedWriting || !isRead || !this.#response.isSwitch) {
      throw new LocalProtocolError('ERR_NO_UPGRADE')
    }
    this.#response.assertOffered(this.offeredUpgrades)
    this.channel.responseBegins(this)
    this.#response.beginUpgrade()
    this.#response.abandon()
    this.channel.switchProtocol(this, protocol)
  }

  // --- for the channel

  /** All content was received. */
  contentEnded(trailers: Headers | undefined): void {
    this.content.end(trailers)
  }

  override settled(): void {
    super.settled()
    this.roomAgain()
  }

  /** The peer took enough of what was written. */
  roomAgain(): void {
    const drained = this.#drained
    this.#drained = null
    if (drained !== null) for (const resolve of drained) resolve()
  }

  /** The exchange is over before its response was complete. */
  connectionLost(reason: ConnectionLost, error?: Error): void {
    if (this.lostBy(reason)) {
      this.#response.abandon()
      this.tellLoss()
    }
    // Last: the consumer's own code runs here, when nothing can be answered any more.
    if (this.head.contentLength !== 0)
      this.content.fail(error ?? new Error(`the connection was lost (${reason.kind})`))
  }
}
