import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { FakeClock, RecordingProtocol } from '@millrace/testing'
import { testCertificate } from '@millrace/testing/certificate'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect, listen } from '../src/index.ts'
import type { ConnectTarget, Listener, ListenOptions } from '../src/index.ts'

async function listening(options: ListenOptions = {}): Promise<Listener> {
  const listener = await listen(() => new RecordingProtocol(), { host: '127.0.0.1', ...options })
  onTestFinished(() => listener[Symbol.asyncDispose]())
  return listener
}

/** A server that accepts and never says a word: a TLS handshake with it does not end. */
async function silentServer(): Promise<ConnectTarget & { port: number }> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, host: '127.0.0.1' }
}

describe('connect', () => {
  it('gives the protocol its connection before it resolves', async () => {
    const { port } = await listening()
    const protocol = new RecordingProtocol()
    const transport = await connect({ port, host: '127.0.0.1' }, protocol)
    expect(protocol.events).toEqual(['connectionMade'])
    expect(protocol.transport).toBe(transport)
    transport.abortConnection()
  })

  it('finds localhost when no host is given', async () => {
    const { port } = await listening({ host: 'localhost' })
    const transport = await connect({ port }, new RecordingProtocol())
    expect(transport.getPeer()).toMatchObject({ port })
    transport.abortConnection()
  })

  it('rejects with ERR_CONNECT_REFUSED when nobody listens, and calls nothing', async () => {
    const listener = await listening()
    const { port } = listener
    await listener.close()
    const protocol = new RecordingProtocol()
    await expect(connect({ port, host: '127.0.0.1' }, protocol)).rejects.toMatchObject({
      name: 'TransportError',
      code: 'ERR_CONNECT_REFUSED',
      message: `127.0.0.1:${port}: nothing accepts connections there`,
      statusHint: 502,
      section: 'RFC 9110 §15.6.3',
      cause: { code: 'ECONNREFUSED' },
    })
    expect(protocol.events).toEqual([])
  })

  it('rejects with ERR_CONNECT_REFUSED when there is no such unix socket', async () => {
    const attempt = connect({ path: '/nonexistent/millrace.sock' }, new RecordingProtocol())
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_CONNECT_REFUSED' })
  })

  it('rejects with ERR_CONNECT_TIMEOUT when the time is over, and leaves no timer', async () => {
    const target = await silentServer()
    const clock = new FakeClock()
    const attempt = connect(target, new RecordingProtocol(), { tls: true, clock, timeoutMs: 50 })
    clock.advance(50)
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_CONNECT_TIMEOUT', statusHint: 504 })
    expect(clock.pending).toBe(0)
  })

  it('waits 10 s unless told otherwise', async () => {
    const target = await silentServer()
    const clock = new FakeClock()
    const attempt = connect(target, new RecordingProtocol(), { tls: true, clock })
    expect(clock.dueTimesMs).toEqual([10_000])
    clock.advance(10_000)
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_CONNECT_TIMEOUT' })
  })

  it('sets no timer of its own when the time is null', async () => {
    const { port } = await listening()
    const clock = new FakeClock()
    const attempt = connect({ port, host: '127.0.0.1' }, new RecordingProtocol(), { clock, timeoutMs: null })
    expect(clock.pending).toBe(0)
    ;(await attempt).abortConnection()
  })

  it('leaves no timer when the connection stands', async () => {
    const { port } = await listening()
    const clock = new FakeClock()
    const transport = await connect({ port, host: '127.0.0.1' }, new RecordingProtocol(), { clock })
    expect(clock.pending).toBe(0)
    transport.abortConnection()
  })

  it('rejects with the reason of the signal, also one that is no error', async () => {
    const target = await silentServer()
    const controller = new AbortController()
    const attempt = connect(target, new RecordingProtocol(), { tls: true, signal: controller.signal })
    controller.abort(null)
    await expect(attempt).rejects.toBeNull()
  })

  it('does not begin when the signal is aborted already', async () => {
    const reason = new Error('no more')
    const attempt = connect({ port: 1 }, new RecordingProtocol(), { signal: AbortSignal.abort(reason) })
    await expect(attempt).rejects.toBe(reason)
  })

  it('does not heed the signal once the connection stands', async () => {
    const { port } = await listening()
    const controller = new AbortController()
    const protocol = new RecordingProtocol()
    const transport = await connect({ port, host: '127.0.0.1' }, protocol, { signal: controller.signal })
    controller.abort()
    expect(transport.disconnecting).toBe(false)
    transport.abortConnection()
  })

  it.each([0, 65_536, 1.5])('throws a RangeError for port %s', async (port) => {
    await expect(connect({ port }, new RecordingProtocol())).rejects.toThrow(RangeError)
  })

  it.each([-1, Number.NaN, Infinity])('throws a RangeError for a timeout of %s ms', async (timeoutMs) => {
    await expect(connect({ port: 1 }, new RecordingProtocol(), { timeoutMs })).rejects.toThrow(RangeError)
  })
})

describe('connect with TLS', () => {
  it('verifies the certificate by default', async () => {
    const { key, cert } = await testCertificate()
    const { port } = await listening({ tls: { key, cert } })
    const protocol = new RecordingProtocol()
    const attempt = connect({ port, host: '127.0.0.1' }, protocol, { tls: true })
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_CONNECT_TLS', statusHint: 502 })
    expect(protocol.events).toEqual([])
  })

  it('verifies the name in the certificate', async () => {
    const { key, cert } = await testCertificate()
    const { port } = await listening({ tls: { key, cert } })
    const tls = { ca: cert, servername: 'example.com' }
    const attempt = connect({ port, host: '127.0.0.1' }, new RecordingProtocol(), { tls })
    await expect(attempt).rejects.toMatchObject({
      code: 'ERR_CONNECT_TLS',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
  })

  it.each(['localhost', '127.0.0.1'])('accepts a certificate for %s', async (host) => {
    const { key, cert } = await testCertificate()
    const { port } = await listening({ host, tls: { key, cert } })
    const transport = await connect({ port, host }, new RecordingProtocol(), { tls: { ca: cert } })
    expect(transport.isSecure()).toBe(true)
    transport.abortConnection()
  })

  it('connects without verification when told so', async () => {
    const { key, cert } = await testCertificate()
    const { port } = await listening({ tls: { key, cert } })
    const tls = { rejectUnauthorized: false }
    const transport = await connect({ port, host: '127.0.0.1' }, new RecordingProtocol(), { tls })
    expect(transport.isSecure()).toBe(true)
    transport.abortConnection()
  })

  it('agrees on http/1.1 unless told otherwise', async () => {
    const { key, cert } = await testCertificate()
    const { port } = await listening({ tls: { key, cert, ALPNProtocols: ['other', 'http/1.1'] } })
    const target = { port, host: '127.0.0.1' }
    const standard = await connect(target, new RecordingProtocol(), { tls: { ca: cert } })
    expect(standard.negotiatedProtocol).toBe('http/1.1')
    const other = await connect(target, new RecordingProtocol(), {
      tls: { ca: cert, ALPNProtocols: ['other'] },
    })
    expect(other.negotiatedProtocol).toBe('other')
    standard.abortConnection()
    other.abortConnection()
  })

  it('rejects with ERR_CONNECT_TLS when the peer does not speak TLS', async () => {
    const { port } = await listening()
    const listener = await listen(
      () => new RecordingProtocol({ dataReceived: (_, transport) => transport.loseConnection() }),
      { host: '127.0.0.1' },
    )
    onTestFinished(() => listener[Symbol.asyncDispose]())
    expect(port).not.toBe(listener.port)
    const attempt = connect({ port: listener.port, host: '127.0.0.1' }, new RecordingProtocol(), {
      tls: true,
    })
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_CONNECT_TLS' })
  })
})
