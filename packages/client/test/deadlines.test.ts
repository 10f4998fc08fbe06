import { describe, expect, it } from 'vitest'
import { Connection, get, RecordingHandler } from './recording-handler.ts'

const OPTIONS = { headTimeoutMs: 100, idleTimeoutMs: 50 }

describe('the deadline of the head', () => {
  it('runs from the end of the request, and no octet postpones it', () => {
    const connection = new Connection(OPTIONS)
    const handler = connection.send()
    connection.clock.advance(60)
    connection.receive('HTTP/1.1 200 OK\r\nA: ')
    connection.clock.advance(39)
    expect(handler.error).toBeNull()
    connection.clock.advance(1)
    expect([handler.code, handler.error?.statusHint]).toEqual(['ERR_UPSTREAM_HEAD_TIMEOUT', 504])
    expect(connection.clock.pending).toBe(0)
  })

  it('begins again behind an interim response', () => {
    const connection = new Connection(OPTIONS)
    const handler = connection.send()
    connection.clock.advance(90)
    connection.receive('HTTP/1.1 102 \r\n\r\n')
    connection.clock.advance(99)
    expect(handler.error).toBeNull()
    connection.clock.advance(1)
    expect(handler.code).toBe('ERR_UPSTREAM_HEAD_TIMEOUT')
  })

  it('does not run while our own side has content to send and sends none', () => {
    const connection = new Connection(OPTIONS)
    const handler = connection.send(get({ method: 'PUT', contentLength: 1 }))
    handler.exchange?.flush()
    connection.clock.advance(1_000)
    expect(handler.error).toBeNull()
    handler.exchange?.write(new Uint8Array(1))
    handler.exchange?.finish()
    connection.clock.advance(100)
    expect(handler.code).toBe('ERR_UPSTREAM_HEAD_TIMEOUT')
  })
})

describe('the deadline of the content', () => {
  it('begins again with every octet', () => {
    const connection = new Connection(OPTIONS)
    const handler = connection.send()
    connection.receive('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')
    for (let i = 0; i < 5; i += 1) {
      connection.clock.advance(49)
      connection.receive('x')
    }
    expect(handler.error).toBeNull()
    connection.clock.advance(50)
    expect([handler.code, handler.error?.statusHint]).toEqual(['ERR_UPSTREAM_IDLE_TIMEOUT', 504])
  })

  it('does not run while we do not read', () => {
    const connection = new Connection(OPTIONS)
    const handler = new RecordingHandler()
    handler.onHead = () => handler.exchange?.pauseProducing()
    connection.send(get(), handler)
    connection.receive('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')
    connection.clock.advance(1_000)
    expect(handler.error).toBeNull()
    handler.exchange?.resumeProducing()
    connection.clock.advance(49)
    expect(handler.error).toBeNull()
    connection.clock.advance(1)
    expect(handler.code).toBe('ERR_UPSTREAM_IDLE_TIMEOUT')
  })
})

describe('the deadline of sending', () => {
  it('begins again with every octet that the server takes', () => {
    const connection = new Connection(OPTIONS, { manualDrain: true })
    const handler = connection.send(get({ method: 'PUT', content: new Uint8Array(1_000) }))
    for (let i = 0; i < 5; i += 1) {
      connection.clock.advance(90)
      connection.transport.drain(10)
    }
    expect(handler.error).toBeNull()
    connection.clock.advance(200)
    expect([handler.code, handler.error?.statusHint]).toEqual(['ERR_UPSTREAM_SEND_TIMEOUT', 504])
  })

  it('runs while the request is being written, too', () => {
    const connection = new Connection(OPTIONS, { manualDrain: true })
    const handler = connection.send(get({ method: 'PUT', contentLength: 100 }))
    handler.exchange?.write(new Uint8Array(10))
    connection.clock.advance(101)
    expect(handler.code).toBe('ERR_UPSTREAM_SEND_TIMEOUT')
  })
})

describe('a deadline that is switched off', () => {
  it('never passes', () => {
    const connection = new Connection({ headTimeoutMs: null, idleTimeoutMs: null })
    const handler = connection.send()
    connection.clock.advance(1e9)
    connection.receive('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')
    connection.clock.advance(1e9)
    expect(handler.error).toBeNull()
    expect(connection.clock.pending).toBe(0)
  })
})
