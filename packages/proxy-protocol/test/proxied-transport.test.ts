import { FakeClock, MemoryTransport, RecordingProtocol, wireBytes } from '@millrace/testing'
import { expect, it } from 'vitest'
import { ProxyProtocol } from '../src/index.ts'
import { V1 } from './filter.ts'

/** The transport that the protocol above gets when this one is below. */
function proxied(below: MemoryTransport): RecordingProtocol['transport'] {
  const above = new RecordingProtocol()
  below.connect(new ProxyProtocol(() => above, { clock: new FakeClock(), trusted: () => true }))
  below.deliver(V1)
  return above.transport
}

it('takes text where the transport below does', () => {
  class TakesText extends MemoryTransport {
    writeLatin1(text: string): void {
      this.write(wireBytes(text))
    }
  }
  const below = new TakesText()
  proxied(below).writeLatin1?.('h\xe9')
  expect(below.writtenText).toBe('h\xe9')
})

it('takes none where the transport below takes none', () => {
  expect(proxied(new MemoryTransport()).writeLatin1).toBeUndefined()
})
