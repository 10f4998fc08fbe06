import type { Headers } from '@millrace/headers'
import { decidePersistence } from '@millrace/message'
import type { Protocol, PushProducer } from '@millrace/transport'
import { ContentReceiver, type ContentOwner } from './content-receiver.ts'
import { LocalProtocolError, remoteError } from './errors.ts'
import { HTTPExchange } from './http-exchange.ts'
import { CONTINUE } from './interim-response.ts'
import { NO_LENIENCY, type LeniencyFlag } from './leniency.ts'
import { settle, type HTTPChannelOptions } from './options.ts'
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
export class HTTPChannel extends HTTPExchange implements PushProducer, ContentOwner {
  /** Makes the object for each request. */
  requestFactory: RequestFactory
  #leniencies: Readonly<Partial<Record<LeniencyFlag, number>>> = NO_COUNTS

  constructor(options: HTTPChannelOptions) {
    const settings = settle(options)
    super(settings)
    this.requestFactory = settings.requestFactory ?? makeRequest
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
    const continueOwed = settleHead(head, this.settings.maxBodySize, this.settings.leniency)
    this.#assertOurs(head)
    const request = this.requestFactory(this, head)
    if (this.isOver) return request.connectionLost({ kind: 'aborted' }) // the factory closed
    this.nextHead()
    this.exchangeBegan(request)
    if (head.contentLength === 0) {
      this.become('done')
    } else {
      this.become('body')
      this.receiver = new ContentReceiver(this, request, this.settings, continueOwed)
      this.setRawMode()
    }
    try {
      this.headReceived(request)
      if (!this.checkPersistence(request, request.clientproto)) this.persistent = false
      if (head.leniencies !== NO_LENIENCY) this.#countLeniencies(request)
      if (head.contentLength === 0) this.allContentReceived()
      this.#dispatch(request)
    } catch (error) {
      this.handlerFailed(request, error)
    }
    this.updateFlow()
  }

  /** @throws {RemoteProtocolError} `ERR_MISDIRECTED` when the head is for somebody else */
  #assertOurs(head: RequestHead): void {
    const { acceptAuthority } = this.settings
    if (acceptAuthority !== undefined && !acceptAuthority(head.authority, head))
      throw remoteError('ERR_MISDIRECTED', 'head')
  }

  #countLeniencies(request: Request): void {
    const { leniencies } = request.head
    // Whoever decides by the other length begins the next request elsewhere (RFC 9112 §6.1).
    if (leniencies.includes('chunkedOverLength')) this.persistent = false
    for (const flag of leniencies) {
      this.#leniencies = { ...this.#leniencies, [flag]: (this.#leniencies[flag] ?? 0) + 1 }
    }
    for (const flag of leniencies) if (!request.finished) this.settings.onLenient?.(flag, request)
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
    this.receiver?.receive(bytes)
  }

  protected override prefaceReceived(): Protocol | null {
    return this.settings.http2Preface?.(this) ?? null
  }

  contentEnded(request: Request, rest: Uint8Array, trailers: Headers | undefined): void {
    const { receiver } = this
    if (receiver === null) return // dropped while it was being decoded
    this.receiver = null
    this.become('done')
    this.setLineMode(rest)
    this.bodyReceived(request, receiver.receivedBytes)
    this.#attempt(request, () => request.contentEnded(trailers))
    this.#attempt(request, () => this.allContentReceived())
    if (this.readState === 'done' && this.current === null) this.#nextRequest()
    this.updateFlow()
  }

  /** Runs when the content of a request is complete; at once when there is none. Does nothing unless overridden. */
  allContentReceived(): void {}

  contentWanted(): void {
    const content = this.receiver
    if (content === null) return
    content.wanted = true
    if (content.continueOwed) this.#continue(content)
    this.updateFlow()
    this.flushSoon()
  }

  sendContinue(request: object): boolean {
    const content = this.receiver
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
    const { receiver } = this
    if (receiver !== null) {
      receiver.wanted = false
      if (this.current === null && receiver.request.content.isAbandoned) this.#dropRest(receiver)
    }
    this.updateFlow()
    if (!this.inTurn) this.turnEnded()
  }

  contentTooCostly(): void {
    this.loseConnection()
  }

  /** The response is complete, and who went on reading needs no more. */
  #dropRest(receiver: ContentReceiver): void {
    const { discardBytes } = this.settings
    if (receiver.isCheap(discardBytes) && this.persistent) receiver.discard(discardBytes)
    else this.loseConnection()
  }

  // --- the response

  responseBegins(request: object): void {
    if (this.current !== request) throw new LocalProtocolError('ERR_NOT_CURRENT')
    // A client that waits for 100 Continue sends its content or the next request: there is no telling which.
    if (this.receiver !== null && this.receiver.continueOwed) this.persistent = false
  }

  sendInterim(request: object, head: string): void {
    if (this.current !== request) throw new LocalProtocolError('ERR_NOT_CURRENT')
    this.output.add(head)
    this.outgoing.limit()
    this.flushSoon()
  }

  dropContent(request: object): void {
    const content = this.receiver
    if (content === null || content.request !== request) return
    if (!content.isCheap(this.settings.discardBytes)) this.persistent = false
  }

  /** The response to `request` is complete. @throws {LocalProtocolError} `ERR_NOT_CURRENT` */
  requestDone(request: object): void {
    const { current } = this
    if (current === null || current !== request) throw new LocalProtocolError('ERR_NOT_CURRENT')
    this.exchangeEnded(current)
    this.outgoing.unregister()
    this.outgoing.limit()
    current.settled()
    if (this.receiver !== null && this.persistent) this.receiver.discard(this.settings.discardBytes)
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
    this.current?.roomAgain()
    this.updateFlow()
    if (!this.inTurn) this.turnEnded()
  }

  override stopProducing(): void {
    this.outgoing.stop()
  }

  switchProtocol(request: object, protocol: Protocol): void {
    const { current } = this
    if (current === null || current !== request || this.readState !== 'done')
      throw new LocalProtocolError('ERR_NO_UPGRADE')
    this.exchangeEnded(current)
    this.outgoing.unregister()
    current.settled()
    this.handOver(protocol)
  }
}

function makeRequest(channel: RequestChannel, head: RequestHead): Request {
  return new Request(channel, head)
}
