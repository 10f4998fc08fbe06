import { expect, it } from 'vitest'
import type { Reactions } from '../recording-protocol.ts'
import { wireBytes } from '../wire-text.ts'
import { join, patternBytes } from './transport-pair.ts'
import type { MakeTransportPair } from './transport-pair.ts'

const MEBIBYTE = 1_048_576
const mistake = new Error('a mistake in the protocol')

function fail(): never {
  throw mistake
}

const CALLBACKS: readonly (keyof Reactions)[] = ['dataReceived', 'readConnectionLost']

/** A protocol that throws loses its own connection, and is reported. */
export function failuresSuite(makePair: MakeTransportPair): void {
  it('aborts and reports when connectionMade throws', async () => {
    const { left, errors, until, quiet } = await join(makePair, { connectionMade: fail })
    await until(() => left.reason !== null)
    await quiet()
    expect(errors).toEqual([mistake])
    expect(left.events).toEqual(['connectionMade', 'connectionLost'])
    expect(left.reason).toEqual({ kind: 'aborted' })
  })

  it.each(CALLBACKS)('aborts and reports when %s throws', async (callback) => {
    const { left, right, errors, until, quiet } = await join(makePair, {}, { [callback]: fail })
    left.transport.write(wireBytes('x'))
    left.transport.closeWrite()
    await until(() => right.reason !== null)
    await quiet()
    expect(errors).toEqual([mistake])
    expect(right.reason).toEqual({ kind: 'aborted' })
    expect(right.events.filter((event) => event === 'connectionLost')).toHaveLength(1)
  })

  it('reports when connectionLost throws', async () => {
    const { left, errors, until, quiet } = await join(makePair, { connectionLost: fail })
    left.transport.loseConnection()
    await until(() => left.reason !== null)
    await quiet()
    expect(errors).toEqual([mistake])
    expect(left.reason).toEqual({ kind: 'closed' })
  })

  it('delivers nothing more to a protocol that threw', async () => {
    const { left, right, until, quiet } = await join(makePair, {}, { dataReceived: fail })
    left.transport.write(patternBytes(MEBIBYTE))
    await until(() => right.reason !== null)
    await quiet()
    expect(right.events).toEqual(['connectionMade', 'dataReceived', 'connectionLost'])
  })

  it('aborts and reports when a producer throws as it is paused', async () => {
    const { left, errors, until } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    left.transport.registerProducer(
      { pauseProducing: fail, resumeProducing: () => {}, stopProducing: () => {} },
      true,
    )
    expect(() => left.transport.write(patternBytes(24 * MEBIBYTE))).not.toThrow()
    await until(() => left.reason !== null)
    expect(errors).toEqual([mistake])
    expect(left.reason).toEqual({ kind: 'aborted' })
  })

  it('aborts and reports when a producer throws as it is resumed', async () => {
    const { left, errors, until } = await join(makePair)
    left.transport.registerProducer(
      { pauseProducing: () => {}, resumeProducing: fail, stopProducing: () => {} },
      true,
    )
    left.transport.write(patternBytes(8 * MEBIBYTE))
    await until(() => left.reason !== null)
    expect(errors).toEqual([mistake])
    expect(left.reason).toEqual({ kind: 'aborted' })
  })

  it('still tells of the end when a producer throws as it is stopped', async () => {
    const { left, errors, until } = await join(makePair)
    left.transport.registerProducer(
      { pauseProducing: () => {}, resumeProducing: () => {}, stopProducing: fail },
      true,
    )
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    expect(errors).toEqual([mistake])
  })
}
