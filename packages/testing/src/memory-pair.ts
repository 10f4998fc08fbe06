import type { Protocol } from '@millrace/transport'
import { MemoryTransport } from './memory-transport.ts'
import type { MemoryTransportOptions } from './memory-transport-options.ts'

/**
 * How the two ends of a {@link MemoryPair} and the link between them behave.
 *
 * @public
 */
export interface MemoryPairOptions extends Omit<MemoryTransportOptions, 'manualDrain' | 'peer' | 'host'> {
  /**
   * How many octets one read brings at most, 1 or more; a function is asked before each read.
   *
   * @defaultValue `Infinity`: all that is waiting
   */
  readonly chunkBytes?: number | (() => number)
  /**
   * How many undelivered octets an end that paused reading takes in before the link stops and the octets stay
   * buffered at the writer, 1 or more.
   *
   * @defaultValue 65536, as in a socket's receive buffer
   */
  readonly receiveWindowBytes?: number
}

/**
 * Two protocols joined in memory. Nothing moves until it is pumped (or `schedule` is given).
 *
 * @public
 */
export class MemoryPair {
  /** The transport of the first protocol. */
  readonly left: MemoryTransport
  /** The transport of the second protocol. */
  readonly right: MemoryTransport
  readonly #chunkBytes: () => number
  readonly #receiveWindowBytes: number
  readonly #schedule: ((run: () => void) => void) | undefined
  #pumping = false
  #scheduled = false
  /** Whether an end asked for something since the pump last looked. */
  #stirred = false

  /**
   * Connects `left`, then `right`.
   *
   * @throws {RangeError} when `chunkBytes`, `receiveWindowBytes` or `highWaterMarkBytes` is below 1
   */
  constructor(left: Protocol, right: Protocol, options: MemoryPairOptions = {}) {
    const { chunkBytes = Infinity, receiveWindowBytes = 65_536, schedule, ...rest } = options
    if (!(receiveWindowBytes >= 1)) throw new RangeError('receiveWindowBytes must be 1 or more')
    if (typeof chunkBytes === 'number' && !(chunkBytes >= 1))
      throw new RangeError('chunkBytes must be 1 or more')
    this.#chunkBytes = typeof chunkBytes === 'number' ? () => chunkBytes : chunkBytes
    this.#receiveWindowBytes = receiveWindowBytes
    this.#schedule = schedule
    const ends = { ...rest, manualDrain: true, schedule: () => this.#stir() }
    const leftAddress = { family: 'memory', name: 'left' } as const
    const rightAddress = { family: 'memory', name: 'right' } as const
    this.left = new MemoryTransport({ ...ends, host: leftAddress, peer: rightAddress })
    this.right = new MemoryTransport({ ...ends, host: rightAddress, peer: leftAddress })
    this.left.connect(left)
    this.right.connect(right)
  }

  /**
   * Lets both ends do what is due and brings at most one read to each.
   *
   * @returns whether anything happened: `false` means that only a test or a timer can make more happen
   * @throws {Error} when called by a callback of one of the protocols
   */
  pump(): boolean {
    if (this.#pumping) throw new Error('the pair is being pumped already')
    this.#pumping = true
    this.#stirred = false
    try {
      this.left.settle()
      this.right.settle()
      const toRight = this.#carry(this.left, this.right)
      const toLeft = this.#carry(this.right, this.left)
      return toRight || toLeft || this.#stirred
    } finally {
      this.#pumping = false
    }
  }

  /** Pumps until nothing happens any more. */
  settle(): void {
    while (this.pump());
  }

  #carry(from: MemoryTransport, to: MemoryTransport): boolean {
    const room = this.#receiveWindowBytes - to.undeliveredBytes
    let moved = false
    if (room > 0 && from.bufferedBytes > 0) {
      const bytes = from.drain(Math.min(room, Math.max(1, Math.floor(this.#chunkBytes()))))
      moved = bytes.length > 0
      to.deliver(bytes)
    }
    return this.#carryEnd(from, to) || moved
  }

  /** Brings the end of `from`'s direction, or of the whole connection, to the other end. */
  #carryEnd(from: MemoryTransport, to: MemoryTransport): boolean {
    if (to.lostReason !== null) return false
    const reason = from.lostReason
    // An end that is gone answers octets that still come with a reset.
    if (reason !== null && (reason.kind !== 'closed' || to.bufferedBytes > 0)) {
      to.reset()
      return true
    }
    if (!from.writeClosed || to.peerEnded) return false
    to.deliverEnd()
    return true
  }

  #stir(): void {
    this.#stirred = true
    if (this.#pumping || this.#scheduled || this.#schedule === undefined) return
    this.#scheduled = true
    this.#schedule(() => {
      this.#scheduled = false
      if (!this.#pumping) this.settle()
    })
  }
}

/**
 * Joins two protocols in memory: see {@link MemoryPair}.
 *
 * @public
 */
export function memoryPair(left: Protocol, right: Protocol, options: MemoryPairOptions = {}): MemoryPair {
  return new MemoryPair(left, right, options)
}
