import type { ConnectionLost, Protocol } from '@millrace/transport'
import type { ClientState } from './client-state.ts'
import { UpstreamError } from './errors.ts'
import { RequestOutlet } from './request-outlet.ts'
import { ResponseReceiver } from './response-receiver.ts'

/**
 * The life of a client's connection: which state it is in, what an event of the transport means there, how it is freed,
 * closed, or handed over.
 *
 * @public
 */
export abstract class ClientConnection extends ResponseReceiver {
  /** What was written to the server. */
  protected readonly outlet: RequestOutlet = new RequestOutlet()
  /** Whether any octet of the current response came. */
  protected answered = false
  /** Whether the server will send nothing more. */
  protected peerFinished = false
  #state: ClientState = 'connecting'
  #successor: Protocol | null = null

  /** Ends the exchange that is under way, if one is; its handler is not told. */
  protected abstract endExchange(): void

  /** Closes, since there will be no (complete) response, and tells who waits for it why. */
  protected abstract fail(error: UpstreamError): void

  /** Why there will be no response, when the connection itself ended. */
  protected abstract lossError(cause?: unknown): UpstreamError

  /** Tells the owner that the connection can be used again. */
  protected abstract tellIdle(): void

  /** Tells the owner that the connection cannot be used any more. */
  protected abstract tellClosed(): void

  /** What the channel waits for. */
  get state(): ClientState {
    return this.#state
  }

  /** Whether a request can be sent now. */
  get usable(): boolean {
    return this.#state === 'idle' && !this.transport.disconnecting
  }

  /** Moves on; `CLIENT_TRANSITIONS` lists the legal moves. */
  protected become(state: ClientState): void {
    this.#state = state
  }

  /** Closes behind what was written. */
  abstract loseConnection(): void

  /** Breaks the connection off; an exchange that is not over is lost. */
  abortConnection(): void {
    this.fail(this.lossError())
  }

  // --- what the transport tells

  override connectionMade(): void {
    this.become('idle')
    this.outlet.attach(this.transport)
  }

  override dataReceived(bytes: Uint8Array): void {
    switch (this.#state) {
      case 'head':
      case 'content':
        this.answered = true
        if (this.#state === 'content') this.resetTimeout()
        try {
          super.dataReceived(bytes)
        } catch (error) {
          this.#inputFailed(error)
        }
        return
      case 'switched':
        this.#successor?.dataReceived(bytes)
        return
      case 'idle':
        // Nobody asked: whatever this is, the next response must not be found behind it (RFC 9112 §9.2).
        this.abortConnection()
        return
      case 'connecting':
      case 'closed':
        return
      default:
        this.#state satisfies never
    }
  }

  /** The server finished sending: the end of a response that lasts until the connection ends, else a failure. */
  override readConnectionLost(): void {
    this.peerFinished = true
    if (this.#state === 'switched') this.#successor?.readConnectionLost()
    else if (!this.paused) this.#inputEnded()
  }

  override connectionLost(reason: ConnectionLost): void {
    super.connectionLost(reason)
    if (this.#state === 'switched') {
      this.become('closed')
      this.#successor?.connectionLost(reason)
    } else {
      this.fail(this.lossError('error' in reason ? reason.error : undefined))
    }
  }

  /** Goes on reading, first what was held back. */
  override resumeProducing(): void {
    try {
      super.resumeProducing()
    } catch (error) {
      this.#inputFailed(error)
    }
    this.resetTimeout()
    if (this.peerFinished && !this.paused) this.#inputEnded()
  }

  #inputEnded(): void {
    if (this.#state === 'idle') {
      this.loseConnection()
    } else if (this.inContent) {
      try {
        this.noMoreContent()
      } catch (error) {
        this.#inputFailed(error)
      }
    } else {
      this.fail(this.lossError())
    }
  }

  /** Input was found wrong: that ends the exchange. Only our own mistakes go further. */
  #inputFailed(error: unknown): void {
    const { code, offset } = error as { code?: unknown; offset?: number | undefined }
    this.fail(
      error instanceof UpstreamError ? error : new UpstreamError('ERR_UPSTREAM_CONTENT', offset, error),
    )
    if (typeof code !== 'string') throw error
  }

  // --- what becomes of it

  /** Frees the connection for the next request. */
  protected release(): void {
    this.endExchange()
    this.become('idle')
    if (this.paused) super.resumeProducing()
    this.tellIdle()
  }

  /** Takes the connection out of use. */
  protected close(): void {
    if (this.#state === 'closed' || this.#state === 'switched') return
    this.become('closed')
    this.poison()
    this.setTimeout(null)
    this.endExchange()
    this.transport.unregisterProducer()
    this.tellClosed()
  }

  /** Hands the connection to `successor`, with every byte behind the head. */
  protected handOver(successor: Protocol): void {
    const rest = this.clearLineBuffer()
    this.poison()
    this.setTimeout(null)
    this.endExchange()
    this.#successor = successor
    this.become('switched')
    this.transport.unregisterProducer()
    this.tellClosed()
    if (this.paused) this.transport.resumeProducing()
    const { transport } = this
    successor.makeConnection(transport)
    if (rest.length > 0 && !transport.disconnecting) successor.dataReceived(rest)
    if (this.peerFinished && !transport.disconnecting) successor.readConnectionLost()
  }
}
