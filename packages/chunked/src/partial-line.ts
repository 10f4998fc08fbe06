import { allocateBytes } from '@millrace/headers'
import { EMPTY, view } from './views.ts'

const LEAST_CAPACITY = 256

/** The part of a line that came in earlier inputs. Its memory doubles when full: any way of cutting costs the same. */
export class PartialLine {
  #bytes: Uint8Array = EMPTY
  #length = 0

  /** Keeps a copy of `source[start, end)` behind what is kept already. */
  append(source: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start
    if (length > this.#bytes.length) this.#grow(length)
    if (end - start === 1) this.#bytes[this.#length] = source[start]!
    else this.#bytes.set(source.subarray(start, end), this.#length)
    this.#length = length
  }

  /** The whole line, whose last part is `source[start, end)`: a view, good until the next `append`. Keeps nothing. */
  take(source: Uint8Array, start: number, end: number): Uint8Array {
    if (this.#length === 0) return view(source, start, end)
    this.append(source, start, end)
    const line = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    return line
  }

  #grow(needed: number): void {
    const larger = allocateBytes(Math.max(needed, this.#bytes.length * 2, LEAST_CAPACITY))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
