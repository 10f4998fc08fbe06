/** The smallest array that the buffer makes for itself: one short line, so that byte-wise input does not copy often. */
const MIN_CAPACITY = 128
/** Consumed bytes that are worth a copy of what is left behind them. */
const COMPACT_BYTES = 4096

const EMPTY = new Uint8Array(0)

/**
 * The bytes a {@link LineReceiver} holds: `bytes[start]` up to, not including, `bytes[end]`.
 *
 * One chunk that arrives while nothing is held is kept as it is, without a copy. What arrives behind held bytes
 * is copied into an array of the buffer's own that grows by doubling, so the cost for each byte is constant.
 * A byte that was handed out is never overwritten: views of the buffer stay valid for as long as their holder likes.
 *
 * The fields are plain, so that a scanner can copy them into local variables. Read them again after every
 * callback, and move forward with {@link LineBuffer.consume} only.
 *
 * @public
 */
export class LineBuffer {
  /** The array that holds the bytes; it may be longer than they are. */
  bytes: Uint8Array = EMPTY
  /** Index of the first held byte in `bytes`. */
  start = 0
  /** Index after the last held byte in `bytes`. */
  end = 0
  /** How many bytes from `start` on were searched for a delimiter already, in vain. */
  scanned = 0

  /** Whether `bytes` was made here, so that there may be room behind `end` that nobody has seen. */
  #owned = false

  /** How many bytes are held. */
  get length(): number {
    return this.end - this.start
  }

  /** Puts `chunk` behind what is held. The buffer may keep a view of it: do not change it afterwards. */
  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.start === this.end) {
      this.#adopt(chunk)
      return
    }
    if (!this.#owned || this.bytes.length - this.end < chunk.length) this.#grow(chunk.length)
    this.bytes.set(chunk, this.end)
    this.end += chunk.length
  }

  /** Puts `chunk` in front of what is held; copies what is held, unless that is nothing. */
  prepend(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.start === this.end) {
      this.#adopt(chunk)
      return
    }
    const joined = new Uint8Array(chunk.length + this.length)
    joined.set(chunk)
    joined.set(this.bytes.subarray(this.start, this.end), chunk.length)
    this.#adopt(joined)
  }

  /** Drops the first `count` bytes. The array is let go with its last byte. */
  consume(count: number): void {
    const start = this.start + count
    if (start >= this.end) {
      this.clear()
      return
    }
    this.start = start
    this.scanned = this.scanned > count ? this.scanned - count : 0
  }

  /** Gives all that is held, without a copy, and empties the buffer. */
  take(): Uint8Array {
    const all = view(this.bytes, this.start, this.end)
    this.clear()
    return all
  }

  /** Empties the buffer and lets its array go. */
  clear(): void {
    this.bytes = EMPTY
    this.start = 0
    this.end = 0
    this.scanned = 0
    this.#owned = false
  }

  /** Moves a short rest out of a long array, so that an unfinished line does not keep a whole read alive. */
  compact(): void {
    const { start, end } = this
    // Paid for by the bytes consumed before it: at most one byte is copied for three that are let go.
    if (start < COMPACT_BYTES || start < 3 * (end - start)) return
    this.bytes = new Uint8Array(view(this.bytes, start, end))
    this.start = 0
    this.end = end - start
    this.#owned = true
  }

  #adopt(chunk: Uint8Array): void {
    this.bytes = chunk
    this.start = 0
    this.end = chunk.length
    this.scanned = 0
    this.#owned = false
  }

  #grow(more: number): void {
    const held = this.end - this.start
    // A chunk longer than what is held pays for its own copy; otherwise doubling does.
    const capacity = more >= held ? held + more : 2 * held + more
    // Always a new array, never a move inside the old one: lines already handed out are views of the old one.
    const bytes = new Uint8Array(Math.max(MIN_CAPACITY, capacity))
    bytes.set(view(this.bytes, this.start, this.end))
    this.bytes = bytes
    this.start = 0
    this.end = held
    this.#owned = true
  }
}

/** A view of `bytes[start, end)` that is a plain `Uint8Array` even where `bytes` is a subclass of it. */
export function view(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
}
