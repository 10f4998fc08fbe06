import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Request } from '@millrace/channel'
import { testCertificate } from '@millrace/testing/certificate'
import { describe, expect, it } from 'vitest'
import { atEnd, deadPort, forwardProxy, ourOrigin, reverseProxy } from './lab.ts'
import { curl } from './programs.ts'

/** Tells what came: method, target, framing, length and SHA-1 of the content. */
async function report(request: Request): Promise<void> {
  const hash = createHash('sha1')
  let length = 0
  for await (const chunk of request.content) {
    hash.update(chunk)
    length += chunk.length
  }
  const framing = request.requestHeaders.has('transfer-encoding') ? 'chunked' : 'length'
  request.finish(`${request.method} ${request.requestTarget} ${framing} ${length} ${hash.digest('hex')}\n`)
}

function temporaryFile(content: string | Uint8Array, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-proxy-'))
  atEnd(() => rmSync(folder, { recursive: true }))
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

const content = Buffer.alloc(5_000_000, 'some content that is not all the same; ')
const sum = createHash('sha1').update(content).digest('hex')
const empty = createHash('sha1').digest('hex')

describe('curl -x', () => {
  it('fetches over http', async () => {
    const port = await ourOrigin(report)
    const proxy = await forwardProxy()
    expect(await curl(['-x', proxy.url, `http://127.0.0.1:${port}/a?b=c`])).toBe(
      `GET /a?b=c length 0 ${empty}\n`,
    )
    expect(await curl(['-x', proxy.url, '--http1.0', `http://127.0.0.1:${port}/`])).toBe(
      `GET / length 0 ${empty}\n`,
    )
  })

  it('fetches over https, through a tunnel that nobody looks into', async () => {
    const { key, cert } = await testCertificate()
    const server = createTlsServer(
      { key, cert },
      (incoming, outgoing) => void outgoing.end(`secret ${incoming.url}`),
    )
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
    atEnd(() => server.close())
    const { port } = server.address() as AddressInfo
    const proxy = await forwardProxy({ connectPorts: [port] })
    const authority = temporaryFile(cert, 'ca.pem')
    const args = ['-x', proxy.url, '--cacert', authority, `https://localhost:${port}/a`]
    expect(await curl(args)).toBe('secret /a')
  })

  it('P41: gets no tunnel to a port that is not allowed', async () => {
    const proxy = await forwardProxy()
    await expect(curl(['-x', proxy.url, `https://localhost:${await deadPort()}/`])).rejects.toThrow('403')
  })

  it('uploads, with a length and in chunks', async () => {
    const port = await ourOrigin(report)
    const proxy = await forwardProxy()
    const file = temporaryFile(content, 'upload')
    const url = `http://127.0.0.1:${port}/up`
    expect(await curl(['-x', proxy.url, '-T', file, url])).toBe(`PUT /up length 5000000 ${sum}\n`)
    expect(await curl(['-x', proxy.url, '-T', '-', url], content)).toBe(`PUT /up chunked 5000000 ${sum}\n`)
  })

  it('sees that nobody listens', async () => {
    const proxy = await forwardProxy()
    const url = `http://127.0.0.1:${await deadPort()}/`
    expect(await curl(['-x', proxy.url, '-o', '/dev/null', '-w', '%{http_code}', url])).toBe('502')
  })
})

describe('curl against the reverse proxy', () => {
  it.each([
    ['with a length', (file: string) => ['-T', file], 'length'],
    ['in chunks', () => ['-T', '-'], 'chunked'],
    [
      'with a length, waiting for 100 Continue',
      (file: string) => ['-T', file, '-H', 'Expect: 100-continue'],
      'length',
    ],
    ['in chunks, without waiting', () => ['-T', '-', '-H', 'Expect:'], 'chunked'],
    ['in chunks, waiting for ever', () => ['-T', '-', '--expect100-timeout', '1000'], 'chunked'],
  ])('uploads %s', async (_name, args, framing) => {
    const proxy = await reverseProxy(await ourOrigin(report))
    const file = temporaryFile(content, 'upload')
    const printed = await curl([...args(file), `${proxy.url}/up`], content)
    expect(printed).toBe(`PUT /up ${framing} 5000000 ${sum}\n`)
  })

  it('downloads, asks for the head, and reuses its connection', async () => {
    const proxy = await reverseProxy(await ourOrigin((request) => request.finish(content)))
    const printed = await curl([
      `${proxy.url}/1`,
      '-o',
      '/dev/null',
      `${proxy.url}/2`,
      '-o',
      '/dev/null',
      '-w',
      '%{size_download} %{num_connects}\n',
    ])
    expect(printed).toBe('5000000 1\n5000000 0\n')
    expect(await curl(['-I', proxy.url])).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 5000000\r\n/)
  })
})
