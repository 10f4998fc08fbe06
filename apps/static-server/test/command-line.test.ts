import { describe, expect, it } from 'vitest'
import { readCommandLine, type CommandLine } from '../src/command-line.ts'

const read = (args: string[], environment: Record<string, string> = {}) =>
  readCommandLine(args, environment, '1.2.3')

function served(args: string[], environment: Record<string, string> = {}): CommandLine {
  const reading = read(args, environment)
  if (reading.kind !== 'serve') throw new Error(`not accepted: ${JSON.stringify(reading)}`)
  return reading.commandLine
}

function refusal(args: string[], environment: Record<string, string> = {}): string {
  const reading = read(args, environment)
  if (reading.kind !== 'wrong') throw new Error(`not refused: ${JSON.stringify(reading)}`)
  return reading.message
}

describe('readCommandLine', () => {
  it('serves the current directory on loopback, port 3000, when nothing is said', () => {
    expect(served([])).toEqual({
      directory: '.',
      listen: { kind: 'tcp', host: '127.0.0.1', port: 3000, orNext: true },
      indexNames: ['index.html'],
      listing: true,
      dotfiles: 'well-known',
      symlinks: 'within-root',
      proxies: null,
      quiet: false,
    })
  })

  it('takes every option', () => {
    const args = 'public -p 0 --host :: --index a.html,b.html --no-list --dotfiles deny --symlinks follow -q'
    expect(served(args.split(' '))).toEqual({
      directory: 'public',
      listen: { kind: 'tcp', host: '::', port: 0, orNext: false },
      indexNames: ['a.html', 'b.html'],
      listing: false,
      dotfiles: 'deny',
      symlinks: 'follow',
      proxies: null,
      quiet: true,
    })
  })

  it('listens on a unix socket', () => {
    expect(served(['--unix', '/run/site.sock']).listen).toEqual({ kind: 'unix', path: '/run/site.sock' })
  })

  it('takes the port from PORT', () => {
    expect(served([], { PORT: '8080' }).listen).toMatchObject({ port: 8080, orNext: false })
  })

  it('takes no other port than the one that was asked for, even if that is the default', () => {
    expect(served(['-p', '3000']).listen).toMatchObject({ port: 3000, orNext: false })
  })

  it('prefers --port to PORT', () => {
    expect(served(['--port', '9000'], { PORT: '8080' }).listen).toMatchObject({ port: 9000 })
  })

  it('takes an empty PORT for none', () => {
    expect(served([], { PORT: '' }).listen).toMatchObject({ port: 3000, orNext: true })
  })

  it('accepts port 65535 and refuses 65536', () => {
    expect(served(['-p', '65535']).listen).toMatchObject({ port: 65_535 })
    expect(refusal(['-p', '65536'])).toMatch(/0 to 65535/)
  })

  it.each(['x', '-1', '1.5', '0x10', ''])('refuses %j as a port', (port) => {
    expect(refusal([`--port=${port}`])).toMatch(/0 to 65535/)
  })

  it('refuses a PORT that is no port, and names it', () => {
    expect(refusal([], { PORT: 'http' })).toMatch(/PORT is 'http'/)
  })

  it('refuses an unknown flag in one line, with the one that was meant', () => {
    const message = refusal(['--prot', '80'])
    expect(message).toBe(
      "millrace-static: unknown option '--prot' (Did you mean --port?); see millrace-static --help",
    )
    expect(message).not.toContain('\n')
  })

  it('refuses a second directory', () => {
    expect(refusal(['a', 'b'])).toMatch(/too many arguments/)
  })

  it('refuses an unknown policy and names the known ones', () => {
    expect(refusal(['--dotfiles', 'some'])).toMatch(/deny, well-known, allow/)
    expect(refusal(['--symlinks', 'some'])).toMatch(/within-root, deny, follow/)
  })

  it('refuses a port next to a unix socket', () => {
    expect(refusal(['--unix', '/s', '--port', '80'])).toMatch(/cannot be used with/)
  })

  it('reads whose PROXY header is believed', () => {
    expect(served(['--proxy-protocol', '10.0.0.0/8, ::1,unix']).proxies).toEqual({
      trusted: ['10.0.0.0/8', '::1', 'unix'],
      untrusted: 'refuse',
    })
    expect(served(['--proxy-protocol=::1', '--proxy-protocol-others', 'plain']).proxies).toEqual({
      trusted: ['::1'],
      untrusted: 'plain',
    })
  })

  it.each([
    ['localhost', /not an address, a range of addresses or unix: localhost/],
    ['10.0.0.1,', /not an address/],
    ['', /not an address/],
    ['10.0.0.1/8', /bits are set behind the prefix: 10\.0\.0\.1\/8/],
    ['10.0.0.0/33', /32 bits at most/],
  ])('refuses %j as proxies', (peers, message) => {
    expect(refusal([`--proxy-protocol=${peers}`])).toMatch(message)
  })

  it('refuses an unknown policy for connections past the proxies, and any without proxies', () => {
    expect(refusal(['--proxy-protocol', '::1', '--proxy-protocol-others', 'some'])).toMatch(/refuse, plain/)
    expect(refusal(['--proxy-protocol-others', 'refuse'])).toMatch(/needs --proxy-protocol <peers>/)
  })

  it.each(['../x.html', 'a,,b', '.env', 'a/b', 'a\\b'])('refuses %j as an index', (names) => {
    expect(refusal(['--index', names])).toMatch(/Index names/)
  })

  it('prints the version', () => {
    expect(read(['--version'])).toEqual({ kind: 'print', text: '1.2.3\n' })
  })

  it('prints a help that names every option', () => {
    const reading = read(['-h'])
    const text = reading.kind === 'print' ? reading.text : ''
    for (const flag of [
      '--port',
      '--host',
      '--unix',
      '--index',
      '--no-list',
      '--dotfiles',
      '--symlinks',
      '--proxy-protocol',
      '--proxy-protocol-others',
      '--quiet',
    ]) {
      expect(text).toContain(flag)
    }
  })
})
