import { expect, it } from 'vitest'
import { join } from './transport-pair.ts'
import type { MakeTransportPair, TransportTraits } from './transport-pair.ts'

/** What a transport says about itself. */
export function factsSuite(makePair: MakeTransportPair, traits: TransportTraits): void {
  it('knows both addresses', async () => {
    const { left, right } = await join(makePair)
    expect(traits.families).toContain(left.transport.getPeer().family)
    expect(traits.families).toContain(left.transport.getHost().family)
    expect(left.transport.getPeer()).toEqual(right.transport.getHost())
    expect(right.transport.getPeer()).toEqual(left.transport.getHost())
  })

  it('still knows both addresses when the connection is gone', async () => {
    const { left, until } = await join(makePair)
    const [peer, host] = [left.transport.getPeer(), left.transport.getHost()]
    left.transport.abortConnection()
    await until(() => left.reason !== null)
    expect(left.transport.getPeer()).toEqual(peer)
    expect(left.transport.getHost()).toEqual(host)
  })

  it('knows whether it is secure', async () => {
    const { left, right } = await join(makePair)
    expect(left.transport.isSecure()).toBe(traits.secure)
    expect(right.transport.isSecure()).toBe(traits.secure)
  })

  it('knows the negotiated protocol', async () => {
    const { left, right } = await join(makePair)
    expect(left.transport.negotiatedProtocol).toBe(traits.negotiatedProtocol)
    expect(right.transport.negotiatedProtocol).toBe(traits.negotiatedProtocol)
  })

  it('knows whether it is disconnecting', async () => {
    const { left, right, until } = await join(
      makePair,
      {},
      { readConnectionLost: (transport) => transport.loseConnection() },
    )
    expect(left.transport.disconnecting).toBe(false)
    left.transport.loseConnection()
    expect(left.transport.disconnecting).toBe(true)
    await until(() => left.reason !== null && right.reason !== null)
    expect(left.transport.disconnecting).toBe(true)
    expect(right.transport.disconnecting).toBe(true)
  })

  it('is disconnecting once aborted', async () => {
    const { left } = await join(makePair)
    left.transport.abortConnection()
    expect(left.transport.disconnecting).toBe(true)
  })
}
