import type { Socket } from 'node:net'
import type { WriteTurns } from './write-turns.ts'

/** What one connection writes when it is much: it leaves in pieces, as {@link WriteTurns} lets it. */
export class LargeWrites {
  readonly #socket: Socket
  readonly #turns: WriteTurns
  readonly #allLeft: () => void
  #held: Uint8Array[] = []
  #heldBytes = 0
  #busy = false

  /** @param allLeft - runs whenever everything has left that was written */
  constructor(socket: Socket, turns: WriteTurns, allLeft: () => void) {
    this.#socket = socket
    this.#turns = turns
    this.#allLeft = allLeft
  }

  /** Whether something has not left yet: whatever else is written must line up here. */
  get busy(): boolean {
    return this.#busy
  }

  /** Octets that wait for their turn. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Writes now or later. Returns whether there is room for more. */
  write(parts: readonly Uint8Array[]): boolean {
    for (const part of parts) {
      this.#held.push(part)
      this.#heldBytes += part.length
    }
    if (!this.#busy) this.#goOn()
    return !this.#busy || (this.#heldBytes === 0 && !this.#socket.writableNeedDrain)
  }

  /** Forgets what waits. */
  clear(): void {
    this.#held = []
    this.#heldBytes = 0
  }

  readonly #goOn = (): void => {
    this.#busy = this.#heldBytes > 0
    if (!this.#busy) return this.#allLeft()
    const allowed = this.#turns.take(this.#heldBytes)
    if (allowed === 0) this.#turns.wait(this.#goOn)
    else this.#send(this.#take(allowed))
  }

  #send(parts: Uint8Array[]): void {
    const socket = this.#socket
    const last = parts.pop() as Uint8Array
    socket.cork() // until all parts are there, so that they leave in one system call
    for (const part of parts) socket.write(part)
    socket.write(last, this.#sent)
    socket.uncork()
  }

  readonly #sent = (error?: Error | null): void => {
    if (!error) this.#goOn() // else the socket tells of it
  }

  /** Takes so many octets of what is held. */
  #take(byteCount: number): Uint8Array[] {
    const held = this.#held
    let left = byteCount
    let count = 0
    while (count < held.length && held[count]!.length <= left) left -= held[count++]!.length
    const taken = held.splice(0, count)
    const next = held[0]
    if (next !== undefined && left > 0) {
      taken.push(next.subarray(0, left))
      held[0] = next.subarray(left)
    }
    this.#heldBytes -= byteCount
    return taken
  }
}
