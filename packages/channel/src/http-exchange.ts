import type { ConnectionLost, Protocol } from '@millrace/transport'
import type { ChannelEvents, EventSink } from './channel-events.ts'
import type { ContentReceiver } from './content-receiver.ts'
import { dateFieldLine } from './date-field.ts'
import { ownResponse, reportError, type OwnResponse } from './error-report.ts'
import { LocalProtocolError, RemoteProtocolError, type Phase } from './errors.ts'
import { HTTPConnection } from './http-connection.ts'
import type { RequestChannel } from './request-channel.ts'
import type { Request } from './request.ts'

/**
 * The exchange that is under way: the request whose response is owed, the content that is on its way, and what becomes of
 * both when something goes wrong.
 *
 * @public
 */
export abstract class HTTPExchange extends HTTPConnection implements RequestChannel {
  /** The request whose response is owed. */
  protected current: Request | null = null
  /** What takes the content that comes; its request may be answered already. */
  protected receiver: ContentReceiver | null = null
  /** Octets that had been written when {@link HTTPExchange.current} began. */
  #writtenBefore = 0

  abstract contentWanted(): void
  abstract contentUnwanted(): void
  abstract dropContent(request: object): void
  abstract responseBegins(request: object): void
  abstract sendInterim(request: object, head: string): void
  abstract sendContinue(request: object): boolean
  abstract requestDone(request: object): void
  abstract switchProtocol(request: object, protocol: Protocol): void

  /** The request whose response is owed, alone; empty between requests. */
  get requests(): readonly Request[] {
    return this.current === null ? [] : [this.current]
  }

  /** Octets of content that are still to come; `null` when it is chunked, 0 when there is none. */
  get length(): number | null {
    return this.receiver === null ? 0 : this.receiver.left
  }

  /** Whether responses get a `Date`. */
  get sendDate(): boolean {
    return this.settings.sendDate
  }

  get dateLine(): string {
    return this.settings.sendDate ? dateFieldLine(this.clock, this.timeNow()) : ''
  }

  protected override contentStopped(): void {
    this.receiver?.noMoreData()
  }

  protected override get wantsContent(): boolean {
    return this.receiver?.wanted === true
  }

  protected override get isDiscarding(): boolean {
    return this.receiver?.isDiscarding === true
  }

  protected override get isWorking(): boolean {
    return this.current !== null && !this.wantsContent
  }

  protected override get isForgotten(): boolean {
    return this.receiver?.wanted === false && this.current === null
  }

  // --- events

  override connectionMade(): void {
    super.connectionMade()
    const sink = this.settings.events?.connection
    if (sink?.hasSubscribers === true) this.#publish(sink, { channel: this, atMs: this.timeNow() })
  }

  override connectionLost(reason: ConnectionLost): void {
    super.connectionLost(reason)
    const sink = this.settings.events?.close
    if (sink?.hasSubscribers !== true) return
    const { receivedBytes } = this
    const sentBytes = this.output.handedOver
    this.#publish(sink, { channel: this, atMs: this.timeNow(), reason, receivedBytes, sentBytes })
  }

  /** A request begins: its response is what is written from now on. */
  protected exchangeBegan(request: Request): void {
    this.current = request
    if (this.settings.events !== undefined) this.#writtenBefore = this.output.written
  }

  protected headReceived(request: Request): void {
    const sink = this.settings.events?.head
    if (sink?.hasSubscribers === true) this.#tell(sink, request, request.head.byteCount)
  }

  protected bodyReceived(request: Request, byteCount: number): void {
    const sink = this.settings.events?.body
    if (sink?.hasSubscribers === true) this.#tell(sink, request, byteCount)
  }

  /** The response to the current request is complete. */
  protected exchangeEnded(request: Request): void {
    this.current = null
    const sink = this.settings.events?.response
    if (sink?.hasSubscribers === true) this.#tell(sink, request, this.output.written - this.#writtenBefore)
  }

  #tell(sink: EventSink<ChannelEvents['head']>, request: Request, byteCount: number): void {
    this.#publish(sink, { channel: this, atMs: this.timeNow(), request, byteCount })
  }

  #publish<Event>(sink: EventSink<Event>, event: Event): void {
    try {
      sink.publish(event)
    } catch (error) {
      this.#ask(error, 'response', null, null)
    }
  }

  // --- what goes wrong

  /** The application failed: 500 if nothing was sent, else the connection breaks, so that nobody takes it for whole. */
  handlerFailed(request: Request, error: unknown): void {
    this.#fail(request, error, 500)
  }

  protected override handlerTimedOut(): void {
    const request = this.current
    if (request !== null) this.#fail(request, new LocalProtocolError('ERR_HANDLER_TIMEOUT'), 503)
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
    const struck = this.current ?? this.receiver?.request ?? null
    const phase = remote?.phase ?? this.#phase()
    const status = this.isOver || struck?.startedWriting === true ? null : (remote?.statusHint ?? 500)
    const given = this.#report(error, phase, struck, status)
    if (this.isOver) return
    const request = this.current
    const begun = request?.startedWriting === true
    const complete = request === null && this.receiver !== null
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
    const { current } = this
    const receiving = this.receiver?.request
    this.current = null
    this.receiver?.stop()
    this.receiver = null
    for (const request of new Set([current, receiving])) {
      try {
        request?.connectionLost(reason, error)
      } catch (thrown) {
        this.#report(thrown, 'response', request ?? null, null)
      }
    }
  }

  override producerFailed(error: unknown): void {
    if (this.current === null) this.#report(error, 'response', null, null)
    else this.handlerFailed(this.current, error)
  }

  /** Tells whoever listens; returns the response that the application wants to be sent instead of ours. */
  #report(error: unknown, phase: Phase, request: Request | null, status: number | null): OwnResponse | null {
    const sink = this.settings.events?.error
    if (sink?.hasSubscribers === true)
      this.#publish(sink, { channel: this, atMs: this.timeNow(), error, phase, request, status })
    return this.#ask(error, phase, request, status)
  }

  #ask(error: unknown, phase: Phase, request: Request | null, status: number | null): OwnResponse | null {
    const { onError } = this.settings
    if (onError === undefined) return null
    const rawHead = request === null ? this.rawHead() : request.head.raw()
    return reportError(onError, error, { phase, request, rawHead, status }, this.dateLine)
  }
}
