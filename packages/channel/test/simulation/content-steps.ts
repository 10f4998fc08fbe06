import type { Chance } from '@millrace/testing'
import type { ContentConsumer } from '../../src/index.ts'
import type { Behaviour, Step } from './behaviour.ts'
import type { Exchange } from './exchange.ts'

const readNothing: Step = (exchange) => {
  exchange.ignores = true
}

/** Reads to the end, as slowly as `pauses` says: how often it waits behind a piece. */
const readsAll =
  (pauses: (chance: Chance) => number): Step =>
  async (exchange) => {
    const { content } = exchange.request
    for await (const chunk of content) {
      exchange.take(chunk)
      for (let left = pauses(exchange.weather.chance); left > 0; left -= 1) await exchange.weather.pass()
    }
    exchange.end('done', content.trailers)
  }

const readAll = readsAll((chance) => (chance.of(0.1) ? 1 : 0))

/** Asks for the content out of any turn of the channel. */
const readLate: Step = async (exchange) => {
  await exchange.weather.pass()
  await readAll(exchange)
}

const readSome: Step = async (exchange) => {
  const { chance } = exchange.weather
  for await (const chunk of exchange.request.content) {
    exchange.take(chunk)
    if (chance.of(0.4)) return
  }
}

/** Is still reading when the response is complete, takes a little more, and never asks for the rest. */
const readAndLeave: Step = async (exchange) => {
  const { chance, calm } = exchange.weather
  const { content } = exchange.request
  let more = 1 + chance.below(3)
  while (more > 0) {
    const chunk = await content.read()
    if (chunk === null) return exchange.end('done', content.trailers)
    exchange.take(chunk)
    if (exchange.finished) more -= 1
  }
  if (!exchange.readsOn) return
  if (chance.of(calm ? 0.7 : 0.3)) exchange.drop()
  else exchange.leaves = true
}

/** Is handed the content until the response is complete, and then pauses for ever. */
const pauseForEver: Step = (exchange) =>
  new Promise((resolve) => {
    const { content } = exchange.request
    content.deliverTo({
      ...ending(exchange, resolve),
      dataReceived: (chunk) => {
        if (exchange.leaves) exchange.weather.violated('content behind the last pause')
        exchange.take(chunk)
        if (!exchange.readsOn) return
        exchange.leaves = true
        content.pauseProducing()
        resolve()
      },
    })
  })

const collect: Step = async (exchange) => {
  exchange.collects = true
  const all = await exchange.request.content.bytes()
  if (all.length > 0) exchange.take(all)
  exchange.end('done', exchange.request.content.trailers)
}

/** Is handed the content, and pauses now and then. Resolves with its end, whichever it is. */
const deliver: Step = (exchange) => {
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
    const { contentDone, contentLost } = ending(exchange, resolve)
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
      contentDone: (trailers) => event('contentDone', () => contentDone(trailers)),
      contentLost: (error) => event('contentLost', () => contentLost(error)),
    })
  })
}

/** What every consumer does at the end of the content. */
function ending(
  exchange: Exchange,
  resolve: () => void,
): Pick<ContentConsumer, 'contentDone' | 'contentLost'> {
  return {
    contentDone: (trailers) => {
      exchange.end('done', trailers)
      resolve()
    },
    contentLost: () => {
      exchange.end('lost')
      if (!exchange.finished) exchange.finish(10) // too late, and harmless
      resolve()
    },
  }
}

/** What handlers do with content. A new behaviour is one more row. */
export const INPUTS: readonly Behaviour[] = [
  { name: 'reads nothing', weight: 1, run: readNothing },
  { name: 'reads late', weight: 1, run: readLate },
  { name: 'reads all', weight: 2, run: readAll },
  { name: 'reads slowly', weight: 0.5, run: readsAll((chance) => chance.below(6)) },
  { name: 'reads some', weight: 1, run: readSome },
  { name: 'reads and leaves', weight: 1, alongside: true, run: readAndLeave },
  { name: 'pauses for ever', weight: 0.3, alongside: true, run: pauseForEver },
  { name: 'collects', weight: 1, run: collect },
  { name: 'is handed all', weight: 2, run: deliver },
]
