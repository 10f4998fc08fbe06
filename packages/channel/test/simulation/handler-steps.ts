import type { PullProducer, PushProducer } from '@millrace/transport'
import type { Exchange } from './exchange.ts'

/** What a misbehaving handler throws, to tell it from what the channel does wrong. */
export class StormError extends Error {}

/** Reads content, or writes a response; resolves when that is done, or can never be. */
export type Step = (exchange: Exchange) => void | Promise<void>

/** A row of a table of behaviours. */
export interface Behaviour {
  readonly name: string
  readonly weight: number
  readonly run: Step
}

const SIZES = [0, 1, 30, 700, 5_000, 80_000]

function size({ weather: { chance, theme } }: Exchange): number {
  return theme.pieceBytes === undefined
    ? chance.few(chance.pick(SIZES) + 1)
    : chance.below(theme.pieceBytes + 1)
}

// --- what becomes of the content

function readNothing(exchange: Exchange): void {
  exchange.ignores = true
}

/** Asks for the content out of any turn of the channel. */
async function readLate(exchange: Exchange): Promise<void> {
  await exchange.weather.pass()
  await readAll(exchange)
}

async function readAll(exchange: Exchange): Promise<void> {
  const { content } = exchange.request
  for await (const chunk of content) {
    exchange.take(chunk)
    if (exchange.weather.chance.of(0.1)) await exchange.weather.pass()
  }
  exchange.end('done', content.trailers)
}

/** Lets much arrive before it reads on. */
async function readSlowly(exchange: Exchange): Promise<void> {
  const { content } = exchange.request
  for await (const chunk of content) {
    exchange.take(chunk)
    for (let pauses = exchange.weather.chance.below(6); pauses > 0; pauses -= 1) await exchange.weather.pass()
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
  exchange.collects = true
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

/** What handlers do with content. A new behaviour is one more row. */
export const INPUTS: readonly Behaviour[] = [
  { name: 'reads nothing', weight: 1, run: readNothing },
  { name: 'reads late', weight: 1, run: readLate },
  { name: 'reads all', weight: 2, run: readAll },
  { name: 'reads slowly', weight: 0.5, run: readSlowly },
  { name: 'reads some', weight: 1, run: readSome },
  { name: 'collects', weight: 1, run: collect },
  { name: 'is handed all', weight: 2, run: deliver },
]

// --- how the response is written

const atOnce: Step = (exchange) => {
  exchange.start(exchange.weather.chance.pick([200, 200, 200, 204, 205, 304, 404]))
  exchange.finish(size(exchange))
}

/** What goes wrong when the response is complete takes nothing back. */
const failsAfterwards: Step = async (exchange) => {
  exchange.start(200)
  exchange.finish(size(exchange))
  if (exchange.weather.chance.of(0.5)) await exchange.weather.pass()
  throw new StormError('behind the answer')
}

const inPieces: Step = async (exchange) => {
  const { chance } = exchange.weather
  exchange.start(chance.pick([200, 200, 204]))
  const pieces = chance.few(6)
  if (chance.of(0.2)) exchange.request.responseTrailers.set('Digest', 'x')
  for (let i = 0; i < pieces; i += 1) {
    const keepsUp = exchange.write(size(exchange))
    if (chance.of(0.3)) await exchange.weather.pass()
    if (!keepsUp && chance.of(0.8)) await exchange.request.drained()
    else if (!keepsUp) exchange.pushy = true
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
    let left = chance.few(20)
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

/** Pushes much, as long as it is not told to pause. */
const floods: Step = (exchange) => {
  exchange.start(200)
  return new Promise((resolve) => {
    const told = { paused: false }
    let left = 20
    const flood = (): void => {
      while (left > 0 && !told.paused) {
        left -= 1
        exchange.write(20_000 + exchange.weather.chance.below(20_000))
      }
      if (left > 0 || !exchange.producing) return
      exchange.producing = false
      exchange.finish(0)
      resolve()
    }
    const producer: PushProducer = {
      pauseProducing: () => (told.paused = true),
      resumeProducing: () => {
        told.paused = false
        exchange.weather.later(flood)
      },
      stopProducing: () => {
        left = 0
        exchange.producing = false
        resolve()
      },
    }
    exchange.producing = true
    exchange.request.registerProducer(producer, true)
    flood()
  })
}

/** Writes a piece whenever it is asked, at once or later; resolves when it is done or stopped. */
const pulled: Step = (exchange) => {
  const { chance } = exchange.weather
  exchange.start(200)
  return new Promise((resolve) => {
    const eagerness = chance.pick([0, 0.5, 1])
    let left = chance.few(20)
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
        if (chance.of(eagerness)) answer()
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

/** Is woken by a handler of another connection, inside its turn; or wakes by itself in the end. */
const woken: Step = (exchange) =>
  new Promise((resolve) => {
    const { waiting } = exchange.weather
    const wake = (): void => {
      const at = waiting.indexOf(wake)
      if (at >= 0) waiting.splice(at, 1)
      if (!exchange.finished) {
        exchange.start(200)
        exchange.finish(size(exchange))
      }
      resolve()
    }
    waiting.push(wake)
    exchange.weather.later(() => exchange.weather.later(wake))
  })

/** How handlers answer. A new behaviour is one more row. */
export const OUTPUTS: readonly Behaviour[] = [
  { name: 'answers at once', weight: 4, run: atOnce },
  { name: 'answers and fails', weight: 0.5, run: failsAfterwards },
  { name: 'answers in pieces', weight: 2, run: inPieces },
  { name: 'announces a length', weight: 2, run: announced },
  { name: 'pushes', weight: 2, run: pushed },
  { name: 'floods', weight: 0.2, run: floods },
  { name: 'is pulled', weight: 2, run: pulled },
  { name: 'is woken', weight: 1, run: woken },
]
