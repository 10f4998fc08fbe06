import type { PushProducer, Transport } from '@millrace/transport'

/**
 * The way to the server: what was written, how much of it is on its way, and whether there is room for more.
 *
 * @public
 */
export class RequestOutlet implements PushProducer {
  /** Runs when the room is used up, and when there is room again. */
  roomChanged: ((full: boolean) => void) | null = null
  #transport: Transport | null = null
  #full = false
  #written = 0
  #takenBefore = 0

  /** The connection is there. */
  attach(transport: Transport): void {
    this.#transport = transport
    transport.registerProducer(this, true)
  }

  /** Whether the transport asked us to pause. */
  get full(): boolean {
    return this.#full
  }

  /** Octets that wait for the server to take them. */
  get unsentBytes(): number {
    return this.#transport?.bufferedBytes ?? 0
  }

  send(parts: readonly Uint8Array[], length: number): void {
    this.#written += length
    if (parts.length === 1) this.#transport?.write(parts[0] as Uint8Array)
    else this.#transport?.writeSequence(parts)
  }

  /** Whether the server took anything since this was last asked. */
  hasProgressed(): boolean {
    const taken = this.#written - this.unsentBytes
    const before = this.#takenBefore
    this.#takenBefore = taken
    return taken !== before
  }

  pauseProducing(): void {
    this.#full = true
    this.roomChanged?.(true)
  }

  resumeProducing(): void {
    this.#full = false
    this.roomChanged?.(false)
  }

  /** The transport is gone; the channel hears of it too. */
  stopProducing(): void {}
}
