import { describe, expect, it } from 'vitest'
import { MemoryTransport, RecordingProtocol } from '../src/index.ts'

describe('RecordingProtocol', () => {
  it('writes down what happens to it', () => {
    const transport = new MemoryTransport()
    const protocol = new RecordingProtocol()
    transport.connect(protocol)
    transport.deliver('ab')
    transport.deliver('c')
    transport.deliverEnd()
    transport.reset()
    expect(protocol.transport).toBe(transport)
    expect(protocol.events).toEqual([
      'connectionMade',
      'dataReceived',
      'dataReceived',
      'readConnectionLost',
      'connectionLost',
    ])
    expect([protocol.pieces.length, protocol.receivedBytes, protocol.receivedText]).toEqual([2, 3, 'abc'])
    expect(protocol.reason).toEqual({ kind: 'reset' })
  })

  it('reacts after it has written down', () => {
    const seen: unknown[] = []
    const transport = new MemoryTransport()
    const protocol = new RecordingProtocol({
      connectionMade: (own) => void seen.push(own === transport, protocol.events.length),
      dataReceived: (bytes, own) => void seen.push(bytes.length, own === transport, protocol.receivedBytes),
      readConnectionLost: (own) => void seen.push(own === transport, protocol.events.length),
      connectionLost: (reason) => void seen.push(reason === protocol.reason),
    })
    transport.connect(protocol)
    transport.deliver('abc')
    transport.deliverEnd()
    transport.reset()
    expect(seen).toEqual([true, 1, 3, true, 3, true, 3, true])
  })
})
