import type { ConnectionLost } from '@millrace/transport'
import { HTTPChannel, TRANSITIONS } from '../../src/index.ts'
import type { ReadState, Request } from '../../src/index.ts'

/** Who wants to know what is protected, and hears of a move that no table allows. */
export interface Watcher {
  violated(what: string): void
  lost(): void
  contentReceived(request: Request | undefined): void
  deciding(): void
  /** A request is accepted, whatever becomes of it. */
  decided(request: Request): void
}

/** A channel that shows its inside. */
export class WatchedChannel extends HTTPChannel {
  watcher: Watcher | null = null

  get held(): number {
    return this.lineBuffer.length
  }
  protected override become(state: ReadState): void {
    if (!TRANSITIONS[this.readState].includes(state))
      this.watcher?.violated(`illegal move: ${this.readState} → ${state}`)
    super.become(state)
  }
  override allContentReceived(): void {
    this.watcher?.contentReceived(this.requests[0])
  }
  override checkPersistence(request: Request, version: string): boolean {
    this.watcher?.deciding()
    const persists = super.checkPersistence(request, version)
    this.watcher?.decided(request)
    return persists
  }
  override connectionLost(reason: ConnectionLost): void {
    super.connectionLost(reason)
    this.watcher?.lost()
  }
}

/** A channel with each line of a head going through a hook. */
export class HookedChannel extends WatchedChannel {
  override lineReceived(line: Uint8Array): void {
    super.lineReceived(line)
  }
}
