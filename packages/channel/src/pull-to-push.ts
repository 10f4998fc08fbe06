import type { PullProducer, PushProducer } from '@millrace/transport'

/**
 * Drives a pull producer as if it pushed: asks for the next piece as soon as it wrote the last one, while there is
 * room (Twisted's `_PullToPush`). The channel reports each write with {@link PullToPush.wrote}.
 */
export class PullToPush implements PushProducer {
  readonly #producer: PullProducer
  #asking = false
  /** It was asked, and has not written yet. */
  #owes = false
  #paused = false
  #stopped = false

  constructor(producer: PullProducer) {
    this.#producer = producer
  }

  /** Asks for pieces until one is promised for later, there is no room, or the producer is done. */
  resumeProducing(): void {
    this.#paused = false
    if (this.#asking || this.#owes) return
    this.#asking = true
    try {
      do {
        this.#owes = true
        this.#producer.resumeProducing()
      } while (!this.#owes && !this.#paused && !this.#stopped)
    } finally {
      this.#asking = false
    }
  }

  pauseProducing(): void {
    this.#paused = true
  }

  stopProducing(): void {
    this.#stopped = true
    this.#producer.stopProducing()
  }

  /** The producer was unregistered: it is not asked again. */
  detach(): void {
    this.#stopped = true
  }

  /** The producer wrote: at once, or as it promised; returns whether it is to be asked for the next piece. */
  wrote(): boolean {
    this.#owes = false
    return !this.#asking && !this.#paused && !this.#stopped
  }
}
