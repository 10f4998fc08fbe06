import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HTTPChannel, Request } from '@millrace/channel'
import { testCertificate } from '@millrace/testing/certificate'
import { afterEach, describe, expect, it } from 'vitest'
import {
  listen,
  type ChannelFactory,
  type ChannelOptions,
  type ListenOptions,
  type Server,
} from '../src/index.ts'
import { RawClient } from './raw-client.ts'

class Hello extends Request {
  override process(): void {
    this.finish('hello')
  }
}

const channelOf: ChannelFactory = (settings) => new HTTPChannel(settings)

const cleanUps: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function start(options: ListenOptions = {}, factory: ChannelFactory = channelOf): Promise<Server> {
  const channel: ChannelOptions = {
    requestFactory: (owner, head) => new Hello(owner, head),
    ...options.channel,
  }
  const server = await listen(factory, { ...options, channel })
  cleanUps.push(() => server.close({ graceMs: 0 }))
  return server
}

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  cleanUps.push(() => rm(folder, { recursive: true }))
  return join(folder, 'socket')
}

async function ask(target: number | string): Promise<string> {
  const client = await RawClient.connect(target)
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  return await client.closed
}

describe('listen', () => {
  it('runs a channel of ours on each connection', async () => {
    const made: HTTPChannel[] = []
    const server = await start({}, (settings) => {
      const channel = new HTTPChannel(settings)
      made.push(channel)
      return channel
    })
    expect(await ask(server.port)).toMatch(/hello$/)
    expect(await ask(server.port)).toMatch(/hello$/)
    expect(made).toHaveLength(2)
  })

  it('takes a free port of 127.0.0.1 unless told otherwise', async () => {
    const server = await start()
    expect(server.port).toBeGreaterThan(0)
    expect(server.address).toEqual({ family: 'IPv4', host: '127.0.0.1', port: server.port })
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  })

  it('hands every channel the same frozen settings, with the options of `channel`', async () => {
    const seen = new Set<unknown>()
    const server = await start({ channel: { maxHeaders: 1 } }, (settings) => {
      seen.add(settings)
      return new HTTPChannel(settings)
    })
    await ask(server.port)
    await ask(server.port)
    expect([...seen]).toMatchObject([{ maxHeaders: 1 }])
    expect([...seen].every((settings) => Object.isFrozen(settings))).toBe(true)
    const client = await RawClient.connect(server.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n')
    expect(await client.closed).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('tells the factory about the connection', async () => {
    const peers: string[] = []
    const server = await start({}, (settings, connection) => {
      peers.push(connection.getPeer().family)
      return new HTTPChannel(settings)
    })
    await ask(server.port)
    expect(peers).toEqual(['IPv4'])
  })

  it('reports a wrong limit of the channel at once', async () => {
    await expect(start({ channel: { maxHeaders: -1 } })).rejects.toThrow(RangeError)
  })

  it('reports an address in use', async () => {
    const { port } = await start()
    await expect(start({ port })).rejects.toMatchObject({ code: 'ERR_LISTEN_IN_USE' })
  })

  it('goes on after a factory that threw', async () => {
    const errors: unknown[] = []
    const onProtocolError = (error: unknown): void => void errors.push(error)
    let calls = 0
    const server = await start({ onProtocolError }, (settings) => {
      calls += 1
      if (calls === 1) throw new Error('not this one')
      return new HTTPChannel(settings)
    })
    expect(await ask(server.port)).toBe('')
    expect(await ask(server.port)).toMatch(/hello$/)
    expect(errors).toMatchObject([{ message: 'not this one' }])
    expect(server.connections.size).toBeLessThan(2)
  })
})

describe('the url of a server', () => {
  it('has the name that was asked for', async () => {
    const server = await start({ host: 'localhost' })
    expect(server.url).toBe(`http://localhost:${server.port}`)
    expect(await (await fetch(server.url)).text()).toBe('hello')
  })

  it('leads to a server that listens on all addresses', async () => {
    const server = await start({ host: '0.0.0.0' })
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  })

  it('has an IPv6 address in brackets', async () => {
    const server = await start({ host: '::1' })
    expect(server.url).toBe(`http://[::1]:${server.port}`)
    expect(await (await fetch(server.url)).text()).toBe('hello')
  })

  it('is https with TLS', async () => {
    const server = await start({ tls: await testCertificate() })
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`)
  })

  it('is unix: and the path of a unix socket', async () => {
    const path = await socketPath()
    const server = await start({ path })
    expect(server.url).toBe(`unix:${path}`)
    expect(server.port).toBe(0)
    expect(await ask(path)).toMatch(/hello$/)
  })
})

describe('maxConnections', () => {
  it('lets N connections in and breaks off the next one', async () => {
    const server = await start({ maxConnections: 2 })
    const clients = await Promise.all([RawClient.connect(server.port), RawClient.connect(server.port)])
    for (const client of clients) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await client.until('hello')
    }
    const third = await RawClient.connect(server.port)
    third.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await third.closed).toBe('')
    expect(server.connections.size).toBe(2)
  })

  it('counts the connections that are open now', async () => {
    const server = await start({ maxConnections: 1 })
    expect(await ask(server.port)).toMatch(/hello$/)
    while (server.connections.size > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(await ask(server.port)).toMatch(/hello$/)
  })

  it.each([0, -1, Number.NaN])('is refused as %d', async (maxConnections) => {
    await expect(start({ maxConnections })).rejects.toThrow(RangeError)
  })
})
