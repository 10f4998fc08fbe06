import { describe, expect, it } from 'vitest'
import type { HTTPChannelOptions, Request } from '../src/index.ts'
import { type Conversation, head, unanswered, wireBytes } from './conversation.ts'

/** A conversation and its latest request. */
function pulled(options: Partial<HTTPChannelOptions> = {}): {
  conversation: Conversation
  request: () => Request
} {
  const { conversation, requests } = unanswered(options)
  return { conversation, request: () => requests.at(-1) as Request }
}

const POST = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 10')
const CHUNKED = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')

describe('content', () => {
  it('is pulled piece by piece, and ends with null', async () => {
    const { conversation, request } = pulled()
    conversation.send(POST, '01234')
    const { content } = request()
    expect(await content.read()).toEqual(wireBytes('01234'))
    const next = content.read()
    conversation.send('56789')
    expect(await next).toEqual(wireBytes('56789'))
    expect(await content.read()).toBeNull()
    expect(content.complete).toBe(true)
  })

  it('can be iterated, and collected within a limit', async () => {
    const { conversation, request } = pulled()
    conversation.send(`${CHUNKED}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n`)
    expect(await request().content.bytes(7)).toEqual(wireBytes('abcdefg'))
    const second = pulled()
    second.conversation.send(`${CHUNKED}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n`)
    await expect(second.request().content.bytes(6)).rejects.toThrow(RangeError)
  })

  it('is at its end at once when there is none', async () => {
    const { conversation, request } = pulled()
    conversation.send(head('GET / HTTP/1.1', 'Host: a'))
    expect(await request().content.read()).toBeNull()
  })

  it('shows trailers at its end, without those that may not stand there (rule 51)', async () => {
    const { conversation, request } = pulled()
    conversation.send(`${CHUNKED}1\r\nx\r\n0\r\nDigest: abc\r\nHost: evil\r\nContent-Length: 5\r\n\r\n`)
    const { content } = request()
    await content.bytes()
    expect([...(content.trailers ?? [])]).toEqual([['Digest', 'abc']])
    expect(request().requestHeaders.has('digest')).toBe(false)
  })

  it('is delivered to a consumer as it arrives', () => {
    const { conversation, request } = pulled()
    conversation.send(`${CHUNKED}3\r\nabc\r\n`)
    const seen: unknown[] = []
    request().content.deliverTo({
      dataReceived: (chunk) => seen.push(Buffer.from(chunk).toString()),
      contentDone: (trailers) => seen.push(['done', trailers?.size ?? 0]),
      contentLost: (error) => seen.push(error),
    })
    conversation.send('2\r\nde\r\n0\r\n\r\n')
    expect(seen).toEqual(['abc', 'de', ['done', 0]])
  })

  it('has one reader', async () => {
    const { conversation, request } = pulled()
    conversation.send(POST)
    const { content } = request()
    void content.read().catch(() => undefined)
    await expect(content.read()).rejects.toMatchObject({ code: 'ERR_CONTENT_CONSUMED' })
    expect(() => content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })).toThrow(
      expect.objectContaining({ code: 'ERR_CONTENT_CONSUMED' }),
    )
  })

  it('that nobody wants stops the peer at readAheadBytes and one read (rule: bounded memory)', () => {
    const { conversation, request } = pulled({ readAheadBytes: 100 })
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1000'))
    conversation.send('x'.repeat(100))
    expect(conversation.transport.paused).toBe(false)
    conversation.send('x')
    expect(conversation.transport.paused).toBe(true)
    void request().content.read()
    expect(conversation.transport.paused).toBe(false)
  })

  it('stops the peer when its consumer pauses, and goes on when it resumes', () => {
    const { conversation, request } = pulled({ readAheadBytes: 10 })
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1000'))
    let received = 0
    const { content } = request()
    content.deliverTo({
      dataReceived: (chunk) => void (received += chunk.length),
      contentDone() {},
      contentLost() {},
    })
    conversation.send('x'.repeat(50))
    expect(received).toBe(50)
    content.pauseProducing()
    conversation.send('x'.repeat(50))
    expect([received, conversation.transport.paused]).toEqual([50, true])
    content.resumeProducing()
    expect([received, conversation.transport.paused]).toEqual([100, false])
  })

  it('goes on when its consumer resumes, however much was held on the way in', () => {
    const { conversation, request } = pulled()
    conversation.send(CHUNKED)
    let received = 0
    const { content } = request()
    content.deliverTo({
      dataReceived: (chunk) => {
        if (received === 0) content.pauseProducing()
        received += chunk.length
      },
      contentDone() {},
      contentLost() {},
    })
    const read = `2000\r\n${'x'.repeat(0x2000)}\r\n`.repeat(7)
    conversation.send(read) // all decoded, all but the first piece held as content
    conversation.send(read) // held as it came
    expect(received).toBe(0x2000)
    content.resumeProducing()
    expect(received).toBe(14 * 0x2000)
  })

  it('may be more than maxBodySize neither announced nor chunked: N passes, N + 1 is 413', async () => {
    const announced = (length: number): Conversation => {
      const { conversation } = pulled({ maxBodySize: 10 })
      return conversation.send(head('POST / HTTP/1.1', 'Host: a', `Content-Length: ${length}`))
    }
    expect(announced(10).statuses).toEqual([])
    expect(announced(11).statuses).toEqual([413])
    const chunked = pulled({ maxBodySize: 10 })
    chunked.conversation.send(CHUNKED)
    const reading = chunked.request().content.bytes()
    chunked.conversation.send('a\r\n0123456789\r\n')
    expect(chunked.conversation.statuses).toEqual([])
    chunked.conversation.send('1\r\nx\r\n')
    expect(chunked.conversation.statuses).toEqual([413])
    await expect(reading).rejects.toMatchObject({ code: 'ERR_CONTENT_TOO_LARGE' })
  })

  it('whose framing breaks is refused if nothing was answered, and fails for its reader (rule 48)', async () => {
    const { conversation, request } = pulled()
    conversation.send(CHUNKED)
    const reading = request().content.bytes()
    conversation.send('3\r\nabcX')
    expect(conversation.statuses).toEqual([400])
    await expect(reading).rejects.toMatchObject({ phase: 'content', statusHint: 400 })
  })

  it('whose framing breaks after the answer began breaks the connection', () => {
    const { conversation, request } = pulled()
    conversation.send(CHUNKED)
    request().content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    request().write('early')
    conversation.send('zz\r\n')
    expect(conversation.transport.lostReason).toEqual({ kind: 'aborted' })
  })

  it('whose framing breaks after the answer was complete closes without a second answer', () => {
    const { conversation, request } = pulled()
    conversation.send(CHUNKED)
    request().finish('early')
    conversation.send('zz\r\n')
    expect(conversation.statuses).toEqual([200])
    expect(conversation.closed).toBe(true)
  })

  it.each([
    ['began', (request: Request): void => void request.write('early')],
    ['was complete', (request: Request): void => request.finish('early')],
  ])('tells its reader what broke, also when the answer %s', async (_what, answer) => {
    for (const [code, end] of [
      ['ERR_CHUNK_SIZE', ({ conversation }: ReturnType<typeof pulled>) => void conversation.send('zz\r\n')],
      ['ERR_CONTENT_TOO_SLOW', ({ conversation }) => conversation.clock.advance(30_000)],
      ['ERR_BODY_TRUNCATED', ({ conversation }) => conversation.transport.deliverEnd()],
    ] as [string, (all: ReturnType<typeof pulled>) => void][]) {
      const all = pulled()
      all.conversation.send(CHUNKED)
      const reading = all.request().content.read()
      answer(all.request())
      await Promise.resolve()
      end(all)
      await expect(reading).rejects.toMatchObject({ code })
      expect(all.conversation.codes).toEqual([code])
    }
  })

  it('rule 55: that ends too early is an error, never an end', async () => {
    const { conversation, request } = pulled()
    conversation.send(POST, '0123')
    const reading = request().content.bytes()
    conversation.transport.deliverEnd()
    await expect(reading).rejects.toMatchObject({ code: 'ERR_BODY_TRUNCATED' })
    expect(conversation.statuses).toEqual([400])
  })

  it('rule 56: that nobody read is dropped when it is little, and the connection kept', () => {
    const { conversation, request } = pulled()
    conversation.send(POST)
    request().finish('no thanks')
    expect(conversation.wire).not.toContain('close')
    conversation.send(`0123456789${head('GET /next HTTP/1.1', 'Host: a')}`)
    expect(request().requestTarget).toBe('/next')
  })

  it.each([
    [20, false],
    [21, true],
  ])('rule 56: of %i octets that nobody read, with discardBytes 20: closes is %j', (length, closes) => {
    const { conversation, request } = pulled({ discardBytes: 20 })
    conversation.send(head('POST / HTTP/1.1', 'Host: a', `Content-Length: ${length}`))
    request().finish('no thanks')
    expect(conversation.wire.includes('Connection: close')).toBe(closes)
    expect(conversation.closed).toBe(closes)
  })

  it('rule 56: that is chunked is dropped up to discardBytes, then the connection closes', () => {
    const { conversation, request } = pulled({ discardBytes: 20 })
    conversation.send(CHUNKED)
    request().finish('no thanks')
    conversation.send(`14\r\n${'x'.repeat(20)}\r\n`)
    expect(conversation.closed).toBe(false)
    conversation.send('1\r\nx\r\n')
    expect(conversation.closed).toBe(true)
  })

  it('goes on to whoever waits for it when the response is complete', async () => {
    const { conversation, request } = pulled()
    conversation.send(POST)
    const reading = request().content.read()
    request().setResponseCode(202)
    request().finish()
    conversation.send('0123456789')
    expect(await reading).toEqual(wireBytes('0123456789'))
    conversation.send(head('GET /next HTTP/1.1', 'Host: a'))
    expect(request().requestTarget).toBe('/next')
  })

  it('is refused to who asks for it after the response was finished, never cut short silently', async () => {
    const { conversation, request } = pulled()
    conversation.send(POST)
    const { content } = request()
    request().finish()
    const discarded = expect.objectContaining({ code: 'ERR_CONTENT_DISCARDED' }) as Error
    await expect(content.read()).rejects.toEqual(discarded)
    expect(() => content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })).toThrow(
      discarded,
    )
  })

  it('that its consumer forgot after the response closes the connection after timeOut', () => {
    const { conversation, request } = pulled({ timeOut: 1000 })
    conversation.send(POST)
    const { content } = request()
    content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    content.pauseProducing()
    request().finish()
    conversation.clock.advance(999)
    expect(conversation.closed).toBe(false)
    conversation.clock.advance(1)
    expect(conversation.closed).toBe(true)
  })

  it('keeps large content in views of what was read', () => {
    const { conversation, request } = pulled()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 100000'))
    const pieces: Uint8Array[] = []
    request().content.deliverTo({
      dataReceived: (chunk) => pieces.push(chunk),
      contentDone() {},
      contentLost() {},
    })
    const read = new Uint8Array(100_000)
    conversation.send(read)
    expect(pieces).toHaveLength(1)
    expect(pieces[0]?.buffer).toBe(read.buffer)
  })
})

describe('100-continue', () => {
  const EXPECTING = head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Expect: 100-Continue')

  it('rule 57, 62: is sent when content is first wanted, once', async () => {
    const { conversation, request } = pulled()
    conversation.send(EXPECTING)
    expect(conversation.wire).toBe('')
    const reading = request().content.read()
    await Promise.resolve()
    expect(conversation.wire).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    conversation.send('abc')
    await reading
    await request().content.read()
    expect(conversation.wire.match(/100/g)).toHaveLength(1)
  })

  it('rule 59: is not sent when content came already', () => {
    const { conversation, request } = pulled()
    conversation.send(`${EXPECTING}abc`)
    void request().content.read()
    request().finish()
    expect(conversation.statuses).toEqual([200])
  })

  it('rule 58: is not sent to a 1.0 client', async () => {
    const { conversation, request } = pulled()
    conversation.send(head('POST / HTTP/1.0', 'Content-Length: 3', 'Expect: 100-continue'))
    void request().content.read()
    await Promise.resolve()
    expect(conversation.wire).toBe('')
  })

  it('rule 61: an answer that does not wait for the content says close', () => {
    const { conversation, request } = pulled()
    conversation.send(EXPECTING)
    request().setResponseCode(413)
    request().finish()
    expect(conversation.wire).toMatch(/^HTTP\/1\.1 413 [^]*Connection: close\r\n/)
    expect(conversation.closed).toBe(true)
  })

  it('rule 60: another expectation is 417', () => {
    const { conversation } = pulled()
    conversation.send(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Expect: miracles'))
    expect(conversation.statuses).toEqual([417])
  })

  it('rule 61: an answer that began before content was wanted closes: the client may never send it', () => {
    const { conversation, request } = pulled()
    conversation.send(EXPECTING)
    request().write('early')
    request().content.deliverTo({ dataReceived() {}, contentDone() {}, contentLost() {} })
    request().finish()
    expect(conversation.closed).toBe(true)
  })
})

describe('content whose reader leaves when the response is complete', () => {
  const next = head('GET /next HTTP/1.1', 'Host: a')

  /** Finishes the response while somebody reads, and lets 3 octets of `length` come; then the reader leaves. */
  async function leftBehind(
    how: 'loop' | 'consumer',
    lengthField: string,
  ): Promise<ReturnType<typeof pulled>> {
    const talk = pulled({ discardBytes: 20 })
    talk.conversation.send(head('POST / HTTP/1.1', 'Host: a', lengthField))
    const { content } = talk.request()
    const consumer = { dataReceived: () => content.stopProducing(), contentDone() {}, contentLost() {} }
    const readOne = async (): Promise<void> => {
      for await (const chunk of content) if (chunk.length > 0) break
    }
    const reading = how === 'loop' ? readOne() : content.deliverTo(consumer)
    talk.request().finish('done')
    talk.conversation.send(lengthField.startsWith('C') ? 'abc' : '3\r\nabc\r\n')
    await reading
    return talk
  }

  it.each([
    ['loop', 23, false],
    ['loop', 24, true],
    ['consumer', 23, false],
    ['consumer', 24, true],
  ] as const)('by its %s, of %i octets, 3 of them read: closes is %j', async (how, length, closes) => {
    const { conversation, request } = await leftBehind(how, `Content-Length: ${length}`)
    expect(conversation.closed).toBe(closes)
    conversation.send('x'.repeat(length - 3) + next)
    expect(request().requestTarget).toBe(closes ? '/' : '/next')
  })

  it.each(['loop', 'consumer'] as const)('by its %s, chunked: is dropped up to discardBytes', async (how) => {
    const { conversation } = await leftBehind(how, 'Transfer-Encoding: chunked')
    conversation.send(`14\r\n${'x'.repeat(20)}\r\n`)
    expect(conversation.closed).toBe(false)
    conversation.send('1\r\nx\r\n')
    expect(conversation.closed).toBe(true)
  })

  it('stays to be read on, as long as the response is not complete', async () => {
    const { conversation, request } = pulled({ discardBytes: 0 })
    conversation.send(POST, '01234')
    const { content } = request()
    for await (const chunk of content) if (chunk.length === 5) break
    conversation.send('56789')
    expect(await content.bytes()).toEqual(wireBytes('56789'))
    request().finish()
    expect(conversation.closed).toBe(false)
  })
})
