const DEFAULT_BYTES_PER_TURN = 262_144

/**
 * The turns in which connections that write much hand it to the system: so many octets in a turn of the event loop, all of
 * them together, first come, first served. What is left waits for the turns to come.
 *
 * A system takes megabytes at once, which costs milliseconds, and Node accepts one connection in each turn: peers that ask
 * for much would keep everybody else waiting, even if they never read it.
 *
 * @public
 */
export class WriteTurns {
  readonly #bytesPerTurn: number
  #left: number
  #waiting: (() => void)[] = []

  /**
   * @param bytesPerTurn - octets, 1 or more. Default 262144: they cost the system less than a millisecond, and the turn
   *   in between next to nothing
   * @throws {RangeError} when it is not an integer, or less than 1
   */
  constructor(bytesPerTurn: number = DEFAULT_BYTES_PER_TURN) {
    if (!Number.isInteger(bytesPerTurn) || bytesPerTurn < 1)
      throw new RangeError(`bytesPerTurn must be an integer, 1 or more, not ${bytesPerTurn}`)
    this.#bytesPerTurn = bytesPerTurn
    this.#left = bytesPerTurn
  }

  /**
   * Asks to write so many octets.
   *
   * @returns how many of them may be written now; 0 when this turn has nothing left
   */
  take(byteCount: number): number {
    const taken = Math.min(byteCount, this.#left)
    if (this.#left > 0 && taken === this.#left) setImmediate(this.#nextTurn)
    this.#left -= taken
    return taken
  }

  /** Calls back in a turn that has something left, behind those who came earlier. */
  wait(callback: () => void): void {
    this.#waiting.push(callback)
  }

  readonly #nextTurn = (): void => {
    this.#left = this.#bytesPerTurn
    let served = 0
    while (this.#left > 0 && served < this.#waiting.length) {
      served += 1
      ;(this.#waiting[served - 1] as () => void)()
    }
    this.#waiting.splice(0, served)
  }
}

/** The turns of all connections of this thread that were given none of their own. */
export const sharedTurns: WriteTurns = new WriteTurns()
