import { chmodSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CommandLine, ListenAddress } from '../src/command-line.ts'
import { startSite, type SiteObservers, type StartedSite } from '../src/start-site.ts'
import { A_TXT, asOrdinaryUser, SiteTree } from './site-tree.ts'
import { WireClient } from './wire-client.ts'

const tree = new SiteTree()
afterAll(() => tree.remove())

const commandLine: CommandLine = {
  directory: tree.root,
  listen: { kind: 'tcp', host: '127.0.0.1', port: 0, orNext: false },
  indexNames: ['index.html'],
  listing: true,
  dotfiles: 'well-known',
  symlinks: 'within-root',
  proxies: null,
  quiet: true,
}

async function start(changes: Partial<CommandLine>, observers: SiteObservers = {}): Promise<StartedSite> {
  const started = await startSite({ ...commandLine, ...changes }, observers)
  onTestFinished(() => started.server.close({ graceMs: 0 }))
  return started
}

/** A port on which somebody else listens. */
async function busyPort(): Promise<number> {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  return (other.address() as AddressInfo).port
}

const tcp = (port: number, orNext: boolean): ListenAddress => ({
  kind: 'tcp',
  host: '127.0.0.1',
  port,
  orNext,
})

describe('startSite', () => {
  it('serves the directory', async () => {
    const { server, root } = await start({})
    expect(root).toBe(tree.root)
    expect(await (await fetch(`${server.url}/a.txt`)).text()).toBe(A_TXT)
  })

  it('serves what the options allow', async () => {
    tree.write('.hidden', 'hidden')
    tree.write('sub/start.htm', 'start')
    const { server } = await start({ dotfiles: 'allow', listing: false, indexNames: ['start.htm'] })
    expect((await fetch(`${server.url}/.hidden`)).status).toBe(200)
    expect((await fetch(`${server.url}/`)).status).toBe(404)
    expect(await (await fetch(`${server.url}/sub/`)).text()).toBe('start')
  })

  it('refuses a directory that is not there, no directory, or may not be entered', async () => {
    await expect(start({ directory: 'nowhere' })).rejects.toThrow("'nowhere' does not exist")
    const file = join(tree.root, 'a.txt')
    await expect(start({ directory: file })).rejects.toThrow(`'${file}' is not a directory`)
    tree.directory('locked')
    const locked = join(tree.root, 'locked')
    chmodSync(tree.base, 0o755)
    chmodSync(locked, 0o000)
    await asOrdinaryUser(async () => {
      await expect(start({ directory: locked })).rejects.toThrow(`'${locked}' may not be entered`)
    })
  })

  it('takes one of the next ports when a port is busy that nobody asked for', async () => {
    const port = await busyPort()
    const { server } = await start({ listen: tcp(port, true) })
    expect(server.port).toBeGreaterThan(port)
    expect(server.port).toBeLessThanOrEqual(port + 20)
  })

  it('refuses a busy port that was asked for', async () => {
    const port = await busyPort()
    await expect(start({ listen: tcp(port, false) })).rejects.toMatchObject({
      name: 'StartError',
      message: `127.0.0.1:${port}: the address is in use`,
    })
  })

  it('refuses an address that is not of this machine', async () => {
    const listen = { kind: 'tcp', host: '192.0.2.1', port: 0, orNext: true } as const
    await expect(start({ listen })).rejects.toMatchObject({ name: 'StartError' })
  })

  it('listens on a unix socket', async () => {
    const path = join(tree.base, 'site.sock')
    const { server } = await start({ listen: { kind: 'unix', path } })
    expect(server.url).toBe(`unix:${path}`)
  })

  describe('with trusted proxies', () => {
    const PROXY = 'PROXY TCP4 192.0.2.7 198.51.100.3 56324 443\r\n'
    const GET = 'GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n'

    function connect({ server }: StartedSite): WireClient {
      const client = new WireClient(server.port)
      onTestFinished(() => client.close())
      return client
    }

    it('serves what comes behind a PROXY header', async () => {
      const client = connect(await start({ proxies: { trusted: ['127.0.0.0/8'], untrusted: 'refuse' } }))
      client.send(PROXY + GET)
      expect((await client.response('GET')).body.toString()).toBe(A_TXT)
    })

    it('breaks off what comes without one, and says where from', async () => {
      const seen: unknown[] = []
      const site = await start(
        { proxies: { trusted: ['127.0.0.1'], untrusted: 'refuse' } },
        { onUnknownClient: ({ code }, peer) => seen.push([code, peer]) },
      )
      const client = connect(site)
      client.send(GET)
      expect(await client.end()).toBe('broken')
      expect(seen).toEqual([['ERR_PROXY_MISSING', expect.objectContaining({ host: '127.0.0.1' })]])
    })

    it('breaks off who is no proxy, or serves it when that is allowed', async () => {
      const strict = connect(await start({ proxies: { trusted: ['192.0.2.1'], untrusted: 'refuse' } }))
      expect(await strict.end()).toBe('broken')
      const open = connect(await start({ proxies: { trusted: ['192.0.2.1'], untrusted: 'plain' } }))
      open.send(GET)
      expect((await open.response('GET')).body.toString()).toBe(A_TXT)
    })
  })
})
