import { joinBytes, seededRandom, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { Request } from '../src/index.ts'
import { head, unanswered, wireBytes } from './conversation.ts'

const POST = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10')
const CHUNKED = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')
const ignoring = { dataReceived() {}, contentDone() {}, contentLost() {} }

/** Everything that is left, in the pieces in which it is read. */
async function readAll(request: Request): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of request.content) pieces.push(piece)
  return pieces
}

describe('content that waits for its reader', () => {
  it('is held in few pieces, however small they came, and no octet is lost or changed', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(CHUNKED)
    const [request] = requests as [Request]
    const sent = Uint8Array.from({ length: 20_000 }, (_, i) => i % 251)
    const first = request.content.read()
    for (const octet of sent) conversation.send(wireBytes('1\r\n'), Uint8Array.of(octet), '\r\n')
    conversation.send('0\r\n\r\n')
    const pieces = [(await first) as Uint8Array, ...(await readAll(request))]
    expect(wireText(joinBytes(pieces))).toBe(wireText(sent))
    expect(pieces.length).toBeLessThan(15)
  })

  it('is byte-exact for pieces of every size, read now and then', async () => {
    const random = seededRandom(7)
    for (let run = 0; run < 20; run += 1) {
      const { conversation, requests } = unanswered()
      conversation.send(CHUNKED)
      const [request] = requests as [Request]
      const sent: Uint8Array[] = []
      const got: Uint8Array[] = []
      const copies: Uint8Array[] = []
      const take = async (): Promise<void> => {
        const piece = (await request.content.read()) as Uint8Array
        got.push(piece)
        copies.push(piece.slice())
      }
      for (let i = 0; i < 100; i += 1) {
        const size = Math.ceil(random() ** 6 * 5000)
        const piece = Uint8Array.from({ length: size }, () => random() * 256)
        sent.push(piece)
        const reading = i === 0 || random() < 0.2 ? take() : null
        conversation.send(joinBytes([wireBytes(`${size.toString(16)}\r\n`), piece, wireBytes('\r\n')]))
        await reading
      }
      conversation.send('0\r\n\r\n')
      for (const piece of await readAll(request)) got.push(piece)
      expect(wireText(joinBytes(got))).toBe(wireText(joinBytes(sent)))
      // What was handed out does not change when more is joined.
      expect(got.slice(0, copies.length).map(wireText)).toEqual(copies.map(wireText))
    }
  })

  it('keeps large pieces as views of what was read', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10000'))
    const [request] = requests as [Request]
    const [one, two] = [new Uint8Array(5000), new Uint8Array(5000)]
    const first = request.content.read()
    conversation.send(one, two)
    expect((await first)?.buffer).toBe(one.buffer)
    expect((await request.content.read())?.buffer).toBe(two.buffer)
  })
})

describe('content and its consumer', () => {
  it('of announced length goes on to whoever waits for it, however much it is', () => {
    const { conversation, requests } = unanswered({ discardBytes: 5 })
    conversation.send(POST)
    let received = 0
    requests[0]?.content.deliverTo({ ...ignoring, dataReceived: (chunk) => void (received += chunk.length) })
    requests[0]?.finish('early')
    conversation.send('0123456789', head('GET / HTTP/1.1', 'Host: a'))
    expect(received).toBe(10)
    expect(requests).toHaveLength(2)
  })

  it('comes to a pending read, whoever pauses and resumes a consumer that is not there', async () => {
    const { conversation, requests } = unanswered()
    conversation.send(POST)
    const { content } = requests[0] as Request
    const reading = content.read()
    content.pauseProducing()
    content.resumeProducing()
    conversation.send('0123456789')
    expect(wireText((await reading) as Uint8Array)).toBe('0123456789')
  })

  it('is delivered one piece after the other, whatever its consumer does meanwhile', () => {
    const { conversation, requests } = unanswered()
    conversation.send(CHUNKED)
    const [request] = requests as [Request]
    const { content } = request
    let depth = 0
    const seen: string[] = []
    content.deliverTo({
      dataReceived: (chunk) => {
        expect((depth += 1)).toBe(1)
        seen.push(Buffer.from(chunk).toString())
        content.pauseProducing()
        if (seen.length > 1) content.resumeProducing()
        depth -= 1
      },
      contentDone: () => {
        expect(depth).toBe(0)
        seen.push('done')
      },
      contentLost() {},
    })
    const pieces = ['a', 'b', 'c', 'd'].map((octet) => `1000\r\n${octet.repeat(4096)}\r\n`)
    conversation.send(pieces.join(''))
    expect(seen.map((piece) => piece[0])).toEqual(['a'])
    conversation.send('1\r\ne\r\n0\r\n\r\n')
    content.resumeProducing()
    expect(seen.map((piece) => piece[0])).toEqual(['a', 'b', 'c', 'd', 'e', 'd'])
  })
})
