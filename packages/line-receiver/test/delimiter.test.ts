import { wireBytes } from '@millrace/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDelimiter, findDelimiterEnd } from '../src/delimiter.ts'
import { LineReceiver } from '../src/index.ts'

describe('the delimiter option', () => {
  it('is CR LF unless said otherwise', () => {
    expect(new LineReceiver().delimiter).toEqual(wireBytes('\r\n'))
  })

  it('takes text for its latin-1 octets', () => {
    expect(new LineReceiver({ delimiter: '\xe9;' }).delimiter).toEqual(Uint8Array.of(0xe9, 0x3b))
  })

  it('is not what the caller holds: later changes of the array do not count', () => {
    const own = wireBytes(';')
    const receiver = new LineReceiver({ delimiter: own })
    own[0] = 0
    receiver.delimiter.fill(1)
    expect(receiver.delimiter).toEqual(wireBytes(';'))
  })

  it('rejects an empty delimiter, at construction and later', () => {
    expect(() => new LineReceiver({ delimiter: '' })).toThrow(RangeError)
    expect(() => new LineReceiver({ delimiter: new Uint8Array(0) })).toThrow(RangeError)
    const receiver = new LineReceiver()
    expect(() => (receiver.delimiter = '')).toThrow(RangeError)
    expect(receiver.delimiter).toEqual(wireBytes('\r\n'))
  })

  it('rejects what is not latin-1, and what is neither text nor bytes', () => {
    expect(() => new LineReceiver({ delimiter: '€' })).toThrow(RangeError)
    expect(() => new LineReceiver({ delimiter: 10 as unknown as string })).toThrow(TypeError)
  })
})

describe('findDelimiterEnd', () => {
  const octets = fc
    .array(fc.constantFrom(0x61, 0x62, 0x0d), { maxLength: 60 })
    .map((list) => Uint8Array.from(list))
  const delimiters = fc
    .array(fc.constantFrom(0x61, 0x62, 0x0d), { minLength: 1, maxLength: 4 })
    .map((list) => Uint8Array.from(list))

  it('finds what the engine finds, inside the bounds only', () => {
    fc.assert(
      fc.property(octets, delimiters, fc.nat(60), fc.nat(60), (bytes, delimiter, one, other) => {
        const [start, end] = [
          Math.min(one, other, bytes.length),
          Math.min(Math.max(one, other), bytes.length),
        ]
        const at = Buffer.from(bytes.subarray(start, end)).indexOf(delimiter)
        const expected = at === -1 ? -1 : start + at + delimiter.length
        expect(findDelimiterEnd(bytes, start, end, start, delimiter)).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  it('need not look again at what it looked at, not even when the delimiter is cut', () => {
    fc.assert(
      fc.property(octets, delimiters, fc.nat(60), (bytes, delimiter, cut) => {
        const whole = findDelimiterEnd(bytes, 0, bytes.length, 0, delimiter)
        const first = Math.min(cut, bytes.length)
        const before = findDelimiterEnd(bytes, 0, first, 0, delimiter)
        const resumed = before === -1 ? findDelimiterEnd(bytes, 0, bytes.length, first, delimiter) : before
        expect(resumed).toBe(whole)
      }),
      { numRuns: 2_000 },
    )
  })

  it('copies the delimiter it checks', () => {
    const own = wireBytes('x')
    expect(checkDelimiter(own)).not.toBe(own)
  })
})
