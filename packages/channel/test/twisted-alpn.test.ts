import { FakeClock, MemoryTransport } from '@millrace/testing'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { describe, expect, it } from 'vitest'
import { HTTPChannel } from '../src/index.ts'
import { head } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('a factory of protocols', () => {
  /** What another protocol's package would bring: it reads everything. */
  class Other implements Protocol {
    readonly seen: string[] = []
    makeConnection(transport: Transport): void {
      this.seen.push(`made ${String(transport.negotiatedProtocol)}`)
    }
    connectionMade(): void {}
    dataReceived(bytes: Uint8Array): void {
      this.seen.push(Buffer.from(bytes).toString())
    }
    readConnectionLost(): void {}
    connectionLost(reason: ConnectionLost): void {
      this.seen.push(reason.kind)
    }
  }

  /** The shape that a listener takes: it is asked once for each connection, when ALPN is over. */
  type Factory = (info: Pick<Transport, 'negotiatedProtocol'>) => Protocol

  function chosenFor(negotiatedProtocol: string | null): { protocol: Protocol; transport: MemoryTransport } {
    const transport = new MemoryTransport({ secure: true, negotiatedProtocol })
    const clock = new FakeClock()
    const byName = new Map<string | null, Factory>([
      ['http/1.1', () => new HTTPChannel({ clock })],
      ['other/1', () => new Other()],
    ])
    const factory: Factory = (info) => (byName.get(info.negotiatedProtocol) ?? byName.get('http/1.1'))!(info)
    const protocol = factory(transport)
    transport.connect(protocol)
    return { protocol, transport }
  }

  it('chooses by the protocol that ALPN agreed on, and HTTP/1.1 without an agreement', () => {
    expect(chosenFor('http/1.1').protocol).toBeInstanceOf(HTTPChannel)
    expect(chosenFor(null).protocol).toBeInstanceOf(HTTPChannel)
    expect(chosenFor('never/heard').protocol).toBeInstanceOf(HTTPChannel)
    const { protocol, transport } = chosenFor('other/1')
    transport.deliver(GET)
    transport.reset()
    expect((protocol as Other).seen).toEqual(['made other/1', GET, 'reset'])
  })

  it('leaves a channel that is spoken to in HTTP/2 after all to refuse its preface with 505', () => {
    const { transport } = chosenFor(null)
    transport.deliver('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    expect(transport.writtenText).toMatch(/^HTTP\/1\.1 505 /)
  })
})
