import type { PushProducer } from '@millrace/transport'
import { describe, expect, it } from 'vitest'
import { MemoryTransport, RecordingProtocol, splits, wireBytes, wireText } from '../src/index.ts'
import type { MemoryTransportOptions, Reactions } from '../src/index.ts'

function connected(
  reactions: Reactions = {},
  options: MemoryTransportOptions = {},
): { transport: MemoryTransport; protocol: RecordingProtocol } {
  const transport = new MemoryTransport(options)
  const protocol = new RecordingProtocol(reactions)
  transport.connect(protocol)
  return { transport, protocol }
}

function recordingProducer(events: string[]): PushProducer {
  return {
    pauseProducing: () => void events.push('pause'),
    resumeProducing: () => void events.push('resume'),
    stopProducing: () => void events.push('stop'),
  }
}

describe('MemoryTransport towards its protocol', () => {
  it('takes one protocol only', () => {
    const { transport } = connected()
    expect(() => transport.connect(new RecordingProtocol())).toThrow(Error)
  })

  it('delivers text and octets, one read each', () => {
    for (const pieces of splits('GET /\xff')) {
      const { transport, protocol } = connected()
      for (const piece of pieces) transport.deliver(piece)
      expect(protocol.receivedText).toBe('GET /\xff')
      expect(protocol.pieces).toHaveLength(pieces.length)
    }
    const { transport, protocol } = connected()
    transport.deliver('GET /\xff')
    expect(protocol.receivedText).toBe('GET /\xff')
  })

  it('delivers no empty read', () => {
    const { transport, protocol } = connected()
    transport.deliver('')
    expect(protocol.events).toEqual(['connectionMade'])
  })

  it('holds back what is delivered while paused', () => {
    const { transport, protocol } = connected()
    transport.pauseProducing()
    transport.deliver('ab')
    transport.deliver('c')
    transport.deliverEnd()
    expect(transport.paused).toBe(true)
    expect(transport.undeliveredBytes).toBe(3)
    expect(protocol.events).toEqual(['connectionMade'])
    transport.resumeProducing()
    transport.settle()
    expect(protocol.events.slice(1)).toEqual(['dataReceived', 'dataReceived', 'readConnectionLost'])
    expect(transport.undeliveredBytes).toBe(0)
    expect(transport.paused).toBe(false)
  })

  it('stops at a pause in the middle of what was held back', () => {
    const { transport, protocol } = connected({ dataReceived: () => transport.pauseProducing() })
    transport.deliver('a')
    transport.deliver('b')
    expect(protocol.receivedText).toBe('a')
    transport.resumeProducing()
    transport.settle()
    expect(protocol.receivedText).toBe('ab')
  })

  it('delivers what is delivered by a callback after that callback', () => {
    const depths: number[] = []
    let depth = 0
    const { transport, protocol } = connected({
      dataReceived(bytes) {
        depth += 1
        depths.push(depth)
        if (wireText(bytes) === 'a') transport.deliver('b')
        depth -= 1
      },
    })
    transport.deliver('a')
    expect(protocol.receivedText).toBe('ab')
    expect(depths).toEqual([1, 1])
  })

  it('tells of the end of the peer once, and throws when the test sends more', () => {
    const { transport, protocol } = connected()
    transport.deliverEnd()
    transport.deliverEnd()
    expect(protocol.events).toEqual(['connectionMade', 'readConnectionLost'])
    expect(transport.peerEnded).toBe(true)
    expect(() => transport.deliver('x')).toThrow(Error)
  })

  it('tells of a reset, with its error when there is one', () => {
    const first = connected()
    first.transport.reset()
    expect(first.protocol.reason).toEqual({ kind: 'reset' })
    const second = connected()
    const error = new Error('ECONNRESET')
    second.transport.reset(error)
    second.transport.reset()
    expect(second.protocol.reason).toEqual({ kind: 'reset', error })
    expect(second.protocol.events).toEqual(['connectionMade', 'connectionLost'])
  })

  it('tells of the end at the next driving call when it was asked for from outside', () => {
    const { transport, protocol } = connected()
    transport.loseConnection()
    expect(protocol.reason).toBeNull()
    expect(transport.disconnecting).toBe(true)
    transport.settle()
    expect(protocol.reason).toEqual({ kind: 'closed' })
    expect(transport.disconnected).toBe(true)
    expect(transport.lostReason).toEqual({ kind: 'closed' })
  })

  it('settles by itself when it is given a schedule', async () => {
    const { transport, protocol } = connected({}, { schedule: queueMicrotask })
    await Promise.resolve()
    transport.loseConnection()
    expect(protocol.reason).toBeNull()
    await Promise.resolve()
    expect(protocol.reason).toEqual({ kind: 'closed' })
  })

  it('throws what a callback threw, after the protocol heard of the abort', () => {
    const mistake = new Error('a mistake')
    const { transport, protocol } = connected({
      dataReceived() {
        throw mistake
      },
    })
    expect(() => transport.deliver('x')).toThrow(mistake)
    expect(protocol.reason).toEqual({ kind: 'aborted' })
  })

  it('hands what a callback threw to onProtocolError when there is one', () => {
    const errors: unknown[] = []
    const mistake = new Error('a mistake')
    const reactions = {
      dataReceived() {
        throw mistake
      },
    }
    const { transport } = connected(reactions, { onProtocolError: (error) => void errors.push(error) })
    transport.deliver('x')
    expect(errors).toEqual([mistake])
  })
})

describe('MemoryTransport towards its test', () => {
  it('shows what was written, and forgets what was taken', () => {
    const { transport } = connected()
    transport.write(wireBytes('a'))
    transport.writeSequence([wireBytes('b'), wireBytes('c')])
    expect(transport.writtenText).toBe('abc')
    expect(transport.written).toEqual(wireBytes('abc'))
    expect(transport.takeWrittenText()).toBe('abc')
    transport.write(wireBytes('d'))
    expect(transport.takeWritten()).toEqual(wireBytes('d'))
    expect(transport.written).toEqual(new Uint8Array(0))
  })

  it('counts a sequence as one write, and nothing as none', () => {
    const { transport } = connected()
    transport.write(wireBytes('a'))
    transport.writeSequence([wireBytes('b'), wireBytes('c')])
    transport.write(new Uint8Array(0))
    transport.writeSequence([])
    expect(transport.writes.map(wireText)).toEqual(['a', 'bc'])
  })

  it('keeps what was written before the end', () => {
    const { transport } = connected({ dataReceived: (bytes) => transport.write(bytes) })
    transport.deliver('x')
    transport.abortConnection()
    transport.settle()
    expect(transport.writtenText).toBe('x')
  })

  it('shows that our direction has ended', () => {
    const { transport, protocol } = connected()
    transport.closeWrite()
    expect(transport.writeClosed).toBe(false)
    transport.settle()
    expect(transport.writeClosed).toBe(true)
    expect(protocol.reason).toBeNull()
    transport.deliverEnd()
    expect(protocol.reason).toEqual({ kind: 'closed' })
  })

  it('answers what it was told to', () => {
    const peer = { family: 'IPv4', host: '192.0.2.1', port: 5 } as const
    const host = { family: 'IPv6', host: '::1', port: 80 } as const
    const { transport } = connected({}, { peer, host, secure: true, negotiatedProtocol: 'http/1.1' })
    expect([transport.getPeer(), transport.getHost()]).toEqual([peer, host])
    expect([transport.isSecure(), transport.negotiatedProtocol]).toEqual([true, 'http/1.1'])
  })

  it('answers plainly when it was told nothing', () => {
    const { transport } = connected()
    expect(transport.getPeer()).toEqual({ family: 'memory', name: 'peer' })
    expect(transport.getHost()).toEqual({ family: 'memory', name: 'host' })
    expect([transport.isSecure(), transport.negotiatedProtocol]).toEqual([false, null])
  })
})

describe('MemoryTransport under back-pressure', () => {
  it('buffers until it is drained, in order, through the middle of pieces', () => {
    const { transport } = connected({}, { manualDrain: true })
    transport.write(wireBytes('abc'))
    transport.write(wireBytes('def'))
    expect([transport.bufferedBytes, transport.writtenText]).toEqual([6, ''])
    expect(wireText(transport.drain(4))).toBe('abcd')
    expect([transport.bufferedBytes, transport.writtenText]).toEqual([2, 'abcd'])
    expect(wireText(transport.drain())).toBe('ef')
    expect(transport.drain()).toHaveLength(0)
    expect([transport.bufferedBytes, transport.writtenText]).toEqual([0, 'abcdef'])
  })

  it('pauses a push producer at the high-water mark and not one octet before', () => {
    const { transport } = connected({}, { manualDrain: true, highWaterMarkBytes: 4 })
    const events: string[] = []
    transport.registerProducer(recordingProducer(events), true)
    transport.write(wireBytes('abc'))
    expect(events).toEqual([])
    transport.write(wireBytes('d'))
    transport.write(wireBytes('e'))
    expect(events).toEqual(['pause'])
  })

  it('resumes a push producer when the last octet has left and not before', () => {
    const { transport } = connected({}, { manualDrain: true, highWaterMarkBytes: 1 })
    const events: string[] = []
    transport.registerProducer(recordingProducer(events), true)
    transport.write(wireBytes('ab'))
    transport.drain(1)
    expect(events).toEqual(['pause'])
    transport.drain(1)
    expect(events).toEqual(['pause', 'resume'])
  })

  it('pauses a push producer as it registers when there is no room', () => {
    const { transport } = connected({}, { manualDrain: true, highWaterMarkBytes: 1 })
    transport.write(wireBytes('x'))
    const events: string[] = []
    transport.registerProducer(recordingProducer(events), true)
    expect(events).toEqual(['pause'])
  })

  it('never pauses a producer when everything leaves at once', () => {
    const { transport } = connected({}, { highWaterMarkBytes: 1 })
    const events: string[] = []
    transport.registerProducer(recordingProducer(events), true)
    transport.write(wireBytes('x'))
    expect(events).toEqual([])
    expect(transport.hasProducer).toBe(true)
    transport.unregisterProducer()
    expect(transport.hasProducer).toBe(false)
  })

  it('asks a pull producer for the next piece when the last one has left', () => {
    const { transport } = connected({}, { manualDrain: true })
    let asked = 0
    const producer = {
      resumeProducing: () => transport.write(wireBytes(String((asked += 1)))),
      stopProducing: () => {},
    }
    transport.registerProducer(producer, false)
    expect(asked).toBe(1)
    transport.settle()
    expect(asked).toBe(1)
    transport.drain()
    expect(asked).toBe(2)
  })

  it('waits with the end until all has been drained', () => {
    const { transport, protocol } = connected({}, { manualDrain: true })
    transport.write(wireBytes('ab'))
    transport.loseConnection()
    transport.drain(1)
    expect(protocol.reason).toBeNull()
    transport.drain(1)
    expect(protocol.reason).toEqual({ kind: 'closed' })
    expect(transport.writtenText).toBe('ab')
  })

  it.each([0, -1, Number.NaN])('throws a RangeError for a high-water mark of %s', (highWaterMarkBytes) => {
    expect(() => new MemoryTransport({ highWaterMarkBytes })).toThrow(RangeError)
  })
})
