import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { testCertificate } from '@millrace/testing/certificate'
import { beforeAll, describe, expect, it } from 'vitest'
import { atEnd, head, nodeOrigin, OK, RawConnection, RawOrigin } from './lab.ts'
import { buildCommand, curl, Program } from './programs.ts'

beforeAll(buildCommand, 120_000)

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('millrace-proxy', () => {
  it('says where it listens, and for what', async () => {
    const port = await nodeOrigin((_incoming, outgoing) => void outgoing.end('hello'))
    const listening = await Program.proxy('--to', `http://127.0.0.1:${port}`, '--port', '0').listening()
    expect(listening).toEqual({
      event: 'listening',
      url: `http://127.0.0.1:${listening.port}`,
      port: listening.port,
      mode: 'reverse',
      to: `http://127.0.0.1:${port}`,
    })
    expect(await curl([listening.url])).toBe('hello')
  })

  it('speaks TLS to its server, and verifies the certificate', async () => {
    const { key, cert } = await testCertificate()
    const server = createTlsServer({ key, cert }, (_incoming, outgoing) => void outgoing.end('secret'))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
    atEnd(() => server.close())
    const { port } = server.address() as AddressInfo
    const folder = mkdtempSync(join(tmpdir(), 'millrace-proxy-'))
    atEnd(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'ca.pem'), cert)
    const args = ['--to', `https://localhost:${port}`, '--port', '0']
    const trusting = new Program('dist/main.js', args, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })
    expect(await curl([(await trusting.listening()).url])).toBe('secret')
    expect(await curl([(await Program.proxy(...args).listening()).url])).toBe('502 Bad Gateway\n')
  })

  it('listens on a unix socket', async () => {
    const port = await nodeOrigin((_incoming, outgoing) => void outgoing.end('hello'))
    const folder = mkdtempSync(join(tmpdir(), 'millrace-proxy-'))
    atEnd(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'socket')
    const { url } = await Program.proxy('--forward', '--unix', path).listening()
    expect(url).toBe(`unix:${path}`)
    const client = new RawConnection(connect({ path, allowHalfOpen: true }))
    client.send(head(`GET http://127.0.0.1:${port}/ HTTP/1.1`, 'Host: a'))
    await client.until('hello')
  })

  it('believes a PROXY header of those that are trusted, and says what came without one', async () => {
    const origin = await RawOrigin.answering(OK)
    const to = `http://127.0.0.1:${origin.port}`
    const program = Program.proxy('--to', to, '--port', '0', '--proxy-protocol', '127.0.0.1')
    const { port } = await program.listening()
    const open = (): RawConnection => new RawConnection(connect({ port, host: '127.0.0.1' }))
    await open().send(`PROXY TCP4 192.0.2.7 198.51.100.3 56324 443\r\n${GET}`).until('ok')
    expect(origin.received).toContain('X-Forwarded-For: 192.0.2.7\r\n')
    expect(await open().send(GET).untilClosed()).toBe('')
    await expect
      .poll(() => program.errors)
      .toMatch(/^millrace-proxy: ERR_PROXY_MISSING: [\x20-\x7e]+, from 127\.0\.0\.1\n$/)
    program.process.stderr?.destroy() // nobody reads it any more
    for (let count = 0; count < 3; count += 1) expect(await open().send(GET).untilClosed()).toBe('')
    await open().send(`PROXY UNKNOWN\r\n${GET}`).until('ok')
  })

  it('passes on the Upgrades that it is told to, and no others', async () => {
    const origin = await RawOrigin.answering(OK)
    const to = `http://127.0.0.1:${origin.port}`
    const offer = async (protocol: string, ...args: string[]): Promise<boolean> => {
      const { port } = await Program.proxy('--to', to, '--port', '0', ...args).listening()
      const before = origin.received.length
      const fields = ['Host: a', 'Connection: Upgrade', `Upgrade: ${protocol}`]
      await new RawConnection(connect({ port, host: '127.0.0.1' }))
        .send(head('GET / HTTP/1.1', ...fields))
        .until('ok')
      return origin.received.slice(before).includes(`Upgrade: ${protocol}\r\n`)
    }
    expect(await offer('websocket')).toBe(true)
    expect(await offer('websocket', '--no-upgrade')).toBe(false)
    expect(await offer('irc', '--upgrade', 'websocket,irc')).toBe(true)
  })

  it('says in one line what is wrong with its arguments, and exits with 2', async () => {
    const program = Program.proxy('--no-such-flag')
    expect(await program.exited()).toBe(2)
    expect(program.errors).toMatch(/^millrace-proxy: unknown option '--no-such-flag'.*\n$/)
    expect(program.output).toBe('')
  })

  it('says in one line why it cannot listen, and exits with 1', async () => {
    const { port } = await Program.proxy('--forward', '--port', '0').listening()
    const program = Program.proxy('--forward', '--port', String(port))
    expect(await program.exited()).toBe(1)
    expect(program.errors).toMatch(/^millrace-proxy: 127\.0\.0\.1:\d+: the address is in use\n$/)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes what it owes at %s, and exits with 0', async (signal) => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      program.process.kill(signal)
      await idle.untilEnd()
      connection.send(OK)
    })
    const program = Program.proxy('--to', `http://127.0.0.1:${origin.port}`, '--port', '0', '--grace', '30')
    const { port } = await program.listening()
    const open = (): RawConnection =>
      new RawConnection(connect({ port, host: '127.0.0.1', allowHalfOpen: true }))
    const idle = open()
    const busy = open().send(GET)
    expect(await busy.untilEnd()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*ok$/)
    idle.socket.destroy()
    busy.socket.destroy()
    expect(await program.exited()).toBe(0)
  })

  it('breaks off what does not end in time', async () => {
    const origin = await RawOrigin.start(() => {})
    const program = Program.proxy('--to', `http://127.0.0.1:${origin.port}`, '--port', '0', '--grace', '0.02')
    const { port } = await program.listening()
    const client = new RawConnection(connect({ port, host: '127.0.0.1' })).send(GET)
    await expect.poll(() => origin.received).toContain('\r\n\r\n')
    program.process.kill('SIGTERM')
    await client.untilClosed()
    expect(await program.exited()).toBe(0)
  })
})
