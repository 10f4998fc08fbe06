import type { Headers } from '@millrace/headers'
import { decidePersistence } from '@millrace/message'
import type { ConnectionLost, Protocol, PushProducer } from '@millrace/transport'
import { ContentReceiver, type ContentOwner } from './content-receiver.ts'
import { dateFieldLine } from './date-field.ts'
import { ownResponse, reportError, type OwnResponse } from './error-report.ts'
import { LocalProtocolError, remoteError, RemoteProtocolError, type Phase } from './errors.ts'
import { HTTPConnection } from './http-connection.ts'
import { CONTINUE } from './interim-response.ts'
import { NO_LENIENCY, type LeniencyFlag } from './leniency.ts'
import { settle, type ChannelSettings, type HTTPChannelOptions } from './options.ts'
import type { RequestChannel } from './request-channel.ts'
import { Request, type RequestFactory } from './request.ts'
import type { RequestHead } from './request-head.ts'
import { settleHead } from './settle-head.ts'

const NO_COUNTS = Object.freeze({})

/**
 * One HTTP/1.1 connection in the server role, without I/O: bytes and time come in, bytes go out.
 *
 * It is Twisted's `HTTPChannel(LineReceiver, TimeoutMixin)`: lines of the head, then raw content, one request at a
 * time in the order they came. Every public hook may be overridden.
 *
 * @public
 */
export class HTTPChannel extends HTTPConnection implements RequestChannel, PushProducer, ContentOwner {
  /** Makes the object for each request. */
  requestFactory: RequestFactory
  /** The request whose response is owed; empty between requests. */
  readonly requests: Request[] = []
  /** Whether responses get a `Date`. */
  readonly sendDate: boolean

  readonly #settings: ChannelSettings
  #content: ContentReceiver | null = null
  #leniencies: Readonly<Partial<Record<LeniencyFlag, number>>> = NO_COUNTS

  constructor(options: HTTPChannelOptions) {
    const settings = settle(options)
    super(settings)
    this.#settings = settings
    this.requestFactory = settings.requestFactory ?? makeRequest
    this.sendDate = settings.sendDate
  }

  get dateLine(): string {
    return this.sendDate ? dateFieldLine(this.clock, this.timeNow()) : ''
  }

  /** Octets of content that are still to come; `null` when it is chunked, 0 when there is none. */
  get length(): number | null {
    return this.#content === null ? 0 : this.#content.left
  }

  /** How many requests each flag of leniency saved; a flag that none needed is not there. */
  get leniencies(): Readonly<Partial<Record<LeniencyFlag, number>>> {
    return this.#leniencies
  }

  // --- the request

  protected override headStarted(): void {
    if (this.readState === 'idle') this.become('head')
  }

  /** Runs when a head is complete: decides target, host, framing and persistence, then dispatches the request. */
  override allHeadersReceived(): void {
    const { head } = this
    const { maxBodySize, leniency, acceptAuthority } = this.#settings
    const continueOwed = settleHead(head, maxBodySize, leniency)
    if (acceptAuthority !== undefined && !acceptAuthority(head.authority, head))
      throw remoteError('ERR_MISDIRECTED', 'head')
    const request = this.requestFactory(this, head)
    if (this.isOver) return request.connectionLost({ kind: 'aborted' }) // the factory closed
    this.nextHead()
    this.requests.push(request)
    if (head.contentLength === 0) {
      this.become('done')
    } else {
      this.become('body')
      this.#content = new ContentReceiver(this, request, this.#settings, continueOwed)
      this.setRawMode()
    }
    try {
      if (!this.checkPersistence(request, request.clientproto)) this.persistent = false
      if (head.leniencies !== NO_LENIENCY) this.#countLeniencies(request)
      if (head.contentLength === 0) this.allContentReceived()
      this.#dispatch(request)
    } catch (error) {
      this.handlerFailed(request, error)
    }
    this.updateFlow()
  }

  #countLeniencies(request: Request): void {
    const { leniencies } = request.head
    // Whoever decides by the other length begins the next request elsewhere (RFC 9112 §6.1).
    if (leniencies.includes('chunkedOverLength')) this.persistent = false
    for (const flag of leniencies) {
      this.#leniencies = { ...this.#leniencies, [flag]: (this.#leniencies[flag] ?? 0) + 1 }
    }
    for (const flag of leniencies) if (!request.finished) this.#settings.onLenient?.(flag, request)
  }

  /** Runs the hooks of a request, as long as none of them ended it. */
  #dispatch(request: Request): void {
    if (!request.finished) request.gotLength(request.head.contentLength)
    if (request.finished) return
    const answering = request.requestReceived(request.method, request.requestTarget, request.clientproto)
    if (answering !== undefined) this.#watch(request, answering)
  }

  /** Waits for whatever is a promise: one of another realm is no instance of ours. */
  #watch(request: Request, answering: Promise<void>): void {
    Promise.resolve(answering).catch((error: unknown) => this.handlerFailed(request, error))
  }

  /** Runs the application's code for `request`: what it throws is the failure of this one alone. */
  #attempt(request: Request, step: () => void): void {
    try {
      step()
    } catch (error) {
      this.handlerFailed(request, error)
    }
  }

  /** Decides whether the connection may be kept after `request` (RFC 9112 §9.3). Override to close earlier. */
  checkPersistence(request: Request, version: string): boolean {
    const minorVersion = version === 'HTTP/1.0' ? 0 : 1
    return decidePersistence({ minorVersion, connection: request.head.connectionValues })
  }

  /** Runs with raw content, in raw mode. */
  override rawDataReceived(bytes: Uint8Array): void {
    this.#content?.receive(bytes)
  }

  protected override prefaceReceived(): Protocol | null {
    return this.#settings.http2Preface?.(this) ?? null
  }

  protected override contentStopped(): void {
    this.#content?.noMoreData()
  }

  protected override get wantsContent(): boolean {
    return this.#content?.wanted === true
  }

  protected override get isDiscarding(): boolean {
    return this.#content?.isDiscarding === true
  }

  protected override get isWorking(): boolean {
    return this.requests.length > 0 && !this.wantsContent
  }

  protected override get isForgotten(): boolean {
    return this.#content?.wanted === false && this.requests.length === 0
  }

  contentEnded(request: Request, rest: Uint8Array, trailers: Headers | undefined): void {
    if (this.#content === null) return // dropped while it was being decoded
    this.#content = null
    this.become('done')
    this.setLineMode(rest)
    this.#attempt(request, () => request.contentEnded(trailers))
    this.#attempt(request, () => this.allContentReceived())
    if (this.readState === 'done' && this.requests.length === 0) this.#nextRequest()
    this.updateFlow()
  }

  /** Runs when the content of a request is complete; at once when there is none. Does nothing unless overridden. */
  allContentReceived(): void {}

  contentWanted(): void {
    const content = this.#content
    if (content === null) return
    content.wanted = true
    if (content.continueOwed) this.#continue(content)
    this.updateFlow()
    this.flushSoon()
  }

  sendContinue(request: object): boolean {
    const content = this.#content
    if (content === null || content.request !== request || !this.#continue(content)) return false
    this.flushSoon()
    return true
  }

  #continue(content: ContentReceiver): boolean {
    // Behind a final head it would be none: then the client may never send its content, and it stays owed.
    if (!content.continueOwed || content.request.startedWriting) return false
    content.continueOwed = false
    // RFC 9110 §10.1.1: with content on its way already, 100 would say nothing.
    if (this.lineBuffer.length > 0) return false
    this.output.add(CONTINUE)
    return true
  }

  contentUnwanted(): void {
    if (this.#content !== null) this.#content.wanted = false
    this.updateFlow()
    if (!this.inTurn) this.turnEnded()
  }

  contentTooCostly(): void {
    this.loseConnection()
  }

  // --- the response

  responseBegins(request: object): void {
    if (this.requests[0] !== request) throw new LocalProtocolError('ERR_NOT_CURRENT')
    // A client that waits for 100 Continue sends its content or the next request: there is no telling which.
    if (this.#content !== null && this.#content.continueOwed) this.persistent = false
  }

  sendInterim(request: object, head: string): void {
    if (this.requests[0] !== request) throw new LocalProtocolError('ERR_NOT_CURRENT')
    this.output.add(head)
    this.outgoing.limit()
    this.flushSoon()
  }

  dropContent(request: object): void {
    const content = this.#content
    if (content === null || content.request !== request) return
    if (!content.isCheap(this.#settings.discardBytes)) this.persistent = false
  }

  /** The response to `request` is complete. @throws {LocalProtocolError} `ERR_NOT_CURRENT` */
  requestDone(request: object): void {
    const current = this.requests[0]
    if (current === undefined || current !== request) throw new LocalProtocolError('ERR_NOT_CURRENT')
    this.requests.shift()
    this.outgoing.unregister()
    this.outgoing.limit()
    current.settled()
    if (this.#content !== null && this.persistent) this.#content.discard(this.#settings.discardBytes)
    else this.#nextRequest()
    if (!this.inTurn) this.turnEnded()
  }

  #nextRequest(): void {
    if (!this.persistent) {
      this.loseConnection()
    } else if (this.readState === 'done') {
      this.become('idle')
      this.updateFlow()
    }
  }

  /** The peer takes less than we write: the producer pauses, and the next request waits. */
  override pauseProducing(): void {
    this.outgoing.pause()
    this.updateFlow()
  }

  override resumeProducing(): void {
    this.outgoing.resume()
    this.requests[0]?.roomAgain()
    this.updateFlow()
    if (!this.inTurn) this.turnEnded()
  }

  override stopProducing(): void {
    this.outgoing.stop()
  }

  switchProtocol(request: object, protocol: Protocol): void {
    if (request !== this.requests[0] || this.readState !== 'done')
      throw new LocalProtocolError('ERR_NO_UPGRADE')
    const current = this.requests.shift() as Request
    this.outgoing.unregister()
    current.settled()
    this.handOver(protocol)
  }

  // --- what goes wrong

  /** The application failed: 500 if nothing was sent, else the connection breaks, so that nobody takes it for whole. */
  handlerFailed(request: Request, error: unknown): void {
    this.#fail(request, error, 500)
  }

  protected override handlerTimedOut(): void {
    const request = this.requests[0]
    if (request !== undefined) this.#fail(request, new LocalProtocolError('ERR_HANDLER_TIMEOUT'), 503)
  }

  #fail(request: Request, error: unknown, statusCode: number): void {
    const status = request.finished || request.startedWriting ? null : statusCode
    const given = this.#report(error, 'response', request, status)
    if (request.finished) return
    if (request.startedWriting) this.breakOff()
    else this.#answerError(given ?? ownResponse(statusCode, this.dateLine), request.method)
  }

  /** Input cannot be understood any more. What was answered stands; what is owed becomes an error, if it still can. */
  protected override refuse(error: unknown): void {
    const remote = error instanceof RemoteProtocolError ? error : null
    // What the peer did wrong behind our close is no concern of anybody.
    if (this.isOver && remote !== null) return
    this.persistent = false
    const struck = this.requests[0] ?? this.#content?.request ?? null
    const phase = remote?.phase ?? this.#phase()
    const status = this.isOver || struck?.startedWriting === true ? null : (remote?.statusHint ?? 500)
    const given = this.#report(error, phase, struck, status)
    if (this.isOver) return
    const request = this.requests[0]
    const begun = request?.startedWriting === true
    const complete = request === undefined && this.#content !== null
    this.dropRequest({ kind: 'aborted' }, error instanceof Error ? error : undefined)
    if (begun) this.breakOff()
    else if (complete) this.loseConnection()
    else {
      const response = given ?? ownResponse(remote?.statusHint ?? 500, this.dateLine)
      this.#answerError(response, (request ?? this.head).method)
    }
  }

  #phase(): Phase {
    if (this.readState === 'idle' || this.readState === 'head') return 'head'
    return this.readState === 'body' ? 'content' : 'response'
  }

  #answerError({ head, content }: OwnResponse, method: string): void {
    this.persistent = false
    this.output.add(head)
    if (method !== 'HEAD') this.output.add(content)
    this.loseConnection()
  }

  protected override dropRequest(reason: ConnectionLost, error?: Error): void {
    const current = this.requests.shift()
    const receiving = this.#content?.request
    this.#content?.stop()
    this.#content = null
    for (const request of new Set([current, receiving])) {
      try {
        request?.connectionLost(reason, error)
      } catch (thrown) {
        this.#report(thrown, 'response', request ?? null, null)
      }
    }
  }

  protected override producerFailed(error: unknown): void {
    const request = this.requests[0]
    if (request === undefined) this.#report(error, 'response', null, null)
    else this.handlerFailed(request, error)
  }

  /** Tells the application; returns the response that it wants to be sent instead of ours. */
  #report(error: unknown, phase: Phase, request: Request | null, status: number | null): OwnResponse | null {
    const { onError } = this.#settings
    if (onError === undefined) return null
    const rawHead = request === null ? this.rawHead() : request.head.raw()
    return reportError(onError, error, { phase, request, rawHead, status }, this.dateLine)
  }
}

function makeRequest(channel: RequestChannel, head: RequestHead): Request {
  return new Request(channel, head)
}
