import { Request, type RequestChannel, type RequestFactory, type RequestHead } from '@millrace/channel'
import { discardAnswer, type AnswerBody, type StaticAnswer } from './answer.ts'
import { BufferPool } from './buffer-pool.ts'
import type { Exchange } from './exchange.ts'
import { FileProducer, PIECE_BYTES } from './file-producer.ts'
import { respond } from './respond.ts'
import type { Site } from './site.ts'

/** Who hears how the requests went. */
export interface Observers {
  /** Takes what failed on our side, while a request was answered: the disk, a file that got shorter. */
  readonly onError: (error: unknown, request: Request) => void
  /** Takes every exchange when it is over. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined
}

/** Makes the requests of a site; those it makes share their buffers. */
export function siteRequestFactory(site: Site, observers: Observers): RequestFactory {
  const buffers = new BufferPool(PIECE_BYTES)
  return (channel, head) => new StaticRequest(channel, head, { site, buffers, observers })
}

interface Service {
  readonly site: Site
  readonly buffers: BufferPool
  readonly observers: Observers
}

/**
 * A request that a site answers. Its content is never read: the channel drops it or closes.
 *
 * An open file is closed on every way out: sent, failed, or given up by the client, even while it was looked for.
 */
class StaticRequest extends Request {
  readonly #service: Service
  #status: number | undefined
  #contentBytes = 0

  constructor(channel: RequestChannel, head: RequestHead, service: Service) {
    super(channel, head)
    this.#service = service
  }

  override async process(): Promise<void> {
    const { site, observers } = this.#service
    if (observers.onExchange !== undefined) this.#reportTo(observers.onExchange)
    try {
      await this.#send(await respond(this, site))
    } catch (error) {
      if (this.lost === null) this.#status ??= 500
      observers.onError(error, this)
      throw error // the channel answers 500, or breaks a response off that has begun
    }
  }

  /** Counts what the producer writes. */
  override write(data: Uint8Array | string): boolean {
    this.#status = this.code
    this.#contentBytes += data.length
    return super.write(data)
  }

  async #send(answer: StaticAnswer): Promise<void> {
    if (answer.error !== undefined) this.#service.observers.onError(answer.error, this)
    if (this.lost !== null) return discardAnswer(answer)
    this.setResponseCode(answer.status)
    for (const [name, value] of answer.headers) this.setHeader(name, value)
    const { body } = answer
    if (body.kind === 'file') {
      if (await this.#sendFile(body)) this.finish()
      return
    }
    this.#status = answer.status
    if (body.kind === 'none') return this.finish()
    this.#contentBytes = body.bytes.length
    this.finish(body.bytes)
  }

  /** Resolves with whether every byte was handed over; rejects when the file failed. */
  #sendFile({ file, start, length }: Extract<AnswerBody, { kind: 'file' }>): Promise<boolean> {
    const { output, transport } = this.channel
    // What the channel has not handed over yet is not in the transport's count.
    const isDrained = (): boolean => output.length === 0 && transport.bufferedBytes === 0
    const pool = { buffers: this.#service.buffers, isDrained }
    return new Promise((resolve, reject) => {
      const producer = new FileProducer(this, {
        file,
        start,
        length,
        pool,
        onEnd: (outcome) => {
          if (outcome.kind === 'failed') reject(outcome.error)
          else resolve(outcome.kind === 'complete')
        },
      })
      producer.start()
    })
  }

  #reportTo(onExchange: (exchange: Exchange) => void): void {
    const { method, requestTarget } = this
    const { clock } = this.channel
    const startedMs = clock.now()
    const report = (complete: boolean): void =>
      onExchange({
        method,
        requestTarget,
        status: this.#status,
        contentBytes: this.#contentBytes,
        durationMs: clock.now() - startedMs,
        complete,
      })
    this.notifyFinish()
      .then((lost) => report(lost === null))
      .catch((error: unknown) => this.#service.observers.onError(error, this))
  }
}
