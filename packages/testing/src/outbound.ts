import { joinBytes } from './wire-text.ts'

/** The sending half of a memory transport: what was written, what of it has left, and whether the end was sent. */
export class Outbound {
  /** Each `write` or `writeSequence` as one entry, whether it has left or not. */
  writes: Uint8Array[] = []
  /** Taken over and not sent: the front piece may be partly sent. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #sent: Uint8Array[] = []

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** @returns whether there was anything to take over */
  append(parts: readonly Uint8Array[]): boolean {
    const filled = parts.filter((part) => part.length > 0)
    if (filled.length === 0) return false
    this.writes.push(filled.length === 1 ? filled[0]! : joinBytes(filled))
    for (const part of filled) {
      this.#waiting.push(part)
      this.#waitingBytes += part.length
    }
    return true
  }

  /** Sends up to `maxBytes` and gives what was sent. */
  send(maxBytes: number): Uint8Array {
    const pieces: Uint8Array[] = []
    let room = maxBytes
    let count = 0
    while (count < this.#waiting.length && room > 0) {
      const front = this.#waiting[count]!
      if (front.length > room) {
        pieces.push(front.subarray(0, room))
        this.#waiting[count] = front.subarray(room)
        room = 0
      } else {
        pieces.push(front)
        room -= front.length
        count += 1
      }
    }
    this.#waiting.splice(0, count)
    const sent = pieces.length === 1 ? pieces[0]! : joinBytes(pieces)
    this.#waitingBytes -= sent.length
    if (sent.length > 0) this.#sent.push(sent)
    return sent
  }

  /** Forgets what was not sent: the connection is gone. */
  drop(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }

  /** All that was sent since the last {@link Outbound.takeSent}. */
  sent(): Uint8Array {
    if (this.#sent.length !== 1) this.#sent = [joinBytes(this.#sent)]
    return this.#sent[0]!
  }

  takeSent(): Uint8Array {
    const sent = this.sent()
    this.#sent = []
    return sent
  }
}
