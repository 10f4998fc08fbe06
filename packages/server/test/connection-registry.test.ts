import { HTTPChannel } from '@millrace/channel'
import { FakeClock, MemoryTransport } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { ConnectionRegistry } from '../src/connection-registry.ts'

function channel(): HTTPChannel {
  return new HTTPChannel({ clock: new FakeClock() })
}

describe('ConnectionRegistry', () => {
  it('drains a channel that comes while it is draining', () => {
    const registry = new ConnectionRegistry(Infinity)
    registry.drain(0)
    const late = new MemoryTransport()
    late.connect(registry.admit(channel()))
    late.settle()
    expect(late.writeClosed).toBe(true)
  })

  it('forgets a channel whose connectionLost throws', () => {
    class Careless extends HTTPChannel {
      override connectionLost(): void {
        throw new Error('careless')
      }
    }
    const errors: unknown[] = []
    const registry = new ConnectionRegistry(1)
    const transport = new MemoryTransport({ onProtocolError: (error) => errors.push(error) })
    transport.connect(registry.admit(new Careless({ clock: new FakeClock() })))
    expect(registry.channels.size).toBe(1)
    transport.reset()
    transport.settle()
    expect(registry.channels.size).toBe(0)
    expect(errors).toHaveLength(1)
  })

  it('is empty when the last connection is gone', async () => {
    const registry = new ConnectionRegistry(Infinity)
    await registry.empty()
    const transports = [new MemoryTransport(), new MemoryTransport()]
    for (const transport of transports) transport.connect(registry.admit(channel()))
    let empty = false
    const waiting = registry.empty().then(() => {
      empty = true
    })
    for (const transport of transports) {
      await Promise.resolve()
      expect(empty).toBe(false)
      transport.reset()
      transport.settle()
    }
    await waiting
    expect(empty).toBe(true)
  })
})
