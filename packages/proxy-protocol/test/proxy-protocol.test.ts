import { joinBytes, randomSplits, splits, wireBytes, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { encodeProxyHeaderV1, encodeProxyHeaderV2, ProxyProtocol } from '../src/index.ts'
import type { ProxiedTransport } from '../src/index.ts'
import { Filtered, ipv4, ipv6, PROXY, SERVER, V1 } from './filter.ts'
import { headerV2, SIGNATURE } from './wire-v2.ts'

const ENDS = { source: ipv4('192.0.2.7', 56_324), destination: ipv4('198.51.100.3', 443) }
const V2 = wireText(encodeProxyHeaderV2(ENDS))

describe('where a header is required', () => {
  it.each([V1, V2])('gives the protocol above the ends that %j names, and every byte behind it', (header) => {
    for (const pieces of splits(`${header}hello`)) {
      const { above, made, errors, transport } = new Filtered().send(...pieces)
      expect(above.receivedText).toBe('hello')
      expect(above.transport.getPeer()).toEqual(ENDS.source)
      expect(above.transport.getHost()).toEqual(ENDS.destination)
      expect(made).toEqual([above.transport])
      expect(errors).toEqual([])
      expect(transport.writes).toEqual([])
    }
  })

  it('makes the protocol above when the header is complete, and not before', () => {
    const filtered = new Filtered().send(V1.slice(0, -1))
    expect(filtered.made).toEqual([])
    filtered.send('\n')
    expect(filtered.above.events).toEqual(['connectionMade'])
  })

  it('hands over what the header says', () => {
    const { above } = new Filtered().send(encodeProxyHeaderV2(ENDS, { authority: 'example.com' }))
    expect((above.transport as ProxiedTransport).header).toMatchObject({
      version: 2,
      authority: 'example.com',
    })
  })

  it.each(['PROXY UNKNOWN\r\n', wireText(headerV2(0x20, 0)), wireText(headerV2(0x21, 0))])(
    'keeps the ends of the connection with %j',
    (header) => {
      const { above } = new Filtered().send(`${header}x`)
      expect(above.transport.getPeer()).toEqual(PROXY)
      expect(above.transport.getHost()).toEqual(SERVER)
      expect(above.receivedText).toBe('x')
    },
  )

  it('delivers the rest of a read as it came, without a copy', () => {
    const read = wireBytes(`${V1}hello`)
    const { above } = new Filtered().send(read)
    expect(above.pieces[0]?.buffer).toBe(read.buffer)
  })

  it('keeps nothing of what was read with the header', () => {
    const header = encodeProxyHeaderV2(ENDS, { uniqueId: wireBytes('id') })
    const read = joinBytes([header, new Uint8Array(60_000)])
    const { above } = new Filtered().send(read)
    const { uniqueId } = (above.transport as ProxiedTransport).header
    expect(uniqueId).toEqual(wireBytes('id'))
    expect(uniqueId?.buffer.byteLength).toBe(header.length)
  })

  it('passes everything on, once the header is there', () => {
    const filtered = new Filtered().send(V1, 'one', 'two')
    filtered.transport.deliverEnd()
    filtered.transport.reset()
    expect(filtered.above.events).toEqual([
      'connectionMade',
      'dataReceived',
      'dataReceived',
      'readConnectionLost',
      'connectionLost',
    ])
    expect(filtered.above.reason).toEqual({ kind: 'reset' })
  })

  it('delivers nothing to a protocol that closes when it is made', () => {
    const { above } = new Filtered(
      {},
      {},
      { connectionMade: (transport) => transport.loseConnection() },
    ).send(`${V1}hello`)
    expect(above.events).toEqual(['connectionMade', 'connectionLost'])
  })

  it('breaks off what does not begin with a header, without a word, and reports it', () => {
    for (const pieces of splits('GET / HTTP/1.1\r\nHost: a\r\n\r\n')) {
      const filtered = new Filtered().send(...pieces)
      expect(filtered.errors).toMatchObject([{ code: 'ERR_PROXY_MISSING', offset: 0 }])
      expect(filtered.peers).toEqual([PROXY])
      expect(filtered.made).toEqual([])
      expect(filtered.brokenOff).toBe(true)
    }
  })

  it('breaks off a malformed header, without a word, and reports it', () => {
    for (const pieces of splits('PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\nGET')) {
      const filtered = new Filtered().send(...pieces)
      expect(filtered.codes).toEqual(['ERR_PROXY_PORT'])
      expect(filtered.brokenOff).toBe(true)
    }
  })

  it('goes on breaking off when onError throws', () => {
    const onError = (): never => {
      throw new Error('from the hook')
    }
    expect(new Filtered({ onError }).send('GET').brokenOff).toBe(true)
    const late = new Filtered({ onError })
    late.clock.advance(5_000)
    expect(late.brokenOff).toBe(true)
  })

  it('refuses a header that its peer did not finish', () => {
    const filtered = new Filtered().send(V1.slice(0, 20))
    filtered.transport.deliverEnd()
    expect(filtered.errors).toMatchObject([{ code: 'ERR_PROXY_INCOMPLETE', offset: 20 }])
    expect(filtered.brokenOff).toBe(true)
  })

  it('closes, and reports nothing, when its peer only looked whether somebody listens', () => {
    const filtered = new Filtered()
    filtered.transport.deliverEnd()
    expect(filtered.transport.lostReason).toEqual({ kind: 'closed' })
    expect(filtered.errors).toEqual([])
    expect(filtered.clock.pending).toBe(0)
  })

  it('leaves no timer and tells nobody when the connection is lost before', () => {
    const filtered = new Filtered().send(V1.slice(0, 20))
    filtered.transport.reset()
    expect(filtered.clock.pending).toBe(0)
    expect(filtered.errors).toEqual([])
    expect(filtered.above.events).toEqual([])
  })

  it('lets what the protocol above throws through, and reads no second header', () => {
    const thrown: unknown[] = []
    const filtered = new Filtered(
      {},
      { onProtocolError: (error) => void thrown.push(error) },
      {
        connectionMade: () => {
          throw new Error('from above')
        },
      },
    ).send(V1 + V1)
    expect(thrown).toMatchObject([{ message: 'from above' }])
    expect(filtered.above.events).toEqual(['connectionMade', 'connectionLost'])
    expect(filtered.errors).toEqual([])
  })

  it('survives a protocol that cannot be made', () => {
    const thrown: unknown[] = []
    const { clock, transport } = new Filtered({}, { onProtocolError: (error) => void thrown.push(error) })
    const failing = new ProxyProtocol(
      () => {
        throw new Error('no protocol')
      },
      { clock, trusted: () => true },
    )
    failing.makeConnection(transport)
    expect(() => failing.dataReceived(wireBytes(V1))).toThrow('no protocol')
    failing.dataReceived(wireBytes(V1))
    failing.readConnectionLost()
    failing.connectionLost({ kind: 'aborted' })
  })
})

describe('the deadline of the header', () => {
  it('is headerTimeoutMs after the connection, however many octets came since', () => {
    const filtered = new Filtered({ headerTimeoutMs: 1_000 })
    filtered.clock.advance(500)
    filtered.send(V1.slice(0, 20))
    filtered.clock.advance(499)
    filtered.send(V1.slice(20, 30))
    expect(filtered.transport.lostReason).toBeNull()
    filtered.clock.advance(1)
    expect(filtered.errors).toMatchObject([{ code: 'ERR_PROXY_TIMEOUT', offset: 30 }])
    expect(filtered.brokenOff).toBe(true)
  })

  it('is 5 s unless told otherwise, and none with null', () => {
    expect(new Filtered().clock.dueTimesMs).toEqual([5_000])
    expect(new Filtered({ headerTimeoutMs: null }).clock.pending).toBe(0)
  })

  it('is over when the header is complete', () => {
    const filtered = new Filtered().send(V1)
    expect(filtered.clock.pending).toBe(0)
  })
})

describe('a peer that is not trusted', () => {
  const stranger = { peer: ipv4('203.0.113.5', 1_000) }

  it('is broken off and not reported when it is gone before anybody asked who it was', () => {
    const filtered = new Filtered({}, { peer: ipv4('', 0) }).send(V1)
    expect(filtered.errors).toEqual([])
    expect(filtered.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('is broken off unread, and reported', () => {
    const filtered = new Filtered({}, stranger).send(V1)
    expect(filtered.errors).toMatchObject([{ code: 'ERR_PROXY_UNTRUSTED', offset: 0 }])
    expect(filtered.peers).toEqual([stranger.peer])
    expect(filtered.made).toEqual([])
    expect(filtered.brokenOff).toBe(true)
  })

  it('is a client with `plain`: the transport is its own', () => {
    for (const pieces of splits('PRO FORMA\r\n')) {
      const { above, transport, clock, errors } = new Filtered({ untrusted: 'plain' }, stranger).send(
        ...pieces,
      )
      expect(above.receivedText).toBe('PRO FORMA\r\n')
      expect(above.transport).toBe(transport)
      expect(clock.pending).toBe(0)
      expect(errors).toEqual([])
    }
  })

  it.each([V1, V2])('is not believed with `plain`: %j breaks it off', (header) => {
    for (const pieces of splits(`${header}GET`)) {
      const filtered = new Filtered({ untrusted: 'plain' }, stranger).send(...pieces)
      expect(filtered.codes).toEqual(['ERR_PROXY_FORBIDDEN'])
      expect(filtered.above.received).toHaveLength(0)
      expect(filtered.brokenOff).toBe(true)
    }
  })

  it('makes no difference to a peer that is trusted', () => {
    expect(new Filtered({ untrusted: 'plain' }).send('GET').codes).toEqual(['ERR_PROXY_MISSING'])
    expect(new Filtered({ untrusted: 'plain' }).send(`${V1}x`).above.transport.getPeer()).toEqual(ENDS.source)
  })
})

describe('where a header is forbidden', () => {
  const forbidden = { mode: 'forbidden' } as const

  it('connects the protocol above at once, to the transport itself', () => {
    const { above, transport, clock } = new Filtered(forbidden)
    expect(above.events).toEqual(['connectionMade'])
    expect(above.transport).toBe(transport)
    expect(clock.pending).toBe(0)
  })

  it.each([V1, V2, 'PROXY TCP6 ', 'PROXY UNKNOWN', SIGNATURE])(
    'breaks off what begins with %j, before any of it is seen above',
    (wire) => {
      for (const pieces of splits(wire)) {
        const filtered = new Filtered(forbidden).send(...pieces)
        expect(filtered.codes).toEqual(['ERR_PROXY_FORBIDDEN'])
        expect(filtered.above.events).toEqual(['connectionMade', 'connectionLost'])
        expect(filtered.brokenOff).toBe(true)
      }
    },
  )

  it.each([
    'GET / HTTP/1.1\r\n',
    'PROXY / HTTP/1.1\r\n',
    'PROXY TCP5 ',
    'PROPFIND / HTTP/1.1\r\n',
    '\r\n\r\nGET / HTTP/1.1\r\n',
    '\r\n\r\n\0\r\nQUIT\r',
    'P\n',
  ])('passes %j on, every byte, in order', (wire) => {
    for (const pieces of splits(wire)) {
      const { above, errors } = new Filtered(forbidden).send(...pieces)
      expect(above.receivedText).toBe(wire)
      expect(errors).toEqual([])
    }
    for (const pieces of randomSplits(wire, 1, 50)) {
      expect(new Filtered(forbidden).send(...pieces).above.receivedText).toBe(wire)
    }
  })

  it('passes on what could have become a header when the peer stops there', () => {
    const filtered = new Filtered(forbidden).send('PROXY TCP')
    expect(filtered.above.received).toHaveLength(0)
    filtered.transport.deliverEnd()
    expect(filtered.above.receivedText).toBe('PROXY TCP')
    expect(filtered.above.events.at(-1)).toBe('readConnectionLost')
  })

  it('does not tell of an end to a protocol that closes because of what was held back', () => {
    const filtered = new Filtered(
      forbidden,
      {},
      { dataReceived: (_, transport) => transport.loseConnection() },
    )
    filtered.send('PROXY')
    filtered.transport.deliverEnd()
    expect(filtered.above.events).toEqual(['connectionMade', 'dataReceived', 'connectionLost'])
  })

  it('hands a read that cannot be one over as it came', () => {
    const read = wireBytes('GET / HTTP/1.1')
    expect(new Filtered(forbidden).send(read).above.pieces[0]).toBe(read)
  })
})

describe('ends in a header of version 1', () => {
  it('may be IPv6 on a connection over IPv4', () => {
    const ends = { source: ipv6('2001:db8::1', 1), destination: ipv6('2001:db8::2', 2) }
    expect(new Filtered().send(encodeProxyHeaderV1(ends)).above.transport.getPeer()).toEqual(ends.source)
  })
})
