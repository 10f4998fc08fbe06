import type { Chance } from '../chance.ts'
import { anyCase, blank, fieldText, oddOctet, token } from './words.ts'

const COMMON = [
  'Accept: */*\r\n',
  'User-Agent: fuzz/1\r\n',
  'Cookie: a=b; c="d, e"\r\n',
  'Accept-Encoding: gzip, deflate\r\n',
  'Upgrade: websocket\r\n',
  'TE: trailers\r\n',
  'Trailer: X-Sum\r\n',
]

/** Field lines that are nearly right: each breaks one rule. */
const BROKEN = [
  'X : y\r\n',
  ' X: y\r\n',
  '\tX: y\r\n',
  'X: y\r\n folded\r\n',
  'X: y\n',
  'X: y\r',
  'X: y\r\r\n',
  ': y\r\n',
  'X\r\n',
  'X y: z\r\n',
  'X: \x00\r\n',
  'X\xe9: y\r\n',
  '\n',
  '\r\n',
]

/** One well-formed field line that decides nothing. */
export function plainField(chance: Chance): string {
  if (chance.of(0.5)) return chance.pick(COMMON)
  return `${token(chance, 10)}:${blank(chance)}${fieldText(chance, 16)}\r\n`
}

/** A field line that breaks the grammar, in most cases. */
export function brokenField(chance: Chance): string {
  if (chance.of(0.7)) return chance.pick(BROKEN)
  return `${token(chance, 4)}:${fieldText(chance, 6)}${oddOctet(chance)}${fieldText(chance, 6)}\r\n`
}

/** A field of this name, with the blanks and the capitals that senders differ in. */
export function namedField(chance: Chance, name: string, value: string): string {
  const before = chance.of(0.8) ? ' ' : blank(chance)
  const behind = chance.of(0.9) ? '' : blank(chance)
  return `${anyCase(chance, name)}:${before}${value}${behind}\r\n`
}

const CONNECTIONS = [
  'close',
  'keep-alive',
  'Keep-Alive',
  'CLOSE',
  'upgrade, close',
  ' , close,',
  'close, foo',
  'closed',
  'x-close',
  '"close"',
  '"a, close, b"',
  'keep-alive, close',
  '',
  'te, upgrade',
]

/** A Connection field. */
export function connectionField(chance: Chance): string {
  return namedField(chance, 'Connection', chance.pick(CONNECTIONS))
}

/** Lengths that are none, or too much. */
const BAD_LENGTHS = [
  '',
  '+3',
  '-0',
  '-1',
  '0x3',
  '3 4',
  '3,3',
  '3, 3',
  '3;',
  '3.0',
  '1e3',
  '\xb2',
  '9007199254740992',
  '18446744073709551616',
  '18446744073709551619',
  '4294967299',
  '00000000000000000000000000000000000000000000003',
  '99999999999999999999999999999999999999999999999999',
]

/** A Content-Length that is wrong in most cases. */
export function badLength(chance: Chance): string {
  return namedField(chance, 'Content-Length', chance.pick(BAD_LENGTHS))
}

const CODINGS = [
  'gzip, chunked',
  'chunked, gzip',
  'gzip',
  'identity',
  'chunked, chunked',
  'chunked, identity',
  'chunked;q=1',
  'chunked ; a',
  ', chunked',
  'chunked,',
  '',
  'xchunked',
  'chunked\x0b',
  '\x0cchunked',
  'chunked\xa0',
  '"chunked"',
  "'chunked'",
  'chunKed',
  'CHUNKED',
  'chunked chunked',
  'chun ked',
  'c\thunked',
]

/** A Transfer-Encoding that is wrong in most cases. */
export function badCoding(chance: Chance): string {
  return namedField(chance, 'Transfer-Encoding', chance.pick(CODINGS))
}

/** What of a head is to be filled up to a limit. */
export interface Fill {
  readonly what: 'head' | 'field-line' | 'start-line'
  /** Octets: of the head with all its line ends, or of a line without its own. */
  readonly size: number
}

/** A field line that makes the head, or itself, one or two octets longer or shorter than `fill` says, or just as long. */
export function filler(chance: Chance, fill: Fill | null, headSize: number): string {
  if (fill === null || fill.what === 'start-line') return ''
  const around = fill.what === 'head' ? headSize + 'F: \r\n\r\n'.length : 'F: '.length
  const length = fill.size + chance.between(-2, 2) - around
  return length < 0 ? '' : `F: ${'f'.repeat(length)}\r\n`
}

/** The two fields that frame content, each of them good. */
export const BOTH_FRAMINGS: readonly string[] = [
  'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n',
  'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n',
]
