import { describe, expect, it } from 'vitest'
import { readCommandLine } from '../src/command-line.ts'
import type { CommandLine } from '../src/command-line.ts'

function read(args: string[], environment: Record<string, string> = {}): CommandLine {
  const reading = readCommandLine(args, environment, '1.2.3')
  if (reading.kind !== 'serve') throw new Error(JSON.stringify(reading))
  return reading.commandLine
}

function wrong(args: string[], environment: Record<string, string> = {}): string {
  const reading = readCommandLine(args, environment, '1.2.3')
  if (reading.kind !== 'wrong') throw new Error(JSON.stringify(reading))
  expect(reading.message).not.toContain('\n')
  expect(reading.message).toMatch(/^millrace-proxy: .*; see millrace-proxy --help$/)
  return reading.message
}

describe('readCommandLine', () => {
  it('reads a server to fetch everything from', () => {
    expect(read(['--to', 'http://127.0.0.1:3000'])).toEqual({
      mode: {
        kind: 'reverse',
        to: { host: '127.0.0.1', port: 3000, secure: false },
        url: 'http://127.0.0.1:3000',
        preserveHost: false,
      },
      listen: { kind: 'tcp', host: '127.0.0.1', port: 8080 },
      pseudonym: undefined,
      proxies: null,
      upgradeProtocols: ['websocket'],
      connectTimeoutMs: 10_000,
      headTimeoutMs: 60_000,
      idleTimeoutMs: 60_000,
      graceMs: 5_000,
      quiet: false,
    })
    const to = (url: string): unknown => {
      const { mode } = read(['--to', url, '--preserve-host'])
      return mode.kind === 'reverse' && mode.preserveHost && mode.to
    }
    expect(to('http://a.example')).toEqual({ host: 'a.example', port: 80, secure: false })
    expect(to('https://a.example/')).toEqual({ host: 'a.example', port: 443, secure: true })
    expect(to('http://[::1]:81')).toEqual({ host: '::1', port: 81, secure: false })
  })

  it('reads that it is a forward proxy, and which ports tunnels may reach', () => {
    expect(read(['--forward']).mode).toEqual({ kind: 'forward', connectPorts: [443] })
    expect(read(['--forward', '--connect-ports', '443, 8443']).mode).toMatchObject({
      connectPorts: [443, 8443],
    })
    expect(read(['--forward', '--connect-ports', 'all']).mode).toMatchObject({ connectPorts: 'all' })
  })

  it('reads where to listen', () => {
    const listen = (args: string[], environment = {}): unknown =>
      read(['--forward', ...args], environment).listen
    expect(listen(['-p', '0', '--host', '::'])).toEqual({ kind: 'tcp', host: '::', port: 0 })
    expect(listen([], { PORT: '81' })).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 81 })
    expect(listen(['-p', '82'], { PORT: '81' })).toMatchObject({ port: 82 })
    expect(listen(['--unix', '/run/p.sock'])).toEqual({ kind: 'unix', path: '/run/p.sock' })
  })

  it('reads name and times', () => {
    const times = ['--connect-timeout', '1', '--head-timeout', '0.5', '--idle-timeout', '3', '--grace', '0']
    expect(read(['--forward', '--via', 'edge-1', '-q', ...times])).toMatchObject({
      pseudonym: 'edge-1',
      quiet: true,
      connectTimeoutMs: 1_000,
      headTimeoutMs: 500,
      idleTimeoutMs: 3_000,
      graceMs: 0,
    })
  })

  it('reads whose PROXY header is believed', () => {
    const proxies = (...args: string[]): unknown => read(['--forward', ...args]).proxies
    expect(proxies('--proxy-protocol', '10.0.0.0/8, ::1,unix')).toEqual({
      trusted: ['10.0.0.0/8', '::1', 'unix'],
      untrusted: 'refuse',
    })
    expect(proxies('--proxy-protocol', '::1', '--proxy-protocol-others', 'plain')).toEqual({
      trusted: ['::1'],
      untrusted: 'plain',
    })
  })

  it('reads what an Upgrade may switch to', () => {
    const protocols = (...args: string[]): unknown => read(['--forward', ...args]).upgradeProtocols
    expect(protocols('--upgrade', 'websocket, IRC')).toEqual(['websocket', 'irc'])
    expect(protocols('--no-upgrade')).toEqual([])
  })

  it.each([
    [[], /one of --to <url> and --forward/],
    [['--forward', '--to', 'http://a.example'], /cannot be used with/],
    [['--forward', '--preserve-host'], /cannot be used with/],
    [['--to', 'http://a.example', '--connect-ports', '1'], /cannot be used with/],
    [['--no-such-flag'], /unknown option '--no-such-flag'/],
    [['--forward', 'extra'], /too many arguments/],
    [['--to', 'a.example'], /A server is/],
    [['--to', 'ftp://a.example'], /A server is/],
    [['--to', 'http://u:p@a.example'], /A server is/],
    [['--to', 'http://a.example/path'], /A server is/],
    [['--forward', '--port', '65536'], /A port is/],
    [['--forward', '--connect-ports', '0'], /port 0/],
    [['--forward', '--connect-ports', 'http'], /A port is/],
    [['--forward', '--via', 'a b'], /A name is/],
    [['--forward', '--head-timeout', 'soon'], /A time is/],
    [['--forward', '--unix', 'x', '--port', '1'], /cannot be used with/],
    [
      ['--forward', '--proxy-protocol', 'localhost'],
      /not an address, a range of addresses or unix: localhost/,
    ],
    [['--forward', '--proxy-protocol', ''], /not an address/],
    [['--forward', '--proxy-protocol', '10.0.0.1/8'], /bits are set behind the prefix/],
    [['--forward', '--proxy-protocol', '::1', '--proxy-protocol-others', 'some'], /refuse, plain/],
    [['--forward', '--proxy-protocol-others', 'plain'], /needs --proxy-protocol <peers>/],
    [['--forward', '--upgrade', 'h2c'], /may be switched to: h2c/],
    [['--forward', '--upgrade', 'websocket,'], /may be switched to/],
  ])('refuses %j in one line', (args, message) => {
    expect(wrong(args)).toMatch(message)
  })

  it('refuses a PORT that is none', () => {
    expect(wrong(['--forward'], { PORT: 'x' })).toMatch(/PORT is 'x'/)
  })

  it('prints help and version', () => {
    expect(readCommandLine(['--version'], {}, '1.2.3')).toEqual({ kind: 'print', text: '1.2.3\n' })
    const help = readCommandLine(['--help'], {}, '1.2.3')
    expect(help.kind === 'print' && help.text).toMatch(/--connect-ports <list>/)
  })
})
