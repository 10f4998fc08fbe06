import type { SimulatedConnection } from '@millrace/testing'
import { STRICT } from '../../src/index.ts'
import type { HTTPChannelOptions, LeniencyFlag } from '../../src/index.ts'
import type { WatchedChannel } from './channels.ts'
import type { Exchange, Taker } from './exchange.ts'
import type { Reporter } from './reporter.ts'
import type { Script } from './requests.ts'
import { readResponses, type Received } from './wire.ts'
import { toText } from './latin1.ts'

/** What can be told of one connection. */
interface Course {
  readonly connection: SimulatedConnection
  readonly protocol: WatchedChannel
  readonly options: HTTPChannelOptions
  readonly script: Script
  readonly sentWire: Uint8Array
  readonly calm: boolean
  readonly exchanges: readonly Exchange[]
  readonly reporter: Reporter
  /** All that the client got. */
  readonly wire: string
  violated(what: string): void
}

/** The largest piece that a handler writes, with its framing, and a head. */
const PIECE_BYTES = 81_000
/** The most content that is held for a reader. */
const CONTENT_BYTES = 65_536

/** What is held at any time stays within the options. */
export function checkMemory(course: Course): void {
  const { connection, protocol, options, exchanges } = course
  const { readAheadBytes = 0, writeAheadBytes = 0, totalHeadersSize = 0, discardBytes = 0 } = options
  const held = (protocol.paused ? readAheadBytes : totalHeadersSize) + connection.readBytes
  if (protocol.held > held) course.violated(`holds ${protocol.held} octets, more than ${held}`)
  // One piece may cross the mark, and one may be on its way to whoever reads.
  const content = CONTENT_BYTES + 2 * (readAheadBytes + connection.readBytes)
  for (const exchange of exchanges) {
    if (exchange.heldBytes > content) course.violated(`holds ${exchange.heldBytes} octets of content`)
    if (exchange.droppedBytes > discardBytes)
      course.violated(`dropped ${exchange.droppedBytes} octets of content`)
  }
  // What the channel collects before it hands over, and one piece more.
  const collected = writeAheadBytes + PIECE_BYTES
  if (protocol.output.length > collected) course.violated(`holds ${protocol.output.length} octets to send`)
  if (exchanges.some(({ pushy, upgraded }) => pushy || upgraded !== null)) return
  const { bufferedBytes } = connection.transport
  // Told to pause at the high-water mark, a handler may still say its last.
  const waiting = connection.highWaterMarkBytes + collected + PIECE_BYTES
  if (bufferedBytes > waiting) course.violated(`${bufferedBytes} octets wait for the peer`)
}

/** In calm weather every request is answered, unless an answer had a reason to close. */
export function checkCalm(course: Course): void {
  const { exchanges, script, protocol: channel } = course
  const sent = script.parts
  for (const { finished, upgraded, sent: request } of exchanges)
    if (!finished && upgraded === null) course.violated(`request ${request.id} was not answered`)
  const last = exchanges.at(-1)
  if (isUpgraded(last)) return
  const closes = last !== undefined && mayClose(last, course.options)
  if (exchanges.length < sent.length) {
    if (!closes) course.violated(`only ${exchanges.length} requests were dispatched`)
  } else if (!closes) {
    if (script.garbage === '') {
      if (channel.readState !== 'idle') course.violated(`is ${channel.readState} in the end`)
    } else if (course.reporter.answer?.test(course.wire) !== true)
      course.violated('the peer was not told that it spoke nonsense')
  }
}

function mayClose(exchange: Exchange, { discardBytes = 0 }: HTTPChannelOptions): boolean {
  const { sent, contentEnd, request, takenBytes } = exchange
  // A final answer may have come before the 100 that the client waited for.
  if (request.expectsContinue) return true
  const rest = (sent.content?.length ?? 0) - takenBytes
  const isDropped = contentEnd === 'dropped' && rest <= discardBytes
  const unread = request.head.contentLength !== 0 && contentEnd !== 'done' && !isDropped
  return (
    sent.closes || sent.minorVersion === 0 || sent.method === 'CONNECT' || unread || request.lost !== null
  )
}

/** A client that finished sending and took everything is rid of the connection, unless an answer is owed to it. */
export function checkLeft(course: Course): void {
  const { connection, protocol } = course
  // A reader that went away in the middle of content leaves the connection to the keep-alive deadline.
  const isForgotten = protocol.readState === 'body' && protocol.paused
  if (!isAnswerOwed(course) && !isForgotten && connection.transport.lostReason === null)
    course.violated(`is ${protocol.readState} behind the end`)
}

/** Nobody is waited for in vain: where there are deadlines, they pass. */
export function checkWaited(course: Course): void {
  const { connection, protocol, calm, exchanges } = course
  if (calm || isAnswerOwed(course) || isUpgraded(exchanges.at(-1))) return
  if (connection.transport.lostReason === null) course.violated(`is ${protocol.readState} for ever`)
}

function isAnswerOwed({ exchanges }: Course): boolean {
  const last = exchanges.at(-1)
  return last !== undefined && !last.finished && last.upgraded === null && last.request.lost === null
}

/** When the connection is over, nobody waits and nothing is left behind. */
export function checkEnd(course: Course): void {
  const { exchanges, protocol } = course
  checkLastWords(course)
  if (protocol.requests.length > 0) course.violated(`${protocol.requests.length} exchanges are left`)
  for (const exchange of exchanges) {
    const { request, sent, finished, upgraded, notified } = exchange
    const complete = finished || upgraded !== null
    if (notified === undefined) course.violated(`nobody told request ${sent.id} how it ended`)
    else if (complete !== (notified === null))
      course.violated(
        `request ${sent.id} was told ${JSON.stringify(notified)}, complete: ${String(complete)}`,
      )
    if (request.signal.aborted === complete) course.violated(`the signal of request ${sent.id} is wrong`)
    if (exchange.losses > 1)
      course.violated(`request ${sent.id} lost its connection ${exchange.losses} times`)
    if (exchange.producing && !finished) course.violated(`nobody stopped the producer of request ${sent.id}`)
    if (exchange.running > 0 && !exchange.misbehaved)
      course.violated(`the handler of request ${sent.id} waits for ever`)
    if (sent.broken && sent.content !== null && exchange.contentEnd === 'done')
      course.violated('broken content came to its end')
    if (upgraded !== null && upgraded.lost === null)
      course.violated('the next protocol was not told of the loss')
  }
}

/** An error is answered as `onError` has it, and nothing follows. */
function checkLastWords(course: Course): void {
  const { connection, reporter } = course
  const lastWords = toText(connection.transport.writes.at(-1) ?? new Uint8Array())
  if (reporter.refused && reporter.answer === null) course.violated('the peer was not told what was wrong')
  if (reporter.answer?.test(lastWords) === false)
    course.violated('the last words are not the answer to the error')
}

/** What was forgiven is counted, once for each request that was accepted. */
export function checkLeniencies(course: Course): void {
  const { protocol, exchanges } = course
  for (const flag of Object.keys(STRICT) as LeniencyFlag[]) {
    const needed = exchanges.filter((one) => one.accepted && one.request.head.leniencies.includes(flag))
    const counted = protocol.leniencies[flag] ?? 0
    if (counted !== needed.length)
      course.violated(`${flag} is counted ${counted} times, not ${needed.length}`)
  }
}

/** What the client got: the responses in order, each once and true, and nothing behind the last one. */
export function checkWire(course: Course): void {
  const { exchanges } = course
  let answered = 0
  let continued = 0
  try {
    const { responses, rest } = readResponses(
      course.wire,
      (status, fields, isLast) => isBodyless(course, status, fields, isLast),
      (_status, fields) => isUpgraded(byId(course, fields)),
    )
    for (const [at, response] of responses.entries()) {
      const exchange = exchanges[answered]
      if (response.status === 100) {
        continued += 1
        if (continued > 1 || exchange === undefined || exchange.request.head.expectValues.length === 0)
          course.violated('a 100 that nobody waited for')
        continue
      }
      if (response.status === 103) {
        const isRight = response.fields.get('x-interim') === String(exchange?.sent.id)
        if (!isRight || exchange?.sent.minorVersion !== 1) course.violated('a 103 to nobody')
        continue
      }
      continued = 0
      answered += 1
      const isLast = at === responses.length - 1
      checkResponse(course, exchange, response, isLast, rest)
    }
    checkComplete(course, responses, answered, rest)
  } catch (error) {
    course.violated(String(error))
  }
}

function isUpgraded(exchange: Exchange | undefined): exchange is Exchange & { upgraded: Taker } {
  return exchange !== undefined && exchange.upgraded !== null
}

function byId(course: Course, fields: ReadonlyMap<string, string>): Exchange | undefined {
  const id = fields.get('x-id')
  return id === undefined ? undefined : course.exchanges.find(({ sent }) => sent.id === Number(id))
}

function isBodyless(
  course: Course,
  status: number,
  fields: ReadonlyMap<string, string>,
  isLast: boolean,
): boolean {
  const exchange = byId(course, fields)
  if (exchange === undefined) return isLast // an error of the channel's own: content or not, it is the last one
  const { method } = exchange.sent
  return status === 204 || status === 304 || method === 'HEAD' || (method === 'CONNECT' && status < 300)
}

function checkResponse(
  course: Course,
  exchange: Exchange | undefined,
  { status, fields, content, complete }: Received,
  isLast: boolean,
  rest: string,
): void {
  const closes = fields.get('connection') === 'close'
  if (closes && (!isLast || rest !== '')) course.violated('bytes behind a response that closes')
  if (!fields.has('x-id')) {
    if (status < 400 || !closes || course.reporter.answer === null) course.violated(`a ${status} from nobody`)
    if (exchange?.finished === true)
      course.violated(`a ${status} instead of the answer to ${exchange.sent.id}`)
    return
  }
  if (exchange === undefined || byId(course, fields) !== exchange) {
    course.violated(`the answer to ${fields.get('x-id')} out of order`)
  } else if (exchange.upgraded !== null) {
    const { said, got } = exchange.upgraded
    if (!said.startsWith(rest)) course.violated('bytes from nobody behind an upgrade')
    if (!toText(course.sentWire.subarray(exchange.sent.end)).startsWith(got))
      course.violated('the next protocol got other bytes than those behind its request')
  } else {
    if (exchange.sent.closes && !closes)
      course.violated(`the answer to ${exchange.sent.id} does not say that it is the last`)
    if (status !== exchange.request.code) course.violated(`${status} instead of ${exchange.request.code}`)
    const bodyless = isBodyless(course, status, fields, false) || status === 205
    const right = bodyless
      ? content === ''
      : complete
        ? content === exchange.wrote
        : exchange.wrote.startsWith(content)
    if (!right) course.violated(`other content than was written for ${exchange.sent.id}`)
  }
}

/** What was finished while the connection lived has arrived, if the connection ended in peace. */
function checkComplete(course: Course, responses: readonly Received[], answered: number, rest: string): void {
  if (course.connection.transport.lostReason?.kind !== 'closed') return
  if (course.reporter.answer?.test(course.wire) === false)
    course.violated('the answer to an error did not arrive')
  const finished = course.exchanges.filter((exchange) => exchange.finished)
  if (answered < finished.length) course.violated(`${answered} answers of ${finished.length} arrived`)
  const last = course.exchanges.at(-1)
  if (isUpgraded(last)) {
    if (rest !== last.upgraded.said) course.violated('words of the next protocol were lost')
    return
  }
  if (rest !== '') course.violated(`an unfinished head: ${JSON.stringify(rest)}`)
  for (const response of responses) {
    const exchange = byId(course, response.fields)
    if (exchange?.finished === true && !response.complete && exchange.wrote !== response.content)
      course.violated(`the answer to ${exchange.sent.id} is cut short`)
  }
}
