import { expect, it } from 'vitest'
import { wireBytes } from '../wire-text.ts'
import { join, patternBytes, sameBytes } from './transport-pair.ts'
import type { MakeTransportPair } from './transport-pair.ts'

const MEBIBYTE = 1_048_576

/** Octets leave in order, whole, whatever the sizes of the writes. */
export function writingSuite(makePair: MakeTransportPair): void {
  it('carries octets in the order they were written, both ways', async () => {
    const { left, right, until } = await join(makePair)
    let sent = ''
    for (let number = 0; number < 500; number += 1) {
      left.transport.write(wireBytes(`${number} `))
      right.transport.write(wireBytes(`${number} `))
      sent += `${number} `
    }
    await until(() => right.receivedBytes >= sent.length && left.receivedBytes >= sent.length)
    expect(right.receivedText).toBe(sent)
    expect(left.receivedText).toBe(sent)
  })

  it('carries every octet value unchanged', async () => {
    const { left, right, until } = await join(makePair)
    const all = Uint8Array.from({ length: 256 }, (_, octet) => octet)
    left.transport.write(all)
    await until(() => right.receivedBytes >= 256)
    expect(right.received).toEqual(all)
  })

  it('carries text, where it takes some, as one octet for each character and in order', async () => {
    const { left, right, until } = await join(makePair)
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet))
    const { transport } = left
    const write = (text: string): void =>
      transport.writeLatin1 === undefined ? transport.write(wireBytes(text)) : transport.writeLatin1(text)
    transport.write(wireBytes('<'))
    write(all)
    write('')
    transport.write(wireBytes('>'))
    await until(() => right.receivedBytes >= 258)
    expect(right.receivedText).toBe(`<${all}>`)
  })

  it('takes a sequence as its pieces written one after another', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.write(wireBytes('a'))
    left.transport.writeSequence([wireBytes('bc'), wireBytes(''), wireBytes('d')])
    left.transport.writeSequence([])
    left.transport.writeSequence([wireBytes('e')])
    left.transport.write(wireBytes('f'))
    await until(() => right.receivedBytes >= 6)
    expect(right.receivedText).toBe('abcdef')
  })

  it('carries a write of several megabytes', async () => {
    const { left, right, until } = await join(makePair)
    const bytes = patternBytes(4 * MEBIBYTE + 17)
    left.transport.write(bytes)
    await until(() => right.receivedBytes >= bytes.length)
    expect(sameBytes(right.received, bytes)).toBe(true)
  })

  it('carries megabytes both ways at once', async () => {
    const { left, right, until } = await join(makePair)
    const bytes = patternBytes(2 * MEBIBYTE + 5)
    left.transport.write(bytes)
    right.transport.write(bytes)
    await until(() => right.receivedBytes >= bytes.length && left.receivedBytes >= bytes.length)
    expect(sameBytes(right.received, bytes) && sameBytes(left.received, bytes)).toBe(true)
  })

  it('delivers no empty read, also when nothing was written', async () => {
    const { left, right, until } = await join(makePair)
    left.transport.write(new Uint8Array(0))
    left.transport.writeSequence([new Uint8Array(0)])
    left.transport.write(wireBytes('x'))
    await until(() => right.receivedBytes >= 1)
    expect(right.pieces.map((piece) => piece.length)).toEqual([1])
  })

  it('may be written to while the connection is being made', async () => {
    const { right, left, until } = await join(makePair, {
      connectionMade: (transport) => transport.write(wireBytes('hi')),
    })
    await until(() => right.receivedBytes >= 2)
    expect(right.receivedText).toBe('hi')
    expect(left.events).toEqual(['connectionMade'])
  })

  it('counts what the system has not taken as buffered, until all has left', async () => {
    const { left, right, until } = await join(
      makePair,
      {},
      { connectionMade: (transport) => transport.pauseProducing() },
    )
    expect(left.transport.bufferedBytes).toBe(0)
    left.transport.write(patternBytes(24 * MEBIBYTE))
    expect(left.transport.bufferedBytes).toBeGreaterThan(0)
    expect(left.transport.bufferedBytes).toBeLessThanOrEqual(24 * MEBIBYTE)
    right.transport.resumeProducing()
    await until(() => right.receivedBytes >= 24 * MEBIBYTE)
    await until(() => left.transport.bufferedBytes === 0)
    expect(right.receivedBytes).toBe(24 * MEBIBYTE)
  })
}
