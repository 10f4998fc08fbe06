import type {
  Address,
  ConnectionLost,
  Protocol,
  PullProducer,
  PushProducer,
  Transport,
} from '@millrace/transport'
import { CallbackLoop } from './callback-loop.ts'
import { Inbound } from './inbound.ts'
import type { MemoryTransportOptions } from './memory-transport-options.ts'
import { Outbound } from './outbound.ts'
import { ProducerSlot } from './producer-slot.ts'
import { toBytes, wireText } from './wire-text.ts'

/**
 * One end of a connection; its test is the other end.
 *
 * The protocol's callbacks run only inside the methods that drive it ({@link MemoryTransport.connect},
 * {@link MemoryTransport.deliver}, {@link MemoryTransport.deliverEnd}, {@link MemoryTransport.reset},
 * {@link MemoryTransport.drain}, {@link MemoryTransport.settle}) and never inside each other, as on a real transport:
 * `loseConnection()` returns before `connectionLost` runs. What a timer or a promise asked of the transport happens
 * at the next of these calls. The exceptions are a producer's, as in every transport: `write` may pause it,
 * `registerProducer` may start it, on the spot.
 *
 * @public
 */
export class MemoryTransport implements Transport {
  readonly negotiatedProtocol: string | null
  readonly #options: MemoryTransportOptions
  readonly #highWaterMarkBytes: number
  #protocol: Protocol | null = null

  readonly #outbound = new Outbound()
  readonly #producer = new ProducerSlot()
  /** Of our direction: `closing` waits for the producer and the buffer, then the end is sent. */
  #writing: 'open' | 'closing' | 'closed' = 'open'

  readonly #inbound = new Inbound()
  #reading: 'flowing' | 'paused' | 'ended' = 'flowing'

  #losing = false
  /** Decided, and told to the protocol by the next driving call. */
  #lostReason: ConnectionLost | null = null
  #lost = false
  readonly #loop: CallbackLoop

  constructor(options: MemoryTransportOptions = {}) {
    this.#options = options
    this.#highWaterMarkBytes = options.highWaterMarkBytes ?? 65_536
    if (!(this.#highWaterMarkBytes >= 1)) throw new RangeError('highWaterMarkBytes must be 1 or more')
    this.negotiatedProtocol = options.negotiatedProtocol ?? null
    this.#loop = new CallbackLoop(
      options,
      () => this.#step(),
      () => this.abortConnection(),
    )
  }

  // ---- what a test does: these run the protocol ----

  /** Gives the protocol its connection. @throws {Error} when it has been done already */
  connect(protocol: Protocol): void {
    if (this.#protocol !== null) throw new Error('this transport has a protocol already')
    this.#protocol = protocol
    this.#loop.run(() => this.#loop.guard(() => protocol.makeConnection(this)))
  }

  /** The peer sends octets: one `dataReceived`, held back while reading is paused. Empty input is no read. */
  deliver(wire: Uint8Array | string): void {
    if (this.#inbound.ended) throw new Error('the peer has ended its direction already')
    const bytes = toBytes(wire)
    if (bytes.length === 0 || this.disconnecting) return // the octets meet a closed door
    this.#inbound.append(bytes)
    this.#loop.run()
  }

  /** The peer finishes sending: `readConnectionLost`, after all that was delivered. */
  deliverEnd(): void {
    if (this.#inbound.ended) return
    this.#inbound.end()
    if (this.disconnecting) this.#inbound.drop()
    this.#loop.run()
  }

  /** The peer breaks the connection: `connectionLost` with `reset`; what is still queued either way is dropped. */
  reset(error?: unknown): void {
    this.#end(error === undefined ? { kind: 'reset' } : { kind: 'reset', error })
    this.#loop.run()
  }

  /**
   * The peer takes buffered octets, in the order they were written; with `manualDrain` nothing else takes them.
   *
   * @param maxBytes - takes this many at most
   * @returns what left
   */
  drain(maxBytes: number = Infinity): Uint8Array {
    const sent = this.#outbound.send(maxBytes)
    this.#loop.run()
    return sent
  }

  /** Does what is due: what a timer, a promise or the test itself asked of the transport since the last call. */
  settle(): void {
    this.#loop.run()
  }

  // ---- what a test looks at ----

  /** The octets that have left, since the last {@link MemoryTransport.takeWritten}. */
  get written(): Uint8Array {
    return this.#outbound.sent()
  }

  /** {@link MemoryTransport.written} as wire text. */
  get writtenText(): string {
    return wireText(this.written)
  }

  /** Gives {@link MemoryTransport.written} and forgets it. */
  takeWritten(): Uint8Array {
    return this.#outbound.takeSent()
  }

  /** {@link MemoryTransport.takeWritten} as wire text. */
  takeWrittenText(): string {
    return wireText(this.takeWritten())
  }

  /** Every `write` and `writeSequence` that held octets, as one entry each: what would have been a system call. */
  get writes(): readonly Uint8Array[] {
    return this.#outbound.writes
  }

  /** Whether the protocol asked for no more octets. */
  get paused(): boolean {
    return this.#reading === 'paused'
  }

  /** Octets delivered and held back, because reading is paused. */
  get undeliveredBytes(): number {
    return this.#inbound.waitingBytes
  }

  /** Whether the peer has finished sending; the protocol hears of it after all that was delivered before. */
  get peerEnded(): boolean {
    return this.#inbound.ended
  }

  /** Whether the end of our direction has been sent, by `closeWrite` or by the end of the connection. */
  get writeClosed(): boolean {
    return this.#writing === 'closed'
  }

  /** Why the connection is over, `null` while it is not. The protocol may still have to hear of it. */
  get lostReason(): ConnectionLost | null {
    return this.#lostReason
  }

  /** Whether the protocol heard `connectionLost`. */
  get disconnected(): boolean {
    return this.#lost
  }

  /** Whether a producer is registered. */
  get hasProducer(): boolean {
    return this.#producer.occupied
  }

  // ---- what a protocol does ----

  get disconnecting(): boolean {
    return this.#losing || this.#lostReason !== null
  }

  get bufferedBytes(): number {
    return this.#outbound.waitingBytes
  }

  write(bytes: Uint8Array): void {
    this.writeSequence([bytes])
  }

  writeSequence(parts: readonly Uint8Array[]): void {
    // A producer may finish what it is sending after closing was asked for.
    if (this.#writing === 'closed' || (this.#writing === 'closing' && !this.#producer.occupied)) return
    if (!this.#outbound.append(parts)) return
    if (this.#options.manualDrain !== true) this.#outbound.send(Infinity)
    const full = this.#outbound.waitingBytes >= this.#highWaterMarkBytes
    this.#loop.guard(() => this.#producer.written(full))
    this.#loop.wake()
  }

  loseConnection(): void {
    if (this.disconnecting) return
    this.#losing = true
    this.#inbound.drop()
    this.closeWrite()
    this.#loop.wake()
  }

  abortConnection(): void {
    this.#end({ kind: 'aborted' })
    this.#loop.wake()
  }

  closeWrite(): void {
    if (this.#writing === 'open') this.#writing = 'closing'
    this.#loop.wake()
  }

  pauseProducing(): void {
    if (this.#reading === 'flowing' && !this.disconnecting) this.#reading = 'paused'
  }

  resumeProducing(): void {
    if (this.#reading === 'paused' && !this.disconnecting) this.#reading = 'flowing'
    this.#loop.wake()
  }

  stopProducing(): void {
    this.loseConnection()
  }

  registerProducer(producer: PushProducer, streaming: true): void
  registerProducer(producer: PullProducer, streaming: false): void
  registerProducer(producer: PushProducer | PullProducer, streaming: boolean): void {
    this.#producer.assertEmpty()
    const usable = this.#writing === 'open'
    const full = this.#outbound.waitingBytes >= this.#highWaterMarkBytes
    this.#loop.guard(() =>
      usable ? this.#producer.register(producer, streaming, full) : producer.stopProducing(),
    )
    this.#loop.wake()
  }

  unregisterProducer(): void {
    this.#producer.clear()
    this.#loop.wake()
  }

  getPeer(): Address {
    return this.#options.peer ?? { family: 'memory', name: 'peer' }
  }

  getHost(): Address {
    return this.#options.host ?? { family: 'memory', name: 'host' }
  }

  isSecure(): boolean {
    return this.#options.secure ?? false
  }

  // ---- what is due ----

  /** Does the next thing that is due; `false` when there is none. */
  #step(): boolean {
    const protocol = this.#protocol
    if (protocol === null || this.#lost) return false
    if (this.#lostReason !== null) this.#tellLost(protocol, this.#lostReason)
    else if (this.#reading === 'flowing' && !this.#inbound.isEmpty) this.#receive(protocol)
    else if (this.#outbound.waitingBytes === 0 && this.#producer.wantsResume)
      this.#loop.guard(() => this.#producer.resume())
    else if (this.#writing === 'closing' && !this.#producer.occupied && this.#outbound.waitingBytes === 0) {
      this.#writing = 'closed'
    } else if (this.#writing === 'closed' && (this.#losing || this.#reading === 'ended')) {
      this.#end({ kind: 'closed' })
    } else return false
    return true
  }

  #receive(protocol: Protocol): void {
    const bytes = this.#inbound.take()
    if (bytes !== null) return this.#loop.guard(() => protocol.dataReceived(bytes))
    this.#reading = 'ended'
    this.#loop.guard(() => protocol.readConnectionLost())
  }

  #tellLost(protocol: Protocol, reason: ConnectionLost): void {
    this.#lost = true
    this.#loop.guard(() => this.#producer.stop())
    this.#loop.guard(() => protocol.connectionLost(reason))
  }

  #end(reason: ConnectionLost): void {
    if (this.#lostReason !== null) return
    this.#lostReason = reason
    this.#writing = 'closed'
    this.#outbound.drop()
    this.#inbound.drop()
  }
}
