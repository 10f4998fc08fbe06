import type { Chance } from '../chance.ts'

/** A way to break a rule of heads that somebody may forgive; the same head when it has no such thing. */
type Laxity = (chance: Chance, head: string) => string

const LAXITIES: readonly Laxity[] = [
  (_, head) => head.replaceAll('\r\n', '\n'),
  (chance, head) => head.replace(/\r\n/g, (end) => (chance.of(0.5) ? end : '\n')),
  (chance, head) =>
    head.replace(/: ?/g, (colon) => (chance.of(0.7) ? colon : `:\r\n${chance.pick([' ', '\t', '  \t'])}`)),
  (chance, head) =>
    head.replace(/\r\n(?=.*:)/, chance.pick(['\r\nX: a\r\n b\r\n', '\r\nX:\r\n \r\n\tc\r\n', '\r\n a\r\n'])),
  (chance, head) =>
    head.replace(
      /^(content-length): *([0-9]+)\r\n/im,
      chance.pick(['$&$&', '$1: $2, $2\r\n', '$&X: y\r\n$1:$2 ,\t$2\r\n']),
    ),
  (chance, head) =>
    head.replace(
      /^transfer-encoding:.*\r\n/im,
      chance.pick(['$&Content-Length: 3\r\n', 'content-length: 4\r\n$&']),
    ),
  (_, head) => head.replace(/^host:.*\r\n/gim, ''),
  (chance, head) => head.replace(' /', chance.pick([' /\xe9', ' /\x80\xff/', ' /caf\xc3\xa9'])),
]

/** The head with one to three rules broken. */
export function laxHead(chance: Chance, head: string): string {
  let lax = head
  for (let left = chance.between(1, 3); left > 0; left -= 1) lax = chance.pick(LAXITIES)(chance, lax)
  return lax
}
