import { wireBytes, wireText } from '@millrace/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineBuffer } from '../src/index.ts'

/** What can be scanned now, as text. */
const scannable = ({ bytes, start, end }: LineBuffer): string => wireText(bytes.subarray(start, end))

describe('LineBuffer', () => {
  it('keeps the chunk itself while nothing else is held', () => {
    const buffer = new LineBuffer()
    const chunk = wireBytes('some octets')
    buffer.append(chunk)
    expect(buffer.bytes).toBe(chunk)
    expect([buffer.start, buffer.end, buffer.length]).toEqual([0, 11, 11])
    buffer.consume(5)
    expect(buffer.bytes).toBe(chunk)
    expect(buffer.take().buffer).toBe(chunk.buffer)
  })

  it('puts what comes later behind, and extra bytes in front', () => {
    const buffer = new LineBuffer()
    buffer.append(wireBytes('cd'))
    buffer.append(wireBytes('ef'))
    buffer.prepend(wireBytes('ab'))
    buffer.append(new Uint8Array(0))
    buffer.prepend(new Uint8Array(0))
    expect(scannable(buffer)).toBe('abcdef')
    buffer.consume(1)
    expect(wireText(buffer.take())).toBe('bcdef')
    expect(buffer.length).toBe(0)
  })

  it('remembers what was searched, over appends, until that is consumed', () => {
    const buffer = new LineBuffer()
    buffer.append(wireBytes('abcd'))
    buffer.scanned = 4
    buffer.append(wireBytes('ef'))
    expect(buffer.scanned).toBe(4)
    buffer.consume(3)
    expect(buffer.scanned).toBe(1)
    buffer.consume(2)
    expect(buffer.scanned).toBe(0)
    buffer.scanned = 1
    buffer.prepend(wireBytes('x'))
    expect(buffer.scanned).toBe(0)
  })

  it('lets a long array go with its last byte', () => {
    const buffer = new LineBuffer()
    buffer.append(new Uint8Array(1_000_000))
    buffer.consume(1_000_000)
    expect(buffer.bytes).toHaveLength(0)
  })

  it('lets a long array go when only a short rest is left of it', () => {
    const buffer = new LineBuffer()
    buffer.append(wireBytes('x'.repeat(1_000_000) + 'rest'))
    buffer.consume(1_000_000)
    buffer.scanned = 2
    buffer.compact()
    expect(scannable(buffer)).toBe('rest')
    expect(buffer.bytes.buffer.byteLength).toBe(4)
    expect(buffer.scanned).toBe(2)
  })

  it('does not copy a rest that the consumed bytes do not pay for', () => {
    const buffer = new LineBuffer()
    const chunk = new Uint8Array(40_000)
    buffer.append(chunk)
    buffer.consume(20_000)
    buffer.compact()
    expect(buffer.bytes).toBe(chunk)
    buffer.consume(9_999)
    buffer.compact()
    expect(buffer.bytes).toBe(chunk)
    buffer.consume(1)
    buffer.compact()
    expect(buffer.bytes).toHaveLength(10_000)
  })

  it('stays within twice of what it holds, plus what came last', () => {
    const buffer = new LineBuffer()
    for (let size = 1; size < 200_000; size += 100) {
      buffer.append(new Uint8Array(100))
      if (buffer.length > 1_000) buffer.consume(buffer.length - 50)
      buffer.compact()
      expect(buffer.bytes.buffer.byteLength).toBeLessThanOrEqual(
        Math.max(2 * buffer.length + 100, 4_096 + 1_200),
      )
    }
  })

  it('never overwrites a byte that it handed out', () => {
    const buffer = new LineBuffer()
    buffer.append(wireBytes('12'))
    buffer.append(wireBytes('34'))
    const first = buffer.view(buffer.start, buffer.end)
    const all = buffer.take()
    buffer.append(wireBytes('5'))
    buffer.append(wireBytes('678'))
    expect([wireText(first), wireText(all), scannable(buffer)]).toEqual(['1234', '1234', '5678'])
  })

  it('copies only the front of a long chunk behind a short rest, and shows more when asked', () => {
    const buffer = new LineBuffer()
    const chunk = wireBytes('y'.repeat(50_000))
    buffer.append(wireBytes('x'))
    buffer.append(chunk)
    expect(buffer.length).toBe(50_001)
    expect(buffer.end - buffer.start).toBe(1 + 256)
    expect(buffer.pull()).toBe(true)
    expect(buffer.end - buffer.start).toBe(1 + 1_024)
    buffer.consume(1)
    expect(buffer.bytes).toBe(chunk)
    expect([buffer.start, buffer.end, buffer.length]).toEqual([0, 50_000, 50_000])
    expect(buffer.pull()).toBe(false)
  })

  it('gives all of a long chunk, shown or not', () => {
    for (const pulls of [0, 1, 2, 9]) {
      const buffer = new LineBuffer()
      buffer.append(wireBytes('x'))
      buffer.append(wireBytes('y'.repeat(20_000)))
      for (let pull = 0; pull < pulls; pull++) buffer.pull()
      buffer.append(wireBytes('z'))
      expect(buffer.length).toBe(20_002)
      expect(wireText(buffer.take())).toBe(`x${'y'.repeat(20_000)}z`)
    }
  })

  it('holds what a plain array would hold, whatever is done', () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('append' as const), n: fc.oneof(fc.nat(40), fc.nat(3_000)) }),
      fc.record({ do: fc.constant('prepend' as const), n: fc.oneof(fc.nat(40), fc.nat(3_000)) }),
      fc.record({ do: fc.constant('consume' as const), n: fc.oneof(fc.nat(40), fc.nat(5_000)) }),
      fc.record({ do: fc.constantFrom('pull', 'compact', 'take', 'clear', 'view' as const), n: fc.nat(9) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const buffer = new LineBuffer()
        let model = ''
        let next = 0
        const handedOut: [Uint8Array, string][] = []
        const make = (n: number): string =>
          Array.from({ length: n }, () => String.fromCharCode(next++ % 251)).join('')
        for (const { do: what, n } of actions) {
          const text = what === 'append' || what === 'prepend' ? make(n) : ''
          switch (what) {
            case 'append':
              buffer.append(wireBytes(text))
              model += text
              break
            case 'prepend':
              buffer.prepend(wireBytes(text))
              model = text + model
              break
            case 'consume': {
              const count = Math.min(n, buffer.end - buffer.start)
              buffer.consume(count)
              model = model.slice(count)
              break
            }
            case 'take':
              handedOut.push([buffer.take(), model])
              model = ''
              break
            case 'clear':
              buffer.clear()
              model = ''
              break
            case 'view':
              handedOut.push([buffer.view(buffer.start, buffer.end), scannable(buffer)])
              break
            case 'pull':
              buffer.pull()
              break
            case 'compact':
              buffer.compact()
              break
            default:
              what satisfies never
          }
          expect(buffer.length).toBe(model.length)
          expect(model.startsWith(scannable(buffer))).toBe(true)
          expect(buffer.start === buffer.end).toBe(model === '')
        }
        for (const [bytes, text] of handedOut) expect(wireText(bytes)).toBe(text)
        while (buffer.pull());
        expect(scannable(buffer)).toBe(model)
      }),
      { numRuns: 400 },
    )
  })
})
