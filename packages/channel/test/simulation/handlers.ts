import type { Chance } from '@millrace/testing'
import { StormError, type Behaviour, type Step } from './behaviour.ts'
import { INPUTS } from './content-steps.ts'
import type { Exchange } from './exchange.ts'
import { MISDEEDS } from './handler-misdeeds.ts'
import { OUTPUTS } from './response-steps.ts'

function draw(chance: Chance, table: readonly Behaviour[], usual: string | undefined): Behaviour {
  return table.find(({ name }) => name === usual) ?? chance.draw(table)
}

/** Answers a request in one of the many ways in which handlers do. */
export function answer(exchange: Exchange): void | Promise<void> {
  const { chance, calm, theme, waiting } = exchange.weather
  if (chance.of(0.3)) waiting.shift()?.() // somebody of another connection, inside this one's turn
  if (!calm && chance.of(0.12)) {
    exchange.misbehaved = true
    const { name, run } = chance.draw(MISDEEDS)
    exchange.weather.note(`request ${exchange.sent.id}: ${name}`)
    return run(exchange)
  }
  if (chance.of(0.1)) exchange.inform()
  if (exchange.sent.takesUpgrade && chance.of(0.6)) return exchange.upgrade()
  const output = draw(chance, OUTPUTS, theme.output)
  const input = exchange.request.head.contentLength === 0 ? null : draw(chance, INPUTS, theme.input)
  exchange.weather.note(
    `request ${exchange.sent.id}: ${input === null ? '' : `${input.name}, `}${output.name}`,
  )
  if (input === null)
    return chance.of(theme.output === undefined ? 0.6 : 0.9)
      ? output.run(exchange)
      : exchange.weather.later(() => late(output.run, exchange))
  return readAndAnswer(exchange, input, output.run)
}

/** Both at once, or one after the other. A reader that fails because the content did has been told why. */
async function readAndAnswer(exchange: Exchange, input: Behaviour, output: Step): Promise<void> {
  exchange.running += 1
  const reading = Promise.resolve(input.run(exchange)).catch((error: unknown) => {
    const broken = exchange.sent.broken || !exchange.alive || exchange.finished || !exchange.weather.calm
    if (!broken) exchange.weather.violated(`content failed for no reason: ${String(error)}`)
  })
  if (exchange.weather.chance.of(0.1)) exchange.weather.later(() => exchange.inform())
  try {
    if (input.alongside !== true && exchange.weather.chance.of(0.7)) await reading
    await output(exchange)
    await reading
  } finally {
    exchange.running -= 1
  }
}

function late(step: Step, exchange: Exchange): void {
  exchange.running += 1
  const failed = (error: unknown): void => {
    if (!(error instanceof StormError)) exchange.weather.violated(`a late handler failed: ${String(error)}`)
  }
  void Promise.resolve(step(exchange))
    .catch(failed)
    .then(() => (exchange.running -= 1))
}
