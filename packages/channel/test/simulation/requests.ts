import { wireBytes } from '@millrace/testing'
import { head } from './conversation.ts'

/** Numbers from 0 to 1 that depend on the seed alone, and choices made with them. */
export class Chance {
  readonly next: () => number

  constructor(next: () => number) {
    this.next = next
  }

  /** Whether a thing happens that happens `share` of the time. */
  of(share: number): boolean {
    return this.next() < share
  }

  /** A whole number below `end`; small ones are as likely as large ones are together. */
  below(end: number): number {
    return Math.floor(this.next() * (this.of(0.5) ? Math.min(end, 10) : end))
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T
  }
}

/** A request as the client meant it. */
export interface Sent {
  readonly id: number
  readonly method: string
  readonly minorVersion: number
  readonly content: string
  /** The client asked for the connection to be closed behind it. */
  readonly closes: boolean
  /** Its content breaks off or breaks the framing. */
  readonly broken: boolean
  readonly takesUpgrade: boolean
  /** Where it ends on the wire. */
  readonly end: number
}

/** All that a client sends. */
export interface Script {
  readonly wire: Uint8Array
  readonly sent: readonly Sent[]
  /** Whether it ends with what is no request. */
  readonly faulty: boolean
}

/** Text by which an octet that is lost, doubled or misplaced is noticed. */
export function pattern(id: number, start: number, length: number): string {
  let text = ''
  for (let i = start; i < start + length; i += 1) text += String.fromCharCode(97 + ((id * 5 + i) % 23))
  return text
}

const GARBAGE = [
  'GARBAGE\r\n\r\n',
  '\x16\x03\x01\x00\xa5',
  'GET /1 HTTP/1.1\r\nHost : a\r\n\r\n',
  `GET /${'a'.repeat(1500)}`,
  `GET /1 HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(1500)}`,
  'GET /1 HTTP/1.1\r\n\r\n',
  'GET /1 HTTP/2.0\r\n\r\n',
  '\r\n'.repeat(12),
  head('POST /1 HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked'),
  head('POST /1 HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Expect: miracles'),
  head('POST /1 HTTP/1.1', 'Host: a', 'Content-Length: 99999999'),
  `${head('GET /1 HTTP/1.1', ...Array<string>(40).fill('A: b'))}`,
]

function chunked(chance: Chance, content: string): string {
  let wire = ''
  for (let at = 0; at < content.length;) {
    const size = Math.min(content.length - at, 1 + chance.below(chance.of(0.3) ? 3 : 900))
    wire += `${size.toString(16)}${chance.of(0.1) ? ';a=b' : ''}\r\n${content.slice(at, at + size)}\r\n`
    at += size
  }
  return `${wire}0\r\n${chance.of(0.2) ? 'Digest: x\r\n' : ''}\r\n`
}

function request(chance: Chance, id: number, start: number, calm: boolean): { wire: string; sent: Sent } {
  const takesUpgrade = chance.of(0.05)
  const method = takesUpgrade
    ? chance.pick(['CONNECT', 'GET'])
    : chance.pick(['GET', 'GET', 'HEAD', 'POST', 'POST', 'POST'])
  const minorVersion = chance.of(0.1) && !takesUpgrade ? 0 : 1
  const content = method === 'POST' ? pattern(id, 0, chance.below(chance.of(0.05) ? 90_000 : 600)) : ''
  const isChunked = minorVersion === 1 && method === 'POST' && chance.of(0.5)
  const closes = chance.of(0.04)
  const fields = minorVersion === 1 ? [`Host: ${method === 'CONNECT' ? `a:${id + 1}` : 'a'}`] : []
  if (minorVersion === 0 && chance.of(0.7)) fields.push('Connection: keep-alive')
  else if (closes) fields.push('Connection: x, close')
  if (takesUpgrade && method === 'GET') fields.push('Connection: upgrade', 'Upgrade: storm')
  if (isChunked) fields.push('Transfer-Encoding: chunked')
  else if (content.length > 0 || chance.of(0.1)) fields.push(`Content-Length: ${content.length}`)
  if (method === 'POST' && chance.of(0.15)) fields.push('Expect: 100-continue')
  const target = method === 'CONNECT' ? `a:${id + 1}` : `/${id}`
  const blank = chance.of(0.1) ? '\r\n'.repeat(1 + chance.below(3)) : ''
  let wire = blank + head(`${method} ${target} HTTP/1.${minorVersion}`, ...fields)
  const body = isChunked ? chunked(chance, content) : content
  const broken = !calm && body.length > 0 && chance.of(0.06)
  if (!broken) wire += body
  else wire += body.slice(0, chance.below(body.length)) + (isChunked && chance.of(0.7) ? 'Z' : '')
  const end = start + wire.length
  return { wire, sent: { id, method, minorVersion, content, closes, broken, takesUpgrade, end } }
}

/** What a client sends: requests of all kinds, and now and then something else behind them. */
export function script(chance: Chance, calm: boolean): Script {
  let wire = ''
  const sent: Sent[] = []
  for (let id = 0, count = 1 + chance.below(16); id < count; id += 1) {
    const next = request(chance, id, wire.length, calm)
    wire += next.wire
    sent.push(next.sent)
    if (next.sent.broken) return { wire: wireBytes(wire), sent, faulty: true }
  }
  const faulty = !calm && chance.of(0.25)
  if (faulty) wire += chance.pick(GARBAGE)
  return { wire: wireBytes(wire), sent, faulty }
}

/** Cuts the wire into reads, some of single octets, some of many requests. */
export function cut(chance: Chance, wire: Uint8Array): Uint8Array[] {
  const largest = chance.pick([3, 40, 700, 20_000])
  const pieces: Uint8Array[] = []
  for (let at = 0; at < wire.length;) {
    const size = wire.length > 5_000 && largest === 3 ? 500 : largest
    const end = Math.min(wire.length, at + 1 + Math.floor(chance.next() * size))
    pieces.push(wire.slice(at, end))
    at = end
  }
  return pieces
}
