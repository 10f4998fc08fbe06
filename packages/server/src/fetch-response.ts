import type { Request as ChannelRequest } from '@millrace/channel'
import type { ConnectionLost } from '@millrace/transport'
import { changedHeaders, takeParts } from './light-response.ts'

type Reader = ReadableStreamDefaultReader<Uint8Array>
type Reading = Awaited<ReturnType<Reader['read']>>

const NOTHING = new Uint8Array(0)

/**
 * Sends a light response whose body nobody looked at: all of it, now.
 *
 * @param returned - by a handler
 * @returns whether it was one of these; else nothing was done
 * @throws {@link HeaderError} or {@link LocalProtocolError} on what may not be sent
 */
export function sendAtOnce(exchange: ChannelRequest, returned: unknown): boolean {
  const parts = takeParts(returned)
  if (parts === null) return false
  if (exchange.finished) return true // the client left, or the handler answered through the channel
  setStatus(exchange, parts)
  const headers = changedHeaders(returned)
  if (headers === null) {
    for (let index = 0; index < parts.names.length; index += 1)
      setField(exchange, parts.names[index] as string, parts.values[index] as string)
  } else {
    for (const [name, value] of headers) setField(exchange, name, value)
  }
  exchange.finish(parts.content ?? '')
  return true
}

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
  setStatus(exchange, response)
  for (const [name, value] of response.headers) setField(exchange, name, value)
}

function setStatus(
  exchange: ChannelRequest,
  { status, statusText }: Pick<Response, 'status' | 'statusText'>,
): void {
  exchange.setResponseCode(status, statusText === '' ? null : statusText)
}

function setField(exchange: ChannelRequest, name: string, value: string): void {
  // The framing is the channel's; a response that was fetched elsewhere tells how it was framed there.
  if (name !== 'transfer-encoding') exchange.responseHeaders.append(name, value)
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
