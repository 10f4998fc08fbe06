import { once } from 'node:events'
import { truncateSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { builtFile, RunningCommand } from './built-command.ts'
import { A_TXT, SiteTree } from './site-tree.ts'
import { WireClient } from './wire-client.ts'

const tree = new SiteTree()
afterAll(() => tree.remove())

const run = (...args: string[]) => new RunningCommand(builtFile('main.js'), args)
const serve = (...args: string[]) => run(tree.root, '--port', '0', ...args)

function connect(port: number): WireClient {
  const client = new WireClient(port)
  onTestFinished(() => client.close())
  return client
}

/** More than the system takes from a server while its client reads nothing. */
const LARGE_BYTES = 64 * 1024 * 1024

/** A client in the middle of a response, of which it reads nothing. */
async function stalledClient(port: number): Promise<WireClient> {
  truncateSync(tree.write('large.bin', ''), LARGE_BYTES)
  const client = connect(port)
  client.send('GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n')
  await client.arrival()
  client.socket.pause()
  return client
}

/** Returns once nobody listens at a port any more. */
async function refusesConnections(port: number): Promise<void> {
  await vi.waitFor(async () => {
    const client = connect(port)
    await expect(once(client.socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
}

/** The status of `/a.txt` over a unix socket. */
async function statusOver(socketPath: string): Promise<number | undefined> {
  const asked = request({ socketPath, path: '/a.txt', agent: false }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

describe('millrace-static', { timeout: 30_000 }, () => {
  it('says where it serves, and serves', async () => {
    const command = serve()
    const { url, pid, root } = await command.listening()
    expect([pid, root]).toEqual([command.process.pid, tree.root])
    expect(command.output).toContain(`Serving ${tree.root} at ${url}\n`)
    expect(await (await fetch(new URL('a.txt', url))).text()).toBe(A_TXT)
  })

  it('logs a line for each request, and for each that was refused', async () => {
    const command = serve()
    const { url, port } = await command.listening()
    await (await fetch(new URL('a.txt?q', url))).text()
    const client = connect(port)
    client.send('GET /\x1b[2J HTTP/1.1\r\nHost: h\r\n\r\n')
    expect((await client.response('GET')).status).toBe(400)
    await command.waitFor(() => command.errors.split('\n').length > 2 || undefined)
    expect(command.errors).toMatch(
      /^GET \/a\.txt\?q 200 64 B \d+\.\d ms\nrefused 400 ERR_\w+: [\x20-\x7e]+\n$/,
    )
  })

  it('believes a PROXY header of those that are trusted, and logs what comes without one', async () => {
    const command = serve('--proxy-protocol', '127.0.0.1')
    const { port } = await command.listening()
    const client = connect(port)
    client.send('PROXY TCP4 192.0.2.7 198.51.100.3 56324 443\r\nGET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n')
    expect((await client.response('GET')).body.toString()).toBe(A_TXT)
    const direct = connect(port)
    direct.send('GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n')
    expect(await direct.end()).toBe('broken')
    await command.waitFor(() => command.errors.split('\n').length > 2 || undefined)
    expect(command.errors).toMatch(
      /^GET \/a\.txt 200 64 B \d+\.\d ms\nrefused 400 ERR_PROXY_MISSING: [\x20-\x7e]+, from 127\.0\.0\.1\n$/,
    )
  })

  it('says nothing with -q', async () => {
    const socketPath = join(tree.base, 'quiet.sock')
    const command = run(tree.root, '--unix', socketPath, '-q')
    const ask = () => statusOver(socketPath).catch(() => undefined)
    expect(await command.waitFor(ask)).toBe(200)
    command.process.kill('SIGTERM')
    expect([await command.exit(), command.output, command.errors]).toEqual([0, '', ''])
  })

  it('goes on when nobody reads its log any more', async () => {
    const command = serve()
    const { url } = await command.listening()
    command.process.stderr?.destroy()
    command.process.stdout?.destroy()
    for (let count = 0; count < 3; count += 1) expect((await fetch(new URL('a.txt', url))).status).toBe(200)
  })

  it.each([
    ['nowhere', "millrace-static: 'nowhere' does not exist\n"],
    [join(tree.root, 'a.txt'), `millrace-static: '${join(tree.root, 'a.txt')}' is not a directory\n`],
  ])('ends with 1 when it cannot serve %s', async (directory, message) => {
    const command = run(directory)
    expect(await command.exit()).toBe(1)
    expect([command.output, command.errors]).toEqual(['', message])
  })

  it('ends with 1 when a port that was asked for is in use', async () => {
    const { port } = await serve().listening()
    const command = run(tree.root, '--port', String(port))
    expect(await command.exit()).toBe(1)
    expect(command.errors).toBe(`millrace-static: 127.0.0.1:${port}: the address is in use\n`)
  })

  it('takes a port near its default when that is in use', async () => {
    const other = createServer()
    // Whoever has it: all that matters is that somebody has.
    await new Promise<void>((resolve) =>
      other.once('error', () => resolve()).listen(3000, '127.0.0.1', resolve),
    )
    onTestFinished(() => void other.close())
    const { port } = await run(tree.root).listening()
    expect(port).toBeGreaterThan(3000)
    expect(port).toBeLessThanOrEqual(3020)
  })

  it('ends with 2 on wrong arguments', async () => {
    const command = run('--prot', '80')
    expect(await command.exit()).toBe(2)
    expect(command.errors).toMatch(/^millrace-static: unknown option '--prot'.*\n$/)
  })

  it('prints its version', async () => {
    const command = run('--version')
    expect([await command.exit(), command.output]).toEqual([0, `${manifest.version}\n`])
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'F20: %s ends it with 0, idle connections or not',
    async (signal) => {
      const command = serve()
      const client = connect((await command.listening()).port)
      client.send('GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n')
      await client.response('GET')
      command.process.kill(signal)
      expect(await client.end()).toBe('finished')
      client.close()
      expect(await command.exit()).toBe(0)
    },
  )

  it('F20: what is under way is sent to its end first', async () => {
    const command = serve()
    const { port } = await command.listening()
    const client = await stalledClient(port)
    command.process.kill('SIGTERM')
    await refusesConnections(port)
    client.socket.resume()
    expect((await client.response('GET')).body).toHaveLength(LARGE_BYTES)
    expect(await client.end()).toBe('finished')
    client.close()
    expect(await command.exit()).toBe(0)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('F20: a second %s does not wait', async (signal, code) => {
    const command = serve()
    const { port } = await command.listening()
    await stalledClient(port)
    command.process.kill(signal)
    await refusesConnections(port)
    command.process.kill(signal)
    expect(await command.exit()).toBe(code)
  })
})
