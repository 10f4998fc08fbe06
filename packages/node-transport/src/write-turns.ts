/** What goes along with a share that is used up, as a part of it: less is not worth a system call of its own. */
const SMALL_REST = 1 / 16

/**
 * How much is written in a turn of the event loop.
 *
 * @public
 */
export interface WriteTurnsOptions {
  /**
   * Octets, 1 or more, that a turn hands over at least. @defaultValue 262144: four times as many kept other clients
   * waiting for a second when 1,000 peers asked for much and did not read it
   */
  readonly shareBytes?: number
  /**
   * Milliseconds, 0 or more: a turn in which the system took a share sooner has another one. @defaultValue 0.5: peers that
   * read are sent to faster by a quarter, and nobody notices the wait
   */
  readonly quickMs?: number
}

/**
 * The turns in which connections that write much hand it to the system: so many octets in a turn of the event loop, all of
 * them together, first come, first served; more while the system is quick, and that, too, for those who wait. What is left
 * waits for the turns to come.
 *
 * A system takes megabytes at once, which costs milliseconds when they find no reader, and Node accepts one connection in
 * each turn: peers that ask for much would keep everybody else waiting, even if they never read it.
 *
 * @public
 */
export class WriteTurns {
  readonly #shareBytes: number
  readonly #quickMs: number
  #left: number
  /** When this turn used up its first share; NaN: it has not. */
  #usedUpMs = NaN
  #waiting: (() => void)[] = []

  /** @throws {RangeError} when an option is not in its range, or shareBytes no integer */
  constructor({ shareBytes = 262_144, quickMs = 0.5 }: WriteTurnsOptions = {}) {
    if (!Number.isInteger(shareBytes) || shareBytes < 1)
      throw new RangeError(`shareBytes must be an integer, 1 or more, not ${shareBytes}`)
    if (!(quickMs >= 0)) throw new RangeError(`quickMs must be a number, 0 or more, not ${quickMs}`)
    this.#shareBytes = shareBytes
    this.#quickMs = quickMs
    this.#left = shareBytes
  }

  /**
   * Asks to write so many octets.
   *
   * @returns how many of them may be written now: as many as the share has left, or all when no more than a sixteenth of a
   *   share would remain; 0 when this turn has nothing left
   */
  take(byteCount: number): number {
    // While others wait the next share is theirs, however quick this one was.
    if (this.#left === 0 && (this.#waiting.length > 0 || !this.#renew())) return 0
    const left = this.#left
    const taken = byteCount - left <= this.#shareBytes * SMALL_REST ? byteCount : left
    this.#left = Math.max(0, left - taken)
    if (this.#left === 0 && Number.isNaN(this.#usedUpMs)) {
      this.#usedUpMs = performance.now()
      setImmediate(this.#nextTurn)
    }
    return taken
  }

  #renew(): boolean {
    const isQuick = performance.now() - this.#usedUpMs < this.#quickMs
    if (isQuick) this.#left = this.#shareBytes
    return isQuick
  }

  /** Calls back in a turn that has something left, behind those who came earlier. */
  wait(callback: () => void): void {
    this.#waiting.push(callback)
  }

  readonly #nextTurn = (): void => {
    this.#left = this.#shareBytes
    this.#usedUpMs = NaN
    let served = 0
    while (served < this.#waiting.length && (this.#left > 0 || this.#renew())) {
      served += 1
      ;(this.#waiting[served - 1] as () => void)()
    }
    this.#waiting.splice(0, served)
  }
}

/** The turns of all connections of this thread that were given none of their own. */
export const sharedTurns: WriteTurns = new WriteTurns()
