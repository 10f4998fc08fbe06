import { allocateBytes } from '@millrace/headers'

const FIRST_CAPACITY = 256

/** The part of a line that came in earlier inputs. Doubles when it is full, so that any way of cutting costs the same. */
export class PartialLine {
  /** The octets, up to {@link PartialLine.length}; another array after {@link PartialLine.append}. */
  bytes: Uint8Array = allocateBytes(FIRST_CAPACITY)
  length = 0

  append(source: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start
    if (length > this.bytes.length) this.#grow(length)
    if (end - start === 1) this.bytes[this.length] = source[start]!
    else this.bytes.set(source.subarray(start, end), this.length)
    this.length = length
  }

  clear(): void {
    this.length = 0
  }

  #grow(needed: number): void {
    const larger = allocateBytes(Math.max(needed, this.bytes.length * 2))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}
