import type { Chance } from '../chance.ts'
import { chunkedBody } from './chunked-body.ts'
import { badCoding, badLength, BOTH_FRAMINGS, brokenField, connectionField, filler } from './field-lines.ts'
import { namedField, plainField, type Fill } from './field-lines.ts'
import { fieldText, octets } from './words.ts'

const STATUSES = ['200', '200', '200', '204', '304', '404', '206', '301', '401', '500', '205', '299', '599']
const RARE_STATUSES = [
  '101',
  '100',
  '199',
  '600',
  '999',
  '099',
  '000',
  '20',
  '2000',
  '2x0',
  '',
  '+20',
  ' 200',
  '-20',
]
const BAD_VERSIONS = [
  'HTTP/2.0',
  'HTTP/1.',
  'http/1.1',
  'HTTP/1.10',
  'HTTP/0.9',
  'ICY',
  '',
  ' HTTP/1.1',
  'HTTP/1.1 ',
  'HTTX/1.1',
]

/** How a response is to be made. */
export interface ResponsePlan {
  /** The probability, 0–1, that a part is broken. */
  readonly wildness: number
  /** Whether the request offered another protocol, or asked for a tunnel: then some responses agree. */
  readonly mightSwitch: boolean
  /** What is to be about as long as a limit; `null` for nothing. */
  readonly fill: Fill | null
}

function statusLine(chance: Chance, status: string, { wildness, fill }: ResponsePlan): string {
  const version = chance.of(wildness)
    ? chance.pick(BAD_VERSIONS)
    : chance.pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.3'])
  const reason = chance.of(0.6) ? ' OK' : chance.pick(['', ' ', ` ${fieldText(chance, 12)}`, ' caf\xe9'])
  const odd = chance.of(wildness / 2) ? chance.pick(['\x00', '\r', '\n', '\x7f', '\t']) : ''
  const lineEnd = chance.of(wildness / 3) ? chance.pick(['\n', '\r', '\r\r\n']) : '\r\n'
  const missing = fill?.what === 'start-line' ? fill.size - `${version} ${status}${reason}`.length : 0
  const rest = reason !== '' && missing > 1 ? 'r'.repeat(missing + chance.between(-2, 2)) : ''
  return `${version} ${status}${reason}${rest}${odd}${lineEnd}`
}

function head(chance: Chance, status: string, framing: string, plan: ResponsePlan): string {
  const fields = [framing]
  const count = chance.of(0.02) ? 40 : chance.below(4)
  for (let i = 0; i < count; i += 1) fields.push(plainField(chance))
  if (chance.of(0.15)) fields.push(connectionField(chance))
  if (chance.of(0.05))
    fields.push(chance.pick(['Keep-Alive: timeout=5\r\n', 'WWW-Authenticate: NTLM\r\n', 'Upgrade: x\r\n']))
  if (chance.of(plan.wildness)) fields.push(brokenField(chance))
  if (chance.of(0.5)) fields.reverse()
  const line = statusLine(chance, status, plan)
  const section = fields.join('')
  return `${line}${section}${filler(chance, plan.fill, line.length + section.length)}\r\n`
}

function framed(chance: Chance, { wildness }: ResponsePlan): [fields: string, content: string] {
  if (chance.of(wildness)) {
    if (chance.of(0.3)) return [chance.pick(BOTH_FRAMINGS), '3\r\nabc\r\n0\r\n\r\n']
    const fields = chance.of(0.5) ? badLength(chance) : badCoding(chance)
    return [chance.of(0.3) ? `${fields}Content-Length: 3\r\n` : fields, chance.pick(['', 'abc', '0\r\n\r\n'])]
  }
  const kind = chance.below(10)
  if (kind < 2) return ['', octets(chance, 20)]
  if (kind < 6) {
    const content = octets(chance, chance.of(0.05) ? 2_000 : 20)
    return [namedField(chance, 'Content-Length', String(content.length)), content]
  }
  return [namedField(chance, 'Transfer-Encoding', 'chunked'), chunkedBody(chance, wildness / 2)]
}

const UPGRADES = [
  'websocket',
  'WebSocket',
  'x/2',
  'websocket, x/2',
  'x/2 ,',
  'h2c',
  'websocket, h2c',
  '',
  '"websocket"',
]

/** A response that agrees to another protocol, as a rule one that was offered, and what that protocol says. */
function agreement(chance: Chance, plan: ResponsePlan): string {
  const isTunnel = chance.of(0.4)
  const upgrade = chance.of(0.9) ? namedField(chance, 'Upgrade', chance.pick(UPGRADES)) : ''
  const fields = isTunnel ? '' : `Connection: upgrade\r\n${upgrade}${chance.of(0.1) ? upgrade : ''}`
  const status = isTunnel ? chance.pick(['200', '204', '299']) : '101'
  return head(chance, status, fields, plan) + octets(chance, 20)
}

/** Interim responses, in most cases none, and a final one; something behind it now and then. */
export function response(chance: Chance, plan: ResponsePlan): string {
  const interims = chance.of(0.9) ? 0 : chance.between(1, 4)
  const before = chance.repeat(interims, () =>
    head(chance, chance.pick(['100', '102', '103', '110']), '', plan),
  )
  if (plan.mightSwitch && chance.of(0.6)) return before + agreement(chance, plan)
  const status = chance.of(plan.wildness) ? chance.pick(RARE_STATUSES) : chance.pick(STATUSES)
  const [fields, content] = framed(chance, plan)
  const behind = chance.of(0.9) ? '' : chance.pick(['\r\n', 'x', 'HTTP/1.1 200 OK\r\n\r\n', '\0'])
  return `${before}${head(chance, status, fields, plan)}${content}${behind}`
}
