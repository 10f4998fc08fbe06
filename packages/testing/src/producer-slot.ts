import type { PullProducer, PushProducer } from '@millrace/transport'

/** The place for the one producer of a transport, and what that producer has been told. */
export class ProducerSlot {
  #push: PushProducer | null = null
  #pull: PullProducer | null = null
  /** Push: it was paused. Pull: its last piece was written, the next one is wanted. */
  #idle = false

  get occupied(): boolean {
    return this.#push !== null || this.#pull !== null
  }

  /** Whether the producer waits for the buffer to become empty. */
  get wantsResume(): boolean {
    return this.#idle
  }

  /** @throws {Error} when there is a producer: the caller's mistake */
  assertEmpty(): void {
    if (this.occupied) throw new Error('a producer is registered already: unregister it first')
  }

  /** Takes the producer in; a pull producer is asked for its first piece, a push producer paused when there is no room. */
  register(producer: PushProducer | PullProducer, streaming: boolean, full: boolean): void {
    if (streaming) {
      this.#push = producer as PushProducer
      this.written(full)
    } else {
      this.#pull = producer
      producer.resumeProducing()
    }
  }

  /** Something was written. */
  written(full: boolean): void {
    if (this.#pull !== null) this.#idle = true
    else if (this.#push !== null && full && !this.#idle) {
      this.#idle = true
      this.#push.pauseProducing()
    }
  }

  resume(): void {
    this.#idle = false
    const producer = this.#push ?? this.#pull
    producer?.resumeProducing()
  }

  /** The connection is gone. */
  stop(): void {
    const producer = this.#push ?? this.#pull
    this.clear()
    producer?.stopProducing()
  }

  clear(): void {
    this.#push = null
    this.#pull = null
    this.#idle = false
  }
}
