import { expect, it } from 'vitest'
import { wireBytes } from '../wire-text.ts'
import { join, patternBytes, sameBytes } from './transport-pair.ts'
import type { MakeTransportPair } from './transport-pair.ts'

const MEBIBYTE = 1_048_576

/** Reads come one at a time, stop when asked to, and lose nothing. */
export function readingSuite(makePair: MakeTransportPair): void {
  it('tells of the connection once, before anything else', async () => {
    const { left, right, until } = await join(makePair, {}, {})
    left.transport.write(wireBytes('x'))
    await until(() => right.receivedBytes >= 1)
    expect(left.events).toEqual(['connectionMade'])
    expect(right.events).toEqual(['connectionMade', 'dataReceived'])
  })

  it('delivers nothing while paused from the start, and everything afterwards', async () => {
    const { left, right, until, quiet } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    left.transport.write(wireBytes('abc'))
    await quiet()
    expect(right.events).toEqual(['connectionMade'])
    right.transport.resumeProducing()
    await until(() => right.receivedBytes >= 3)
    expect(right.receivedText).toBe('abc')
  })

  it('stops soon after a pause in the middle, and the writer feels it', async () => {
    const bytes = patternBytes(24 * MEBIBYTE)
    const { left, right, until, quiet } = await join(
      makePair,
      {},
      { dataReceived: (_, transport) => transport.pauseProducing() },
    )
    left.transport.write(bytes)
    await until(() => right.receivedBytes > 0)
    await quiet()
    const whilePaused = right.receivedBytes
    await quiet()
    expect(right.receivedBytes).toBe(whilePaused)
    expect(whilePaused).toBeLessThanOrEqual(MEBIBYTE)
    expect(left.transport.bufferedBytes).toBeGreaterThan(0)
  })

  it('loses nothing over many pauses', async () => {
    const bytes = patternBytes(MEBIBYTE + 3)
    const { left, right, until } = await join(
      makePair,
      {},
      { dataReceived: (_, transport) => transport.pauseProducing() },
    )
    left.transport.write(bytes)
    await until(() => {
      right.transport.resumeProducing()
      return right.receivedBytes >= bytes.length
    })
    expect(sameBytes(right.received, bytes)).toBe(true)
  })

  it('delivers the end of the peer behind what a pause held back', async () => {
    const { left, right, until, quiet } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    left.transport.write(wireBytes('abc'))
    left.transport.closeWrite()
    await quiet()
    expect(right.events).toEqual(['connectionMade'])
    right.transport.resumeProducing()
    await until(() => right.events.includes('readConnectionLost'))
    expect(right.events).toEqual(['connectionMade', 'dataReceived', 'readConnectionLost'])
  })

  it('takes a pause and a resumption twice as once', async () => {
    const { left, right, until, quiet } = await join(makePair)
    right.transport.pauseProducing()
    right.transport.pauseProducing()
    left.transport.write(wireBytes('abc'))
    await quiet()
    expect(right.receivedBytes).toBe(0)
    right.transport.resumeProducing()
    right.transport.resumeProducing()
    await until(() => right.receivedBytes >= 3)
    expect(right.receivedText).toBe('abc')
  })

  it('never reads inside a call of the protocol', async () => {
    const depths: number[] = []
    let depth = 0
    const { left, right, until } = await join(
      makePair,
      {},
      {
        dataReceived(_, transport) {
          depth += 1
          depths.push(depth)
          transport.pauseProducing()
          transport.write(wireBytes('answer'))
          transport.resumeProducing()
          depth -= 1
        },
      },
    )
    const bytes = patternBytes(MEBIBYTE)
    left.transport.write(bytes)
    await until(() => right.receivedBytes >= bytes.length)
    expect(new Set(depths)).toEqual(new Set([1]))
  })

  it('never writes into octets it delivered', async () => {
    const bytes = patternBytes(MEBIBYTE)
    const copies: Uint8Array[] = []
    const { left, right, until } = await join(
      makePair,
      {},
      { dataReceived: (piece) => void copies.push(piece.slice()) },
    )
    left.transport.write(bytes)
    await until(() => right.receivedBytes >= bytes.length)
    expect(right.pieces.every((piece, index) => sameBytes(piece, copies[index]!))).toBe(true)
  })
}
