import type { FileSystem } from './file-system.ts'
import type { FileStats } from './validators.ts'

/**
 * A regular file, open for reading, with what was true of it at that moment.
 *
 * Owns its descriptor: whoever holds it calls {@link OpenFile.close} when done. The descriptor is closed exactly
 * once, and never under a running read: its number may by then belong to another file.
 */
export class OpenFile {
  readonly stats: FileStats
  readonly #fileSystem: FileSystem
  readonly #fd: number
  #state: 'open' | 'reading' | 'close-after-read' | 'closed' = 'open'

  constructor(fileSystem: FileSystem, fd: number, stats: FileStats) {
    this.#fileSystem = fileSystem
    this.#fd = fd
    this.stats = stats
  }

  /** Whether {@link OpenFile.close} was called. */
  get closed(): boolean {
    return this.#state === 'closed' || this.#state === 'close-after-read'
  }

  /**
   * Reads up to `length` bytes at `position` into the beginning of `target`. One read at a time.
   *
   * @param done - gets the number of bytes read, 0 at the end of the file; also called after a close in between
   * @throws {Error} when another read is running or the file is closed: the caller's mistake
   */
  read(
    target: Uint8Array,
    length: number,
    position: number,
    done: (error: Error | null, bytesRead: number) => void,
  ): void {
    if (this.#state !== 'open') throw new Error(`The file cannot be read: it is ${this.#state}.`)
    this.#state = 'reading'
    this.#fileSystem.read(this.#fd, target, length, position, (error, bytesRead) => {
      const isClosing = this.#state === 'close-after-read'
      this.#state = 'open'
      if (isClosing) this.close()
      done(error, bytesRead)
    })
  }

  /** Frees the descriptor, at the latest when the running read ends. Does nothing the second time. */
  close(): void {
    if (this.#state === 'reading') this.#state = 'close-after-read'
    if (this.#state !== 'open') return
    this.#state = 'closed'
    this.#fileSystem.close(this.#fd)
  }
}
