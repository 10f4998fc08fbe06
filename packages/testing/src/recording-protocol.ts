import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { joinBytes, wireText } from './wire-text.ts'

/**
 * What a {@link RecordingProtocol} does besides recording. Each runs inside the callback of its name, after it was
 * recorded, and may use the transport or throw.
 *
 * @public
 */
export interface Reactions {
  connectionMade?(transport: Transport): void
  dataReceived?(bytes: Uint8Array, transport: Transport): void
  readConnectionLost?(transport: Transport): void
  connectionLost?(reason: ConnectionLost): void
}

/**
 * A protocol that writes down what its transport does to it, and reacts as it is told.
 *
 * @public
 */
export class RecordingProtocol implements Protocol {
  /** Set by `makeConnection`. */
  transport!: Transport
  /** The names of the callbacks, in order; `dataReceived` once per read. */
  readonly events: string[] = []
  /** What each read brought. */
  readonly pieces: Uint8Array[] = []
  /** Octets of all {@link RecordingProtocol.pieces}. */
  receivedBytes = 0
  /** Why the connection ended; `null` while it has not. */
  reason: ConnectionLost | null = null
  readonly #reactions: Reactions

  constructor(reactions: Reactions = {}) {
    this.#reactions = reactions
  }

  /** All that was received. */
  get received(): Uint8Array {
    return joinBytes(this.pieces)
  }

  /** All that was received, as wire text. */
  get receivedText(): string {
    return wireText(this.received)
  }

  makeConnection(transport: Transport): void {
    this.transport = transport
    this.connectionMade()
  }

  connectionMade(): void {
    this.events.push('connectionMade')
    this.#reactions.connectionMade?.(this.transport)
  }

  dataReceived(bytes: Uint8Array): void {
    this.events.push('dataReceived')
    this.pieces.push(bytes)
    this.receivedBytes += bytes.length
    this.#reactions.dataReceived?.(bytes, this.transport)
  }

  readConnectionLost(): void {
    this.events.push('readConnectionLost')
    this.#reactions.readConnectionLost?.(this.transport)
  }

  connectionLost(reason: ConnectionLost): void {
    this.events.push('connectionLost')
    this.reason = reason
    this.#reactions.connectionLost?.(reason)
  }
}
