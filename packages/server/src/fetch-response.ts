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
 * Sends a Fetch response as the answer to `exchange`, at once if that is possible; resolves when all of it is written.
 *
 * The platform hides what a `Response` was made of, so its body is read as a stream. What the body has at once decides
 * the framing: all of it leaves in one write, with its length; otherwise the head leaves now, and the rest piece by
 * piece, as fast as the client takes it.
 *
 * @throws (rejects) what the body failed with; {@link HeaderError} or {@link LocalProtocolError} on what may not be sent
 */
export async function sendResponse(exchange: ChannelRequest, response: Response): Promise<void> {
  if (sendAtOnce(exchange, response)) return
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
  // Content that is there at once is one piece, and its end.
  const first = reader.read()
  const second = reader.read()
  const both = await soon(Promise.all([first, second]))
  if (both?.[0].done === true) return exchange.finish()
  if (both?.[1].done === true) return exchange.finish(octets(both[0].value))
  if (exchange.method === 'HEAD') {
    giveUp(reader, new Error('the answer to HEAD has no content'))
    return exchange.finish()
  }
  void exchange.notifyFinish().then((lost) => {
    if (lost !== null) giveUp(reader, lostError(lost))
  })
  await sendPieces(exchange, reader, [first, second])
}

/** Sends a body as it comes. @param read - of it so far */
async function sendPieces(exchange: ChannelRequest, reader: Reader, read: Promise<Reading>[]): Promise<void> {
  // Sends the head even when there is nothing yet: an event stream may be silent for long.
  if ((await Promise.race([read[0], undefined])) === undefined) await write(exchange, NOTHING)
  for (;;) {
    const next = await (read.shift() ?? reader.read())
    if (next.done) return exchange.finish()
    await write(exchange, octets(next.value))
  }
}

/**
 * What `promise` resolves with in this turn of the event loop or the next; `undefined` when it takes longer. Long enough
 * for what is there already to make its way through streams (a Blob's takes the second turn on Node 24), too short for
 * anybody to wait.
 */
function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let turn = setImmediate(() => {
      turn = setImmediate(resolve, undefined)
    })
    promise.then(
      (value) => {
        clearImmediate(turn)
        resolve(value)
      },
      (error: unknown) => {
        clearImmediate(turn)
        reject(error as Error)
      },
    )
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
