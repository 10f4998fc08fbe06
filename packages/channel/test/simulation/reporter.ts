import type { Chance, SimulatedConnection } from '@millrace/testing'
import { LocalProtocolError, RemoteProtocolError, STRICT } from '../../src/index.ts'
import type { ErrorContext, ErrorHook, ErrorResponse, HTTPChannelOptions, Leniency } from '../../src/index.ts'
import { StormError } from './behaviour.ts'
import type { WatchedChannel } from './channels.ts'
import { answerPattern, SAYINGS } from './error-answers.ts'
import type { Exchange } from './exchange.ts'
import { toText } from './latin1.ts'
import type { Script } from './requests.ts'

/** The connection whose errors are reported. */
interface Reported {
  readonly connection: SimulatedConnection
  readonly chance: Chance
  readonly calm: boolean
  readonly protocol: WatchedChannel
  readonly options: HTTPChannelOptions
  readonly leniency: Leniency
  readonly exchanges: readonly Exchange[]
  readonly script: Script
  /** Whether the client sends the script as it was written. */
  readonly unchanged: boolean
  readonly sentWire: Uint8Array
  note(what: string): void
  violated(what: string): void
  excuses(error: unknown): boolean
}

/** The `onError` of a connection: knows what each error is to be answered with, and sees that none comes from nowhere. */
export class Reporter {
  /** Whether the peer did something wrong and is to be told so. */
  refused = false
  /** How the last response must look; `null`: no error was answered. */
  answer: RegExp | null = null
  readonly #of: Reported
  #isAnswered = false
  /** What was returned last may not go out: that is the next error. */
  #mistaken = false

  constructor(reported: Reported) {
    this.#of = reported
  }

  readonly hook: ErrorHook = (error, context) => {
    this.#of.note(`error: ${String(error)}`)
    if (this.#mistaken) return this.#mistakeReported(error, context)
    this.#checkContext(error, context)
    const { connection, chance, calm, protocol } = this.#of
    const saying = chance.draw(calm ? SAYINGS.filter(({ breaks }) => breaks !== true) : SAYINGS)
    this.#of.note(`onError ${saying.name}`)
    const isDeaf = connection.transport.disconnecting
    if (context.status === null) return saying.say(chance, protocol)
    if (this.#isAnswered) this.#of.violated('two errors are answered')
    this.#isAnswered = true
    this.#mistaken = saying.mistaken === true
    if (!isDeaf && saying.breaks !== true) this.answer = answerPattern(context.status, null, isHead(context))
    else this.refused = false
    const given = saying.say(chance, protocol)
    if (this.answer !== null && saying.name === 'answers')
      this.answer = answerPattern(context.status, given as ErrorResponse, isHead(context))
    return given
  }

  /** When the connection is over, nothing of it is left. */
  checkEnd(): void {
    if (this.#mistaken) this.#of.violated('nobody was told that an answer may not go out')
  }

  #mistakeReported(error: unknown, { phase }: ErrorContext): ErrorResponse {
    this.#mistaken = false
    const isMistake = error instanceof RangeError || (error instanceof Error && 'code' in error)
    if (phase !== 'response' || !(isMistake || error instanceof TypeError))
      this.#of.violated(`another error than the mistake of onError: ${String(error)}`)
    return { statusCode: 418 } // nobody listens
  }

  #checkContext(error: unknown, context: ErrorContext): void {
    this.#judge(error)
    if (error instanceof RemoteProtocolError) this.#expectRefusal(error, context)
    const { request, rawHead } = context
    const exchange = this.#of.exchanges.find((one) => one.request === request)
    if (request !== null && exchange === undefined) this.#of.violated('an error of a request from nowhere')
    if (this.#of.leniency !== STRICT) return // what was mended is shown as it was mended
    const raw = toText(rawHead)
    const part = exchange === undefined ? undefined : this.#of.script.parts[exchange.sent.id]
    const isSent =
      part === undefined
        ? toText(this.#of.sentWire).includes(raw)
        : part.head.replace(/^(?:\r\n)+/, '') === raw
    if (!isSent) this.#of.violated(`a head that nobody sent: ${JSON.stringify(raw)}`)
  }

  /** What the channel reports is the peer's fault or a handler's, never its own. */
  #judge(error: unknown): void {
    if (error instanceof StormError || error instanceof RemoteProtocolError) return
    if (this.#of.excuses(error) || this.#isLate(error)) return
    this.#of.violated(`reported: ${error instanceof Error ? String(error.stack) : String(error)}`)
  }

  /** Whether a handler took longer than it may. */
  #isLate(error: unknown): boolean {
    const isTimed = typeof this.#of.options.handlerTimeoutMs === 'number'
    return isTimed && error instanceof LocalProtocolError && error.code === 'ERR_HANDLER_TIMEOUT'
  }

  #expectRefusal({ phase, code }: RemoteProtocolError, { status }: ErrorContext): void {
    const { connection, protocol, exchanges, script, unchanged } = this.#of
    if (protocol.readState === 'lingering' || protocol.readState === 'closed') return // a reader passes on what it was told
    if (connection.transport.disconnecting) return
    const last = exchanges.at(-1)
    this.refused ||= phase === 'head' || (last?.finished === false && !last.request.startedWriting)
    if (this.refused && status === null) this.#of.violated(`nothing is to be answered to ${code}`)
    if (!unchanged || phase !== 'head' || exchanges.length < script.parts.length) return
    const { codes } = script
    if (codes.length > 0 && ![...codes, ...ALWAYS].includes(code))
      this.#of.violated(`${code} instead of ${codes.join(' or ')}`)
  }
}

/** What may be wrong with any head: that it does not come to its end. */
const ALWAYS = ['ERR_HEAD_INCOMPLETE', 'ERR_HEADER_TIMEOUT']

function isHead({ request, rawHead }: ErrorContext): boolean | null {
  if (request !== null) return request.method === 'HEAD'
  return toText(rawHead).startsWith('HEAD ') ? null : false
}
