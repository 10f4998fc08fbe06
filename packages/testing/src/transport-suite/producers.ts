import type { PullProducer, PushProducer, Transport } from '@millrace/transport'
import { expect, it } from 'vitest'
import { wireBytes } from '../wire-text.ts'
import { join, patternBytes, sameBytes } from './transport-pair.ts'
import type { MakeTransportPair } from './transport-pair.ts'

const MEBIBYTE = 1_048_576
const PIECE_BYTES = 65_536

/** Writes pieces of a pattern until it is paused, stopped or done; unregisters itself when done. */
class PushSource implements PushProducer {
  readonly events: string[] = []
  readonly bytes: Uint8Array
  readonly #transport: Transport
  #at = 0
  #flowing = true

  constructor(transport: Transport, length: number) {
    this.#transport = transport
    this.bytes = patternBytes(length)
  }

  start(): void {
    this.#transport.registerProducer(this, true)
    this.#flow()
  }

  pauseProducing(): void {
    this.events.push('pause')
    this.#flowing = false
  }

  resumeProducing(): void {
    this.events.push('resume')
    this.#flowing = true
    this.#flow()
  }

  stopProducing(): void {
    this.events.push('stop')
    this.#flowing = false
  }

  #flow(): void {
    while (this.#flowing) {
      this.#transport.write(this.bytes.subarray(this.#at, (this.#at += PIECE_BYTES)))
      if (this.#at < this.bytes.length) continue
      this.#flowing = false
      this.#transport.unregisterProducer()
    }
  }
}

/** Writes one piece of a pattern each time it is asked; unregisters itself when done. */
class PullSource implements PullProducer {
  asked = 0
  stopped = 0
  readonly bytes: Uint8Array
  readonly #transport: Transport

  constructor(transport: Transport, length: number) {
    this.#transport = transport
    this.bytes = patternBytes(length)
  }

  resumeProducing(): void {
    const start = this.asked * PIECE_BYTES
    this.asked += 1
    this.#transport.write(this.bytes.subarray(start, start + PIECE_BYTES))
    if (start + PIECE_BYTES >= this.bytes.length) this.#transport.unregisterProducer()
  }

  stopProducing(): void {
    this.stopped += 1
  }
}

/** Does nothing when told. */
function idleProducer(events: string[] = []): PushProducer {
  return {
    pauseProducing: () => void events.push('pause'),
    resumeProducing: () => void events.push('resume'),
    stopProducing: () => void events.push('stop'),
  }
}

/** A registered producer is paused, resumed and stopped as the contract says. */
export function producersSuite(makePair: MakeTransportPair): void {
  pushSuite(makePair)
  pullSuite(makePair)
  registrationSuite(makePair)
}

function pushSuite(makePair: MakeTransportPair): void {
  it('pauses a push producer while the peer does not read, and resumes it when all has left', async () => {
    const { left, right, until, quiet } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    const source = new PushSource(left.transport, 32 * MEBIBYTE)
    source.start()
    await quiet()
    expect(source.events.at(-1)).toBe('pause')
    expect(left.transport.bufferedBytes).toBeGreaterThan(0)
    right.transport.resumeProducing()
    await until(() => right.receivedBytes >= source.bytes.length)
    expect(source.events).toContain('resume')
    expect(sameBytes(right.received, source.bytes)).toBe(true)
  })

  it('pauses and resumes a push producer in turn', async () => {
    const { left, right, until } = await join(makePair)
    const source = new PushSource(left.transport, 8 * MEBIBYTE)
    source.start()
    await until(() => right.receivedBytes >= source.bytes.length)
    expect(source.events.length).toBeGreaterThan(0)
    expect(source.events.every((event, index) => event === (index % 2 === 0 ? 'pause' : 'resume'))).toBe(true)
    expect(sameBytes(right.received, source.bytes)).toBe(true)
  })

  it('keeps the buffer bounded when the producer obeys', async () => {
    let mostBytes = 0
    const { left, right, until } = await join(makePair)
    const source = new PushSource(left.transport, 16 * MEBIBYTE)
    source.start()
    await until(() => {
      mostBytes = Math.max(mostBytes, left.transport.bufferedBytes)
      return right.receivedBytes >= source.bytes.length
    })
    expect(mostBytes).toBeLessThanOrEqual(MEBIBYTE)
  })

  it('does not resume a push producer that has unregistered', async () => {
    const { left, right, until, quiet } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    const events: string[] = []
    left.transport.registerProducer(idleProducer(events), true)
    left.transport.write(patternBytes(24 * MEBIBYTE))
    expect(events).toEqual(['pause'])
    left.transport.unregisterProducer()
    right.transport.resumeProducing()
    await until(() => right.receivedBytes >= 24 * MEBIBYTE)
    await quiet()
    expect(events).toEqual(['pause'])
  })
}

function pullSuite(makePair: MakeTransportPair): void {
  it('asks a pull producer for a piece at a time', async () => {
    const { left, right, until } = await join(makePair)
    const source = new PullSource(left.transport, 50 * PIECE_BYTES)
    left.transport.registerProducer(source, false)
    await until(() => right.receivedBytes >= source.bytes.length)
    expect(source.asked).toBe(50)
    expect(source.stopped).toBe(0)
    expect(sameBytes(right.received, source.bytes)).toBe(true)
  })

  it('does not ask a pull producer again before it has written', async () => {
    const { left, right, until, quiet } = await join(makePair)
    let asked = 0
    left.transport.registerProducer(
      { resumeProducing: () => void (asked += 1), stopProducing: () => {} },
      false,
    )
    await quiet()
    expect(asked).toBe(1)
    left.transport.write(wireBytes('late'))
    await until(() => right.receivedBytes >= 4 && asked === 2)
    await quiet()
    expect(asked).toBe(2)
  })

  it('does not ask a pull producer while the peer does not read', async () => {
    const { left, until, quiet, right } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    let asked = 0
    const big = patternBytes(24 * MEBIBYTE)
    const source = {
      resumeProducing: () => (asked += 1) < 3 && left.transport.write(big),
      stopProducing: () => {},
    }
    left.transport.registerProducer(source, false)
    await quiet()
    expect(asked).toBe(1)
    right.transport.resumeProducing()
    await until(() => right.receivedBytes >= 2 * big.length)
  })
}

function registrationSuite(makePair: MakeTransportPair): void {
  it('throws when a second producer is registered, and keeps the first', async () => {
    const { left } = await join(makePair)
    const events: string[] = []
    left.transport.registerProducer(idleProducer(), true)
    expect(() => left.transport.registerProducer(idleProducer(events), true)).toThrow(Error)
    expect(events).toEqual([])
    expect(left.transport.disconnecting).toBe(false)
  })

  it('takes another producer when the first has unregistered', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.registerProducer(idleProducer(), true)
    left.transport.unregisterProducer()
    left.transport.unregisterProducer()
    const source = new PullSource(left.transport, 2 * PIECE_BYTES)
    left.transport.registerProducer(source, false)
    await until(() => right.receivedBytes >= source.bytes.length)
    expect(source.asked).toBe(2)
  })

  it('stops the producer when the connection is lost, before the protocol hears of it', async () => {
    const events: string[] = []
    const { left, until } = await join(makePair, { connectionLost: () => void events.push('connectionLost') })
    left.transport.registerProducer(idleProducer(events), true)
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    expect(events).toEqual(['stop', 'connectionLost'])
  })

  it('stops a producer that is registered when writing is over', async () => {
    const { left, until } = await join(makePair)
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    const events: string[] = []
    left.transport.registerProducer(idleProducer(events), true)
    expect(events).toEqual(['stop'])
  })

  it('takes stopProducing as loseConnection', async () => {
    const { left, until } = await join(
      makePair,
      {},
      { readConnectionLost: (transport) => transport.loseConnection() },
    )
    left.transport.stopProducing()
    await until(() => left.reason !== null)
    expect(left.reason).toEqual({ kind: 'closed' })
  })
}
