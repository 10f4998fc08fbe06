import { seededRandom } from '@millrace/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serve, type Server } from '../src/index.ts'
import { RawClient } from './raw-client.ts'

const STRINGS = 1_000
const AT_ONCE = 25

/** What parsers stumble over, mixed with what they expect. */
const SCRAPS = [
  'GET / HTTP/1.1\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\n',
  'HTTP/1.0\r\n\r\n',
  'Host: a\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Expect: 100-continue\r\n',
  'Connection: upgrade\r\nUpgrade: x\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
  '\r\n\r\n',
  '5\r\nhello\r\n',
  'ffffffffffffffff\r\n',
  '0\r\nX: y\r\n\r\n',
  '\0',
  '\n',
  '\r',
  ' : ',
]

let server: Server
const failures: unknown[] = []

beforeAll(async () => {
  const onError = (error: unknown): void => void failures.push(error)
  server = await serve(async (request) => new Response(await request.text()), {
    onError,
    onProtocolError: onError,
  })
})

afterAll(async () => {
  await server.close({ graceMs: 0 })
})

function randomString(random: () => number): string {
  const length = Math.floor(random() * 12)
  const pieces = Array.from({ length: length + 1 }, () => {
    if (random() < 0.7) return SCRAPS[Math.floor(random() * SCRAPS.length)]
    return String.fromCharCode(...Array.from({ length: 1 + Math.floor(random() * 40) }, () => random() * 256))
  })
  return pieces.join('')
}

async function throwAt(port: number, wire: string, breaksOff: boolean): Promise<void> {
  const client = await RawClient.connect(port)
  client.send(wire)
  if (breaksOff) client.socket.resetAndDestroy()
  else client.socket.end()
  await client.closed
}

it('survives 1,000 random byte strings', { timeout: 60_000 }, async () => {
  const random = seededRandom(20_261_123)
  for (let count = 0; count < STRINGS; count += AT_ONCE) {
    const strings = Array.from({ length: AT_ONCE }, () => randomString(random))
    await Promise.all(strings.map((wire) => throwAt(server.port, wire, random() < 0.2)))
  }
  expect(failures).toEqual([])
  const answer = await fetch(server.url, { method: 'POST', body: 'still here' })
  expect(await answer.text()).toBe('still here')
})
