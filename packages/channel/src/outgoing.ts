import type { PullProducer, PushProducer, Transport } from '@millrace/transport'
import { Output } from './output.ts'
import { PullToPush } from './pull-to-push.ts'

/**
 * Whoever answers for a producer.
 *
 * @public
 */
export interface ProducerOwner {
  /** A producer threw: the transport, a timer or a writer called it, none is to blame. */
  producerFailed(error: unknown): void
}

/**
 * The way out of a channel: what is collected in this turn, who produces it, and whether the peer takes it.
 *
 * @public
 */
export class Outgoing extends Output {
  readonly #owner: ProducerOwner
  readonly #aheadBytes: number
  #producer: PushProducer | null = null
  #pull: PullToPush | null = null
  #full = false

  /** @param aheadBytes - collected octets that do not wait for the end of the turn */
  constructor(transport: Transport, owner: ProducerOwner, aheadBytes: number) {
    super(transport)
    this.#owner = owner
    this.#aheadBytes = aheadBytes
  }

  /** Whether the transport asked us to pause: the peer takes less than we write. */
  get full(): boolean {
    return this.#full
  }

  /** Attaches the source of the content. @throws {Error} when there is one */
  register(producer: PushProducer | PullProducer, streaming: boolean): void {
    if (this.#producer !== null) throw new Error('a producer is registered already: unregister it first')
    if (streaming) {
      this.#producer = producer as PushProducer
      if (this.#full) this.#tell('pauseProducing')
      return
    }
    this.#pull = new PullToPush(producer)
    this.#producer = this.#pull
    this.#tell(this.#full ? 'pauseProducing' : 'resumeProducing')
  }

  unregister(): void {
    this.#pull?.detach()
    this.#pull = null
    this.#producer = null
  }

  /** The transport holds enough. */
  pause(): void {
    this.#full = true
    this.#tell('pauseProducing')
  }

  /** The transport has room. */
  resume(): void {
    this.#full = false
    this.#tell('resumeProducing')
  }

  /** The transport is gone. */
  stop(): void {
    const producer = this.#producer
    this.unregister()
    this.#tell('stopProducing', producer)
  }

  #tell(what: keyof PushProducer, producer: PushProducer | null = this.#producer): void {
    try {
      producer?.[what]()
    } catch (error) {
      this.#owner.producerFailed(error)
    }
  }

  /** Something was written; returns whether there is room for more. */
  wrote(): boolean {
    // A pull producer is paced by the transport's room, so the transport must see each piece at once.
    if (this.#pull !== null) this.flush()
    else this.limit()
    if (this.#pull?.wrote() === true) this.#tell('resumeProducing')
    return !this.#full
  }

  /** Sends what was collected when it is much: many answers in one turn must meet the transport's back-pressure. */
  limit(): void {
    if (this.length >= this.#aheadBytes) this.flush()
  }
}
