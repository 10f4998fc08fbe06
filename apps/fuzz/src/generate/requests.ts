import type { LeniencyFlag } from '@millrace/channel'
import type { Chance } from '../chance.ts'
import { chunkedBody } from './chunked-body.ts'
import { badCoding, badLength, BOTH_FRAMINGS, brokenField, connectionField, filler } from './field-lines.ts'
import { namedField, plainField, type Fill } from './field-lines.ts'
import { laxHead } from './lax-heads.ts'
import { octets, oddOctet, token } from './words.ts'

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']
const RARE_METHODS = ['get', 'CONNECT', 'M-SEARCH', 'PRI', 'G', 'GE\tT', 'G@T', '', 'GET ', ' GET', 'GÉT']
const AUTHORITIES = ['a', 'a.example', 'a:80', '127.0.0.1:8080', '[::1]', '[2001:DB8::1]:443', 'A_b', 'a%2fb']
const RARE_AUTHORITIES = [
  '',
  ':80',
  'a:',
  'a:65535',
  'a:65536',
  'a:000080',
  'a:8x',
  'a:-1',
  'a,b',
  'a b',
  'u@a',
  'u:p@a',
  'a/b',
  'a?b',
  'a#b',
  'a\\b',
  '[::1',
  '::1',
  '[::1]x',
  '[fe80::1%25eth0]',
  '[fe80::1%eth0]',
  '[v1.x]',
  '[v.x]',
  '[1:2:3:4:5:6:7:8]',
  '[1:2:3:4:5:6:7::]',
  '[1::8:9:a:b:c:d:e]',
  '[::ffff:1.2.3.4]',
  '[::1.2.3.04]',
  '[::1.2.3.256]',
  '[]',
  'a%zz',
  'a%4',
  'é',
  "a!$&'()*+;=b",
  'a"b',
]
const PATHS = [
  '/',
  '/',
  '/a',
  '/a/b?c=d',
  '/?',
  '//x',
  '/%41',
  '/a%zz',
  "/~!$&'()*+,;=:@",
  '/"<>[]^`{|}',
  '/a?b?c/d',
]
const BAD_TARGETS = [
  '',
  'a',
  '/a#b',
  '/a b',
  '/a\\b',
  '/é',
  '/\x7f',
  '/\x01',
  '*',
  '*x',
  '?a',
  'a:80',
  '/a\tb',
  '.',
  '//',
]
const SCHEMES = ['http', 'https', 'HTTP', 'ws', 'x+y-z.1']
const BAD_SCHEMES = ['1http', '', 'ht_tp', 'http:', 'mailto']
const BAD_VERSIONS = [
  'HTTP/1.2',
  'HTTP/1.9',
  'HTTP/2.0',
  'HTTP/0.9',
  'HTTP/3.1',
  'HTTP/1.',
  'HTTP/1',
  'HTTP/01.1',
  'HTTP/1.10',
  'http/1.1',
  'HTTP/1.1 ',
  ' HTTP/1.1',
  'HTTP /1.1',
  'HTTP/1,1',
  'HTPP/1.1',
  '',
  'ICE/1.0',
  'RTSP/1.0',
]
const EXPECTS = [
  '100-continue',
  '100-Continue',
  '100-continue',
  ',100-continue',
  '200-ok',
  '100-continue, x',
  '',
  '"',
]

/** How a request is to be made. */
export interface RequestPlan {
  /** The probability, 0–1, that a part is broken; 0 gives valid requests. */
  readonly wildness: number
  /** What the server forgives: some heads need it. */
  readonly leniency: readonly LeniencyFlag[]
  /** What is to be about as long as a limit; `null` for nothing. */
  readonly fill: Fill | null
}

function authority(chance: Chance, { wildness }: RequestPlan): string {
  return chance.of(wildness * 2) ? chance.pick(RARE_AUTHORITIES) : chance.pick(AUTHORITIES)
}

function target(chance: Chance, method: string, plan: RequestPlan): string {
  if (chance.of(plan.wildness)) return chance.pick(BAD_TARGETS)
  if (method === 'CONNECT') {
    const host = chance.of(0.7) ? 'a:443' : authority(chance, plan)
    return chance.of(0.9) ? host : chance.pick(['a', 'a:0', '*', '/'])
  }
  if (method === 'OPTIONS' && chance.of(0.5)) return '*'
  if (chance.of(0.8)) return chance.pick(PATHS)
  const scheme = chance.of(plan.wildness) ? chance.pick(BAD_SCHEMES) : chance.pick(SCHEMES)
  return `${scheme}://${authority(chance, plan)}${chance.pick(['', '', '?q', ...PATHS])}`
}

function requestLine(chance: Chance, plan: RequestPlan): string {
  const { wildness } = plan
  let method = chance.pick(METHODS)
  if (chance.of(wildness)) method = chance.pick(RARE_METHODS)
  else if (chance.of(0.03)) method = chance.of(0.1) ? 'M'.repeat(chance.between(62, 67)) : token(chance, 12)
  else if (chance.of(0.02)) method = 'CONNECT'
  const version = chance.of(wildness)
    ? chance.pick(BAD_VERSIONS)
    : chance.pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2'])
  const space = chance.of(wildness / 3) ? chance.pick(['  ', '\t', '', '\x0b', '\xa0']) : ' '
  const lineEnd = chance.of(wildness / 3) ? chance.pick(['\n', '\r', '\r\r\n', ' \r\n']) : '\r\n'
  const about = target(chance, method, plan)
  const missing =
    plan.fill?.what === 'start-line' ? plan.fill.size - `${method}${space}${about} ${version}`.length : 0
  const rest = about.startsWith('/') && missing > 1 ? 't'.repeat(missing + chance.between(-2, 2)) : ''
  return `${method}${space}${about}${rest} ${version}${lineEnd}`
}

/** Host, in most cases the one that it takes. */
function hostFields(chance: Chance, plan: RequestPlan): string {
  if (chance.of(plan.wildness))
    return chance.pick(['', 'Host: a\r\nHost: a\r\n', 'Host: a\r\nhost: b\r\n', 'Host:\r\n'])
  return chance.of(0.7) ? 'Host: a\r\n' : namedField(chance, 'Host', authority(chance, plan))
}

/** The fields that frame the content, and the content. */
function framed(chance: Chance, plan: RequestPlan): [fields: string, content: string] {
  const { wildness } = plan
  if (chance.of(wildness)) {
    const fields = chance.of(0.3)
      ? chance.pick(BOTH_FRAMINGS)
      : chance.repeat(chance.between(1, 2), () =>
          chance.of(0.5) ? badLength(chance) : chance.of(0.7) ? badCoding(chance) : 'Content-Length: 3\r\n',
        )
    return [fields, chance.pick(['', 'abc', '3\r\nabc\r\n0\r\n\r\n', '0\r\n\r\n'])]
  }
  const kind = chance.below(10)
  if (kind < 5) return ['', '']
  if (kind < 8) {
    const content = octets(chance, chance.of(0.05) ? 2_000 : 20)
    const missing = chance.of(wildness) ? 1 : 0
    return [namedField(chance, 'Content-Length', String(content.length + missing)), content]
  }
  return [namedField(chance, 'Transfer-Encoding', 'chunked'), chunkedBody(chance, wildness / 2)]
}

/** One request, head and content. */
export function request(chance: Chance, plan: RequestPlan): string {
  const { wildness, fill } = plan
  const line = requestLine(chance, plan)
  const [framing, content] = framed(chance, plan)
  const fields = [hostFields(chance, plan), framing]
  const count = chance.of(0.02) ? 40 : chance.below(4)
  for (let i = 0; i < count; i += 1) fields.push(plainField(chance))
  if (chance.of(0.15)) fields.push(connectionField(chance))
  if (chance.of(0.06)) fields.push(namedField(chance, 'Expect', chance.pick(EXPECTS)))
  if (chance.of(wildness)) fields.push(brokenField(chance))
  if (chance.of(0.5)) fields.reverse()
  const section = fields.join('')
  const head = `${line}${section}${filler(chance, fill, line.length + section.length)}\r\n`
  const isLax = plan.leniency.length > 0 && chance.of(0.4)
  return (isLax ? laxHead(chance, head, plan.leniency) : head) + content
}

/** Some requests in a row, as a client that pipelines sends them, empty lines between them. */
export function requests(chance: Chance, plan: RequestPlan): string {
  const count = chance.of(0.6) ? 1 : chance.between(2, 5)
  const wire = chance.repeat(count, () => {
    const blankLines = chance.of(0.95) ? '' : '\r\n'.repeat(chance.between(1, 9))
    return blankLines + request(chance, plan)
  })
  return chance.of(plan.wildness / 3) ? wire + oddOctet(chance) : wire
}
