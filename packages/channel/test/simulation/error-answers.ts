import type { Chance } from '@millrace/testing'
import type { ErrorResponse } from '../../src/index.ts'
import { StormError } from './behaviour.ts'
import type { WatchedChannel } from './channels.ts'

/** What an `onError` says to an error. */
export interface Saying {
  readonly name: string
  readonly weight: number
  /** Whether it takes the answer, or the connection, from the client. */
  readonly breaks?: boolean
  /** Whether what it returns may not go out. */
  readonly mistaken?: boolean
  say(chance: Chance, channel: WatchedChannel): ErrorResponse | void
}

/** The ways of an `onError`. A new one is one more row. */
export const SAYINGS: readonly Saying[] = [
  { name: 'says nothing', weight: 5, say: () => undefined },
  { name: 'answers', weight: 5, say: drawResponse },
  {
    name: 'throws',
    weight: 1,
    say: () => {
      throw new StormError('in onError')
    },
  },
  { name: 'promises', weight: 1, say: promise },
  { name: 'answers wrongly', weight: 1, mistaken: true, say: (chance) => chance.pick(MISTAKES) },
  { name: 'closes', weight: 0.3, breaks: true, say: (_, channel) => channel.loseConnection() },
  { name: 'aborts', weight: 0.3, breaks: true, say: (_, channel) => channel.abortConnection() },
]

/** Comes too late, whatever it promises. */
function promise(chance: Chance): void {
  const late = chance.of(0.5) ? Promise.resolve({ statusCode: 418 }) : Promise.reject(new StormError('late'))
  return late as unknown as void
}

const MISTAKES: readonly ErrorResponse[] = [
  { statusCode: 200 },
  { statusCode: 404.5 },
  { headers: { X: 'a\r\nb' } },
  { reason: 'a\nb' },
  { body: 5 as unknown as string },
]

const BODIES: readonly (string | Uint8Array)[] = [
  '',
  'sorry: é',
  'HTTP/1.1 200 OK\r\nX-Id: 0\r\nContent-Length: 0\r\n\r\n',
  Uint8Array.of(0, 255, 13, 10),
  'long'.repeat(1_000),
]
const FIELDS: readonly (readonly [string, string])[] = [
  ['X-Report', 'a'],
  ['Date', 'today'],
  ['Content-Type', 'a/b'],
  ['Content-Length', '3'],
  ['Transfer-Encoding', 'chunked'],
  ['connection', 'keep-alive'],
]
const FRAMING = ['Content-Length', 'Transfer-Encoding', 'connection']

function drawResponse(chance: Chance): ErrorResponse {
  return {
    ...(chance.of(0.7) ? { statusCode: chance.pick([400, 418, 499, 503, 599]) } : {}),
    ...(chance.of(0.3) ? { reason: chance.pick(['', 'Storm']) } : {}),
    ...(chance.of(0.7) ? { body: chance.pick(BODIES) } : {}),
    headers: FIELDS.filter(() => chance.of(0.4)),
  }
}

/**
 * What is to be the end of the wire.
 *
 * @param status - that of an answer that names none
 * @param given - what `onError` answered; `null`: the channel's own line of text is right
 * @param isHead - whether the request is one that gets no content; `null`: nobody knows
 */
export function answerPattern(status: number, given: ErrorResponse | null, isHead: boolean | null): RegExp {
  const { statusCode = status, reason, body } = given ?? {}
  const fields = given === null ? [['Content-Type', 'text/plain']] : fieldsOf(given)
  const names = fields.map(([name]) => name)
  const text = body === undefined ? null : Buffer.from(body as string).toString('latin1')
  const content = text === null ? `${statusCode} [^\\n]*\\n` : exactly(text)
  return new RegExp(
    [
      `HTTP/1\\.1 ${statusCode} ${reason === undefined ? '[^\\r\\n]*' : exactly(reason)}\\r\\n`,
      names.includes('Date') ? '' : '(?:Date: [^\\r\\n]+\\r\\n)?',
      ...fields.map(([name, value]) => exactly(`${name}: ${value}\r\n`)),
      `Content-Length: ${text === null ? '[0-9]+' : text.length}\\r\\nConnection: close\\r\\n\\r\\n`,
      isHead === true ? '' : isHead === null ? `(?:${content})?` : content,
      '$',
    ].join(''),
  )
}

function fieldsOf({ headers, body }: ErrorResponse): (readonly [string, string])[] {
  const given = headers as typeof FIELDS
  const fields = given.filter(([name]) => !FRAMING.includes(name))
  const isText = typeof body !== 'object'
  const isTyped = fields.some(([name]) => name === 'Content-Type')
  return isText && !isTyped ? [...fields, ['Content-Type', 'text/plain; charset=utf-8']] : fields
}

function exactly(text: string): string {
  return text.replace(/[^\w ]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
