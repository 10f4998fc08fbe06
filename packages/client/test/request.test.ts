import { Headers } from '@millrace/headers'
import { describe, expect, it } from 'vitest'
import { PreparedRequest } from '../src/index.ts'
import type { OutgoingRequest } from '../src/index.ts'
import { Connection, get } from './recording-handler.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function wireOf(request: OutgoingRequest): string {
  const connection = new Connection()
  connection.send(request)
  return connection.transport.writtenText
}

describe('a request on the wire', () => {
  it('has the fields in order and spelling, and no framing without content', () => {
    const headers = new Headers([
      ['hOST', 'a.example'],
      ['X-B', '2'],
      ['X-A', '1'],
      ['X-B', '3'],
    ])
    expect(wireOf(get({ requestTarget: '/a?b', headers }))).toBe(
      'GET /a?b HTTP/1.1\r\nhOST: a.example\r\nX-B: 2\r\nX-A: 1\r\nX-B: 3\r\n\r\n',
    )
  })

  it.each(['POST', 'PUT', 'PATCH'])('says of %s that there is no content (RFC 9110 §8.6)', (method) => {
    expect(wireOf(get({ method }))).toBe(
      `${method} / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n`,
    )
  })

  it('carries content that is at hand in one write with its head', () => {
    const connection = new Connection()
    connection.send(get({ method: 'POST', content: bytes('hello') }))
    expect(connection.transport.writes).toHaveLength(1)
    expect(connection.transport.writtenText).toBe(
      'POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello',
    )
  })

  it('P20: frames content of any method, a GET too', () => {
    expect(wireOf(get({ content: bytes('x') }))).toContain('\r\nContent-Length: 1\r\n\r\nx')
  })

  it('carries content of unknown length in chunks, with trailers (RFC 9112 §7.1)', () => {
    const connection = new Connection()
    const { exchange } = connection.send(get({ method: 'PUT', contentLength: null }))
    exchange?.write(bytes('hello'))
    exchange?.write(bytes(''))
    exchange?.write(new Uint8Array(5_000).fill(0x61))
    exchange?.finish(new Headers({ 'X-Sum': '1' }))
    expect(connection.transport.writtenText).toBe(
      `PUT / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1388\r\n${'a'.repeat(5_000)}\r\n0\r\nX-Sum: 1\r\n\r\n`,
    )
    expect(connection.transport.writes).toHaveLength(3)
  })

  it('does not copy long pieces', () => {
    const connection = new Connection({}, { manualDrain: true })
    const { exchange } = connection.send(get({ method: 'PUT', contentLength: 8_192 }))
    const piece = new Uint8Array(8_192)
    exchange?.write(piece)
    exchange?.finish()
    expect(connection.transport.bufferedBytes).toBeGreaterThan(8_192)
    expect(exchange?.requestSent).toBe(true)
  })

  it('sends its head at the end of the turn when no content came until then', async () => {
    const connection = new Connection()
    connection.send(get({ method: 'PUT', contentLength: 3 }))
    expect(connection.transport.writtenText).toBe('')
    await Promise.resolve()
    expect(connection.transport.writtenText).toContain('Content-Length: 3\r\n\r\n')
  })

  it('can be prepared once and sent often', () => {
    const prepared = new PreparedRequest(get({ method: 'PUT', content: bytes('x') }))
    expect(wireOf(prepared)).toBe(wireOf(prepared))
    expect(prepared.contentLength).toBe(1)
  })
})

describe('P38: what may not go out is refused at the call', () => {
  const codeOf = (request: OutgoingRequest): unknown => {
    const connection = new Connection()
    try {
      connection.send(request)
    } catch (error) {
      expect(connection.transport.writes).toEqual([])
      expect(connection.channel.usable).toBe(true)
      expect(error).toBeInstanceOf(TypeError)
      return (error as { code: string }).code
    }
    return undefined
  }

  it.each(['', 'GE T', 'GET\r\n', 'G\0T'])('method %j', (method) => {
    expect(codeOf(get({ method }))).toBe('ERR_REQUEST_METHOD')
  })

  it.each(['', '/a b', '/a\r\nX: y', '/\0', '/é', '/\x7f'])('target %j', (requestTarget) => {
    expect(codeOf(get({ requestTarget }))).toBe('ERR_REQUEST_TARGET')
  })

  it('twisted#9421: CR and LF in a field of a request, which began another field', () => {
    for (const end of ['\r\n', '\n', '\r', '\0']) {
      expect(() => new Headers([['Host', `a${end}X: y`]])).toThrow(TypeError)
      expect(() => new Headers([[`X${end}Y`, 'z']])).toThrow(TypeError)
      expect(() => new Headers().append('X', `a${end}X: y`)).toThrow(TypeError)
      expect(codeOf(get({ method: `GET${end}` }))).toBe('ERR_REQUEST_METHOD')
      expect(codeOf(get({ requestTarget: `/${end}X:y` }))).toBe('ERR_REQUEST_TARGET')
    }
  })

  it('a request without Host, or with two', () => {
    expect(codeOf(get({ headers: new Headers() }))).toBe('ERR_REQUEST_HOST')
    const twice = new Headers([
      ['Host', 'a'],
      ['host', 'a'],
    ])
    expect(codeOf(get({ headers: twice }))).toBe('ERR_REQUEST_HOST')
  })

  it('P20: framing that is not ours', () => {
    expect(codeOf(get({ fields: { 'Content-Length': '5' } }))).toBe('ERR_REQUEST_FRAMING_FIELD')
    expect(codeOf(get({ fields: { 'transfer-encoding': 'chunked' } }))).toBe('ERR_REQUEST_FRAMING_FIELD')
  })

  it('content of another length than announced', () => {
    expect(codeOf(get({ content: bytes('ab'), contentLength: 1 }))).toBe('ERR_REQUEST_LENGTH_EXCEEDED')
    expect(codeOf(get({ content: bytes('ab'), contentLength: 3 }))).toBe('ERR_REQUEST_LENGTH_SHORT')
    expect(() => new PreparedRequest(get({ contentLength: -1 }))).toThrow(RangeError)
    expect(() => new PreparedRequest(get({ contentLength: 1.5 }))).toThrow(RangeError)
  })
})

describe('ClientExchange', () => {
  const put = (contentLength: number | null): ReturnType<Connection['send']>['exchange'] & object =>
    new Connection().send(get({ method: 'PUT', contentLength })).exchange!

  it('holds content to its length', () => {
    const exchange = put(3)
    exchange.write(bytes('ab'))
    expect(() => exchange.write(bytes('cd'))).toThrowError(
      expect.objectContaining({ code: 'ERR_REQUEST_LENGTH_EXCEEDED' }),
    )
    exchange.write(bytes('c'))
    exchange.finish()
    expect(exchange.requestSent).toBe(true)
  })

  it('aborts a request that ends short: the server would wait for ever', () => {
    const connection = new Connection()
    const { exchange } = connection.send(get({ method: 'PUT', contentLength: 3 }))
    exchange?.write(bytes('ab'))
    expect(() => exchange?.finish()).toThrowError(
      expect.objectContaining({ code: 'ERR_REQUEST_LENGTH_SHORT' }),
    )
    connection.transport.settle()
    expect(connection.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('takes nothing behind its end', () => {
    const exchange = put(null)
    exchange.finish()
    const finished = expect.objectContaining({ code: 'ERR_REQUEST_FINISHED' })
    expect(() => exchange.write(bytes('a'))).toThrowError(finished)
    expect(() => exchange.finish()).toThrowError(finished)
  })

  it('has trailers behind chunks only, and none that are forbidden (RFC 9110 §6.5.1)', () => {
    expect(() => put(1).finish(new Headers({ 'X-Sum': '1' }))).toThrowError(
      expect.objectContaining({ code: 'ERR_REQUEST_TRAILERS' }),
    )
    expect(() => put(null).finish(new Headers({ Host: 'b' }))).toThrow(TypeError)
  })

  it('has one producer at a time', () => {
    const producer = { pauseProducing: () => {}, resumeProducing: () => {}, stopProducing: () => {} }
    const exchange = put(null)
    exchange.registerProducer(producer)
    expect(() => exchange.registerProducer(producer)).toThrow('registered already')
    exchange.unregisterProducer()
    exchange.registerProducer(producer)
  })

  it('is deaf when it is over', () => {
    const connection = new Connection()
    const { exchange } = connection.send(get({ method: 'PUT', contentLength: null }))
    connection.receive('HTTP/1.1 413 \r\nContent-Length: 0\r\n\r\n')
    let stopped = false
    expect(exchange?.over).toBe(true)
    expect(exchange?.write(bytes('late'))).toBe(true)
    exchange?.finish()
    exchange?.abort()
    exchange?.pauseProducing()
    exchange?.resumeProducing()
    exchange?.registerProducer({
      pauseProducing: () => {},
      resumeProducing: () => {},
      stopProducing: () => (stopped = true),
    })
    expect(stopped).toBe(true)
    expect(connection.transport.writtenText).not.toContain('late')
  })
})
