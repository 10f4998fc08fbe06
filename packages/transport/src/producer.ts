/**
 * A source that sends whenever it likes, until it is told to pause (Twisted's IPushProducer).
 *
 * @public
 */
export interface PushProducer {
  /** The consumer holds enough: stop writing until {@link PushProducer.resumeProducing}. */
  pauseProducing(): void
  /** The consumer has room again. */
  resumeProducing(): void
  /** The consumer is gone: stop for good and free what is held. */
  stopProducing(): void
}

/**
 * A source that writes once for each {@link PullProducer.resumeProducing} (Twisted's IPullProducer).
 *
 * @public
 */
export interface PullProducer {
  /** The consumer is empty: write one piece, now or later. */
  resumeProducing(): void
  /** The consumer is gone: stop for good and free what is held. */
  stopProducing(): void
}

/**
 * A sink that tells its one producer when to go on (Twisted's IConsumer).
 *
 * @public
 */
export interface Consumer {
  /**
   * Attaches the source of all following writes.
   *
   * @param producer - a {@link PushProducer} when `streaming` is true, else a {@link PullProducer}
   * @param streaming - whether the producer pushes by itself
   * @throws {Error} when a producer is registered already: the caller's mistake
   */
  registerProducer(producer: PushProducer, streaming: true): void
  registerProducer(producer: PullProducer, streaming: false): void
  /** Detaches the producer; nothing happens when there is none. */
  unregisterProducer(): void
  /** Takes bytes over; the caller must not change them afterwards. */
  write(bytes: Uint8Array): void
}
