import { wireText } from '@millrace/testing'
import type { Exchange, Taker } from './storm-exchange.ts'
import { readResponses, type Received } from './storm-wire.ts'
import type { Storm } from './storm.ts'

/** In calm weather every request is answered, unless an answer had a reason to close. */
export function checkCalm(storm: Storm): void {
  const { exchanges, sent, channel } = storm
  for (const { finished, upgraded, sent: request } of exchanges)
    if (!finished && upgraded === null) storm.violated(`request ${request.id} was not answered`)
  const last = exchanges.at(-1)
  if (isUpgraded(last)) return
  if (exchanges.length < sent.length) {
    if (last === undefined || !mayClose(last))
      storm.violated(`only ${exchanges.length} requests were dispatched`)
  } else if (channel.readState !== 'idle' && (last === undefined || !mayClose(last))) {
    storm.violated(`is ${channel.readState} in the end`)
  }
}

function mayClose({ sent, contentEnd, request }: Exchange): boolean {
  const unread = request.head.contentLength !== 0 && contentEnd !== 'done'
  return (
    sent.closes || sent.minorVersion === 0 || sent.method === 'CONNECT' || unread || request.lost !== null
  )
}

/** A client that said all it had to say, took everything and waited is rid of the connection. */
export function checkLeft(storm: Storm): void {
  const { exchanges, transport } = storm
  const last = exchanges.at(-1)
  const owed = last !== undefined && !last.finished && last.upgraded === null && last.request.lost === null
  if (!owed && !storm.calm && transport.lostReason === null)
    storm.violated(`is ${storm.channel.readState} for ever`)
}

const REFUSAL = /HTTP\/1\.1 [45][0-9]{2} (?:[^\r]+\r\n)+Connection: close\r\n\r\n(?:[45][0-9]{2} [^\n]+\n)?$/

/** When the connection is over, nobody waits and nothing is left behind. */
export function checkEnd(storm: Storm): void {
  const { exchanges, clock, transport } = storm
  if (!transport.disconnected) storm.violated('connectionLost did not run')
  const lastWords = wireText(transport.writes.at(-1) ?? new Uint8Array())
  if (storm.refused && !REFUSAL.test(lastWords)) storm.violated('the peer was not told what was wrong')
  if (clock.pending > 0) storm.violated(`${clock.pending} timers are left`)
  for (const exchange of exchanges) {
    const { request, sent, finished, upgraded, notified } = exchange
    const complete = finished || upgraded !== null
    if (notified === undefined) storm.violated(`nobody told request ${sent.id} how it ended`)
    else if (complete !== (notified === null))
      storm.violated(`request ${sent.id} was told ${JSON.stringify(notified)}, complete: ${String(complete)}`)
    if (request.signal.aborted === complete) storm.violated(`the signal of request ${sent.id} is wrong`)
    if (exchange.losses > 1) storm.violated(`request ${sent.id} lost its connection ${exchange.losses} times`)
    if (exchange.producing && !finished) storm.violated(`nobody stopped the producer of request ${sent.id}`)
    if (sent.broken && exchange.contentEnd === 'done') storm.violated('broken content came to its end')
    if (upgraded !== null && upgraded.lost === null)
      storm.violated('the next protocol was not told of the loss')
  }
}

/** What the client got: the responses in order, each once and true, and nothing behind the last one. */
export function checkWire(storm: Storm): void {
  const { exchanges } = storm
  let answered = 0
  let continued = 0
  try {
    const { responses, rest } = readResponses(
      storm.wire,
      (status, fields, isLast) => isBodyless(storm, status, fields, isLast),
      (_status, fields) => isUpgraded(byId(storm, fields)),
    )
    for (const [at, response] of responses.entries()) {
      const exchange = exchanges[answered]
      if (response.status === 100) {
        continued += 1
        if (continued > 1 || exchange === undefined || exchange.request.head.expectValues.length === 0)
          storm.violated('a 100 that nobody waited for')
        continue
      }
      if (response.status === 103) {
        const isRight = response.fields.get('x-interim') === String(exchange?.sent.id)
        if (!isRight || exchange?.sent.minorVersion !== 1) storm.violated('a 103 to nobody')
        continue
      }
      continued = 0
      answered += 1
      const isLast = at === responses.length - 1
      checkResponse(storm, exchange, response, isLast, rest)
    }
    checkComplete(storm, responses, answered, rest)
  } catch (error) {
    storm.violated(String(error))
  }
}

function isUpgraded(exchange: Exchange | undefined): exchange is Exchange & { upgraded: Taker } {
  return exchange !== undefined && exchange.upgraded !== null
}

function byId(storm: Storm, fields: ReadonlyMap<string, string>): Exchange | undefined {
  const id = fields.get('x-id')
  return id === undefined ? undefined : storm.exchanges.find(({ sent }) => sent.id === Number(id))
}

function isBodyless(
  storm: Storm,
  status: number,
  fields: ReadonlyMap<string, string>,
  isLast: boolean,
): boolean {
  const exchange = byId(storm, fields)
  if (exchange === undefined) return isLast // an error of the channel's own: content or not, it is the last one
  const { method } = exchange.sent
  return status === 204 || status === 304 || method === 'HEAD' || (method === 'CONNECT' && status < 300)
}

function checkResponse(
  storm: Storm,
  exchange: Exchange | undefined,
  { status, fields, content, complete }: Received,
  isLast: boolean,
  rest: string,
): void {
  const closes = fields.get('connection') === 'close'
  if (closes && (!isLast || rest !== '')) storm.violated('bytes behind a response that closes')
  if (!fields.has('x-id')) {
    if (status < 400 || !closes) storm.violated(`a ${status} from nobody`)
    if (exchange?.finished === true)
      storm.violated(`a ${status} instead of the answer to ${exchange.sent.id}`)
    return
  }
  if (exchange === undefined || byId(storm, fields) !== exchange) {
    storm.violated(`the answer to ${fields.get('x-id')} out of order`)
  } else if (exchange.upgraded !== null) {
    const { said, got } = exchange.upgraded
    if (!said.startsWith(rest)) storm.violated('bytes from nobody behind an upgrade')
    if (!wireText(storm.script.wire.subarray(exchange.sent.end)).startsWith(got))
      storm.violated('the next protocol got other bytes than those behind its request')
  } else {
    if (status !== exchange.request.code) storm.violated(`${status} instead of ${exchange.request.code}`)
    const bodyless = isBodyless(storm, status, fields, false) || status === 205
    const right = bodyless
      ? content === ''
      : complete
        ? content === exchange.wrote
        : exchange.wrote.startsWith(content)
    if (!right) storm.violated(`other content than was written for ${exchange.sent.id}`)
  }
}

/** What was finished while the connection lived has arrived, if the connection ended in peace. */
function checkComplete(storm: Storm, responses: readonly Received[], answered: number, rest: string): void {
  if (storm.transport.lostReason?.kind !== 'closed') return
  const finished = storm.exchanges.filter((exchange) => exchange.finished)
  if (answered < finished.length) storm.violated(`${answered} answers of ${finished.length} arrived`)
  const last = storm.exchanges.at(-1)
  if (isUpgraded(last)) {
    if (rest !== last.upgraded.said) storm.violated('words of the next protocol were lost')
    return
  }
  if (rest !== '') storm.violated(`an unfinished head: ${JSON.stringify(rest)}`)
  for (const response of responses) {
    const exchange = byId(storm, response.fields)
    if (exchange?.finished === true && !response.complete && exchange.wrote !== response.content)
      storm.violated(`the answer to ${exchange.sent.id} is cut short`)
  }
}
