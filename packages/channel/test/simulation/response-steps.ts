import type { PullProducer, PushProducer } from '@millrace/transport'
import { StormError, type Behaviour, type Step } from './behaviour.ts'
import type { Exchange } from './exchange.ts'

const SIZES = [0, 1, 30, 700, 5_000, 80_000]

function size({ weather: { chance, theme } }: Exchange): number {
  return theme.pieceBytes === undefined
    ? chance.few(chance.pick(SIZES) + 1)
    : chance.below(theme.pieceBytes + 1)
}

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

/** Pushes so many pieces as long as it is not told to pause; resolves when it is done or stopped. */
function push(exchange: Exchange, pieces: number, pieceSize: () => number): Promise<void> {
  const { chance } = exchange.weather
  exchange.start(200)
  return new Promise((resolve) => {
    let left = pieces
    const told = { paused: false, stopped: false }
    const produce = (): void => {
      while (!told.stopped && !told.paused && left > 0) {
        left -= 1
        exchange.write(pieceSize())
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

const pushed: Step = (exchange) => push(exchange, exchange.weather.chance.few(20), () => size(exchange))

const floods: Step = (exchange) => push(exchange, 20, () => 20_000 + exchange.weather.chance.below(20_000))

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
