import type { Chance } from './chance.ts'
import type { FakeClock } from './fake-clock.ts'
import { SimulatedConnection } from './simulation-connection.ts'
import { HAPPENINGS } from './simulation-happenings.ts'
import type { SimulationLog } from './simulation-log.ts'
import type { SimulatedPair } from './simulation-pair.ts'

/** How many reads a connection gets in one round of settling. */
const READS_PER_ROUND = 30

/** The course of one connection: whatever happens to it is logged, guarded, and looked at afterwards. */
export class SimulatedLife {
  readonly connection: SimulatedConnection
  readonly settles: boolean
  /** How the client parts: it finishes sending, falls silent, or breaks the connection. */
  readonly parting: 'leaves' | 'stays' | 'breaks'
  /** How much still happens to it before it comes to rest. */
  stepsLeft: number
  readonly #pair: SimulatedPair
  #ended = false
  #over = false

  constructor(
    id: number,
    chance: Chance,
    clock: FakeClock,
    log: SimulationLog,
    join: (connection: SimulatedConnection) => SimulatedPair,
  ) {
    this.connection = new SimulatedConnection(id, chance, clock, log, (timer) => this.do('timer', timer))
    this.stepsLeft = 20 + chance.few(150)
    this.parting = chance.pick(['leaves', 'leaves', 'stays', 'breaks'])
    const settles = chance.of(0.5)
    this.#pair = join(this.connection)
    this.settles = this.#pair.alwaysSettles === true || settles
  }

  get isOver(): boolean {
    return this.#over
  }

  connect(): void {
    const { protocol, client } = this.#pair
    this.do('connect', () => {
      this.connection.transport.connect(protocol)
      client.connectionMade?.()
    })
  }

  /** Lets one thing happen, drawn by lot. */
  step(): void {
    this.stepsLeft -= 1
    const { name, happen } = this.connection.chance.draw(this.#pair.happenings ?? HAPPENINGS)
    this.do(name, () => happen(this.connection))
  }

  /** Delivers, takes and runs what there is. @returns whether there was anything */
  settle(): boolean {
    const { connection } = this
    let moved = false
    for (let reads = 0; reads < READS_PER_ROUND && connection.canDeliver; reads += 1) {
      this.do('deliver', () => connection.deliver())
      moved = true
    }
    for (let tasks = connection.taskCount; tasks > 0; tasks -= 1) {
      this.do('task', () => connection.runTask())
      moved = true
    }
    if (connection.canTake) {
      this.do('take', () => connection.take())
      moved = true
    }
    return this.#goOn() || moved
  }

  /** Lets the transport do what a timer or a promise asked of it. @returns whether there is more to come of it */
  #goOn(): boolean {
    const { connection } = this
    const { transport } = connection
    const before = transport.undeliveredBytes
    this.#guard('go on', () => transport.settle())
    this.#lookAround()
    return transport.undeliveredBytes !== before || connection.canDeliver || connection.canTake
  }

  /** The client has had enough. */
  part(): void {
    const { connection } = this
    if (this.#over || this.parting === 'stays') return
    this.do('part', () => {
      if (this.parting === 'breaks') connection.reset()
      else if (connection.chance.of(0.5)) connection.end()
      else connection.breakOff()
    })
  }

  reset(): void {
    this.do('reset', () => this.connection.reset())
  }

  checkSettled(): void {
    this.#check(() => this.#pair.checkSettled?.())
  }

  checkLeft(): void {
    this.#check(() => this.#pair.checkLeft?.())
  }

  checkWaited(): void {
    this.#check(() => this.#pair.checkWaited?.())
  }

  checkEnd(): void {
    const { connection } = this
    if (!connection.transport.disconnected) connection.violated('the protocol was not told of the loss')
    if (connection.timerCount > 0) connection.violated(`${connection.timerCount} timers are left in the end`)
    this.#check(() => this.#pair.checkEnd?.())
  }

  do(name: string, happen: () => unknown): void {
    this.connection.note(name)
    this.#guard(name, happen)
    this.#lookAround()
    this.#check(() => this.#pair.check?.())
  }

  /** Shows the client what happened. */
  #lookAround(): void {
    this.#guard('the client', () => this.#tellClient())
  }

  #tellClient(): void {
    const { connection } = this
    const { transport } = connection
    const { client } = this.#pair
    const bytes = connection.arrived()
    if (bytes.length > 0) client.dataReceived?.(bytes)
    const isPeaceful = transport.lostReason === null || transport.lostReason.kind === 'closed'
    if (!this.#ended && isPeaceful && transport.writeClosed && transport.bufferedBytes === 0) {
      this.#ended = true
      client.readConnectionLost?.()
    }
    if (this.#over || !transport.disconnected || transport.lostReason === null) return
    this.#over = true
    client.connectionLost?.(transport.lostReason)
    if (connection.timerCount > 0)
      connection.violated(`${connection.timerCount} timers outlive the connection`)
  }

  #guard(name: string, happen: () => unknown): void {
    try {
      happen()
    } catch (error) {
      if (this.#pair.excuses?.(error) === true) return
      const text = error instanceof Error ? (error.stack ?? String(error)) : String(error)
      this.connection.violated(`${name}: ${text}`)
    }
  }

  #check(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.connection.violated(String(error))
    }
  }
}
