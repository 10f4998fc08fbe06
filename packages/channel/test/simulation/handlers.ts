import type { PullProducer, PushProducer } from '@millrace/transport'
import type { Exchange } from './storm-exchange.ts'

/** What a misbehaving handler throws, to tell it from what the channel does wrong. */
export class StormError extends Error {}

type Step = (exchange: Exchange) => void | Promise<void>

const SIZES = [0, 1, 30, 700, 5_000, 80_000]

function size({ weather: { chance } }: Exchange): number {
  return chance.below(chance.pick(SIZES) + 1)
}

// --- what becomes of the content

async function readAll(exchange: Exchange): Promise<void> {
  const { content } = exchange.request
  for await (const chunk of content) {
    exchange.take(chunk)
    if (exchange.weather.chance.of(0.1)) await exchange.weather.pass()
  }
  exchange.end('done', content.trailers)
}

async function readSome(exchange: Exchange): Promise<void> {
  const { chance } = exchange.weather
  for await (const chunk of exchange.request.content) {
    exchange.take(chunk)
    if (chance.of(0.4)) return
  }
}

async function collect(exchange: Exchange): Promise<void> {
  const all = await exchange.request.content.bytes()
  if (all.length > 0) exchange.take(all)
  exchange.end('done', exchange.request.content.trailers)
}

/** Is handed the content, and pauses now and then. Resolves with its end, whichever it is. */
function deliver(exchange: Exchange): Promise<void> {
  const { chance } = exchange.weather
  const { content } = exchange.request
  let paused = false
  let inside = false
  const event = (what: string, happen: () => void): void => {
    if (inside) exchange.weather.violated(`${what} inside another event of the content`)
    inside = true
    happen()
    inside = false
  }
  return new Promise((resolve) => {
    content.deliverTo({
      dataReceived: (chunk) =>
        event('content', () => {
          if (paused) exchange.weather.violated('content while it was paused')
          exchange.take(chunk)
          if (!chance.of(0.3)) return
          paused = true
          content.pauseProducing()
          const resume = (): void => {
            paused = false
            content.resumeProducing()
          }
          if (chance.of(0.2)) resume()
          else exchange.weather.later(resume)
        }),
      contentDone: (trailers) =>
        event('contentDone', () => {
          exchange.end('done', trailers)
          resolve()
        }),
      contentLost: () =>
        event('contentLost', () => {
          exchange.end('lost')
          if (!exchange.finished) exchange.finish(10) // too late, and harmless
          resolve()
        }),
    })
  })
}

const INPUTS: readonly Step[] = [() => undefined, readAll, readAll, readSome, collect, deliver, deliver]

// --- how the response is written

const atOnce: Step = (exchange) => {
  exchange.start(exchange.weather.chance.pick([200, 200, 200, 204, 205, 304, 404]))
  exchange.finish(size(exchange))
}

const inPieces: Step = async (exchange) => {
  const { chance } = exchange.weather
  exchange.start(chance.pick([200, 200, 204]))
  const pieces = chance.below(6)
  if (chance.of(0.2)) exchange.request.responseTrailers.set('Digest', 'x')
  for (let i = 0; i < pieces; i += 1) {
    const keepsUp = exchange.write(size(exchange))
    if (chance.of(0.3)) await exchange.weather.pass()
    if (!keepsUp && chance.of(0.8)) await exchange.request.drained()
  }
  exchange.finish(chance.of(0.5) ? 0 : size(exchange))
}

const announced: Step = async (exchange) => {
  const total = size(exchange)
  const first = Math.floor(exchange.weather.chance.next() * total)
  exchange.start(200)
  exchange.request.setHeader('Content-Length', String(total))
  exchange.write(first)
  if (exchange.weather.chance.of(0.5)) await exchange.weather.pass()
  exchange.finish(total - first)
}

/** Writes until it is told to pause, sometimes a little longer; resolves when it is done or stopped. */
const pushed: Step = (exchange) => {
  const { chance } = exchange.weather
  exchange.start(200)
  return new Promise((resolve) => {
    let left = chance.below(20)
    const told = { paused: false, stopped: false }
    const produce = (): void => {
      while (!told.stopped && !told.paused && left > 0) {
        left -= 1
        exchange.write(size(exchange))
        if (chance.of(0.1)) return exchange.weather.later(produce)
      }
      if (told.stopped || left > 0 || exchange.finished) return
      if (chance.of(0.5)) exchange.request.unregisterProducer()
      exchange.producing = false
      exchange.finish(0)
      resolve()
    }
    const live = (what: string): void => {
      if (told.stopped) exchange.weather.violated(`${what} behind stopProducing`)
    }
    const producer: PushProducer = {
      pauseProducing: () => {
        live('pauseProducing')
        told.paused = true
      },
      resumeProducing: () => {
        live('resumeProducing')
        told.paused = false
        if (chance.of(0.5)) produce()
        else exchange.weather.later(produce)
      },
      stopProducing: () => {
        live('stopProducing')
        told.stopped = true
        exchange.producing = false
        if (chance.of(0.2)) exchange.finish(3) // too late, or just in time
        resolve()
      },
    }
    exchange.producing = true
    exchange.request.registerProducer(producer, true)
    exchange.weather.later(produce)
  })
}

/** Writes a piece whenever it is asked, at once or later; resolves when it is done or stopped. */
const pulled: Step = (exchange) => {
  const { chance } = exchange.weather
  exchange.start(200)
  return new Promise((resolve) => {
    let left = chance.below(20)
    let asked = false
    let stopped = false
    const answer = (): void => {
      if (stopped) return
      asked = false
      left -= 1
      if (left >= 0) return void exchange.write(1 + size(exchange))
      exchange.request.unregisterProducer()
      exchange.producing = false
      exchange.finish(0)
      resolve()
    }
    const producer: PullProducer = {
      resumeProducing: () => {
        if (stopped) exchange.weather.violated('resumeProducing behind stopProducing')
        if (asked && exchange.alive) exchange.weather.violated('asked again before the answer')
        asked = true
        if (chance.of(0.5)) answer()
        else exchange.weather.later(answer)
      },
      stopProducing: () => {
        stopped = true
        exchange.producing = false
        resolve()
      },
    }
    exchange.producing = true
    exchange.request.registerProducer(producer, false)
  })
}

const OUTPUTS: readonly Step[] = [atOnce, atOnce, inPieces, announced, pushed, pulled]

// --- handlers that do what they should not

const throws: Step = () => {
  throw new StormError('thrown')
}

const throwsMidway: Step = async (exchange) => {
  exchange.start(200)
  exchange.write(10)
  if (exchange.weather.chance.of(0.5)) await exchange.weather.pass()
  throw new StormError('rejected')
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

const aborts: Step = async (exchange) => {
  exchange.start(200)
  if (exchange.weather.chance.of(0.5)) exchange.write(10)
  if (exchange.weather.chance.of(0.5)) await exchange.weather.pass()
  exchange.request.channel.abortConnection()
  if (exchange.alive) exchange.finish(0)
}

const closes: Step = async (exchange) => {
  exchange.start(200)
  if (exchange.weather.chance.of(0.5)) exchange.write(10)
  if (exchange.weather.chance.of(0.5)) await exchange.weather.pass()
  exchange.request.loseConnection()
  exchange.finish(5)
}

const readsAndThrows: Step = (exchange) => {
  exchange.request.content.deliverTo({
    dataReceived: () => {
      throw new StormError('in dataReceived')
    },
    contentDone: () => {
      throw new StormError('in contentDone')
    },
    contentLost: () => {
      throw new StormError('in contentLost')
    },
  })
}

const MISDEEDS: readonly Step[] = [throws, throwsMidway, breaksItsWord, never, aborts, closes, readsAndThrows]

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

/** Answers a request in one of the many ways in which handlers do. */
export function answer(exchange: Exchange): void | Promise<void> {
  const { chance, calm } = exchange.weather
  if (!calm && chance.of(0.12)) {
    exchange.misbehaved = true
    return chance.pick(MISDEEDS)(exchange)
  }
  if (chance.of(0.1)) exchange.inform()
  if (exchange.sent.takesUpgrade && chance.of(0.6)) return exchange.upgrade()
  const output = chance.pick(OUTPUTS)
  const input = exchange.sent.content === '' ? null : chance.pick(INPUTS)
  if (input === null)
    return chance.of(0.6) ? output(exchange) : void exchange.weather.later(() => run(output, exchange))
  return readAndAnswer(exchange, input, output)
}

/** Both at once, or one after the other. A reader that fails because the content did has been told why. */
async function readAndAnswer(exchange: Exchange, input: Step, output: Step): Promise<void> {
  const reading = Promise.resolve(input(exchange)).catch((error: unknown) => {
    const broken = exchange.sent.broken || !exchange.alive || exchange.finished || !exchange.weather.calm
    if (!broken) exchange.weather.violated(`content failed for no reason: ${String(error)}`)
  })
  if (exchange.weather.chance.of(0.1)) exchange.weather.later(() => exchange.inform())
  if (exchange.weather.chance.of(0.7)) await reading
  await output(exchange)
  await reading
}

function run(step: Step, exchange: Exchange): void {
  const failed = (error: unknown): void =>
    exchange.weather.violated(`a late handler failed: ${String(error)}`)
  Promise.resolve(step(exchange)).catch(failed)
}
