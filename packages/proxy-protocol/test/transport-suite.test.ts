import { memoryPair } from '@millrace/testing'
import { transportSuite } from '@millrace/testing/transport-suite'
import type { MakeTransportPair, TransportTraits } from '@millrace/testing/transport-suite'
import type { ConnectionLost, Protocol, Transport } from '@millrace/transport'
import { FakeClock } from '@millrace/testing'
import { encodeProxyHeaderV2, ProxiedTransport, ProxyProtocol } from '../src/index.ts'

/** A proxy: sends the header, then what its own client sends. */
class Proxy implements Protocol {
  readonly #client: Protocol

  constructor(client: Protocol) {
    this.#client = client
  }

  makeConnection(transport: Transport): void {
    transport.write(encodeProxyHeaderV2(null))
    this.#client.makeConnection(new ProxiedTransport(transport, HEADER))
  }

  connectionMade(): void {}

  dataReceived(bytes: Uint8Array): void {
    this.#client.dataReceived(bytes)
  }

  readConnectionLost(): void {
    this.#client.readConnectionLost()
  }

  connectionLost(reason: ConnectionLost): void {
    this.#client.connectionLost(reason)
  }
}

const HEADER = {
  version: 2,
  command: 'local',
  endpoints: null,
  transport: null,
  tlvs: [],
  alpn: null,
  authority: null,
  uniqueId: null,
} as const

const traits: TransportTraits = {
  families: ['memory'],
  secure: true,
  negotiatedProtocol: 'http/1.1',
  abortResetsPeer: true,
}

const makePair: MakeTransportPair = async (left, right, hooks) => {
  const filter = new ProxyProtocol(() => right, { clock: new FakeClock(), trusted: () => true })
  const pair = memoryPair(new Proxy(left), filter, {
    secure: true,
    negotiatedProtocol: 'http/1.1',
    onProtocolError: hooks.onProtocolError,
  })
  const pump = (): void => {
    for (let pumps = 0; pumps < 50; pumps += 1) pair.pump()
  }
  pump()
  return {
    async turn() {
      pump()
      await new Promise((resolve) => setImmediate(resolve))
    },
    async close() {},
  }
}

transportSuite('A proxied transport', makePair, traits)
