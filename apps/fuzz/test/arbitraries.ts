import fc from 'fast-check'

/*
 * The grammar of requests, responses and chunked bodies once more, as arbitraries: fewer inputs each second than our own
 * generator makes, but counterexamples that are small by construction.
 */

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,8}$/)
const text = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,12}$/)
const octets = fc.string({ unit: fc.nat(255).map((octet) => String.fromCharCode(octet)), maxLength: 20 })
const blank = fc.constantFrom('', ' ', '\t', ' \t')

const method = fc.oneof(fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'CONNECT'), token)
const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2')
const authority = fc.constantFrom('a', 'a.example:80', '[::1]', '127.0.0.1:8080', '')
const path = fc.stringMatching(/^\/[!-"$-[\]-~]{0,10}$/)
const target = fc.oneof(
  { weight: 4, arbitrary: path },
  fc.constantFrom('*', 'a:443', '/'),
  fc
    .tuple(fc.constantFrom('http', 'x+y'), authority, path)
    .map(([scheme, host, rest]) => `${scheme}://${host}${rest}`),
)
const plainField = fc
  .tuple(token, blank, text)
  .map(([name, before, value]) => `${name}:${before}${value}\r\n`)
const tellingField = fc.constantFrom(
  'Connection: close\r\n',
  'Connection: keep-alive, x\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: x\r\nConnection: upgrade\r\n',
  'X : y\r\n',
  ' folded\r\n',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
)
const host = fc.oneof(
  { weight: 5, arbitrary: fc.constant('Host: a\r\n') },
  authority.map((value) => `Host: ${value}\r\n`),
)

const quoted = fc.stringMatching(/^"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff]){0,5}"$/)
const extension = fc
  .tuple(blank, blank, token, fc.oneof(fc.constant(''), fc.tuple(blank, blank, fc.oneof(token, quoted))))
  .map(
    ([a, b, name, value]) =>
      `${a};${b}${name}${typeof value === 'string' ? '' : `${value[0]}=${value[1]}${value[2]}`}`,
  )
const chunk = fc
  .tuple(
    octets.filter((data) => data !== ''),
    fc.array(extension, { maxLength: 2 }),
  )
  .map(([data, extensions]) => `${data.length.toString(16)}${extensions.join('')}\r\n${data}\r\n`)

/** A chunked body, valid. */
export const chunkedBody: fc.Arbitrary<string> = fc
  .tuple(fc.array(chunk, { maxLength: 4 }), fc.array(plainField, { maxLength: 2 }))
  .map(([chunks, trailers]) => `${chunks.join('')}0\r\n${trailers.join('')}\r\n`)

const framed: fc.Arbitrary<readonly [fields: string, content: string]> = fc.oneof(
  fc.constant(['', ''] as const),
  octets.map((content) => [`Content-Length: ${content.length}\r\n`, content] as const),
  chunkedBody.map((body) => ['Transfer-Encoding: chunked\r\n', body] as const),
)
const fields = fc.array(fc.oneof({ weight: 4, arbitrary: plainField }, tellingField), { maxLength: 3 })

const request = fc
  .tuple(method, target, version, host, fields, framed)
  .map(
    ([name, about, protocol, hostField, others, [framing, content]]) =>
      `${name} ${about} ${protocol}\r\n${hostField}${others.join('')}${framing}\r\n${content}`,
  )

/** Requests in a row: most are valid. */
export const requests: fc.Arbitrary<string> = fc
  .array(request, { minLength: 1, maxLength: 3 })
  .map((all) => all.join(''))

const status = fc.constantFrom('200', '204', '304', '404', '100', '103', '101', '600')

/** A response, interim ones before it: most are valid. */
export const response: fc.Arbitrary<string> = fc
  .array(fc.tuple(version, status, text, fields, framed), { minLength: 1, maxLength: 3 })
  .map((heads) =>
    heads
      .map(
        ([protocol, code, reason, others, [framing, content]]) =>
          `${protocol} ${code} ${reason}\r\n${others.join('')}${framing}\r\n${content}`,
      )
      .join(''),
  )

const change = fc.record({
  at: fc.nat(2_000),
  removed: fc.nat(3),
  put: fc.oneof(fc.constantFrom('', '\r', '\n', '\r\n', ' ', ':', '\0', '0', '\x7f', '\xff'), octets),
})

/** What `wire` gives, some octets replaced, put in or taken out. */
export function changed(wire: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(wire, fc.array(change, { maxLength: 3 })).map(([original, changes]) =>
    changes.reduce((now, { at, removed, put }) => {
      const place = at % (now.length + 1)
      return now.slice(0, place) + put + now.slice(place + removed)
    }, original),
  )
}

/** Octets without a plan. */
export const noise: fc.Arbitrary<string> = octets
