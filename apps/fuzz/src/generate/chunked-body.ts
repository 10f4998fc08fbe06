import type { Chance } from '../chance.ts'
import { blank, fieldText, octets, oddOctet, token } from './words.ts'

const BAD_SIZES = [
  '',
  '0x3',
  '+3',
  '-3',
  ' 3',
  '3 ',
  '3\t',
  'g',
  '3;',
  '3;;a',
  '3;a=',
  '3;a="',
  '3;a="b',
  '3; =b',
  '3\x00',
  '3;\x01',
  '3;a="\x00"',
  '3\n',
  '3\r',
  'ffffffffffffffff',
  '20000000000000',
  '1fffffffffffff',
  'fffffffffffffffffffffffffffffff0',
  '100000003',
]
const LINE_ENDS = ['\n', '\r', '\r\r\n', '', 'xx', '\r\n\r\n', ' \r\n', '\n\r']
const TRAILER_NAMES = [
  'X-Sum',
  'Host',
  'content-length',
  'Transfer-Encoding',
  'Content-Digest',
  'A',
  'Cookie',
]
const BROKEN_TRAILERS = [
  'X\r\n',
  ' X: y\r\n',
  'X : y\r\n',
  'X: y\n',
  ': y\r\n',
  'X: \x00\r\n',
  'X: y\r',
  '\n',
]

/** Octets of data; some look like framing. */
function chunkData(chance: Chance): string {
  if (chance.of(0.2)) return chance.pick(['\r\n', '0\r\n\r\n', '\n', '3;a\r\n', 'GET / HTTP/1.1\r\n\r\n'])
  return octets(chance, chance.of(0.05) ? 300 : 12) || 'x'
}

function quoted(chance: Chance): string {
  const text = fieldText(chance, 6).replace(/["\\]/g, '')
  return `"${text}${chance.pick(['', '', '\\"', '\\\\', '\\a'])}"`
}

function extensions(chance: Chance): string {
  if (chance.of(0.75)) return ''
  return chance.repeat(chance.between(1, 3), () => {
    const name = `${blank(chance)};${blank(chance)}${token(chance, chance.of(0.1) ? 40 : 4)}`
    if (chance.of(0.4)) return name
    return `${name}${blank(chance)}=${blank(chance)}${chance.of(0.5) ? token(chance, 6) : quoted(chance)}`
  })
}

function hexadecimal(chance: Chance, size: number): string {
  const zeros = chance.of(0.9) ? '' : '0'.repeat(chance.between(1, chance.of(0.1) ? 60 : 4))
  const digits = size.toString(16)
  return zeros + (chance.of(0.5) ? digits : digits.toUpperCase())
}

function chunk(chance: Chance, wildness: number): string {
  const data = chunkData(chance)
  const size = chance.of(wildness)
    ? chance.pick(BAD_SIZES)
    : hexadecimal(chance, data.length) + extensions(chance)
  const lineEnd = chance.of(wildness / 2) ? chance.pick(LINE_ENDS) : '\r\n'
  const dataEnd = chance.of(wildness / 2) ? chance.pick(LINE_ENDS) : '\r\n'
  return `${size}${lineEnd}${data}${dataEnd}`
}

/** Trailer lines, without the empty line behind them. */
function trailers(chance: Chance, wildness: number): string {
  if (chance.of(0.7)) return ''
  return chance.repeat(chance.between(1, 4), () => {
    if (chance.of(wildness)) return chance.pick(BROKEN_TRAILERS)
    const name = chance.of(0.5) ? chance.pick(TRAILER_NAMES) : token(chance, 6)
    return `${name}:${blank(chance)}${fieldText(chance, 10)}\r\n`
  })
}

/**
 * A chunked body, its empty line included.
 *
 * @param wildness - the probability, 0–1, that a part is broken; 0 gives a valid body
 */
export function chunkedBody(chance: Chance, wildness: number): string {
  const chunks = chance.repeat(chance.below(chance.of(0.1) ? 12 : 4), () => chunk(chance, wildness))
  const last = `${chance.of(0.9) ? '0' : '000'}${extensions(chance)}\r\n`
  const odd = chance.of(wildness / 2) ? oddOctet(chance) : ''
  return `${chunks}${last}${trailers(chance, wildness)}${odd}\r\n`
}
