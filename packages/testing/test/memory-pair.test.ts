import { describe, expect, it } from 'vitest'
import { memoryPair, RecordingProtocol, wireBytes } from '../src/index.ts'

describe('memoryPair', () => {
  it('connects both protocols at once, and moves nothing until it is pumped', () => {
    const [left, right] = [new RecordingProtocol(), new RecordingProtocol()]
    const pair = memoryPair(left, right)
    left.transport.write(wireBytes('abc'))
    expect([left.events, right.events]).toEqual([['connectionMade'], ['connectionMade']])
    expect(pair.pump()).toBe(true)
    expect(right.receivedText).toBe('abc')
    pair.settle()
    expect(pair.pump()).toBe(false)
  })

  it('brings one read of the given size at a time', () => {
    const right = new RecordingProtocol()
    const pair = memoryPair(new RecordingProtocol(), right, { chunkBytes: 2 })
    pair.left.write(wireBytes('abcde'))
    pair.pump()
    expect(right.receivedText).toBe('ab')
    pair.settle()
    expect(right.pieces.map((piece) => piece.length)).toEqual([2, 2, 1])
  })

  it('asks a function for the size of each read', () => {
    const sizes = [1, 3, 0, 2.9]
    const right = new RecordingProtocol()
    const pair = memoryPair(new RecordingProtocol(), right, { chunkBytes: () => sizes.shift() ?? Infinity })
    pair.left.write(wireBytes('abcdefghij'))
    pair.settle()
    expect(right.pieces.map((piece) => piece.length)).toEqual([1, 3, 1, 2, 3])
  })

  it('settles a conversation', () => {
    const counter = (): RecordingProtocol =>
      new RecordingProtocol({
        dataReceived: (bytes, transport) => bytes[0]! < 10 && transport.write(Uint8Array.of(bytes[0]! + 1)),
      })
    const [left, right] = [counter(), counter()]
    const pair = memoryPair(left, right)
    pair.left.write(Uint8Array.of(0))
    pair.settle()
    expect([...right.received, ...left.received]).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9])
  })

  it('stops the link when the reader is paused and its window is full', () => {
    const pair = memoryPair(new RecordingProtocol(), new RecordingProtocol(), { receiveWindowBytes: 3 })
    pair.right.pauseProducing()
    pair.left.write(wireBytes('abcde'))
    pair.settle()
    expect([pair.right.undeliveredBytes, pair.left.bufferedBytes]).toEqual([3, 2])
  })

  it('answers octets that come after the end with a reset', () => {
    const right = new RecordingProtocol()
    const pair = memoryPair(new RecordingProtocol(), right)
    pair.left.loseConnection()
    pair.settle()
    expect(right.events).toEqual(['connectionMade', 'readConnectionLost'])
    right.transport.write(wireBytes('are you there?'))
    pair.settle()
    expect(right.reason).toEqual({ kind: 'reset' })
  })

  it('runs by itself when it is given a schedule', async () => {
    const right = new RecordingProtocol({ dataReceived: (bytes, transport) => transport.write(bytes) })
    const left = new RecordingProtocol()
    memoryPair(left, right, { schedule: queueMicrotask })
    await Promise.resolve()
    left.transport.write(wireBytes('echo'))
    expect(right.receivedText).toBe('')
    await Promise.resolve()
    expect(left.receivedText).toBe('echo')
  })

  it('throws when a callback pumps it', () => {
    const right = new RecordingProtocol({ dataReceived: () => void pair.pump() })
    const pair = memoryPair(new RecordingProtocol(), right)
    pair.left.write(wireBytes('x'))
    expect(() => pair.pump()).toThrow('pumped already')
  })

  it('names the ends after their sides', () => {
    const pair = memoryPair(new RecordingProtocol(), new RecordingProtocol())
    expect(pair.left.getHost()).toEqual({ family: 'memory', name: 'left' })
    expect(pair.left.getPeer()).toEqual({ family: 'memory', name: 'right' })
  })

  it.each([{ chunkBytes: 0 }, { receiveWindowBytes: 0 }, { highWaterMarkBytes: 0 }])(
    'throws a RangeError for %o',
    (options) => {
      expect(() => memoryPair(new RecordingProtocol(), new RecordingProtocol(), options)).toThrow(RangeError)
    },
  )
})
