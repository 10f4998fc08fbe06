import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Site } from '../src/site.ts'
import { LiveSite } from './live-site.ts'
import { A_TXT, SECRET, SiteTree } from './site-tree.ts'
import type { WireClient } from './wire-client.ts'

const tree = new SiteTree()
let live: LiveSite

beforeAll(async () => {
  tree.write('sub/index.html', '<p>sub')
  tree.write('list/x.txt', 'x')
  tree.write('empty.txt', '')
  tree.write('.env', SECRET)
  tree.link('dlink', '../outside')
  tree.fifo('pipe')
  live = await LiveSite.start(new Site(tree.root))
})
afterAll(async () => {
  await live.close()
  tree.remove()
})

/** Texts made of pieces, most of which mean something where they stand. */
const textOf = (...pieces: string[]) =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''))

const target = fc.oneof(
  fc.constantFrom('/a.txt', '/list/', '/sub', '/empty.txt', '/nothing', '*'),
  textOf(
    '/',
    '//',
    '..',
    '%2e',
    '%2f',
    '%00',
    '%',
    '?',
    'a.txt',
    'sub',
    '.env',
    'dlink',
    'pipe',
    'o.txt',
  ).map((path) => `/${path}`),
)

const DIGITS = ['0', '1', '9', '63', '64', '99999999999999999999']
const field = fc.oneof(
  textOf('bytes', '=', '-', ',', ' ', '\t', 'items', '+', ...DIGITS).map((value) => `Range: ${value}`),
  textOf('-', ',', ...DIGITS).map((value) => `Range: bytes=${value}`),
  fc
    .tuple(
      fc.constantFrom('If-Match', 'If-None-Match', 'If-Range', 'If-Modified-Since', 'If-Unmodified-Since'),
      fc.oneof(
        textOf('"', 'W/', 'w/', '*', ',', ' ', 'x', '\\'),
        textOf('Sun', ', ', '06', ' Nov ', '1994', ' 08:49:37', ' GMT', '-'),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
    )
    .map(([name, value]) => `${name}: ${value}`),
  textOf('text/html', 'application/json', '*/*', ';q=', '0', '1', '.', ',', ' ').map(
    (value) => `Accept: ${value}`,
  ),
)

const STATUSES = [200, 204, 206, 304, 308, 400, 404, 405, 412, 416, 501]

describe('F21: random requests', () => {
  it(
    'are always answered, with the framing that was announced, and nothing secret',
    { timeout: 60_000 },
    async () => {
      let client: WireClient | undefined
      const exchange = async (method: string, wire: string) => {
        client ??= live.connect()
        client.send(wire)
        const answer = await client.response(method)
        if (answer.fields['connection'] !== 'close') return answer
        await client.end()
        client.close()
        client = undefined
        return answer
      }
      const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'X')
      const fields = fc.array(field, { maxLength: 4 })
      await fc.assert(
        fc.asyncProperty(method, target, fields, async (verb, path, lines) => {
          const wire = [`${verb} ${path} HTTP/1.1`, 'Host: h', ...lines].join('\r\n')
          const { status, body } = await exchange(verb, `${wire}\r\n\r\n`)
          expect(STATUSES).toContain(status)
          expect(body.includes(SECRET)).toBe(false)
        }),
        { numRuns: 5000 },
      )
      const { body } = await exchange('GET', 'GET /a.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
      expect(body.toString()).toBe(A_TXT)
      expect(live.errors).toEqual([])
      await tree.allClosed()
    },
  )
})
