import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROXY_TLV, ProxiedTransport, type ProxyProtocolError } from '@millrace/proxy-protocol'
import { wireText } from '@millrace/testing'
import { testCertificate } from '@millrace/testing/certificate'
import { afterEach, describe, expect, it } from 'vitest'
import { serve, type FetchHandler, type ServeOptions, type Server } from '../src/index.ts'
import { Deferred } from './deferred.ts'
import { startHAProxy } from './haproxy.ts'
import { outputOf } from './run-program.ts'
import { RawClient } from './raw-client.ts'

const cleanUps: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Tells where the client is, and what the proxy said about it. */
const whoAmI: FetchHandler = (_, { peer, request }) => {
  const { transport } = request.channel
  if (!(transport instanceof ProxiedTransport)) return Response.json({ peer })
  const { version, command, alpn, authority, uniqueId, tlvs } = transport.header
  const types = tlvs.map(({ type }) => type)
  return Response.json({
    peer,
    version,
    command,
    alpn,
    authority,
    uniqueId: uniqueId && wireText(uniqueId),
    types,
  })
}

async function start(options: ServeOptions, handler: FetchHandler = whoAmI): Promise<Server> {
  const server = await serve(handler, options)
  cleanUps.push(() => server.close({ graceMs: 0 }))
  return server
}

async function front(target: number, options: Parameters<typeof startHAProxy>[1]): Promise<number> {
  const proxy = await startHAProxy(target, options)
  cleanUps.push(() => proxy.close())
  return proxy.port
}

/** Asks through the proxy; gives all that came back, and our own end of the connection. */
async function ask(port: number): Promise<{ wire: string; localPort: number | undefined }> {
  const client = await RawClient.connect(port)
  const { localPort } = client.socket
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  return { wire: await client.closed, localPort }
}

/** The content of the one answer in `wire`. */
function answer(wire: string): unknown {
  return JSON.parse(wire.slice(wire.indexOf('\r\n\r\n') + 4))
}

const trusted = ['127.0.0.1']

describe('HAProxy in front', () => {
  it.each([
    ['send-proxy', 1],
    ['send-proxy-v2', 2],
  ])('says with %s where the client is', async (option, version) => {
    const errors: ProxyProtocolError[] = []
    const onError = (error: ProxyProtocolError): void => void errors.push(error)
    const server = await start({ proxyProtocol: { trusted, onError } })
    const { wire, localPort } = await ask(await front(server.port, { server: option }))
    const peer = { family: 'IPv4', host: '127.0.0.1', port: localPort }
    expect(answer(wire)).toMatchObject({ peer, version, command: 'proxy' })
    expect(errors).toEqual([])
  })

  it('puts a checksum and a name into the header, both as we read them', async () => {
    const server = await start({ proxyProtocol: { trusted } })
    const port = await front(server.port, { server: 'send-proxy-v2 proxy-v2-options crc32c,unique-id' })
    const { wire, localPort } = await ask(port)
    expect(answer(wire)).toMatchObject({
      peer: { port: localPort },
      uniqueId: expect.stringMatching(/^id-\w+$/) as unknown,
    })
    expect(answer(wire)).toMatchObject({
      types: expect.arrayContaining([PROXY_TLV.CRC32C, PROXY_TLV.UNIQUE_ID]) as unknown,
    })
  })

  it('ends TLS, and says which host was asked for and what was agreed on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
    cleanUps.push(() => rm(folder, { recursive: true }))
    const { key, cert } = await testCertificate()
    await writeFile(join(folder, 'both.pem'), `${cert}\n${key}\n`)
    const server = await start({ proxyProtocol: { trusted, versions: [2] } })
    const port = await front(server.port, {
      bind: `ssl crt ${join(folder, 'both.pem')} alpn http/1.1`,
      server: 'send-proxy-v2 proxy-v2-options ssl,authority,crc32c',
    })
    const curl = ['--silent', '--show-error', '--noproxy', '*', '--max-time', '20', '-4', '--cacert']
    const page = await outputOf('curl', [...curl, join(folder, 'both.pem'), `https://localhost:${port}/`])
    expect(JSON.parse(page)).toMatchObject({ authority: 'localhost', alpn: 'http/1.1', version: 2 })
    expect(JSON.parse(page)).toMatchObject({ types: expect.arrayContaining([PROXY_TLV.SSL]) as unknown })
  })

  it('checks our health with LOCAL: the peer is the proxy itself', async () => {
    const checked = new Deferred<unknown>()
    const server = await start({ proxyProtocol: { trusted } }, async (request, context) => {
      const response = await whoAmI(request, context)
      if (request.url.endsWith('/health')) checked.resolve(await response.clone().json())
      return response
    })
    await front(server.port, {
      more: ['option httpchk GET /health'],
      server: 'send-proxy-v2 check check-send-proxy inter 100ms',
    })
    expect(await checked.promise).toMatchObject({ command: 'local', peer: { host: '127.0.0.1' } })
  })

  it.each(['send-proxy', 'send-proxy-v2'])(
    'gets 400 with %s from a server that expects no header',
    async (option) => {
      const server = await start({})
      const { wire } = await ask(await front(server.port, { server: option }))
      expect(wire).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
      expect(wire).not.toMatch(/ 200 /)
    },
  )

  it('is broken off where a header is required and it sends none', async () => {
    const errors: ProxyProtocolError[] = []
    const onError = (error: ProxyProtocolError): void => void errors.push(error)
    const server = await start({ proxyProtocol: { trusted, onError } })
    const { wire } = await ask(await front(server.port, {}))
    expect(wire).toBe('')
    expect(errors).toMatchObject([{ code: 'ERR_PROXY_MISSING' }])
  })
})
