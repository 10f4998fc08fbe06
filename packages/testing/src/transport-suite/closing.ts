import { expect, it } from 'vitest'
import { wireBytes } from '../wire-text.ts'
import { join, patternBytes, sameBytes } from './transport-pair.ts'
import type { MakeTransportPair, TransportTraits } from './transport-pair.ts'

const MEBIBYTE = 1_048_576

/** A connection ends once, for the right reason, and then nothing happens any more. */
export function closingSuite(makePair: MakeTransportPair, traits: TransportTraits): void {
  loseSuite(makePair)
  abortSuite(makePair, traits)
  afterwardsSuite(makePair)
}

function loseSuite(makePair: MakeTransportPair): void {
  it('sends all that is queued before it closes', async () => {
    const { left, right, until } = await join(
      makePair,
      {},
      { readConnectionLost: (transport) => transport.loseConnection() },
    )
    const bytes = patternBytes(4 * MEBIBYTE)
    left.transport.write(bytes)
    left.transport.loseConnection()
    await until(() => left.reason !== null && right.reason !== null)
    expect(sameBytes(right.received, bytes)).toBe(true)
    expect(left.reason).toEqual({ kind: 'closed' })
    expect(right.reason).toEqual({ kind: 'closed' })
    expect(right.events.slice(-2)).toEqual(['readConnectionLost', 'connectionLost'])
  })

  it('closes although the peer does not', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.loseConnection()
    await until(() => left.reason !== null && right.events.includes('readConnectionLost'))
    expect(left.reason).toEqual({ kind: 'closed' })
    expect(right.reason).toBeNull()
  })

  it('waits for the producer to unregister before it closes', async () => {
    const { left, right, until, quiet } = await join(
      makePair,
      {},
      { readConnectionLost: (transport) => transport.loseConnection() },
    )
    const producer = { pauseProducing: () => {}, resumeProducing: () => {}, stopProducing: () => {} }
    left.transport.registerProducer(producer, true)
    left.transport.write(wireBytes('before '))
    left.transport.loseConnection()
    await quiet()
    expect(left.reason).toBeNull()
    left.transport.write(wireBytes('after'))
    left.transport.unregisterProducer()
    await until(() => left.reason !== null && right.reason !== null)
    expect(right.receivedText).toBe('before after')
    expect(left.reason).toEqual({ kind: 'closed' })
  })

  it('does not tell of the end inside loseConnection', async () => {
    const events: string[] = []
    const { left, right, until } = await join(
      makePair,
      {},
      {
        dataReceived(_, transport) {
          transport.loseConnection()
          events.push('returned')
        },
        connectionLost: () => void events.push('connectionLost'),
      },
    )
    left.transport.write(wireBytes('x'))
    await until(() => right.reason !== null)
    expect(events).toEqual(['returned', 'connectionLost'])
  })

  it('drops what is written after loseConnection', async () => {
    const { left, right, until } = await join(
      makePair,
      {},
      { readConnectionLost: (transport) => transport.loseConnection() },
    )
    left.transport.write(wireBytes('kept'))
    left.transport.loseConnection()
    left.transport.write(wireBytes('dropped'))
    left.transport.writeSequence([wireBytes('dropped')])
    await until(() => left.reason !== null && right.reason !== null)
    expect(right.receivedText).toBe('kept')
  })

  it('reads nothing more after loseConnection, also when paused or waiting for a producer', async () => {
    const { left, right, quiet } = await join(makePair)
    const producer = { pauseProducing: () => {}, resumeProducing: () => {}, stopProducing: () => {} }
    left.transport.registerProducer(producer, true)
    left.transport.pauseProducing()
    left.transport.loseConnection()
    left.transport.resumeProducing()
    right.transport.write(wireBytes('too late'))
    right.transport.closeWrite()
    await quiet()
    expect(left.events).toEqual(['connectionMade'])
  })

  it('takes a second loseConnection as none', async () => {
    const { left, until } = await join(makePair)
    left.transport.loseConnection()
    left.transport.loseConnection()
    await until(() => left.reason !== null)
    left.transport.loseConnection()
    expect(left.events).toEqual(['connectionMade', 'connectionLost'])
  })
}

function abortSuite(makePair: MakeTransportPair, traits: TransportTraits): void {
  it('aborts at once and drops what is queued', async () => {
    const { left, until } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    left.transport.write(patternBytes(24 * MEBIBYTE))
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    expect(left.reason).toEqual({ kind: 'aborted' })
    expect(left.transport.bufferedBytes).toBe(0)
  })

  it('does not tell of the end inside abortConnection', async () => {
    const events: string[] = []
    const { left, until } = await join(makePair, { connectionLost: () => void events.push('connectionLost') })
    left.transport.abortConnection()
    events.push('returned')
    await until(() => left.reason !== null)
    expect(events).toEqual(['returned', 'connectionLost'])
  })

  it('lets an abort overtake a loseConnection that is still sending', async () => {
    const { left, until } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    left.transport.write(patternBytes(24 * MEBIBYTE))
    left.transport.loseConnection()
    left.transport.abortConnection()
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    expect(left.reason).toEqual({ kind: 'aborted' })
    expect(left.events).toEqual(['connectionMade', 'connectionLost'])
  })

  it('reaches the peer of an abort as a reset, or as an end where there is no such thing', async () => {
    const { left, right, until } = await join(
      makePair,
      {},
      { readConnectionLost: (transport) => transport.loseConnection() },
    )
    left.transport.abortConnection()
    await until(() => right.reason !== null)
    expect(right.reason?.kind).toBe(traits.abortResetsPeer ? 'reset' : 'closed')
    expect(right.events.includes('readConnectionLost')).toBe(!traits.abortResetsPeer)
  })
}

function afterwardsSuite(makePair: MakeTransportPair): void {
  it('makes every method a no-op once the connection is lost', async () => {
    const { left, until, quiet } = await join(makePair)
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    const { transport } = left
    transport.write(wireBytes('x'))
    transport.writeSequence([wireBytes('x'), wireBytes('y')])
    transport.closeWrite()
    transport.pauseProducing()
    transport.resumeProducing()
    transport.unregisterProducer()
    transport.loseConnection()
    transport.abortConnection()
    transport.stopProducing()
    await quiet()
    expect(left.events).toEqual(['connectionMade', 'connectionLost'])
    expect(transport.bufferedBytes).toBe(0)
  })

  it('allows every method inside connectionLost', async () => {
    const { left, errors, until, quiet } = await join(makePair, {
      connectionLost() {
        left.transport.write(wireBytes('x'))
        left.transport.loseConnection()
        left.transport.abortConnection()
        left.transport.resumeProducing()
      },
    })
    left.transport.loseConnection()
    await until(() => left.reason !== null)
    await quiet()
    expect(left.events).toEqual(['connectionMade', 'connectionLost'])
    expect(errors).toEqual([])
  })

  it('calls nothing after connectionLost, although octets keep coming', async () => {
    const { left, right, until, quiet } = await join(makePair)
    right.transport.write(patternBytes(MEBIBYTE))
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    right.transport.write(wireBytes('more'))
    right.transport.closeWrite()
    await quiet()
    expect(left.events.filter((event) => event === 'connectionLost')).toHaveLength(1)
    expect(left.events.at(-1)).toBe('connectionLost')
  })
}
