import { renameSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { FileTruncatedError, PIECE_BYTES } from '../src/file-producer.ts'
import { nodeFileSystem } from '../src/file-system.ts'
import { Site } from '../src/site.ts'
import { LiveSite } from './live-site.ts'
import { A_TXT, SiteTree } from './site-tree.ts'
import type { WireClient } from './wire-client.ts'

/** More than the system takes from a server while its client reads nothing. */
const LARGE_BYTES = 64 * 1024 * 1024

const tree = new SiteTree()
let live: LiveSite
let tag = ''

/** A file of zeros that takes no room on the disk. */
function sparse(name: string, bytes: number): string {
  const path = tree.write(name, '')
  truncateSync(path, bytes)
  return path
}

const get = (target: string, ...lines: string[]) => live.ask(`GET ${target}`, ...lines)

/** Requests a large file and reads nothing of it; returns once the server has to wait. */
async function stall(name: string, of: LiveSite = live): Promise<WireClient> {
  const client = of.connect()
  client.socket.pause()
  client.send(`GET /${name} HTTP/1.1\r\nHost: h\r\n\r\n`)
  await vi.waitFor(() => expect(of.bufferedBytes(client)).toBeGreaterThan(0), { timeout: 10_000 })
  return client
}

beforeAll(async () => {
  tree.write('list/x.txt', 'x')
  tree.write('empty.txt', '')
  sparse('large.bin', LARGE_BYTES)
  live = await LiveSite.start(new Site(tree.root))
  tag = (await get('/a.txt')).fields['etag'] ?? ''
})
afterEach(async () => {
  await tree.allClosed()
  live.errors.length = 0
  live.exchanges.length = 0
})
afterAll(async () => {
  await live.close()
  tree.remove()
})

describe('StaticRequest: answers on the wire', () => {
  it('answers GET with the file', async () => {
    const { status, fields, body } = await get('/a.txt')
    expect([status, fields['content-length'], fields['content-type'], body]).toEqual([
      200,
      '64',
      'text/plain; charset=utf-8',
      A_TXT,
    ])
  })

  it.each([
    ['GET /a.txt', 200],
    ['GET /nothing', 404],
    ['GET /list', 308],
    ['GET /list/', 200],
    ['GET /%', 400],
    ['OPTIONS *', 204],
    ['POST /a.txt', 405],
    ['BREW /a.txt', 501],
  ])('R5: %s → %i with a Date (RFC 9110 §6.6.1)', async (requestLine, status) => {
    const answer = await live.ask(requestLine)
    expect(answer.status).toBe(status)
    expect(answer.fields['date']).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/)
  })

  it('R1: HEAD has the fields of GET and nothing behind them', async () => {
    for (const target of ['/a.txt', '/list/', '/list', '/nothing', '/empty.txt', '/large.bin']) {
      const head = await live.ask(`HEAD ${target}`)
      const client = live.connect()
      client.send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      const { status, fields } = await client.response('HEAD')
      client.close()
      expect([target, head.status, { ...head.fields, date: '' }]).toEqual([
        target,
        status,
        { ...fields, date: '' },
      ])
    }
  })

  it('R13, R29: 304 has no Content-Length and no content', async () => {
    const { status, fields } = await get('/a.txt', `If-None-Match: ${tag}`)
    expect([status, Object.keys(fields).sort()]).toEqual([
      304,
      ['cache-control', 'connection', 'date', 'etag'],
    ])
  })

  it('R31, R37: a range → 206 with just these bytes, one beyond the end → 416', async () => {
    const part = await get('/a.txt', 'Range: bytes=10-12')
    expect([part.status, part.fields['content-range'], part.body]).toEqual([206, 'bytes 10-12/64', '012'])
    const beyond = await get('/a.txt', 'Range: bytes=64-')
    expect([beyond.status, beyond.fields['content-range']]).toEqual([416, 'bytes */64'])
  })

  it('R2, R3: Allow stands in 405 and in the answer to OPTIONS', async () => {
    for (const requestLine of ['DELETE /a.txt', 'OPTIONS /a.txt', 'OPTIONS *']) {
      expect((await live.ask(requestLine)).fields['allow']).toBe('GET, HEAD, OPTIONS')
    }
    expect((await live.ask('CONNECT example.org:443')).status).toBe(405)
  })

  it('P23: a target beyond the limit of the channel → 414', async () => {
    expect((await get(`/${'a'.repeat(20_000)}`)).status).toBe(414)
  })

  it('sends a file of several pieces byte for byte', async () => {
    const bytes = Buffer.alloc(3 * PIECE_BYTES + 17, '0123456789abc')
    tree.write('pieces.bin', bytes)
    const client = live.connect()
    client.send('GET /pieces.bin HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(2))
    for (const { body } of [await client.response('GET'), await client.response('GET')]) {
      expect(body.equals(bytes)).toBe(true)
    }
    client.close()
  })
})

describe('StaticRequest: one connection, many requests', () => {
  it('F9: pipelined HEAD, GET, 304, 206, 416, 404 and 204 keep their framing', async () => {
    const client = live.connect()
    const ask = (requestLine: string, ...lines: string[]) =>
      `${[`${requestLine} HTTP/1.1`, 'Host: h', ...lines].join('\r\n')}\r\n\r\n`
    const asked: [string, string, number][] = [
      ['HEAD', ask('HEAD /a.txt'), 200],
      ['GET', ask('GET /a.txt'), 200],
      ['GET', ask('GET /a.txt', `If-None-Match: ${tag}`), 304],
      ['GET', ask('GET /a.txt', 'Range: bytes=0-0'), 206],
      ['GET', ask('GET /a.txt', 'Range: bytes=900-'), 416],
      ['HEAD', ask('HEAD /nothing'), 404],
      ['GET', ask('GET /empty.txt'), 200],
      ['OPTIONS', ask('OPTIONS *'), 204],
      ['GET', ask('GET /list'), 308],
      ['GET', ask('GET /a.txt', 'Connection: close'), 200],
    ]
    client.send(asked.map(([, wire]) => wire).join(''))
    for (const [method, , status] of asked) expect((await client.response(method)).status).toBe(status)
    expect(await client.end()).toBe('finished')
    client.close()
  })

  it('R6: the content of a request is no next request', async () => {
    const client = live.connect()
    const smuggled = 'GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n'
    client.send(`GET /a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`)
    client.send(
      `POST /a.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n` +
        'GET /list HTTP/1.1\r\nHost: h\r\n\r\n',
    )
    for (const status of [200, 405, 308]) expect((await client.response('GET')).status).toBe(status)
    client.close()
  })

  it('R6: content that is not worth reading ends the connection, behind the answer', async () => {
    const client = live.connect()
    client.send('PUT /a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n')
    const { status, fields } = await client.response('PUT')
    expect([status, fields['connection']]).toEqual([405, 'close'])
    expect(await client.end()).toBe('finished')
    client.close()
  })

  it('keeps the connection of an HTTP/1.0 client that asks for it', async () => {
    const client = live.connect()
    client.send('GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    expect((await client.response('GET')).fields['connection']).toBe('keep-alive')
    client.send('GET /a.txt HTTP/1.0\r\n\r\n')
    expect((await client.response('GET')).body.toString()).toBe(A_TXT)
    expect(await client.end()).toBe('finished')
    client.close()
  })
})

describe('StaticRequest: files that change', () => {
  it('F2: a file that is cut while it is sent breaks the connection, and no other', async () => {
    const path = sparse('cut.bin', LARGE_BYTES)
    const client = await stall('cut.bin')
    truncateSync(path, 1000)
    client.socket.resume()
    await expect(client.response('GET')).rejects.toThrow(/^67108864 bytes expected/)
    expect(live.errors).toEqual([expect.any(FileTruncatedError)])
    expect(live.exchanges).toMatchObject([{ requestTarget: '/cut.bin', status: 200, complete: false }])
    expect((await get('/a.txt')).body).toBe(A_TXT)
  })

  it('F2: a file that cannot be read at all → 500, and nothing of the reason', async () => {
    const failing = await LiveSite.start(
      new Site(tree.root, {
        fileSystem: {
          ...nodeFileSystem,
          read: (_fd, _target, _length, _position, done) => done(new Error('the disk is on fire'), 0),
        },
      }),
    )
    const { status, body, error } = await failing.ask('GET /a.txt')
    expect([status, body]).toEqual([500, '500 Internal Server Error\n'])
    expect(error).toEqual(new Error('the disk is on fire'))
    expect(failing.exchanges).toMatchObject([{ status: 500, complete: false }])
    await failing.close()
  })

  it('F3: of a file that grows just what was announced is sent', async () => {
    const path = sparse('grow.bin', LARGE_BYTES)
    const client = await stall('grow.bin')
    truncateSync(path, 2 * LARGE_BYTES)
    client.socket.resume()
    expect((await client.response('GET')).body).toHaveLength(LARGE_BYTES)
    client.send('GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n')
    expect((await client.response('GET')).body.toString()).toBe(A_TXT)
    client.close()
  })

  it('F4: a file that is replaced is sent as it was', async () => {
    sparse('swap.bin', LARGE_BYTES)
    const client = await stall('swap.bin')
    renameSync(tree.write('swap-next.bin', 'new'), join(tree.root, 'swap.bin'))
    client.socket.resume()
    expect((await client.response('GET')).body).toHaveLength(LARGE_BYTES)
    expect((await get('/swap.bin')).body).toBe('new')
    client.close()
  })
})

describe('StaticRequest: clients that leave or linger', () => {
  it('F6: 200 clients that leave within a file leave no descriptor behind', { timeout: 30_000 }, async () => {
    const leave = async (bytes: number): Promise<void> => {
      const client = live.connect()
      client.send('GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n')
      await client.bytes(bytes)
      client.close()
    }
    await leave(1)
    await vi.waitFor(() => expect(live.server.connections.size).toBe(0))
    const before = tree.allDescriptors()
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => leave(1 + round * 100_000 + index * 7919)))
    }
    await vi.waitFor(() => expect(tree.allDescriptors()).toBeLessThanOrEqual(before))
    await vi.waitFor(() => expect(live.exchanges).toHaveLength(201))
    expect(live.exchanges.some(({ complete }) => complete)).toBe(false)
  })

  it('F6: a client that leaves while its file is looked for', async () => {
    let found: () => void = () => {}
    const isFound = new Promise<void>((resolve) => (found = resolve))
    const open = vi.fn<(path: string) => Promise<number>>(async (path) => {
      await isFound
      return await nodeFileSystem.open(path)
    })
    const slow = await LiveSite.start(new Site(tree.root, { fileSystem: { ...nodeFileSystem, open } }))
    const client = slow.connect()
    client.send('GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n')
    await vi.waitFor(() => expect(open).toHaveBeenCalled())
    client.socket.resetAndDestroy()
    await vi.waitFor(() => expect(slow.exchanges).toMatchObject([{ status: undefined, contentBytes: 0 }]))
    found()
    await tree.allClosed()
    expect(slow.errors).toEqual([])
    await slow.close()
  })

  it('F7: what a slow reader does not take is not read from the disk', { timeout: 30_000 }, async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => stall('large.bin')))
    for (const client of clients) expect(live.bufferedBytes(client)).toBeLessThanOrEqual(2 * PIECE_BYTES)
    expect((await get('/a.txt')).body).toBe(A_TXT)
    for (const client of clients) client.close()
  })

  it('F20: a server that closes sends what is under way to its end', async () => {
    const ending = await LiveSite.start(new Site(tree.root))
    const idle = ending.connect()
    idle.send('GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n')
    await idle.response('GET')
    const client = await stall('large.bin', ending)
    const closed = ending.server.close({ graceMs: 10_000 })
    expect(await idle.end()).toBe('finished')
    idle.close()
    client.socket.resume()
    expect((await client.response('GET')).body).toHaveLength(LARGE_BYTES)
    expect(await client.end()).toBe('finished')
    client.close()
    await closed
  })
})

describe('StaticRequest: what is observed', () => {
  it('tells of each exchange what became of it', async () => {
    await get('/a.txt?q')
    await live.ask('HEAD /a.txt')
    await get('/nothing')
    await get('/a.txt', 'Range: bytes=0-9')
    expect(live.exchanges).toMatchObject([
      { method: 'GET', requestTarget: '/a.txt?q', status: 200, contentBytes: 64, complete: true },
      { method: 'HEAD', requestTarget: '/a.txt', status: 200, contentBytes: 0, complete: true },
      { method: 'GET', requestTarget: '/nothing', status: 404, contentBytes: 14, complete: true },
      { method: 'GET', requestTarget: '/a.txt', status: 206, contentBytes: 10, complete: true },
    ])
    for (const { durationMs } of live.exchanges) expect(durationMs).toBeGreaterThan(0)
  })
})
