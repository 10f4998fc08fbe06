import { Chance } from './chance.ts'
import { FakeClock } from './fake-clock.ts'
import type { SimulatedConnection } from './simulation-connection.ts'
import { SimulatedLife } from './simulation-life.ts'
import { SimulationLog } from './simulation-log.ts'
import type { SimulatedPair } from './simulation-pair.ts'
import type { SimulationReport } from './simulation-report.ts'

/**
 * What a {@link Simulation} is made of.
 *
 * @public
 */
export interface SimulationOptions {
  /** What all chances come from: any integer, of which the low 32 bits count. */
  readonly seed: number
  /** How many connections there are, 1 or more; not all at the same time. @defaultValue 1 */
  readonly connections?: number
  /** Makes both ends of a connection; runs when the connection is about to be made. */
  readonly join: (connection: SimulatedConnection) => SimulatedPair
}

/** So long nothing must have happened: what moved last may have made somebody go on. */
const QUIET_ROUNDS = 3
const MOST_ROUNDS = 5_000
/** How long clients wait that left or fell silent. */
const PATIENCE_MS = 2_000
const PATIENCE_ROUNDS = 5

/**
 * Many connections in bad weather, over one clock that stands still, in an order drawn by lot: reads of any size, delays,
 * stalls, slow readers, half-closes, resets, jumps of the clock. Protocols that await are at home here; those that use
 * timers or I/O of their own are not, since nothing would repeat itself.
 *
 * A run depends on its seed and on what the pairs do, and on nothing else: a seed that fails fails again.
 *
 * @public
 */
export class Simulation {
  readonly chance: Chance
  readonly clock: FakeClock = new FakeClock()
  readonly #seed: number
  readonly #count: number
  readonly #join: (connection: SimulatedConnection) => SimulatedPair
  readonly #log = new SimulationLog()
  readonly #lives: SimulatedLife[] = []

  /** @throws {RangeError} when `connections` is not an integer of 1 or more */
  constructor(options: SimulationOptions) {
    this.#seed = options.seed
    this.#count = options.connections ?? 1
    if (!(Number.isInteger(this.#count) && this.#count >= 1))
      throw new RangeError('connections must be an integer of 1 or more')
    this.#join = options.join
    this.chance = new Chance(options.seed)
  }

  /** Runs everything from the first connection to the end of the last. Call it once. */
  async run(): Promise<SimulationReport> {
    await this.#rage()
    const settling = this.#lives.filter((life) => life.settles)
    await this.#settle(settling)
    for (const life of settling) life.checkSettled()
    await this.#part()
    for (const life of this.#lives) life.checkEnd()
    if (this.clock.pending > 0) this.#log.violated(0, `${this.clock.pending} timers are left on the clock`)
    const { violations, lines } = this.#log
    return { seed: this.#seed, connections: this.#count, violations, log: lines }
  }

  /** Things happen to connections until each has had its share; new ones come in meanwhile. */
  async #rage(): Promise<void> {
    const { chance } = this
    let live: SimulatedLife[] = []
    for (;;) {
      if (this.#lives.length < this.#count && (live.length === 0 || chance.of(0.1)))
        live.push(this.#connect())
      if (live.length === 0) return
      // As often for each connection, however many there are.
      if (chance.of(0.15 / live.length)) await this.#turn()
      if (chance.of(0.1 / live.length)) this.#wait(chance.below(chance.of(0.2) ? 1_500 : 150))
      const life = chance.pick(live)
      life.step()
      if (life.isOver || life.stepsLeft <= 0) live = live.filter((other) => other !== life)
      await undefined
    }
  }

  #connect(): SimulatedLife {
    const life = new SimulatedLife(this.#lives.length + 1, this.chance, this.clock, this.#log, this.#join)
    this.#lives.push(life)
    life.connect()
    return life
  }

  /** The clients leave, fall silent or break the connection; who does not break it waits for what is still to come. */
  async #part(): Promise<void> {
    for (const life of this.#lives) life.part()
    await this.#settle(this.#lives)
    for (const life of this.#lives) if (life.parting === 'leaves') life.checkLeft()
    for (let round = 0; round < PATIENCE_ROUNDS; round += 1) {
      this.#wait(PATIENCE_MS)
      await this.#settle(this.#lives)
    }
    for (const life of this.#lives) if (life.parting !== 'breaks') life.checkWaited()
    for (const life of this.#lives) life.reset()
    await this.#settle(this.#lives)
  }

  /** Lets everything move until nothing does. */
  async #settle(lives: readonly SimulatedLife[]): Promise<void> {
    for (const { connection } of lives) connection.hurry()
    for (let round = 0, quiet = 0; quiet < QUIET_ROUNDS; round += 1) {
      if (round === MOST_ROUNDS) return this.#log.violated(0, 'it never comes to rest')
      let moved = false
      for (const life of lives) moved = life.settle() || moved
      await this.#turn()
      quiet = moved ? 0 : quiet + 1
    }
  }

  /** Lets everybody go on who awaited something that came. */
  async #turn(): Promise<void> {
    this.#log.note(0, 'turn')
    await nextTurn()
  }

  /** Time passes; now and then somebody sets the system's clock meanwhile. */
  #wait(durationMs: number): void {
    this.#log.note(0, `wait ${durationMs} ms`)
    if (this.chance.of(0.1)) {
      this.clock.setWallTimeMs(this.clock.wallTimeMs() + this.chance.below(200_000_000) - 100_000_000)
    }
    try {
      this.clock.advance(durationMs)
    } catch (error) {
      this.#log.violated(0, String(error)) // timers without end: those that throw are caught where they run
    }
  }
}

/** Node's and browsers' ways to run something when all promises are done; taken now, before a test fakes them. */
const { setImmediate, setTimeout } = globalThis as unknown as {
  setImmediate?: (callback: () => void) => void
  setTimeout: (callback: () => void, delayMs: number) => void
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate === undefined) setTimeout(resolve, 0)
    else setImmediate(resolve)
  })
}
