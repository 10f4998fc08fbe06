/** The receiving half of a memory transport: what the peer sent and the protocol has not received. */
export class Inbound {
  /** `null` is the peer's end. */
  #waiting: (Uint8Array | null)[] = []
  #waitingBytes = 0
  #ended = false

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Whether the peer has ended its direction, received or not. */
  get ended(): boolean {
    return this.#ended
  }

  append(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
  }

  end(): void {
    this.#ended = true
    this.#waiting.push(null)
  }

  /** The next read; `null` is the end. */
  take(): Uint8Array | null {
    const next = this.#waiting.shift() ?? null
    this.#waitingBytes -= next?.length ?? 0
    return next
  }

  /** Forgets what was not received: nobody will receive it. */
  drop(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }
}
