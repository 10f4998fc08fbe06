import { expect, it } from 'vitest'
import { wireBytes } from '../wire-text.ts'
import { join, patternBytes, sameBytes } from './transport-pair.ts'
import type { MakeTransportPair } from './transport-pair.ts'

const MEBIBYTE = 1_048_576

/** Each direction ends by itself. */
export function halfCloseSuite(makePair: MakeTransportPair): void {
  it('keeps reading after closeWrite', async () => {
    const { left, right, until } = await join(makePair)
    const bytes = patternBytes(MEBIBYTE)
    left.transport.write(wireBytes('question'))
    left.transport.closeWrite()
    await until(() => right.events.includes('readConnectionLost'))
    expect(right.receivedText).toBe('question')
    right.transport.write(bytes)
    await until(() => left.receivedBytes >= bytes.length)
    expect(sameBytes(left.received, bytes)).toBe(true)
    expect(left.reason).toBeNull()
    expect(right.reason).toBeNull()
  })

  it('closes when both directions have ended, whichever ended first', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.closeWrite()
    await until(() => right.events.includes('readConnectionLost'))
    right.transport.write(wireBytes('answer'))
    right.transport.closeWrite()
    await until(() => left.reason !== null && right.reason !== null)
    expect(left.receivedText).toBe('answer')
    expect(left.events.slice(-2)).toEqual(['readConnectionLost', 'connectionLost'])
    expect(left.reason).toEqual({ kind: 'closed' })
    expect(right.reason).toEqual({ kind: 'closed' })
  })

  it('closes when both directions end at once', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.closeWrite()
    right.transport.closeWrite()
    await until(() => left.reason !== null && right.reason !== null)
    expect(left.events).toEqual(['connectionMade', 'readConnectionLost', 'connectionLost'])
    expect(right.events).toEqual(['connectionMade', 'readConnectionLost', 'connectionLost'])
    expect(left.reason).toEqual({ kind: 'closed' })
    expect(right.reason).toEqual({ kind: 'closed' })
  })

  it('sends all that is queued before the end of its direction', async () => {
    const { left, right, until } = await join(makePair)
    const bytes = patternBytes(4 * MEBIBYTE)
    left.transport.write(bytes)
    left.transport.closeWrite()
    await until(() => right.events.includes('readConnectionLost'))
    expect(sameBytes(right.received, bytes)).toBe(true)
  })

  it('waits for the producer to unregister before the end of its direction', async () => {
    const { left, right, until, quiet } = await join(makePair)
    const producer = { pauseProducing: () => {}, resumeProducing: () => {}, stopProducing: () => {} }
    left.transport.registerProducer(producer, true)
    left.transport.closeWrite()
    left.transport.write(wireBytes('still'))
    await quiet()
    expect(right.events).not.toContain('readConnectionLost')
    left.transport.unregisterProducer()
    await until(() => right.events.includes('readConnectionLost'))
    expect(right.receivedText).toBe('still')
  })

  it('drops what is written after closeWrite', async () => {
    const { left, right, until, quiet } = await join(makePair)
    left.transport.write(wireBytes('kept'))
    left.transport.closeWrite()
    left.transport.write(wireBytes('dropped'))
    left.transport.writeSequence([wireBytes('dropped')])
    left.transport.closeWrite()
    await until(() => right.events.includes('readConnectionLost'))
    await quiet()
    expect(right.receivedText).toBe('kept')
    expect(left.events).toEqual(['connectionMade'])
  })

  it('does not count closeWrite as disconnecting', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.closeWrite()
    await until(() => right.events.includes('readConnectionLost'))
    expect(left.transport.disconnecting).toBe(false)
    expect(right.transport.disconnecting).toBe(false)
  })

  it('closes by loseConnection after closeWrite', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.closeWrite()
    await until(() => right.events.includes('readConnectionLost'))
    left.transport.loseConnection()
    await until(() => left.reason !== null)
    expect(left.reason).toEqual({ kind: 'closed' })
    expect(left.events).toEqual(['connectionMade', 'connectionLost'])
  })
}
