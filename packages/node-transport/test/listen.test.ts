import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Protocol } from '@millrace/transport'
import { RecordingProtocol, wireBytes } from '@millrace/testing'
import { testCertificate } from '@millrace/testing/certificate'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect, listen } from '../src/index.ts'
import type { Listener, ListenOptions } from '../src/index.ts'
import { turn, until } from './until.ts'

async function listening(
  options: ListenOptions = {},
  factory: () => Protocol = () => new RecordingProtocol(),
): Promise<Listener> {
  const listener = await listen(factory, 'path' in options ? options : { host: '127.0.0.1', ...options })
  onTestFinished(() => listener[Symbol.asyncDispose]())
  return listener
}

function temporaryPath(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, name)
}

describe('listen', () => {
  it('takes a free port for port 0', async () => {
    const listener = await listening({ port: 0 })
    expect(listener.port).toBeGreaterThan(0)
    expect(listener.address).toEqual({ family: 'IPv4', host: '127.0.0.1', port: listener.port })
    expect(listener.listening).toBe(true)
  })

  it('rejects with ERR_LISTEN_IN_USE when the port is taken', async () => {
    const { port } = await listening()
    const attempt = listen(() => new RecordingProtocol(), { port, host: '127.0.0.1' })
    await expect(attempt).rejects.toMatchObject({
      name: 'TransportError',
      code: 'ERR_LISTEN_IN_USE',
      message: `127.0.0.1:${port}: the address is in use`,
      statusHint: 500,
      cause: { code: 'EADDRINUSE' },
    })
  })

  it('rejects with ERR_LISTEN_UNAVAILABLE when the address is not of this machine', async () => {
    // 192.0.2.0/24 is for documentation (RFC 5737).
    const attempt = listen(() => new RecordingProtocol(), { host: '192.0.2.1' })
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_LISTEN_UNAVAILABLE' })
  })

  it('rejects with ERR_LISTEN_FAILED when the system fails otherwise', async () => {
    const attempt = listen(() => new RecordingProtocol(), { path: temporaryPath('missing/directory/x.sock') })
    await expect(attempt).rejects.toMatchObject({
      name: 'TransportError',
      code: expect.stringMatching('ERR_LISTEN_'),
    })
  })

  it.each([-1, 65_536, 1.5, Number.NaN])('throws a RangeError for port %s', async (port) => {
    await expect(listen(() => new RecordingProtocol(), { port })).rejects.toThrow(RangeError)
  })

  it('throws a TypeError for a path together with a port or host', async () => {
    const factory = (): Protocol => new RecordingProtocol()
    await expect(listen(factory, { path: 'x.sock', port: 1 })).rejects.toThrow(TypeError)
    await expect(listen(factory, { path: 'x.sock', host: 'localhost' })).rejects.toThrow(TypeError)
  })

  it('keeps the set of open connections, right already when connectionLost runs', async () => {
    const sizes: number[] = []
    const listener = await listening(
      {},
      () => new RecordingProtocol({ connectionLost: () => void sizes.push(listener.connections.size) }),
    )
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, new RecordingProtocol())
    await until(() => listener.connections.size === 1)
    transport.abortConnection()
    await until(() => sizes.length === 1)
    expect(sizes).toEqual([0])
  })

  it('stops accepting on close and leaves open connections alone', async () => {
    const listener = await listening(
      {},
      () => new RecordingProtocol({ dataReceived: (bytes, transport) => transport.write(bytes) }),
    )
    const { port } = listener
    const protocol = new RecordingProtocol()
    const transport = await connect({ port, host: '127.0.0.1' }, protocol)
    await until(() => listener.connections.size === 1)
    await listener.close()
    await listener.close()
    expect(listener.listening).toBe(false)
    await expect(connect({ port, host: '127.0.0.1' }, new RecordingProtocol())).rejects.toMatchObject({
      code: 'ERR_CONNECT_REFUSED',
    })
    transport.write(wireBytes('still here'))
    await until(() => protocol.receivedText === 'still here')
    expect(protocol.receivedText).toBe('still here')
  })

  it('frees the port on close', async () => {
    const first = await listening()
    await first.close()
    const second = await listening({ port: first.port })
    expect(second.port).toBe(first.port)
  })

  it('aborts what is open when it is disposed', async () => {
    const listener = await listening()
    const protocol = new RecordingProtocol()
    await connect({ port: listener.port, host: '127.0.0.1' }, protocol)
    await until(() => listener.connections.size === 1)
    await listener[Symbol.asyncDispose]()
    await until(() => protocol.reason !== null)
    expect(protocol.reason?.kind).toBe('reset')
    expect(listener.listening).toBe(false)
  })

  it('aborts a connection whose factory throws, and reports', async () => {
    const errors: unknown[] = []
    const mistake = new Error('no protocol')
    const listener = await listening({ onProtocolError: (error) => void errors.push(error) }, () => {
      throw mistake
    })
    const socket = createConnection({ port: listener.port, host: '127.0.0.1' })
    const [error] = (await once(socket, 'error')) as [{ code: string }]
    expect(error.code).toBe('ECONNRESET')
    expect(errors).toEqual([mistake])
    await until(() => listener.connections.size === 0)
    expect(listener.listening).toBe(true)
  })

  it('takes IPv4 connections at an IPv6 address unless told otherwise', async () => {
    const both = await listening({ host: '::' })
    const transport = await connect({ port: both.port, host: '127.0.0.1' }, new RecordingProtocol())
    transport.abortConnection()
    const one = await listening({ host: '::', ipv6Only: true })
    const attempt = connect({ port: one.port, host: '127.0.0.1' }, new RecordingProtocol())
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_CONNECT_REFUSED' })
  })

  it('tells the factory who connects', async () => {
    const ports: number[] = []
    const listener = await listen(
      (info) => {
        const peer = info.getPeer()
        if (peer.family === 'IPv4') ports.push(peer.port)
        return new RecordingProtocol()
      },
      { host: '127.0.0.1' },
    )
    onTestFinished(() => listener[Symbol.asyncDispose]())
    const transport = await connect({ port: listener.port, host: '127.0.0.1' }, new RecordingProtocol())
    await until(() => ports.length === 1)
    expect(transport.getHost()).toEqual({ family: 'IPv4', host: '127.0.0.1', port: ports[0] })
  })
})

describe('listen on a unix socket', () => {
  it('removes its file on close', async () => {
    const path = temporaryPath('a.sock')
    const listener = await listening({ path })
    expect(existsSync(path)).toBe(true)
    expect(listener.port).toBe(0)
    expect(listener.address).toEqual({ family: 'unix', path })
    await listener.close()
    expect(existsSync(path)).toBe(false)
  })

  it('replaces a file at which nobody listens any more', async () => {
    const path = temporaryPath('stale.sock')
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    await once(spawn(process.execPath, ['-e', script]), 'exit')
    expect(existsSync(path)).toBe(true)
    const listener = await listening({ path })
    await expect(connect({ path }, new RecordingProtocol())).resolves.toBeDefined()
    expect(listener.listening).toBe(true)
  })

  it('rejects with ERR_LISTEN_IN_USE when somebody listens there, and leaves them alone', async () => {
    const path = temporaryPath('used.sock')
    await listening({ path })
    const attempt = listen(() => new RecordingProtocol(), { path })
    await expect(attempt).rejects.toMatchObject({
      code: 'ERR_LISTEN_IN_USE',
      message: `${path}: the address is in use`,
    })
    await expect(connect({ path }, new RecordingProtocol())).resolves.toBeDefined()
  })

  it('does not remove a file that is no socket', async () => {
    const path = temporaryPath('precious.txt')
    writeFileSync(path, 'precious')
    await expect(listen(() => new RecordingProtocol(), { path })).rejects.toMatchObject({
      code: 'ERR_LISTEN_IN_USE',
    })
    expect(existsSync(path)).toBe(true)
  })
})

describe('listen with TLS', () => {
  it('reports a failed handshake and makes no protocol of it', async () => {
    const { key, cert } = await testCertificate()
    const failures: Error[] = []
    let made = 0
    const listener = await listening(
      { tls: { key, cert }, onConnectError: (error) => void failures.push(error) },
      () => {
        made += 1
        return new RecordingProtocol()
      },
    )
    const socket = createConnection({ port: listener.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\n\r\n')
    socket.resume()
    await once(socket, 'close')
    expect(failures).toHaveLength(1)
    expect(made).toBe(0)
  })

  it('drops a connection that does not finish its handshake in time', async () => {
    const { key, cert } = await testCertificate()
    const failures: Error[] = []
    const tls = { key, cert, handshakeTimeout: 20 }
    const listener = await listening({ tls, onConnectError: (error) => void failures.push(error) })
    const socket = createConnection({ port: listener.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'close')
    expect(failures).toMatchObject([{ code: 'ERR_TLS_HANDSHAKE_TIMEOUT' }])
  })

  it('drops a connection in its handshake on close', async () => {
    const { key, cert } = await testCertificate()
    const listener = await listening({ tls: { key, cert } })
    const socket = createConnection({ port: listener.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    await once(socket, 'connect')
    // The system may have accepted for us; until Node has, there is nothing to drop.
    for (let count = 0; count < 20; count += 1) await turn()
    await listener.close()
    socket.resume()
    await once(socket, 'close')
    expect(listener.connections.size).toBe(0)
  })

  it('uses a new certificate for the connections to come', async () => {
    const [first, second] = [await testCertificate(), await testCertificate()]
    const listener = await listening({ tls: { ...first } })
    const target = { port: listener.port, host: '127.0.0.1' }
    await connect(target, new RecordingProtocol(), { tls: { ca: first.cert } })
    listener.setSecureContext({ ...second })
    await connect(target, new RecordingProtocol(), { tls: { ca: second.cert } })
    const attempt = connect(target, new RecordingProtocol(), { tls: { ca: first.cert } })
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_CONNECT_TLS' })
  })

  it('throws a TypeError for a new certificate without TLS', async () => {
    const listener = await listening()
    expect(() => listener.setSecureContext({})).toThrow(TypeError)
  })
})
