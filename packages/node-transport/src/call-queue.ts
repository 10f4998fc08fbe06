import type { DelayedCall } from '@millrace/transport'

/** The longest delay of a timer in Node: longer ones fire at once there. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1

/** The queues of a clock that are not empty, by their period. */
export type CallQueues = Map<number, CallQueue>

/**
 * The calls of one delay. They are due in the order in which they were made, so the first one has the only timer, and
 * adding and cancelling take a step each, however many there are.
 */
export class CallQueue {
  readonly #queues: CallQueues
  readonly #periodMs: number
  readonly #onError: (error: unknown) => void
  #first: QueuedCall | null = null
  #last: QueuedCall | null = null
  #timer: NodeJS.Timeout | null = null
  /** Due calls are being run: the timer is set when all have run. */
  #waking = false

  /**
   * @param queues - where the queue stands as long as it holds a call
   * @param periodMs - the delay in whole milliseconds, up to {@link MAX_TIMER_MS}: a longer call comes round again
   * @param onError - takes what a callback throws
   */
  constructor(queues: CallQueues, periodMs: number, onError: (error: unknown) => void) {
    this.#queues = queues
    this.#periodMs = periodMs
    this.#onError = onError
  }

  add(dueMs: number, callback: () => void): DelayedCall {
    const call = new QueuedCall(this, dueMs, callback)
    this.#append(call)
    if (!this.#waking) this.#timer ??= this.#sleep(this.#periodMs)
    return call
  }

  /** Takes a call out. Without calls, a queue and its timer are gone. */
  remove(call: QueuedCall): void {
    const { previous, next } = call
    if (previous === null) this.#first = next
    else previous.next = next
    if (next === null) this.#last = previous
    else next.previous = previous
    call.previous = null
    call.next = null
    call.queue = null
    if (this.#first === null) this.#end()
  }

  #append(call: QueuedCall): void {
    call.previous = this.#last
    if (this.#last === null) this.#first = call
    else this.#last.next = call
    this.#last = call
  }

  #end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#queues.delete(this.#periodMs)
  }

  #sleep(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#wake(), delayMs).unref()
  }

  /** Runs what is due. Node counts whole milliseconds and may fire a fraction early; and the first call may be gone. */
  #wake(): void {
    const nowMs = performance.now()
    const due: QueuedCall[] = []
    for (let call = this.#first; call !== null && call.dueMs <= nowMs; call = call.next) due.push(call)
    this.#timer = null
    this.#waking = true
    for (const call of due) {
      if (call.queue === null) continue // cancelled by one before it
      this.remove(call)
      this.#run(call)
    }
    this.#waking = false
    if (this.#first === null) return
    const leftMs = Math.ceil(this.#first.dueMs - performance.now())
    this.#timer = this.#sleep(Math.min(Math.max(1, leftMs), MAX_TIMER_MS))
  }

  #run(call: QueuedCall): void {
    try {
      call.callback()
    } catch (error) {
      this.#onError(error)
    }
  }
}

/** One call, and its neighbours in the queue. */
class QueuedCall implements DelayedCall {
  readonly dueMs: number
  readonly callback: () => void
  /** `null` when it ran or was cancelled. */
  queue: CallQueue | null
  previous: QueuedCall | null = null
  next: QueuedCall | null = null

  constructor(queue: CallQueue, dueMs: number, callback: () => void) {
    this.queue = queue
    this.dueMs = dueMs
    this.callback = callback
  }

  get active(): boolean {
    return this.queue !== null
  }

  cancel(): void {
    this.queue?.remove(this)
  }
}
