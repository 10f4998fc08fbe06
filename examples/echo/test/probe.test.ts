import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { responsesOf, start, stopAll } from './echo-process.ts'

const HOST = 'Host: a\r\n'
const CANARY = `GET /canary HTTP/1.1\r\n${HOST}\r\n`
const CHUNKED = `POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`

/** What must be refused, and with which status. */
const REFUSED: readonly (readonly [what: string, status: number, wire: string])[] = [
  ['no Host', 400, 'GET /x HTTP/1.1\r\n\r\n'],
  ['two Hosts', 400, `GET /x HTTP/1.1\r\n${HOST}${HOST}\r\n`],
  ['a Host with a path', 400, 'GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['a Host with user information', 400, 'GET /x HTTP/1.1\r\nHost: u@a\r\n\r\n'],
  ['two spaces', 400, `GET  /x HTTP/1.1\r\n${HOST}\r\n`],
  ['a fragment', 400, `GET /x#y HTTP/1.1\r\n${HOST}\r\n`],
  ['a target without a form', 400, `GET x HTTP/1.1\r\n${HOST}\r\n`],
  ['an asterisk for GET', 400, `GET * HTTP/1.1\r\n${HOST}\r\n`],
  ['CONNECT to port 0', 400, `CONNECT a:0 HTTP/1.1\r\n${HOST}\r\n`],
  ['a version in small letters', 400, `GET /x http/1.1\r\n${HOST}\r\n`],
  ['lines that end in LF', 400, 'GET /x HTTP/1.1\nHost: a\n\n'],
  ['a space before the colon', 400, `GET /x HTTP/1.1\r\n${HOST}X : y\r\n\r\n`],
  ['a folded field', 400, `GET /x HTTP/1.1\r\n${HOST}X: y\r\n z\r\n\r\n`],
  ['NUL in a value', 400, `GET /x HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`],
  ['CR in a value', 400, `GET /x HTTP/1.1\r\n${HOST}X: a\rb\r\n\r\n`],
  ['two lengths', 400, `POST /x HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 44\r\n\r\n`],
  ['a signed length', 400, `POST /x HTTP/1.1\r\n${HOST}Content-Length: +0\r\n\r\n`],
  [
    'length and chunks',
    400,
    `POST /x HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'chunks that are not last',
    400,
    `POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['chunks in HTTP/1.0', 400, `POST /x HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a chunk size with 0x', 400, `${CHUNKED}0x0\r\n\r\n`],
  ['a chunk that is longer than its size', 400, `${CHUNKED}1\r\nab\r\n0\r\n\r\n`],
  ['a chunk line that ends in LF', 400, `${CHUNKED}0\n\n`],
  ['a TLS handshake', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a huge length', 413, `POST /x HTTP/1.1\r\n${HOST}Content-Length: 99999999999999999999\r\n\r\n`],
  ['a huge chunk', 413, `${CHUNKED}fffffffffffffffff\r\n`],
  ['a long chunk line', 413, `${CHUNKED}0;${'x'.repeat(2_000)}\r\n\r\n`],
  ['a long target', 414, `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n${HOST}\r\n`],
  ['an expectation', 417, `GET /x HTTP/1.1\r\n${HOST}Expect: a-wonder\r\n\r\n`],
  ['a long field', 431, `GET /x HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}\r\n\r\n`],
  ['many fields', 431, `GET /x HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(600)}\r\n`],
  ['an unknown coding', 501, `POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n`],
  ['a long method', 501, `${'M'.repeat(100)} /x HTTP/1.1\r\n${HOST}\r\n`],
  ['HTTP/2.0', 505, `GET /x HTTP/2.0\r\n${HOST}\r\n`],
  ['the preface of HTTP/2', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
]

interface Entry {
  readonly id: number
  readonly expect: 'accept' | 'reject' | 'either'
  readonly why: string
  readonly wire: string
}

const entries = JSON.parse(
  readFileSync(new URL('../../../packages/channel/test/fixtures/requests.json', import.meta.url), 'utf8'),
) as Entry[]

let port: number
beforeAll(async () => {
  port = await start()
}, 30_000)
afterAll(stopAll)

/** Sends the pieces, one read of the server for each as far as the system lets us, and gives all that comes back. */
function probe(pieces: readonly string[], finish: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    let received = ''
    socket.on('data', (bytes) => (received += bytes.toString('latin1')))
    socket.on('error', () => undefined) // the close says enough
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(received))
    const send = (at: number): void => {
      if (at < pieces.length) socket.write(pieces[at] as string, 'latin1', () => setImmediate(send, at + 1))
      else if (finish) socket.end()
    }
    send(0)
  })
}

/** Whole, and cut in two places that depend on the text. */
function cuts(wire: string): string[][] {
  const first = 1 + (wire.length % 7)
  const second = Math.max(first, wire.length - 1 - (wire.length % 5))
  return [[wire], [wire.slice(0, first), wire.slice(first, second), wire.slice(second)]]
}

/** The requests that the echo answered, which must stand in what was sent, in this order. */
function checkAsked(wire: string, contents: readonly string[]): void {
  let from = 0
  for (const content of contents) {
    const [, method = '', target = ''] = /^(\S+) (\S+) \d+ [0-9a-f]{40}\n$/.exec(content) ?? []
    const at = Math.max(
      wire.indexOf(`${method} ${target} HTTP/1.`, from),
      wire.indexOf(`HEAD ${target} HTTP/1.`, from),
    )
    expect(at, `${JSON.stringify(content)} was not asked for`).toBeGreaterThanOrEqual(from)
    from = at + 1
  }
}

describe('a probe with a canary behind what must be refused', () => {
  it.each(REFUSED)('%s: %d, then nothing', async (_what, status, wire) => {
    for (const pieces of cuts(wire + CANARY)) {
      const answers = responsesOf(await probe(pieces, false))
      expect(answers.map((answer) => answer.status)).toEqual([status])
      expect(answers[0]?.content).not.toContain('canary')
    }
  })

  it('answers what came before, in order, and then refuses', async () => {
    const before = `GET /1 HTTP/1.1\r\n${HOST}\r\nPOST /2 HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`
    for (const [, status, wire] of REFUSED) {
      const answers = responsesOf(await probe([before + wire + CANARY], false))
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, status])
      checkAsked(
        before,
        answers.slice(0, 2).map(({ content }) => content),
      )
    }
  })

  it.each(entries.filter((entry) => entry.expect === 'reject'))('corpus #$id: $why', async ({ wire }) => {
    for (const pieces of cuts(wire + CANARY)) {
      const answers = responsesOf(await probe(pieces, true))
      const refusals = answers.filter(({ status }) => status >= 400)
      expect(refusals).toHaveLength(1)
      expect(answers.at(-1)).toBe(refusals[0])
      checkAsked(
        wire,
        answers.slice(0, -1).map(({ content }) => content),
      )
    }
  })
})

describe('a probe of what may be answered', () => {
  it.each(entries.filter((entry) => entry.expect !== 'reject'))(
    'corpus #$id: $expect, $why',
    async (entry) => {
      for (const pieces of cuts(entry.wire)) {
        const received = await probe(pieces, true)
        const answers = responsesOf(received.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', ''))
        const good = answers.filter(({ status }) => status < 400)
        if (entry.expect === 'accept') expect(good.length).toBe(answers.length)
        expect(answers.slice(0, good.length)).toEqual(good) // a refusal is the last word
        const contents = good.map(({ content }) => content).filter((content) => content !== '')
        checkAsked(entry.wire, contents)
      }
    },
  )
})
