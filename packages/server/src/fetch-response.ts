import type { Request as ChannelRequest } from '@millrace/channel'
import type { ConnectionLost } from '@millrace/transport'

type Reader = ReadableStreamDefaultReader<Uint8Array>
type Reading = Awaited<ReturnType<Reader['read']>>

const NOTHING = new Uint8Array(0)

/**
 * Sends a Fetch response as the answer to `exchange`; resolves when all of it is written.
 *
 * The platform hides what a `Response` was made of, so its body is read as a stream. What the body has at once decides
 * the framing: all of it leaves in one write, with its length; otherwise the head leaves now, and the rest piece by
 * piece, as fast as the client takes it.
 *
 * @throws (rejects) what the body failed with; {@link HeaderError} or {@link LocalProtocolError} on what may not be sent
 */
export async function sendResponse(exchange: ChannelRequest, response: Response): Promise<void> {
  if (exchange.finished) {
    // The client left, or the handler answered through the channel: whoever fills the body can stop.
    await response.body?.cancel()
    return
  }
  if (response.body === null) {
    setHead(exchange, response)
    exchange.finish()
    return
  }
  const reader: Reader = response.body.getReader()
  try {
    setHead(exchange, response)
    void exchange.notifyFinish().then((lost) => {
      if (lost !== null) giveUp(reader, lostError(lost))
    })
    await sendBody(exchange, reader)
  } catch (error) {
    giveUp(reader, error)
    throw error
  }
}

function setHead(exchange: ChannelRequest, response: Response): void {
  exchange.setResponseCode(response.status, response.statusText === '' ? null : response.statusText)
  for (const [name, value] of response.headers) {
    // The framing is the channel's; a response that was fetched elsewhere tells how it was framed there.
    if (name !== 'transfer-encoding') exchange.responseHeaders.append(name, value)
  }
}

async function sendBody(exchange: ChannelRequest, reader: Reader): Promise<void> {
  const { start, rest } = await open(reader)
  if (rest === null) {
    exchange.finish(start)
  } else if (exchange.method === 'HEAD') {
    giveUp(reader, new Error('the answer to HEAD has no content'))
    exchange.finish()
  } else {
    await write(exchange, start) // sends the head even when there is nothing yet: an event stream may be silent for long
    for (let next = await rest; !next.done; next = await reader.read())
      await write(exchange, octets(next.value))
    exchange.finish()
  }
}

/** The beginning of a body. */
interface Opening {
  /** What there was at once. */
  readonly start: Uint8Array
  /** What follows; `null` when that was all. */
  readonly rest: Promise<Reading> | null
}

async function open(reader: Reader): Promise<Opening> {
  const reading = reader.read()
  const first = await settledSoon(reading)
  if (first === undefined) return { start: NOTHING, rest: reading }
  if (first.done) return { start: NOTHING, rest: null }
  const start = octets(first.value)
  const following = reader.read()
  const second = await settledSoon(following)
  return { start, rest: second?.done === true ? null : following }
}

/**
 * What `promise` resolves with in this turn of the event loop; `undefined` when it takes longer. Long enough for what is
 * there already to make its way through streams, too short for anybody to wait.
 */
function settledSoon<T>(promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const turn = setImmediate(resolve, undefined)
    promise.then(resolve, reject).finally(() => clearImmediate(turn))
  })
}

async function write(exchange: ChannelRequest, piece: Uint8Array): Promise<void> {
  if (!exchange.write(piece)) await exchange.drained()
}

function octets(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  throw new TypeError('a response body consists of Uint8Array')
}

/** Tells whoever fills the body that nobody will read the rest. What that fails with concerns nobody any more. */
function giveUp(reader: Reader, reason: unknown): void {
  reader.cancel(reason).catch(() => {})
}

function lostError(lost: ConnectionLost): Error {
  return new Error(`the exchange ended before its response was complete (${lost.kind})`)
}
