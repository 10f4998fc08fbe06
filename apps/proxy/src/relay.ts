import type { ContentConsumer, Request } from '@millrace/channel'
import type {
  ClientExchange,
  Origin,
  OutgoingRequest,
  PendingRequest,
  ResponseHandler,
  ResponseHead,
  UpstreamError,
} from '@millrace/client'
import { Headers } from '@millrace/headers'
import { reasonPhrase } from '@millrace/message'
import type { DelayedCall, Protocol, PushProducer } from '@millrace/transport'
import { answerFailure } from './gateway-error.ts'
import type { Gateway } from './gateway.ts'
import { addFieldsToClient } from './response-fields.ts'
import { joinUpgrade } from './upgrade.ts'

const NOTHING = new Uint8Array(0)
const CLOSE = Object.freeze({ Connection: 'close' })

/**
 * Carries one request to a server and its response back, piece by piece as they come: nothing is held but what is on
 * its way, and whichever side is slower slows the other one down.
 */
export class Relay implements ResponseHandler {
  readonly #gateway: Gateway
  readonly #request: Request
  readonly #expectsContinue: boolean
  readonly #offersUpgrade: boolean
  #pending: PendingRequest | null = null
  #upload: Upload | null = null
  #continueDeadline: DelayedCall | null = null
  #progress = 0

  /** @param offersUpgrade - whether the server is asked to switch to another protocol */
  constructor(gateway: Gateway, request: Request, offersUpgrade: boolean) {
    this.#gateway = gateway
    this.#request = request
    this.#expectsContinue = request.expectsContinue
    this.#offersUpgrade = offersUpgrade
  }

  /** Grows with everything that the server sends. */
  get progress(): number {
    return this.#progress
  }

  /** Sends the request on its way. */
  start(origin: Origin, outgoing: OutgoingRequest): void {
    this.#pending = this.#gateway.pool.request(origin, outgoing, this)
  }

  /** The client is gone: so is the request. */
  cancel(): void {
    this.#stopExpecting()
    this.#pending?.abort()
  }

  requestStarted(exchange: ClientExchange): void {
    this.#request.unregisterProducer() // of an exchange that is tried again
    this.#request.registerProducer(exchange, true)
    if (this.#request.head.contentLength === 0) return
    this.#upload = new Upload(this.#request, exchange)
    if (!this.#expectsContinue) {
      this.#upload.start()
      return
    }
    // RFC 9110 §10.1.1: the content is asked for when the server asks for it, or keeps silent.
    const { clock, expectTimeoutMs } = this.#gateway
    this.#continueDeadline = clock.callLater(expectTimeoutMs, () => this.#upload?.start())
  }

  informationalReceived(head: ResponseHead): void {
    this.#progress += 1
    if (head.statusCode === 100) {
      this.#stopExpecting()
      this.#upload?.start()
      return
    }
    const fields = new Headers()
    this.#addFields(fields, head)
    this.#request.informational(head.statusCode, fields)
  }

  switchProtocol(head: ResponseHead): Protocol {
    this.#progress += 1
    const request = this.#request
    return joinUpgrade(this.#gateway, request, (near) => {
      request.unregisterProducer()
      request.setResponseCode(101)
      this.#addFields(request.responseHeaders, head)
      request.setHeader('Upgrade', head.headers.getAll('upgrade').join(', '))
      request.upgrade(near)
    })
  }

  responseReceived(head: ResponseHead): void {
    this.#stopExpecting()
    this.#progress += 1
    const request = this.#request
    const { statusCode, reasonPhrase: reason } = head
    request.setResponseCode(statusCode, reason === reasonPhrase(statusCode) ? null : reason)
    this.#addFields(request.responseHeaders, head)
    // The server answers without the content: whether the client sends it now, nobody can know. Nor what a client meant
    // that went on after its Upgrade.
    if (this.#upload?.started === false || this.#offersUpgrade) request.setHeader('Connection', 'close')
    request.write(NOTHING) // the head is news by itself: the content may be long in coming
  }

  dataReceived(chunk: Uint8Array): void {
    this.#progress += 1
    this.#request.write(chunk)
  }

  responseDone(trailers: Headers | undefined): void {
    this.#request.unregisterProducer()
    if (trailers !== undefined && this.#request.head.minorVersion >= 1) {
      for (const [name, value] of trailers) this.#request.responseTrailers.append(name, value)
    }
    this.#request.finish()
  }

  responseLost(error: UpstreamError): void {
    this.#stopExpecting()
    this.#gateway.reportFailure(error)
    const request = this.#request
    if (request.lost !== null) return
    request.unregisterProducer()
    // A response that was begun must not look complete.
    if (request.startedWriting) request.channel.abortConnection()
    else answerFailure(request, error, this.#gateway.pseudonym, this.#offersUpgrade ? CLOSE : {})
  }

  #addFields(fields: Headers, head: ResponseHead): void {
    const { method, head: asked } = this.#request
    const { pseudonym } = this.#gateway
    addFieldsToClient(fields, head, { method, minorVersion: asked.minorVersion, pseudonym })
  }

  #stopExpecting(): void {
    this.#continueDeadline?.cancel()
    this.#continueDeadline = null
  }
}

/** The content of a request on its way to the server. */
class Upload implements ContentConsumer, PushProducer {
  readonly #request: Request
  readonly #exchange: ClientExchange
  #started = false

  constructor(request: Request, exchange: ClientExchange) {
    this.#request = request
    this.#exchange = exchange
  }

  get started(): boolean {
    return this.#started
  }

  /** Lets the content flow; a client that waits for `100 Continue` gets it now. */
  start(): void {
    if (this.#started || this.#exchange.over) return
    this.#started = true
    this.#exchange.registerProducer(this)
    this.#request.content.deliverTo(this)
  }

  dataReceived(chunk: Uint8Array): void {
    this.#exchange.write(chunk)
  }

  contentDone(trailers: Headers | undefined): void {
    this.#exchange.finish(trailers)
  }

  contentLost(): void {
    this.#exchange.abort()
  }

  pauseProducing(): void {
    this.#request.content.pauseProducing()
  }

  resumeProducing(): void {
    this.#request.content.resumeProducing()
  }

  /** The exchange is over: nobody waits for the rest any more, and the channel decides what becomes of it. */
  stopProducing(): void {
    this.#request.content.discard()
  }
}
