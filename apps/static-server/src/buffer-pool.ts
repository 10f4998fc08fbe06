/** The most buffers kept for later: 4 MiB, as much as 16 transfers at a time use. */
export const DEFAULT_MAX_IDLE_BUFFERS = 16

/** Buffers of one size, lent and taken back: fresh memory of that size costs the system as much as filling it. */
export class BufferPool {
  readonly bufferBytes: number
  readonly #maxIdle: number
  readonly #idle: Uint8Array[] = []

  /**
   * @param bufferBytes - size of each buffer, in bytes
   * @param maxIdle - the most buffers kept while nobody uses them
   * @throws {RangeError} when a number is no positive integer
   */
  constructor(bufferBytes: number, maxIdle: number = DEFAULT_MAX_IDLE_BUFFERS) {
    for (const number of [bufferBytes, maxIdle]) {
      if (!Number.isSafeInteger(number) || number < 1)
        throw new RangeError(`Not a positive integer: ${number}`)
    }
    this.bufferBytes = bufferBytes
    this.#maxIdle = maxIdle
  }

  /** A buffer with arbitrary contents. */
  take(): Uint8Array {
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.bufferBytes)
  }

  /** Takes back a buffer that nobody reads any more. Each may be given back once. */
  give(buffer: Uint8Array): void {
    if (buffer.length !== this.bufferBytes) throw new RangeError('The buffer is not of this pool')
    if (this.#idle.length < this.#maxIdle) this.#idle.push(buffer)
  }
}
