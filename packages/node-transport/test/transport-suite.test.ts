import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection as connectSocket, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Protocol } from '@millrace/transport'
import { testCertificate } from '@millrace/testing/certificate'
import { transportSuite } from '@millrace/testing/transport-suite'
import type { MakeTransportPair, PairHooks, TransportPair } from '@millrace/testing/transport-suite'
import { afterAll } from 'vitest'
import { connect, listen, NodeTransport, WriteTurns } from '../src/index.ts'
import type { ConnectOptions, ConnectTarget, ListenOptions } from '../src/index.ts'
import { turn } from './until.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** The left protocol connects, the right one is accepted. */
async function pairOver(
  [left, right, hooks]: [left: Protocol, right: Protocol, hooks: PairHooks],
  listenOptions: ListenOptions,
  connectOptions: ConnectOptions = {},
): Promise<TransportPair> {
  const { onProtocolError } = hooks
  const accepted: Protocol[] = []
  const listener = await listen(
    () => {
      accepted.push(right)
      return right
    },
    { ...listenOptions, onProtocolError },
  )
  const { address } = listener
  const target: ConnectTarget =
    'path' in address ? { path: address.path } : { port: listener.port, host: '127.0.0.1' }
  const transport = await connect(target, left, { ...connectOptions, onProtocolError })
  while (accepted.length === 0 && !transport.disconnecting) await turn()
  return {
    turn,
    async close() {
      transport.abortConnection()
      await listener[Symbol.asyncDispose]()
    },
  }
}

const overTcp: MakeTransportPair = (...ends) => pairOver(ends, { host: '127.0.0.1' })
transportSuite('TCP', overTcp, {
  families: ['IPv4'],
  secure: false,
  negotiatedProtocol: null,
  abortResetsPeer: true,
})

const inSmallTurns: MakeTransportPair = (...ends) =>
  pairOver(
    ends,
    { host: '127.0.0.1', writeTurns: new WriteTurns({ shareBytes: 20_000, quickMs: 0 }) },
    { writeTurns: new WriteTurns({ shareBytes: 20_000, quickMs: 0 }) },
  )
transportSuite('TCP in small turns', inSmallTurns, {
  families: ['IPv4'],
  secure: false,
  negotiatedProtocol: null,
  abortResetsPeer: true,
})

/** What a socket is like that reads through its `data` events alone, as those of other runtimes do. */
function withoutSharedReads(socket: Socket): Socket {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description === 'kBuffer') Reflect.deleteProperty(socket, symbol)
  }
  return socket
}

const overDataEvents: MakeTransportPair = async (left, right, { onProtocolError }) => {
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  const accepted = new Promise<NodeTransport>((resolve) => {
    server.once('connection', (socket) => {
      const transport = new NodeTransport(withoutSharedReads(socket), { onProtocolError })
      transport.connect(right)
      resolve(transport)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  await new Promise((resolve) => socket.once('connect', resolve))
  const transport = new NodeTransport(withoutSharedReads(socket), { onProtocolError })
  transport.connect(left)
  const other = await accepted
  return {
    turn,
    async close() {
      transport.abortConnection()
      other.abortConnection()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
transportSuite('TCP through data events', overDataEvents, {
  families: ['IPv4'],
  secure: false,
  negotiatedProtocol: null,
  abortResetsPeer: true,
})

const { key, cert } = await testCertificate()
const overTls: MakeTransportPair = (...ends) =>
  pairOver(ends, { host: '127.0.0.1', tls: { key, cert } }, { tls: { ca: cert } })
transportSuite('TLS', overTls, {
  families: ['IPv4'],
  secure: true,
  negotiatedProtocol: 'http/1.1',
  abortResetsPeer: true,
})

let sockets = 0
const overUnixSocket: MakeTransportPair = (...ends) =>
  pairOver(ends, { path: join(directory, `${(sockets += 1)}.sock`) })
transportSuite('A unix socket', overUnixSocket, {
  families: ['unix'],
  secure: false,
  negotiatedProtocol: null,
  abortResetsPeer: false,
})
