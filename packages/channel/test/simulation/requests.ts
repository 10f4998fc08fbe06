import type { Chance } from '@millrace/testing'
import type { Leniency, LeniencyFlag } from '../../src/index.ts'
import { head } from '../conversation.ts'
import { toOctets } from './latin1.ts'
import { relaxed, type LaxHead } from './laxities.ts'
import type { Theme } from './themes.ts'

/** A request as the client meant it. */
export interface Sent {
  readonly id: number
  readonly method: string
  readonly minorVersion: number
  /** Its content; `null`: nobody knows any more, on its way it was changed. */
  readonly content: string | null
  /** The client asked for the connection to be closed behind it. */
  readonly closes: boolean
  /** Its content breaks off or breaks the framing. */
  readonly broken: boolean
  readonly takesUpgrade: boolean
  /** What has to be forgiven for it to be taken; `null`: nobody knows any more. */
  readonly needs: readonly LeniencyFlag[] | null
  /** Where it ends on the wire. */
  readonly end: number
}

/** A request and how it looks on the wire. */
export interface Part {
  readonly sent: Sent
  readonly head: string
  readonly body: string
  /** Whether the client may wait for `100 Continue` before it sends the body. */
  readonly expects: boolean
}

/** All that a client has to say. */
export interface Script {
  readonly parts: readonly Part[]
  /** What follows the last request and is none. */
  readonly garbage: string
  /** What the garbage is refused with; empty when that depends on more than itself. */
  readonly codes: readonly string[]
  readonly wire: Uint8Array
}

const PERIOD = 65_521
const LONGEST = 300_000
const TEXT = longText()

/** As long as no piece of it looks like another one. */
function longText(): string {
  let text = ''
  let state = 1
  for (let i = 0; i < PERIOD; i += 1) {
    state = (state * 48_271) % 0x7fffffff
    text += String.fromCharCode(97 + (state % 23))
  }
  return text.repeat(1 + Math.ceil(LONGEST / PERIOD))
}

/** Text by which an octet that is lost, doubled or misplaced is noticed: of `length` up to 300,000. */
export function pattern(id: number, start: number, length: number): string {
  const from = (id * 977 + start) % PERIOD
  return TEXT.slice(from, from + length)
}

/** What is left open by a kind of request. */
interface Plan {
  readonly method: string
  readonly target: string
  readonly fields: readonly string[]
  readonly content: string
  readonly isChunked: boolean
  readonly minorVersion: 0 | 1
  readonly closes: boolean
  readonly expects: boolean
  readonly takesUpgrade: boolean
}

interface Kind {
  readonly name: string
  readonly weight: number
  /** @param most - octets of content */
  plan(chance: Chance, id: number, most: number): Partial<Plan>
}

/** The requests that clients make. A new kind is one more row. */
const REQUESTS: readonly Kind[] = [
  { name: 'GET', weight: 25, plan: () => ({}) },
  { name: 'HEAD', weight: 12, plan: () => ({ method: 'HEAD' }) },
  { name: 'GET of HTTP/1.0', weight: 6, plan: (chance) => old(chance, 'GET', '') },
  { name: 'absolute-form', weight: 3, plan: (_, id) => ({ target: `http://a/${id}` }) },
  { name: 'POST', weight: 18, plan: post },
  { name: 'POST in chunks', weight: 18, plan: (...drawn) => ({ ...post(...drawn), isChunked: true }) },
  { name: 'POST that expects', weight: 8, plan: expecting },
  {
    name: 'POST of HTTP/1.0',
    weight: 3,
    plan: (chance, id, most) => old(chance, 'POST', content(chance, id, most)),
  },
  { name: 'last', weight: 3, plan: () => ({ fields: ['Connection: x, close'], closes: true }) },
  { name: 'last POST', weight: 2, plan: lastPost },
  { name: 'upgrade', weight: 3, plan: () => ({ fields: UPGRADE, takesUpgrade: true }) },
  { name: 'CONNECT', weight: 2, plan: connect },
]

const UPGRADE = ['Connection: upgrade', 'Upgrade: storm']

function content(chance: Chance, id: number, most: number): string {
  return pattern(id, 0, chance.few(most))
}

function post(chance: Chance, id: number, most: number): Partial<Plan> {
  return { method: 'POST', content: content(chance, id, most) }
}

function old(chance: Chance, method: string, text: string): Partial<Plan> {
  const fields = chance.of(0.7) ? ['Connection: keep-alive'] : []
  return { method, content: text, fields, minorVersion: 0 }
}

function expecting(chance: Chance, id: number, most: number): Partial<Plan> {
  const isChunked = chance.of(0.5)
  return { ...post(chance, id, most), isChunked, expects: true, fields: ['Expect: 100-continue'] }
}

function lastPost(chance: Chance, id: number, most: number): Partial<Plan> {
  return {
    ...post(chance, id, most),
    isChunked: chance.of(0.5),
    fields: ['Connection: x, close'],
    closes: true,
  }
}

function connect(_chance: Chance, id: number): Partial<Plan> {
  return { method: 'CONNECT', target: `a:${id + 1}`, takesUpgrade: true }
}

/** What is no request: behind it the peer is told so, and nothing else. */
const GARBAGE: readonly string[] = [
  'GARBAGE\r\n\r\n',
  '\x16\x03\x01\x00\xa5',
  'GET /1 HTTP/1.1\r\nHost : a\r\n\r\n',
  `GET /${'a'.repeat(1500)}`,
  `GET /1 HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(1500)}`,
  'GET /1 HTTP/2.0\r\n\r\n',
  '\r\n'.repeat(12),
  head('POST /1 HTTP/1.1', 'Host: a', 'Content-Length: 3, 4'),
  head('POST /1 HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip'),
  head('POST /1 HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Expect: miracles'),
  head('POST /1 HTTP/1.1', 'Host: a', 'Content-Length: 99999999'),
  head('GET /1 HTTP/1.1', ...Array<string>(40).fill('A: b')),
]

function chunked(chance: Chance, text: string): string {
  let wire = ''
  for (let at = 0; at < text.length;) {
    const size = Math.min(text.length - at, 1 + chance.few(chance.of(0.3) ? 3 : 900))
    wire += `${size.toString(16)}${chance.of(0.1) ? ';a=b' : ''}\r\n${text.slice(at, at + size)}\r\n`
    at += size
  }
  return `${wire}0\r\n${chance.of(0.2) ? 'Digest: x\r\n' : ''}\r\n`
}

const PLAIN: Omit<Plan, 'target'> = {
  method: 'GET',
  fields: [],
  content: '',
  isChunked: false,
  minorVersion: 1,
  closes: false,
  expects: false,
  takesUpgrade: false,
}

/** A part as it is sent, and what it is refused with, where leniency does not go that far. */
interface Draft extends Part {
  readonly codes: readonly string[]
}

function part(chance: Chance, id: number, start: number, calm: boolean, about: About): Draft {
  const { theme } = about
  const kind = REQUESTS.find(({ name }) => name === theme.request) ?? chance.draw(REQUESTS)
  const most = theme.contentBytes ?? (chance.of(0.05) ? 90_000 : 600)
  const plan: Plan = { ...PLAIN, target: `/${id}`, ...kind.plan(chance, id, most) }
  const { method, target, minorVersion, expects, takesUpgrade } = plan
  const fields = minorVersion === 1 ? [`Host: ${method === 'CONNECT' ? target : 'a'}`] : []
  fields.push(...plan.fields)
  if (plan.isChunked) fields.push('Transfer-Encoding: chunked')
  else if (plan.content.length > 0 || (method !== 'CONNECT' && chance.of(0.1)))
    fields.push(`Content-Length: ${plan.content.length}`)
  const blank = chance.of(0.1) ? '\r\n'.repeat(1 + chance.few(3)) : ''
  const whole = plan.isChunked ? chunked(chance, plan.content) : plan.content
  const broken = !calm && whole.length > 0 && chance.of(0.06)
  const body = broken
    ? whole.slice(0, chance.few(whole.length)) + (plan.isChunked && chance.of(0.7) ? 'Z' : '')
    : whole
  const strict = blank + head(`${method} ${target} HTTP/1.${minorVersion}`, ...fields)
  const isLax = chance.of(theme.laxity ?? 0.02)
  const lax: LaxHead = isLax
    ? relaxed(chance, strict, about.leniency)
    : { head: strict, needs: [], codes: [] }
  const { needs, codes } = lax
  const closes = plan.closes || needs.includes('chunkedOverLength')
  const end = start + lax.head.length + body.length
  const sent = { id, method, minorVersion, content: plan.content, closes, broken, takesUpgrade, needs, end }
  return { sent, head: lax.head, body, expects, codes }
}

/** What a conversation is about, and with whom. */
export interface About {
  readonly theme: Theme
  /** What the server forgives. */
  readonly leniency: Leniency
}

/** What a client has to say: requests of all kinds, now and then with something else behind them. */
export function script(chance: Chance, calm: boolean, about: About): Script {
  let wire = ''
  const parts: Part[] = []
  const { requests } = about.theme
  const count = 1 + (requests === undefined ? chance.few(16) : chance.below(requests))
  for (let id = 0; id < count; id += 1) {
    const next = part(chance, id, wire.length, calm, about)
    const { codes } = next
    if (codes.length > 0) {
      const garbage = next.head + next.body.slice(0, 1_000)
      return { parts, garbage, codes, wire: toOctets(wire + garbage) }
    }
    wire += next.head + next.body
    parts.push(next)
    if (next.sent.broken) return { parts, garbage: '', codes: [], wire: toOctets(wire) }
  }
  const garbage = chance.of(0.25) ? chance.pick(GARBAGE) : ''
  return { parts, garbage, codes: [], wire: toOctets(wire + garbage) }
}
