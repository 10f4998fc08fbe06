import type { Headers } from '@millrace/headers'
import { formatStatusLine } from '@millrace/message'
import type { Address, Consumer, PullProducer, PushProducer, Transport } from '@millrace/transport'
import { HTTPReceiver } from './http-receiver.ts'
import { Outgoing, type ProducerOwner } from './outgoing.ts'
import type { Output } from './output.ts'

/**
 * The writing half of a channel: what a turn writes is collected and leaves in one write when the turn ends.
 *
 * @public
 */
export abstract class HTTPSender extends HTTPReceiver implements Consumer, ProducerOwner {
  protected outgoing!: Outgoing
  /** How deep we are in calls from outside. */
  #depth = 0
  /** When this turn asked for the time first; NaN when it did not. */
  #turnMs = NaN
  #endPromised = false

  override makeConnection(transport: Transport): void {
    this.outgoing = new Outgoing(transport, this, this.settings.writeAheadBytes)
    super.makeConnection(transport)
  }

  /** What this turn wrote so far. */
  get output(): Output {
    return this.outgoing
  }

  /** Runs when the outermost call from outside is about to return. */
  protected abstract turnEnded(): void

  /** Runs when the producer of the current response threw. */
  abstract producerFailed(error: unknown): void

  protected get inTurn(): boolean {
    return this.#depth > 0
  }

  protected enterTurn(): void {
    this.#depth += 1
  }

  protected leaveTurn(): void {
    this.#depth -= 1
    if (this.#depth > 0) return
    try {
      this.turnEnded()
    } finally {
      this.#turnMs = NaN
    }
  }

  /** Time stands still within a turn: its dates and deadlines are of one instant, and the clock is asked once. */
  override timeNow(): number {
    if (!Number.isNaN(this.#turnMs)) return this.#turnMs
    const nowMs = super.timeNow()
    if (this.#depth > 0) this.#turnMs = nowMs
    return nowMs
  }

  wrote(): boolean {
    this.flushSoon()
    return this.outgoing.wrote()
  }

  flushSoon(): boolean {
    if (this.#depth === 0 && !this.#endPromised) {
      this.#endPromised = true
      void Promise.resolve().then(() => {
        this.#endPromised = false
        this.turnEnded()
      })
    }
    return !this.outgoing.full
  }

  /**
   * Writes a head as it stands, with no decision of ours. Most code wants {@link Request.write}.
   *
   * @throws {RangeError | TypeError} when the version, the status code or the reason phrase may not stand in a status
   * line
   */
  writeHeaders(version: 'HTTP/1.0' | 'HTTP/1.1', statusCode: number, reason: string, headers: Headers): void {
    if (version !== 'HTTP/1.0' && version !== 'HTTP/1.1')
      throw new TypeError('a version is HTTP/1.0 or HTTP/1.1')
    const statusLine = formatStatusLine(statusCode, reason).slice(version.length)
    this.output.add(`${version}${statusLine}${headers.toWire()}\r\n`)
    this.wrote()
  }

  /** Writes octets as they stand, behind what the current response wrote. */
  write(bytes: Uint8Array): void {
    this.output.add(bytes)
    this.wrote()
  }

  /** Writes several pieces as they stand. */
  writeSequence(parts: readonly Uint8Array[]): void {
    for (const part of parts) this.output.add(part)
    this.wrote()
  }

  registerProducer(producer: PushProducer, streaming: true): void
  registerProducer(producer: PullProducer, streaming: false): void
  registerProducer(producer: PushProducer | PullProducer, streaming: boolean): void {
    this.outgoing.register(producer, streaming)
  }

  unregisterProducer(): void {
    this.outgoing.unregister()
  }

  /** Where the peer is. */
  getPeer(): Address {
    return this.transport.getPeer()
  }

  /** Where we are. */
  getHost(): Address {
    return this.transport.getHost()
  }

  /** Whether the bytes travel encrypted. */
  isSecure(): boolean {
    return this.transport.isSecure()
  }
}
