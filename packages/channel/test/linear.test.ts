import { describe, expect, it } from 'vitest'
import { HTTPChannel } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head, wireBytes } from './conversation.ts'

class HookedChannel extends HTTPChannel {
  override headerReceived(line: Uint8Array): boolean {
    return super.headerReceived(line)
  }
}

const leniency = { bareLf: true, obsFold: true, nonAsciiTarget: true }

/** Nanoseconds a byte for heads of `size` octets, fed one byte at a time; the best of several runs. */
function costPerByte(size: number, make: (options: HTTPChannelOptions) => HTTPChannel): number {
  const wire = wireBytes(head('GET / HTTP/1.1', 'Host: a', `X: ${'a'.repeat(size - 34)}`))
  const bytes = Array.from(wire, (_, i) => wire.subarray(i, i + 1))
  const repeat = Math.max(1, Math.round(65_536 / size))
  let best = Infinity
  for (let run = 0; run < 7; run += 1) {
    const conversation = new Conversation({ maxLength: 20_000, totalHeadersSize: 20_000 }, make)
    const started = performance.now()
    for (let i = 0; i < repeat; i += 1) for (const byte of bytes) conversation.channel.dataReceived(byte)
    best = Math.min(best, ((performance.now() - started) * 1e6) / (repeat * wire.length))
    expect(conversation.statuses).toHaveLength(repeat)
  }
  return best
}

describe('the cost of a head fed one byte at a time', () => {
  it.each([
    ['scanned', (options: HTTPChannelOptions): HTTPChannel => new HTTPChannel(options)],
    ['through the line hooks', (options: HTTPChannelOptions): HTTPChannel => new HookedChannel(options)],
    ['leniently', (options: HTTPChannelOptions): HTTPChannel => new HTTPChannel({ ...options, leniency })],
  ])('is linear: 64 times the size costs at most 1.5 times as much a byte (%s)', (name, make) => {
    costPerByte(256, make) // warms up
    const small = costPerByte(256, make)
    const large = costPerByte(16_384, make)
    console.log(
      `head ${name}: ${small.toFixed(0)} ns/byte at 256 B, ${large.toFixed(0)} at 16 KiB: × ${(large / small).toFixed(2)}`,
    )
    expect(large / small).toBeLessThan(1.5)
  })
})
