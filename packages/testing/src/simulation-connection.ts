import type { Clock } from '@millrace/transport'
import type { Chance } from './chance.ts'
import type { FakeClock } from './fake-clock.ts'
import type { MemoryTransport } from './memory-transport.ts'
import { SimulatedClock } from './simulation-clock.ts'
import { Flight } from './simulation-flight.ts'
import type { SimulationLog } from './simulation-log.ts'
import { SimulatedTransport } from './simulation-transport.ts'
import { joinBytes, toBytes } from './wire-text.ts'

/** How large reads are at most: from crumbs to many messages at once. */
const READ_BYTES = [3, 40, 700, 20_000]
/** When much is on its way, smaller reads than this would take for ever. */
const CRUMBS = 500
const MUCH = 5_000

/**
 * One connection of a simulation: what its client does, what its handlers wait for, what the network does to it.
 * All choices made for it come from {@link SimulatedConnection.chance}, so that its seed tells everything.
 *
 * @public
 */
export class SimulatedConnection {
  /** From 1, in the order of connecting. */
  readonly id: number
  /** The source of everything random in this simulation. */
  readonly chance: Chance
  /** The time of all connections; it knows which timers are this one's. */
  readonly clock: Clock
  /** The protocol's end. */
  readonly transport: MemoryTransport
  /** Octets that wait for the client from which on the transport asks its producer to pause. */
  readonly highWaterMarkBytes: number
  readonly #readBytes: number
  readonly #clock: SimulatedClock
  readonly #log: SimulationLog
  readonly #flight = new Flight()
  /** Undelivered octets from which on a paused protocol is sent nothing more. */
  readonly #windowBytes: number
  #received: Uint8Array[] = []
  #tasks: (() => void)[] = []
  #stalledUntilMs = 0
  #takesFromMs = 0

  /** @param run - runs a timer of this connection that is due */
  constructor(
    id: number,
    chance: Chance,
    clock: FakeClock,
    log: SimulationLog,
    run: (timer: () => void) => void,
  ) {
    this.id = id
    this.chance = chance
    this.#log = log
    this.#clock = new SimulatedClock(clock, run)
    this.clock = this.#clock
    this.#readBytes = chance.pick(READ_BYTES)
    this.#windowBytes = chance.pick([1, 1_000, 65_536])
    this.highWaterMarkBytes = chance.pick([1, 200, 3_000, 65_536])
    this.transport = new SimulatedTransport(
      { manualDrain: chance.of(0.5), highWaterMarkBytes: this.highWaterMarkBytes },
      (what) => this.violated(what),
    )
  }

  // ---- what the client does ----

  /** Sends octets, or latin-1 text; they arrive later, in pieces. */
  send(wire: Uint8Array | string): void {
    if (!this.#flight.ending) this.#flight.append(toBytes(wire))
  }

  /** Finishes sending, behind all that was sent. */
  end(): void {
    this.#flight.ending = true
  }

  /** Finishes sending at once: what is on its way is lost. */
  breakOff(): void {
    this.#flight.drop()
    this.end()
    this.deliver()
  }

  /** Breaks the connection. */
  reset(): void {
    this.#flight.drop()
    this.transport.reset()
  }

  /** All that the client took. */
  get received(): Uint8Array {
    if (this.#received.length !== 1) this.#received = [joinBytes(this.#received)]
    return this.#received[0]!
  }

  // ---- what handlers do ----

  /** Runs `task` some time later, out of any callback; perhaps after the connection is lost. */
  later(task: () => void): void {
    this.#tasks.push(task)
  }

  /** Resolves some time later. */
  pass(): Promise<void> {
    return new Promise((resolve) => this.later(resolve))
  }

  // ---- what checks do ----

  /** Writes into the log. */
  note(what: string): void {
    this.#log.note(this.id, what)
  }

  /** Something is as it must not be. */
  violated(what: string): void {
    this.#log.violated(this.id, what)
  }

  // ---- what the network does: for happenings ----

  /** The most that one read brings, in octets. */
  get readBytes(): number {
    return Math.max(this.#readBytes, CRUMBS)
  }

  /** How many octets the client sent that were not delivered. */
  get inFlightBytes(): number {
    return this.#flight.length
  }

  /** How many tasks wait to be run. */
  get taskCount(): number {
    return this.#tasks.length
  }

  /** How many timers of this connection are on the clock. */
  get timerCount(): number {
    return this.#clock.pending
  }

  /** Whether the network brings something now: octets, or the client's end behind them. */
  get canDeliver(): boolean {
    const { transport } = this
    if (transport.peerEnded || this.clock.now() < this.#stalledUntilMs) return false
    if (this.#flight.length === 0) return this.#flight.ending
    return !transport.paused || transport.undeliveredBytes < this.#windowBytes
  }

  /** Delivers one read of what is in flight, or the client's end behind it, if it can. */
  deliver(): void {
    if (!this.canDeliver) return
    if (this.#flight.length === 0) return this.transport.deliverEnd()
    const most = this.#flight.length > MUCH ? this.readBytes : this.#readBytes
    this.transport.deliver(this.#flight.cut(1 + this.chance.below(most)))
  }

  /** Whether the client takes something now. */
  get canTake(): boolean {
    return this.transport.bufferedBytes > 0 && this.clock.now() >= this.#takesFromMs
  }

  /** Lets the client take up to `maxBytes` of what was written, if it does. */
  take(maxBytes: number = Infinity): void {
    if (this.canTake) this.transport.drain(maxBytes)
  }

  /** Runs one of the tasks that wait. */
  runTask(): void {
    this.#tasks.splice(this.chance.below(this.#tasks.length), 1)[0]?.()
  }

  /** Lets nothing through from the client for a while. */
  stall(durationMs: number): void {
    this.#stalledUntilMs = this.clock.now() + durationMs
  }

  /** The client takes nothing for a while. */
  stopTaking(durationMs: number): void {
    this.#takesFromMs = this.clock.now() + durationMs
  }

  /** Ends all delays: what waits for the network waits no longer. */
  hurry(): void {
    this.#stalledUntilMs = 0
    this.#takesFromMs = 0
  }

  /** Gives what has reached the client since the last look. */
  arrived(): Uint8Array {
    const bytes = this.transport.takeWritten()
    if (bytes.length > 0) this.#received.push(bytes)
    return bytes
  }
}
