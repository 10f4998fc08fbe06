import { MemoryTransport, RecordingProtocol, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { Request, Upgraded } from '../src/index.ts'
import { type Conversation, head, unanswered } from './conversation.ts'

const TUNNEL = head('CONNECT a:1 HTTP/1.1', 'Host: a:1')

/** A tunnel without a protocol yet. */
function upgraded(early = ''): { conversation: Conversation; request: Request; taken: Upgraded } {
  const { conversation, requests } = unanswered()
  conversation.send(`${TUNNEL}${early}`)
  const request = requests[0] as Request
  return { conversation, request, taken: request.upgrade() }
}

describe('upgrade without a protocol', () => {
  it('sends the head, and gives the transport and every byte behind the request (rule 67)', () => {
    const { conversation, request, taken } = upgraded('early')
    expect(conversation.wire).toBe('HTTP/1.1 200 OK\r\n\r\n')
    expect(taken.transport).toBe(conversation.transport)
    expect(wireText(taken.leftover)).toBe('early')
    expect([request.finished, conversation.channel.readState]).toEqual([true, 'switched'])
    taken.transport.write(new TextEncoder().encode('banner'))
    expect(conversation.wire).toMatch(/banner$/)
  })

  it('has nothing left when nothing came', () => {
    expect(upgraded().taken.leftover).toHaveLength(0)
  })

  it('does not read on before there is a protocol, and loses nothing then', () => {
    const { conversation, taken } = upgraded('one ')
    conversation.send('two ')
    expect([conversation.transport.paused, wireText(taken.leftover)]).toEqual([true, 'one '])
    const protocol = new RecordingProtocol()
    taken.attach(protocol)
    expect(conversation.transport.paused).toBe(false)
    conversation.send('three')
    expect(protocol.receivedText).toBe('one two three')
    expect(protocol.events[0]).toBe('connectionMade')
    expect(taken.leftover).toHaveLength(0)
  })

  it('keeps what arrives although reading was paused, behind what was there', () => {
    const { conversation, taken } = upgraded('one ')
    conversation.channel.dataReceived(new TextEncoder().encode('two '))
    conversation.channel.dataReceived(new TextEncoder().encode('three'))
    expect(wireText(taken.leftover)).toBe('one two three')
    const protocol = new RecordingProtocol()
    taken.attach(protocol)
    expect(protocol.receivedText).toBe('one two three')
  })

  it('tells the protocol the end of the peer’s direction, behind the last byte', () => {
    const { conversation, requests } = unanswered()
    conversation.send(`${TUNNEL}last`)
    conversation.transport.deliverEnd()
    const taken = requests[0]?.upgrade() as Upgraded
    const protocol = new RecordingProtocol()
    taken.attach(protocol)
    expect(protocol.events).toEqual(['connectionMade', 'dataReceived', 'readConnectionLost'])
    conversation.transport.reset()
    expect(protocol.reason).toEqual({ kind: 'reset' })
  })

  it('knows that the connection was lost, and tells who comes later: first what came before', () => {
    const { conversation, taken } = upgraded('early')
    expect(taken.lost).toBeNull()
    conversation.transport.reset()
    expect(taken.lost).toEqual({ kind: 'reset' })
    const protocol = new RecordingProtocol()
    taken.attach(protocol)
    expect(protocol.receivedText).toBe('early')
    expect(protocol.reason).toEqual({ kind: 'reset' })
  })

  it('after the connection is lost gives one that is lost', () => {
    const { conversation, requests } = unanswered()
    conversation.send(TUNNEL)
    conversation.transport.reset()
    const taken = requests[0]?.upgrade() as Upgraded
    expect([taken.lost, taken.leftover.length]).toEqual([{ kind: 'reset' }, 0])
    const protocol = new RecordingProtocol()
    taken.attach(protocol)
    expect(protocol.reason).toEqual({ kind: 'reset' })
  })

  it('takes one protocol', () => {
    const { taken } = upgraded()
    taken.attach(new RecordingProtocol())
    expect(() => taken.attach(new RecordingProtocol())).toThrow(
      expect.objectContaining({ code: 'ERR_ATTACHED' }),
    )
  })

  it('hands nothing to a protocol that closes at once', () => {
    const { conversation, taken } = upgraded('early')
    const protocol = new RecordingProtocol()
    protocol.connectionMade = () => protocol.transport.loseConnection()
    taken.attach(protocol)
    conversation.transport.settle()
    expect(protocol.receivedText).toBe('')
    expect(protocol.reason).toEqual({ kind: 'closed' })
  })

  it('leaves it to the protocol to pause the transport', () => {
    const { conversation, taken } = upgraded('early')
    const protocol = new RecordingProtocol()
    protocol.connectionMade = () => protocol.transport.pauseProducing()
    taken.attach(protocol)
    expect(protocol.receivedText).toBe('early')
    expect(conversation.transport.paused).toBe(true)
  })

  it('to a protocol that throws at once breaks the connection, and tells it so', () => {
    const { conversation, taken } = upgraded('early')
    const protocol = new RecordingProtocol()
    protocol.dataReceived = () => {
      throw new Error('no')
    }
    expect(() => taken.attach(protocol)).toThrow('no')
    conversation.transport.settle()
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
    expect(protocol.reason).toEqual({ kind: 'aborted' })
  })

  it('leaves no timer behind, and goes on being read when the channel had paused', () => {
    const { conversation, requests } = unanswered({ readAheadBytes: 3 }, new MemoryTransport())
    conversation.send(`${TUNNEL}more than three`)
    expect(conversation.transport.paused).toBe(true)
    const taken = requests[0]?.upgrade() as Upgraded
    conversation.send(', and more')
    const protocol = new RecordingProtocol()
    taken.attach(protocol)
    conversation.transport.settle()
    expect(protocol.receivedText).toBe('more than three, and more')
    expect(conversation.clock.pending).toBe(0)
  })
})
