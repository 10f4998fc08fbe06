export const GIBIBYTE = 2 ** 30

/** A prime: no read, chunk or page has this length, so that nothing that is lost, doubled or swapped looks right. */
const PERIOD = 65_521
const PIECE = 65_536

/** As long as any piece at any place of the period needs it. */
const pattern = Buffer.alloc(PERIOD * 3)
for (let at = 0, state = 1; at < PERIOD; at += 1) {
  state = (state * 48_271) % 2_147_483_647
  pattern[at] = pattern[at + PERIOD] = pattern[at + 2 * PERIOD] = state & 0xff
}

/** The pattern, a gibibyte of it, in pieces that share their memory. */
export function* patternPieces() {
  for (let at = 0; at < GIBIBYTE; at += PIECE) yield pattern.subarray(at % PERIOD, (at % PERIOD) + PIECE)
}

/** Compares what comes with the pattern. */
export class PatternCheck {
  length = 0
  #wrongAt = -1

  /** @param {Uint8Array} chunk */
  take(chunk) {
    for (let from = 0; from < chunk.length; from += PIECE) {
      const part = chunk.subarray(from, from + PIECE)
      const at = (this.length + from) % PERIOD
      if (this.#wrongAt === -1 && Buffer.compare(part, pattern.subarray(at, at + part.length)) !== 0) {
        this.#wrongAt = this.length + from
      }
    }
    this.length += chunk.length
  }

  /** `N octets, as sent`, or where they begin to differ. */
  get verdict() {
    return `${this.length} octets, ${this.#wrongAt === -1 ? 'as sent' : `wrong from about ${this.#wrongAt} on`}`
  }
}
