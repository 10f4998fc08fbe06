import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { HTTPChannel } from '@millrace/channel'
import { listen } from '@millrace/server'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { serveStatic, staticRequestFactory, type Exchange, type ServeStaticOptions } from '../src/index.ts'
import { builtFile } from './built-command.ts'
import { A_TXT, SiteTree } from './site-tree.ts'
import { WireClient } from './wire-client.ts'

const tree = new SiteTree()
afterEach(() => tree.allClosed())
afterAll(() => tree.remove())

async function serve(options: ServeStaticOptions = {}) {
  const server = await serveStatic(tree.root, options)
  onTestFinished(() => server.close({ graceMs: 0 }))
  return server
}

describe('serveStatic', () => {
  it('serves a directory on loopback, on a free port', async () => {
    const server = await serve()
    expect(server.address).toMatchObject({ host: '127.0.0.1', port: server.port })
    expect(await (await fetch(`${server.url}/a.txt`)).text()).toBe(A_TXT)
  })

  it('hands each option on to the site', async () => {
    tree.write('sub/start.htm', 'start')
    const server = await serve({ listing: false, indexNames: ['start.htm'], entityTag: 'off' })
    expect((await fetch(`${server.url}/`)).status).toBe(404)
    const index = await fetch(`${server.url}/sub/`)
    expect([await index.text(), index.headers.get('etag')]).toEqual(['start', null])
  })

  it('hands the options of channels on, and tells of each exchange', async () => {
    const exchanges: Exchange[] = []
    const server = await serve({
      onExchange: (exchange) => exchanges.push(exchange),
      channel: { sendDate: false },
    })
    expect((await fetch(`${server.url}/a.txt`)).headers.get('date')).toBeNull()
    await vi.waitFor(() => expect(exchanges).toMatchObject([{ requestTarget: '/a.txt', status: 200 }]))
  })

  it('refuses options that make no sense', async () => {
    await expect(serve({ maxListingEntries: 0 })).rejects.toThrow(RangeError)
    await expect(serve({ indexNames: ['../index.html'] })).rejects.toThrow(TypeError)
    await expect(serve({ maxConnections: 0 })).rejects.toThrow(RangeError)
  })

  it('prints what fails on our side, unless somebody else takes it', async () => {
    const print = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    onTestFinished(() => print.mockRestore())
    const path = tree.write('cut.bin', '')
    truncateSync(path, 64 * 1024 * 1024)
    const client = new WireClient((await serve()).port)
    client.send('GET /cut.bin HTTP/1.1\r\nHost: h\r\n\r\n')
    await client.arrival()
    client.socket.pause()
    truncateSync(path, 0)
    client.socket.resume()
    await expect(client.response('GET')).rejects.toThrow(/bytes expected/)
    expect(print).toHaveBeenCalledWith(expect.stringMatching(/^GET \/cut\.bin: FileTruncatedError: /))
  })

  it('serves what was there when it started to, wherever the process goes', async () => {
    const before = process.cwd()
    onTestFinished(() => process.chdir(before))
    process.chdir(tree.base)
    const server = await serveStatic('site')
    onTestFinished(() => server.close({ graceMs: 0 }))
    process.chdir('/')
    expect((await fetch(`${server.url}/a.txt`)).status).toBe(200)
  })
})

describe('staticRequestFactory', () => {
  it('answers the requests of channels of your own', async () => {
    class HurriedChannel extends HTTPChannel {
      override checkPersistence(): boolean {
        return false
      }
    }
    const server = await listen((settings) => new HurriedChannel(settings), {
      channel: { requestFactory: staticRequestFactory(tree.root) },
    })
    onTestFinished(() => server.close({ graceMs: 0 }))
    const response = await fetch(`${server.url}/a.txt`)
    expect([await response.text(), response.headers.get('connection')]).toEqual([A_TXT, 'close'])
  })
})

describe('README.md', () => {
  it('has an example that prints what it promises', async () => {
    builtFile('index.js')
    const folder = resolve(import.meta.dirname, '..')
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    const [, code = '', output] = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```/ms.exec(readme) ?? []
    mkdirSync(join(folder, 'temp'), { recursive: true })
    const script = join(folder, 'temp/readme-example.mjs')
    writeFileSync(script, code)
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })
    expect(stdout).toBe(output)
  })
})
