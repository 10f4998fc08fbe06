import { StormError, type Behaviour, type Step } from './behaviour.ts'
import type { Exchange } from './exchange.ts'

const throws: Step = () => {
  throw new StormError('thrown')
}

/** Begins a response, perhaps only in its own mind, and does something else instead of completing it. */
const midway =
  (deed: Step): Step =>
  async (exchange) => {
    const { chance } = exchange.weather
    exchange.start(200)
    if (chance.of(0.5)) exchange.write(10)
    if (chance.of(0.5)) await exchange.weather.pass()
    await deed(exchange)
  }

const aborts: Step = (exchange) => {
  exchange.request.channel.abortConnection()
  if (exchange.alive) exchange.finish(0)
}

const closes: Step = (exchange) => {
  exchange.request.loseConnection()
  exchange.finish(5)
}

const breaksItsWord: Step = (exchange) => {
  exchange.start(200)
  exchange.request.setHeader('Content-Length', '10')
  if (exchange.sent.method !== 'GET' && exchange.sent.method !== 'POST')
    exchange.finish(5) // no content: no lie
  else if (exchange.weather.chance.of(0.5)) exchange.request.finish('short')
  else exchange.request.write('more than ten octets')
}

const never: Step = () => undefined

const readsAndThrows: Step = (exchange) => {
  const { content } = exchange.request
  content.deliverTo({ dataReceived: fail, contentDone: fail, contentLost: fail })
}

function fail(): never {
  throw new StormError('while reading')
}

/** What handlers do that they should not. A new misdeed is one more row. */
export const MISDEEDS: readonly Behaviour[] = [
  { name: 'throws', weight: 1, run: throws },
  { name: 'throws midway', weight: 1, run: midway(throws) },
  { name: 'breaks its word', weight: 1, run: breaksItsWord },
  { name: 'never answers', weight: 1, run: never },
  { name: 'aborts', weight: 1, run: midway(aborts) },
  { name: 'closes', weight: 1, run: midway(closes) },
  { name: 'reads and throws', weight: 1, run: readsAndThrows },
]

/** What no hook is asked to do. */
export function meddle(exchange: Exchange): void {
  const { chance } = exchange.weather
  exchange.misbehaved = true
  const deed = chance.below(4)
  if (deed === 0) throw new StormError('in a hook')
  else if (deed === 1) exchange.request.channel.abortConnection()
  else if (deed === 2) exchange.request.loseConnection()
  else if (!exchange.finished) {
    if (!exchange.request.startedWriting) exchange.start(503)
    exchange.finish(4)
  }
}
