import { expect, it } from 'vitest'
import { ProxyHeaderReader } from '../src/index.ts'
import { headerV2, INET, tlv } from './wire-v2.ts'

/** Nanoseconds for each octet of a header of about `bytes` octets that comes in pieces. */
function costOf(bytes: number, pieceBytes: number): number {
  const options = { maxHeaderBytes: 65_551 }
  const header = headerV2(0x21, 0x11, INET + tlv(0xe0, 'x'.repeat(60)).repeat(Math.floor((bytes - 28) / 63)))
  const times = Math.ceil(60_000 / bytes)
  const start = performance.now()
  for (let time = 0; time < times; time += 1) {
    const reader = new ProxyHeaderReader(options)
    for (let at = 0; at < header.length; at += pieceBytes) reader.read(header.subarray(at, at + pieceBytes))
    if (reader.header === null) throw new Error('the header is not complete')
  }
  return ((performance.now() - start) * 1e6) / (times * header.length)
}

it.each([1, 7])(
  'costs no more per octet for a header of 60 KB than for one of 1 KB, in reads of %d',
  { timeout: 60_000 },
  (piece) => {
    let small = Infinity
    let large = Infinity
    let ratio = Infinity
    // A neighbour on the machine can spoil a measurement, never make a quadratic cost look linear.
    for (let attempt = 0; attempt < 20 && ratio > 2; attempt += 1) {
      small = Math.min(small, costOf(1_000, piece))
      large = Math.min(large, costOf(60_000, piece))
      ratio = large / small
    }
    console.log(`reads of ${piece}: ${small.toFixed(1)} ns per octet of 1 KB, ${large.toFixed(1)} of 60 KB`)
    expect(ratio).toBeLessThanOrEqual(2)
  },
)
