import { createServer, Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { joinBytes, RecordingProtocol, wireBytes } from '@millrace/testing'
import type { Reactions } from '@millrace/testing'
import type { Transport } from '@millrace/transport'
import { testCertificate } from '@millrace/testing/certificate'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { connect, listen, NodeTransport } from '../src/index.ts'
import type { Listener, ListenOptions } from '../src/index.ts'
import { turn, until } from './until.ts'

const MEBIBYTE = 1_048_576

/** A listener that is freed after the test, and the protocols it made. */
async function listening(
  reactions: Reactions = {},
  options: ListenOptions = {},
): Promise<{ listener: Listener; accepted: RecordingProtocol[] }> {
  const accepted: RecordingProtocol[] = []
  const listener = await listen(
    () => {
      const protocol = new RecordingProtocol(reactions)
      accepted.push(protocol)
      return protocol
    },
    { host: '127.0.0.1', ...options },
  )
  onTestFinished(() => listener[Symbol.asyncDispose]())
  return { listener, accepted }
}

describe('NodeTransport', () => {
  it('moves 64 MiB under back-pressure with a bounded buffer and memory', async () => {
    const total = 64 * MEBIBYTE
    const piece = new Uint8Array(MEBIBYTE / 4).fill(0x2e)
    let received = 0
    // The reader stops after each read and goes on a turn later: it is always slower than the writer.
    const { listener } = await listening({
      dataReceived(bytes, transport) {
        received += bytes.length
        transport.pauseProducing()
        setImmediate(() => transport.resumeProducing())
      },
    })
    const writer = new RecordingProtocol()
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, writer)
    const source = { sent: 0, pauses: 0, flowing: true }
    const flow = (): void => {
      source.flowing = true
      while (source.flowing && source.sent < total) {
        source.sent += piece.length
        transport.write(piece)
      }
    }
    const pause = (): void => {
      source.flowing = false
      source.pauses += 1
    }
    transport.registerProducer({ pauseProducing: pause, resumeProducing: flow, stopProducing: pause }, true)
    flow()
    let mostBuffered = 0
    await until(() => {
      mostBuffered = Math.max(mostBuffered, transport.bufferedBytes)
      return received >= total
    })
    transport.abortConnection()
    expect(received).toBe(total)
    expect(source.pauses).toBeGreaterThan(10)
    expect(mostBuffered).toBeLessThanOrEqual(2 * piece.length)
  }, 30_000)

  it('gives every read an array of its own, also when it fills the buffer that all share', async () => {
    const reads: Uint8Array[] = []
    const { listener } = await listening({ dataReceived: (bytes) => void reads.push(bytes) })
    const sent = new Uint8Array(3 * 65_536 + 5).map((_, index) => index % 251)
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, new RecordingProtocol())
    transport.write(sent)
    await until(() => joinBytes(reads).length === sent.length)
    transport.abortConnection()
    expect(Buffer.compare(joinBytes(reads), sent)).toBe(0)
    expect(reads.every((bytes) => bytes.length <= 114_688)).toBe(true)
  })

  it('never writes into what it delivered, however large and small reads of several sockets follow each other', async () => {
    const reads = new Map<Transport, Uint8Array[]>()
    const { listener } = await listening({
      dataReceived: (bytes, transport) => void reads.set(transport, [...(reads.get(transport) ?? []), bytes]),
    })
    const sizes = [10, 200_000, 3, 65_536, 70_000, 20_000, 1, 300_000, 100]
    const sent = [1, 2, 3].map((seed) =>
      sizes.map((size, at) => new Uint8Array(size).map((_, index) => (index * seed + at) % 251)),
    )
    const callers = await Promise.all(
      sent.map(() => connect({ port: listener.port, host: '127.0.0.1' }, new RecordingProtocol())),
    )
    for (let at = 0; at < sizes.length; at += 1) {
      for (const [who, transport] of callers.entries()) transport.write(sent[who]![at]!)
      for (let turns = 0; turns < 3; turns += 1) await turn()
    }
    const total = sizes.reduce((sum, size) => sum + size, 0)
    await until(
      () => [...reads.values()].every((read) => joinBytes(read).length === total) && reads.size === 3,
    )
    const received = [...reads.values()].map((read) => Buffer.from(joinBytes(read)).toString('latin1'))
    expect(new Set(received)).toEqual(
      new Set(sent.map((parts) => Buffer.from(joinBytes(parts)).toString('latin1'))),
    )
    for (const transport of callers) transport.abortConnection()
  })

  it('delivers what its socket had read before', async () => {
    const server = createServer({ allowHalfOpen: true })
    onTestFinished(() => void server.close())
    const protocol = new RecordingProtocol()
    server.on('connection', (socket) => {
      socket.unshift(wireBytes('early '))
      new NodeTransport(socket).connect(protocol)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const peer = await connect({ port, host: '127.0.0.1' }, new RecordingProtocol())
    peer.write(wireBytes('late'))
    await until(() => protocol.receivedText === 'early late')
    peer.abortConnection()
    await until(() => protocol.reason !== null)
  })

  it('tells of a reset in the middle of writing, once', async () => {
    const { listener } = await listening({ dataReceived: (_, transport) => transport.abortConnection() })
    const writer = new RecordingProtocol()
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, writer)
    transport.write(new Uint8Array(24 * MEBIBYTE))
    await until(() => writer.reason !== null)
    transport.write(wireBytes('late'))
    await turn()
    expect(writer.reason?.kind).toBe('reset')
    expect(writer.events).toEqual(['connectionMade', 'connectionLost'])
    expect(transport.bufferedBytes).toBe(0)
  })

  it.each(['TCP', 'TLS'])(
    'resets over %s although a peer that does not read holds up what is queued',
    async (kind) => {
      const { key, cert } = await testCertificate()
      const tls = kind === 'TLS' ? { listen: { tls: { key, cert } }, connect: { tls: { ca: cert } } } : {}
      const { listener, accepted } = await listening(
        { connectionMade: (transport) => transport.pauseProducing() },
        tls.listen,
      )
      const writer = new RecordingProtocol()
      const transport = await connect({ port: listener.port, host: '127.0.0.1' }, writer, tls.connect)
      transport.write(new Uint8Array(24 * MEBIBYTE))
      transport.loseConnection()
      await until(() => accepted.length === 1)
      transport.abortConnection()
      await until(() => writer.reason !== null)
      // The first write after a reset fails; after a mere close it would be the second one, at the earliest.
      accepted[0]!.transport.write(wireBytes('x'))
      await until(() => accepted[0]!.reason !== null)
      expect(writer.reason).toEqual({ kind: 'aborted' })
      expect(accepted[0]!.reason?.kind).toBe('reset')
    },
  )

  it('closes when it is aborted while its end is being sent', async () => {
    const { listener } = await listening()
    const protocol = new RecordingProtocol()
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, protocol)
    transport.loseConnection()
    transport.abortConnection()
    await until(() => protocol.reason !== null)
    expect(protocol.reason).toEqual({ kind: 'aborted' })
  })

  it('prints what a protocol threw when nobody takes it, and goes on with the other connections', async () => {
    const print = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    onTestFinished(() => print.mockRestore())
    const mistake = new Error('a mistake')
    const { listener, accepted } = await listening({
      dataReceived(bytes) {
        if (bytes.length === 3) throw mistake
      },
    })
    const [bad, good] = [new RecordingProtocol(), new RecordingProtocol()]
    const target = { port: listener.port, host: '127.0.0.1' }
    const [badTransport, goodTransport] = [await connect(target, bad), await connect(target, good)]
    badTransport.write(wireBytes('bad'))
    await until(() => bad.reason !== null)
    goodTransport.write(wireBytes('good'))
    await until(() => accepted.some((protocol) => protocol.receivedText === 'good'))
    const printed = print.mock.calls.map(([text]) => String(text))
    expect(printed).toEqual([expect.stringMatching(/^Error: a mistake\n +at /)])
    expect(good.reason).toBeNull()
    expect(bad.reason?.kind).toBe('reset')
  })

  it('takes one protocol only', async () => {
    const { listener } = await listening()
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, new RecordingProtocol())
    expect(() => transport.connect(new RecordingProtocol())).toThrow(Error)
    transport.abortConnection()
  })

  it.each([1, 2_047, 2_048, 20_000])('sends a sequence of two parts of %i octets at once', async (length) => {
    const { listener, accepted } = await listening()
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, new RecordingProtocol())
    const parts = [new Uint8Array(length).fill(1), new Uint8Array(length).fill(2)]
    transport.writeSequence(parts)
    await until(() => accepted[0]?.receivedBytes === 2 * length)
    expect(accepted[0]!.pieces).toHaveLength(1)
    expect(accepted[0]!.received).toEqual(joinBytes(parts))
    transport.abortConnection()
  })

  it('fails with the error of the system when it is no reset', async () => {
    const protocol = new RecordingProtocol()
    const socket = new Socket({ allowHalfOpen: true })
    const transport = new NodeTransport(socket)
    transport.connect(protocol)
    const error = Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })
    socket.destroy(error)
    await until(() => protocol.reason !== null)
    expect(protocol.reason).toEqual({ kind: 'failed', error })
  })

  it('answers an empty host and port 0 when first asked after the connection is gone', async () => {
    const { listener } = await listening()
    const protocol = new RecordingProtocol()
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, protocol)
    transport.abortConnection()
    await until(() => protocol.reason !== null)
    expect(transport.getHost()).toEqual({ family: 'IPv4', host: '', port: 0 })
  })

  it('knows IPv6 addresses', async () => {
    const { listener } = await listening({}, { host: '::1' })
    const transport = await connect({ port: listener.port, host: '::1' }, new RecordingProtocol())
    expect(transport.getPeer()).toEqual({ family: 'IPv6', host: '::1', port: listener.port })
    transport.abortConnection()
  })

  it('talks to a plain server of Node, half-open both ways', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.end('first')
      socket.on('data', (bytes) => received.push(String(bytes)))
      socket.on('end', () => received.push('end'))
    })
    const received: string[] = []
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const protocol = new RecordingProtocol()
    const transport = await connect(
      { port: (server.address() as AddressInfo).port, host: '127.0.0.1' },
      protocol,
    )
    await until(() => protocol.events.includes('readConnectionLost'))
    transport.write(wireBytes('second'))
    transport.closeWrite()
    await until(() => protocol.reason !== null && received.includes('end'))
    expect(protocol.receivedText).toBe('first')
    expect(received).toEqual(['second', 'end'])
    expect(protocol.reason).toEqual({ kind: 'closed' })
  })
})
