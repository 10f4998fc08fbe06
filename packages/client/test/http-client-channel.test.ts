import { RecordingProtocol } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { CLIENT_TRANSITIONS, HTTPClientChannel } from '../src/index.ts'
import type { ClientState } from '../src/index.ts'
import { Connection, get, RecordingHandler } from './recording-handler.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('HTTPClientChannel', () => {
  it('carries one request after the other', () => {
    const connection = new Connection()
    const first = connection.send(get({ requestTarget: '/1' }))
    connection.receive(OK)
    const second = connection.send(get({ requestTarget: '/2' }))
    connection.receive(OK)
    expect([first.outcome, second.outcome]).toEqual([
      [200, 'ok', 'done'],
      [200, 'ok', 'done'],
    ])
    expect(connection.channel.exchangeCount).toBe(2)
    expect([first.exchange?.reused, second.exchange?.reused]).toEqual([false, true])
    expect(connection.clock.pending).toBe(0)
  })

  it('takes the next request from inside the last hook', () => {
    const connection = new Connection()
    const second = new RecordingHandler()
    const first = new RecordingHandler()
    first.onDone = () => connection.send(get({ requestTarget: '/2' }), second)
    connection.send(get({ requestTarget: '/1' }), first)
    connection.receive(OK).receive(OK)
    expect(second.outcome).toEqual([200, 'ok', 'done'])
  })

  it('is not free while a request is under way', () => {
    const connection = new Connection()
    connection.send()
    expect(connection.channel.usable).toBe(false)
    expect(() => connection.send()).toThrowError(expect.objectContaining({ code: 'ERR_REQUEST_BUSY' }))
  })

  it('makes the legal moves only', () => {
    const states: ClientState[] = ['connecting', 'idle', 'head', 'content', 'switched', 'closed']
    expect(Object.keys(CLIENT_TRANSITIONS)).toEqual(states)
    const connection = new Connection()
    const seen: ClientState[] = ['connecting']
    const note = (): void =>
      void (seen.at(-1) === connection.channel.state || seen.push(connection.channel.state))
    note()
    connection.send()
    note()
    connection.receive('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
    note()
    connection.receive('ok')
    note()
    connection.transport.deliverEnd()
    note()
    expect(seen).toEqual(['connecting', 'idle', 'head', 'content', 'idle', 'closed'])
    seen.slice(1).forEach((state, index) => expect(CLIENT_TRANSITIONS[seen[index]!]).toContain(state))
  })

  it('needs a clock', () => {
    expect(() => new HTTPClientChannel({} as never)).toThrow(TypeError)
  })

  it.each([
    'maxLength',
    'totalHeadersSize',
    'maxHeaders',
    'maxInformational',
    'headTimeoutMs',
    'idleTimeoutMs',
  ])('refuses a bad %s at construction', (name) => {
    for (const value of [-1, NaN]) {
      expect(() => new Connection({ [name]: value })).toThrow(RangeError)
      expect(() => new Connection({ [name]: value })).toThrow(name)
    }
  })
})

describe('P35: a connection is not used again', () => {
  const closes = (wire: string, request = get()): void => {
    const connection = new Connection()
    const handler = connection.send(request)
    connection.receive(wire)
    expect(handler.events.at(-1)?.[0]).toBe('done')
    expect(connection.channel.state).toBe('closed')
    expect(connection.transport.disconnecting).toBe(true)
  }

  it('after octets behind the response', () => closes(`${OK}x`))
  it('after Connection: close in the response', () => closes('HTTP/1.1 204 \r\nConnection: close\r\n\r\n'))
  it('after Connection: close in the request', () => closes(OK, get({ fields: { Connection: 'close' } })))
  it('after an Upgrade that was not taken', () =>
    closes(OK, get({ fields: { Connection: 'x, Upgrade', Upgrade: 'chat' } })))
  it('after HTTP/1.0 without keep-alive', () => closes('HTTP/1.0 204 \r\n\r\n'))
  it('after NTLM or Negotiate, which authenticate the connection', () =>
    closes('HTTP/1.1 401 \r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n'))
  it('after a response that came before the request was sent', () =>
    closes(OK, get({ method: 'PUT', contentLength: 9 })))

  it('after octets that answer nothing', () => {
    const connection = new Connection()
    connection.receive('HTTP/1.1 408 Request Timeout\r\n\r\n')
    expect(connection.channel.state).toBe('closed')
  })

  it('after the server finished sending', () => {
    const connection = new Connection()
    connection.send()
    connection.receive(OK)
    connection.transport.deliverEnd()
    expect(connection.channel.usable).toBe(false)
    expect(connection.transport.disconnected).toBe(true)
  })

  it('after an exchange was aborted, and its handler hears nothing more', () => {
    const connection = new Connection()
    const handler = connection.send()
    connection.receive('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab')
    handler.exchange?.abort()
    connection.transport.settle()
    expect(connection.transport.lostReason).toEqual({ kind: 'aborted' })
    expect(handler.outcome).toEqual([200, 'ab'])
  })

  it('but is kept after HTTP/1.0 with keep-alive', () => {
    const connection = new Connection()
    connection.send()
    connection.receive('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n')
    expect(connection.channel.usable).toBe(true)
  })
})

describe('P28: a connection that ends without an octet of a response', () => {
  it('is stale when it was used before', () => {
    const connection = new Connection()
    connection.send()
    connection.receive(OK)
    const handler = connection.send()
    connection.transport.reset()
    expect(handler.code).toBe('ERR_UPSTREAM_STALE')
  })

  it('is not stale when it was never used', () => {
    const connection = new Connection()
    const handler = connection.send()
    connection.transport.reset()
    expect(handler.code).toBe('ERR_UPSTREAM_CLOSED')
  })

  it('is not stale once an octet came', () => {
    const connection = new Connection()
    connection.send()
    connection.receive(OK)
    const handler = connection.send()
    connection.receive('H').transport.deliverEnd()
    expect(handler.code).toBe('ERR_UPSTREAM_CLOSED')
  })
})

describe('back-pressure', () => {
  it('stops reading when the response is paused, and goes on with what was read', () => {
    const connection = new Connection()
    const handler = new RecordingHandler()
    handler.onData = () => handler.exchange?.pauseProducing()
    connection.send(get(), handler)
    connection.receive('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n')
    expect(connection.transport.paused).toBe(true)
    connection.receive('1\r\nb\r\n')
    expect(handler.content).toBe('a')
    handler.exchange?.resumeProducing()
    connection.transport.settle()
    expect(handler.content).toBe('ab')
    handler.onData = null
    handler.exchange?.resumeProducing()
    connection.receive('0\r\n\r\n')
    expect(handler.outcome).toEqual([200, 'ab', 'done'])
    expect(connection.channel.usable).toBe(true)
  })

  it('does not keep the next response paused', () => {
    const connection = new Connection()
    const handler = new RecordingHandler()
    handler.onData = () => handler.exchange?.pauseProducing()
    connection.send(get(), handler)
    connection.receive(OK)
    expect(handler.outcome).toEqual([200, 'ok', 'done'])
    expect(connection.transport.paused).toBe(false)
  })

  it('sees the end of a response behind what was held back', () => {
    const connection = new Connection()
    const handler = new RecordingHandler()
    handler.onHead = () => handler.exchange?.pauseProducing()
    connection.send(get(), handler)
    connection.receive('HTTP/1.1 200 OK\r\n\r\nrest')
    connection.transport.deliverEnd()
    expect(handler.content).toBe('')
    handler.exchange?.resumeProducing()
    connection.transport.settle()
    expect(handler.outcome).toEqual([200, 'rest', 'done'])
  })

  it('pauses and resumes the source of the request with the transport', () => {
    const connection = new Connection({}, { manualDrain: true, highWaterMarkBytes: 100 })
    const calls: string[] = []
    const handler = new RecordingHandler()
    handler.onStart = (exchange) =>
      exchange.registerProducer({
        pauseProducing: () => calls.push('pause'),
        resumeProducing: () => calls.push('resume'),
        stopProducing: () => calls.push('stop'),
      })
    connection.send(get({ method: 'PUT', contentLength: null }), handler)
    expect(handler.exchange?.write(new Uint8Array(200))).toBe(false)
    expect(calls).toEqual(['pause'])
    connection.transport.drain()
    expect(calls).toEqual(['pause', 'resume'])
    expect(handler.exchange?.write(new Uint8Array(1))).toBe(true)
    connection.transport.drain()
    connection.receive(OK)
    expect(calls).toEqual(['pause', 'resume', 'stop'])
  })
})

describe('a switch of protocols', () => {
  const upgrade = (): RecordingHandler & { successor: RecordingProtocol } => {
    const handler = new RecordingHandler() as RecordingHandler & { successor: RecordingProtocol }
    handler.successor = new RecordingProtocol()
    handler.switchProtocol = () => handler.successor
    return handler
  }
  const fields = { Connection: 'Upgrade', Upgrade: 'chat, websocket' }

  it('hands the connection and every octet behind the 101 over (RFC 9110 §7.8)', () => {
    const connection = new Connection()
    const handler = connection.send(get({ fields }), upgrade()) as ReturnType<typeof upgrade>
    connection.receive(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n\r\nfirst',
      ' second',
    )
    expect(connection.channel.state).toBe('switched')
    expect(handler.successor.receivedText).toBe('first second')
    connection.transport.deliverEnd()
    expect(handler.successor.events).toEqual([
      'connectionMade',
      'dataReceived',
      'dataReceived',
      'readConnectionLost',
    ])
    handler.successor.transport.loseConnection()
    connection.transport.settle()
    expect(handler.successor.reason).toEqual({ kind: 'closed' })
    expect(connection.clock.pending).toBe(0)
  })

  it('hands nothing to a protocol that closes at once', () => {
    const connection = new Connection()
    const handler = upgrade()
    handler.successor = new RecordingProtocol({ connectionMade: (transport) => transport.loseConnection() })
    connection.send(get({ fields }), handler)
    connection.receive('HTTP/1.1 101 \r\nUpgrade: chat\r\nConnection: upgrade\r\n\r\nfirst')
    connection.transport.settle()
    expect(handler.successor.events).toEqual(['connectionMade', 'connectionLost'])
  })

  it('hands a tunnel over at the 2xx to CONNECT, whatever its framing fields say (RFC 9110 §9.3.6)', () => {
    const connection = new Connection()
    const request = get({ method: 'CONNECT', requestTarget: 'b.example:443' })
    const handler = connection.send(request, upgrade()) as ReturnType<typeof upgrade>
    connection.receive('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nbytes')
    expect(handler.successor.receivedText).toBe('bytes')
  })

  it('P46: to a protocol that was not offered is an error', () => {
    const connection = new Connection()
    const handler = connection.send(get({ fields }), upgrade())
    connection.receive('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n')
    expect(handler.code).toBe('ERR_UPSTREAM_SWITCH')
  })

  it('P47: that the server declines is a response like any other', () => {
    const connection = new Connection()
    const handler = connection.send(get({ fields }), upgrade())
    connection.receive('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
    expect(handler.outcome).toEqual([403, 'no', 'done'])
  })
})

describe('a hook that throws', () => {
  it.each(['onStart', 'onHead', 'onData'] as const)('ends its exchange (%s)', (hook) => {
    const connection = new Connection()
    const handler = new RecordingHandler()
    handler[hook] = () => {
      throw new Error('mine')
    }
    connection.send(get(), handler)
    connection.receive(OK)
    expect(connection.handlerErrors).toEqual([new Error('mine')])
    expect(connection.transport.lostReason).toEqual({ kind: 'aborted' })
    expect(handler.events.map(([name]) => name)).not.toContain('done')
  })

  it('spares the connection when the response was complete', () => {
    const connection = new Connection()
    const handler = new RecordingHandler()
    handler.onDone = () => {
      throw new Error('mine')
    }
    connection.send(get(), handler)
    connection.receive(OK)
    expect(connection.handlerErrors).toEqual([new Error('mine')])
    expect(connection.channel.usable).toBe(true)
  })

  it('comes out of the clock when nobody takes it', () => {
    const connection = new Connection({ onHandlerError: undefined as never })
    const handler = new RecordingHandler()
    handler.onHead = () => {
      throw new Error('mine')
    }
    connection.send(get(), handler)
    connection.receive(OK)
    expect(() => connection.clock.advance(0)).toThrow('mine')
  })
})

describe('loseConnection and abortConnection', () => {
  it('tell the handler that there will be no response', () => {
    for (const method of ['loseConnection', 'abortConnection'] as const) {
      const connection = new Connection()
      const handler = connection.send()
      connection.channel[method]()
      connection.transport.settle()
      expect(handler.code).toBe('ERR_UPSTREAM_CLOSED')
      expect(connection.transport.disconnected).toBe(true)
    }
  })

  it('are final', () => {
    const connection = new Connection()
    connection.channel.loseConnection()
    connection.channel.loseConnection()
    connection.transport.settle()
    expect(connection.channel.state).toBe('closed')
    expect(() => connection.send()).toThrowError(expect.objectContaining({ code: 'ERR_REQUEST_BUSY' }))
  })
})
