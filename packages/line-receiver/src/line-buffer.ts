/** The smallest array that the buffer makes for itself: one short line, so that byte-wise input does not copy often. */
const MIN_CAPACITY = 128
/** Consumed bytes that are worth a copy of what is left behind them. */
const COMPACT_BYTES = 4096
/** How much of a long chunk is copied behind an unfinished line, at first: most lines are complete with it. */
const SEAM_BYTES = 256
/** A chunk is long, and shown in parts, when it is this many times what would be copied of it. */
const LONG_CHUNK = 4

/** Up to this many bytes a plain loop copies quicker than the engine's own copy is called. */
const LOOP_BYTES = 16

const EMPTY = new Uint8Array(0)

type Allocate = (length: number) => Uint8Array
/** Memory to write into, not zeroed where there is a Buffer: nobody is shown what was not written. */
const allocate: Allocate =
  (globalThis as { Buffer?: { allocUnsafeSlow: Allocate } }).Buffer?.allocUnsafeSlow ??
  ((length) => new Uint8Array(length))

/**
 * The bytes a {@link LineReceiver} holds. `bytes[start]` up to, not including, `bytes[end]` can be scanned.
 *
 * A chunk that arrives while nothing is held is kept as it is, without a copy. What arrives behind held bytes is
 * copied into an array of the buffer's own that grows by doubling, so the cost for each byte is constant. Of a long
 * chunk only as much is copied as the unfinished line in front of it needs: {@link LineBuffer.pull} shows more, and
 * once the line is consumed the chunk itself takes over.
 *
 * A byte that was handed out is never overwritten: views of the buffer stay valid for as long as their holder likes.
 *
 * The fields are plain, so that a scanner can copy them into local variables. Read them again after every call of
 * a method or a hook, and move forward with {@link LineBuffer.consume} only.
 *
 * @public
 */
export class LineBuffer {
  /** The array to scan; it may be longer than what may be looked at. */
  bytes: Uint8Array = EMPTY
  /** Index in `bytes` of the first held byte. */
  start = 0
  /** Index in `bytes` after the last byte that can be scanned. Equal to `start` only when nothing is held. */
  end = 0
  /** How many bytes from `start` on were searched for a delimiter already, in vain. */
  scanned = 0

  /**
   * The memory of `bytes` and its place there, from the first view on: asking `bytes` costs more than making a view
   * does, and a scanner that takes no views need not ask at all.
   */
  #memory: ArrayBufferLike | null = null
  #memoryOffset = 0
  /** A long chunk of which only the front could be copied behind `bytes[#seam]`; null when all that is held shows. */
  #behind: Uint8Array | null = null
  #seam = 0

  /** How many bytes are held, {@link LineBuffer.pull}ed or not. */
  get length(): number {
    return this.#behind === null ? this.end - this.start : this.#seam - this.start + this.#behind.length
  }

  /** Puts `chunk` behind what is held. The buffer may keep a view of it: do not change it afterwards. */
  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.start === this.end) {
      this.#hold(chunk, chunk.length)
      return
    }
    if (this.#behind !== null) this.#showAll()
    const held = this.end - this.start
    const front = Math.max(SEAM_BYTES, held)
    if (chunk.length > LONG_CHUNK * front) this.#join(this.end, chunk, front)
    else this.#copy(chunk, held)
  }

  /** Puts `chunk` in front of what is held; copies what is held, unless that is nothing. */
  prepend(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    const held = this.take()
    this.#hold(chunk, chunk.length)
    this.append(held)
    this.scanned = 0
  }

  /**
   * Drops the first `count` bytes. The array is let go with its last byte.
   *
   * @param count - 0 to `end - start`
   */
  consume(count: number): void {
    const start = this.start + count
    const scanned = this.scanned > count ? this.scanned - count : 0
    if (this.#behind !== null && start >= this.#seam) {
      const at = start - this.#seam
      this.#hold(this.#behind, this.#behind.length)
      this.start = at
    } else if (start >= this.end) {
      this.clear()
    } else {
      this.start = start
    }
    this.scanned = scanned
  }

  /** Lets more of what is held be scanned; false when all of it can be. Indices change, `scanned` stays true. */
  pull(): boolean {
    if (this.#behind === null) return false
    const front = LONG_CHUNK * (this.end - this.#seam)
    if (this.#behind.length > LONG_CHUNK * front) this.#join(this.#seam, this.#behind, front)
    else this.#showAll()
    return true
  }

  /** Gives all that is held and empties the buffer. Without a copy, if all of it can be scanned. */
  take(): Uint8Array {
    if (this.#behind !== null) this.#showAll()
    const all = this.view(this.start, this.end)
    this.clear()
    return all
  }

  /**
   * Gives a view of `bytes[from, to)`: a plain `Uint8Array`, even where the chunk was of a subclass.
   *
   * @param from - index in `bytes`, not below `start`
   * @param to - index in `bytes`, not above `end`
   */
  view(from: number, to: number): Uint8Array {
    if (this.#memory === null) {
      this.#memory = this.bytes.buffer
      this.#memoryOffset = this.bytes.byteOffset
    }
    return new Uint8Array(this.#memory, this.#memoryOffset + from, to - from)
  }

  /** Empties the buffer and lets its array go. */
  clear(): void {
    this.#hold(EMPTY, 0)
  }

  /** Moves a short rest out of a long array, so that an unfinished line does not keep a whole read alive. */
  compact(): void {
    const { start, end, scanned } = this
    // Paid for by the bytes consumed before it: at most one byte is copied for three that are let go.
    // Never true while a long chunk is behind: at least as much of it shows as is held in front.
    if (start < COMPACT_BYTES || start < 3 * (end - start)) return
    this.#hold(new Uint8Array(this.view(start, end)), end - start)
    this.scanned = scanned
  }

  #copy(chunk: Uint8Array, held: number): void {
    // There is room in arrays that were made here only: a chunk that was kept ends where its bytes end.
    if (this.bytes.length - this.end < chunk.length) {
      // A chunk longer than what is held pays for the copy; otherwise doubling does.
      const capacity = chunk.length >= held ? held + chunk.length : 2 * held + chunk.length
      this.#move(this.end, Math.max(MIN_CAPACITY, capacity))
    }
    const { bytes, end } = this
    if (chunk.length > LOOP_BYTES) bytes.set(chunk, end)
    else for (let at = 0; at < chunk.length; at++) bytes[end + at] = chunk[at] as number
    this.end = end + chunk.length
  }

  #showAll(): void {
    const chunk = this.#behind
    if (chunk !== null) this.#join(this.#seam, chunk, chunk.length)
  }

  /** Makes an array of `bytes[start, seam)` and the first `count` bytes of `chunk`, and remembers what is missing. */
  #join(seam: number, chunk: Uint8Array, count: number): void {
    const held = seam - this.start
    this.#move(seam, held + count)
    this.bytes.set(count < chunk.length ? chunk.subarray(0, count) : chunk, held)
    this.end = held + count
    if (count === chunk.length) return
    this.#behind = chunk
    this.#seam = held
  }

  /**
   * Moves `bytes[start, end)` to the beginning of a new array. Always a new one, never a move inside the old one:
   * lines that were handed out are views of the old one.
   */
  #move(end: number, capacity: number): void {
    const { start, scanned } = this
    const bytes = allocate(capacity)
    bytes.set(this.view(start, end))
    this.#hold(bytes, end - start)
    this.scanned = scanned
  }

  #hold(bytes: Uint8Array, length: number): void {
    this.bytes = bytes
    this.start = 0
    this.end = length
    this.scanned = 0
    this.#memory = null
    this.#behind = null
  }
}
