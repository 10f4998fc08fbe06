import { randomSplits, splits, wireBytes } from '@millrace/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isForbiddenTrailer } from '../src/index.ts'
import { decodePieces } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { readWhole } from './reference.ts'

const anyOctet = fc.nat(255).map((octet) => String.fromCharCode(octet))
const blank = fc.constantFrom('', '', ' ', '\t', ' \t ')
const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,6}$/)
const quoted = fc
  .array(fc.oneof(fc.stringMatching(/^[\t !#-[\]-~\x80-\xff]$/), fc.stringMatching(/^\\[\t -~\x80-\xff]$/)), {
    maxLength: 6,
  })
  .map((parts) => `"${parts.join('')}"`)
const value = fc.oneof(
  fc.constant(''),
  fc.tuple(blank, blank, fc.oneof(token, quoted)).map(([a, b, text]) => `${a}=${b}${text}`),
)
const extension = fc.tuple(blank, blank, token, value).map(([a, b, name, rest]) => `${a};${b}${name}${rest}`)
const extensions = fc.array(extension, { maxLength: 2 }).map((all) => all.join(''))
const data = fc.oneof(
  fc.string({ unit: anyOctet, minLength: 1, maxLength: 20 }),
  fc.constantFrom('\r\n', '0\r\n\r\n', '\n', '3;a\r\n'),
)
const zeros = fc.constantFrom('', '', '0', '0000')

function hexadecimal(size: number, upperCase: boolean): string {
  return upperCase ? size.toString(16).toUpperCase() : size.toString(16)
}

const chunk = fc
  .tuple(zeros, fc.boolean(), extensions, data)
  .map(
    ([lead, upperCase, text, octets]) =>
      `${lead}${hexadecimal(octets.length, upperCase)}${text}\r\n${octets}\r\n`,
  )
const name = fc.oneof(token, fc.constantFrom('Host', 'content-length', 'X-Sum'))
const trailer = fc
  .tuple(name, fc.stringMatching(/^[\t -~\x80-\xff]{0,8}$/))
  .map(([field, text]) => `${field}:${text}\r\n`)
const body = fc
  .tuple(fc.array(chunk, { maxLength: 4 }), zeros, extensions, fc.array(trailer, { maxLength: 3 }))
  .map(([chunks, lead, text, trailers]) => `${chunks.join('')}${lead}0${text}\r\n${trailers.join('')}\r\n`)

/** A body with some octets replaced, put in, or taken out. */
const mutation = fc.record({
  at: fc.nat(1_000),
  removed: fc.nat(2),
  put: fc.oneof(fc.constantFrom('', '\r', '\n', ' ', ';', '=', '"', '\\', ':', '0', 'f', '\0'), anyOctet),
})
const mutated = fc.tuple(body, fc.array(mutation, { minLength: 1, maxLength: 2 })).map(([wire, mutations]) =>
  mutations.reduce((text, { at, removed, put }) => {
    const place = at % text.length
    return text.slice(0, place) + put + text.slice(place + removed)
  }, wire),
)

/** The outcome that every way of cutting must have. */
function decodeAll(wire: string, seed: number): Outcome {
  const withExtensions = true
  const outcome = decodePieces([wireBytes(wire)], { withExtensions })
  const ways = [...splits(wire, { maxCuts: 12 }), ...randomSplits(wire, seed, 4)]
  for (const pieces of ways) expect(decodePieces(pieces, { withExtensions })).toEqual(outcome)
  // Nor does it make a difference whether anybody looks at the extensions.
  const isExtension = (event: string): boolean => /^\d/.test(event)
  const { events, ...others } = decodePieces([wireBytes(wire)])
  expect(others).toEqual({ error: outcome.error, finished: outcome.finished, rest: outcome.rest })
  expect(events.join('').replaceAll('data ', '')).toBe(
    outcome.events
      .filter((event) => !isExtension(event))
      .join('')
      .replaceAll('data ', ''),
  )
  return outcome
}

/** What the reference says, in the words of an outcome. */
function expectedData(
  wire: string,
): { data: string; extensions: string[]; end: string; rest: string } | undefined {
  const whole = readWhole(wire)
  if (whole === undefined) return undefined
  const trailers = whole.trailers.filter(([field]) => !isForbiddenTrailer(field))
  return {
    data: whole.data,
    extensions: whole.extensions.map(([field, text, size]) => `${size} ${field} ${JSON.stringify(text)}`),
    end: trailers.length === 0 ? 'end' : `end ${JSON.stringify(trailers)}`,
    rest: whole.rest,
  }
}

function actualData({ events, rest }: Outcome): ReturnType<typeof expectedData> {
  return {
    data: events
      .filter((event) => event.startsWith('data '))
      .map((event) => event.slice(5))
      .join(''),
    extensions: events.filter((event) => /^\d/.test(event)),
    end: events.at(-1)!,
    rest,
  }
}

describe('ChunkedDecoder', () => {
  it('takes every valid body, however it is cut (property)', () => {
    fc.assert(
      fc.property(body, fc.constantFrom('', 'next', '\r\n'), fc.integer(), (wire, next, seed) => {
        const outcome = decodeAll(wire + next, seed)
        expect(outcome.error).toBeUndefined()
        expect(actualData(outcome)).toEqual(expectedData(wire + next))
      }),
      { numRuns: 300 },
    )
  })

  it('takes a damaged body only if it is still one, and says the same however it is cut (property)', () => {
    let complete = 0
    let refused = 0
    fc.assert(
      fc.property(mutated, fc.integer(), (wire, seed) => {
        const outcome = decodeAll(wire, seed)
        const expected = expectedData(wire)
        expect(outcome.finished).toBe(expected !== undefined)
        if (expected !== undefined) expect(actualData(outcome)).toEqual(expected)
        complete += outcome.finished ? 1 : 0
        refused += outcome.error === undefined ? 0 : 1
      }),
      { numRuns: 1_500 },
    )
    // The mutations are of use only if they lead both ways.
    expect(complete).toBeGreaterThan(50)
    expect(refused).toBeGreaterThan(200)
  })

  it('refuses a body at the first octet that no body goes on from, not later (property)', () => {
    fc.assert(
      fc.property(mutated, (wire) => {
        const { error } = decodePieces([wireBytes(wire)])
        if (error === undefined) return
        const offset = Number(error.split(' ').at(-1))
        const { error: before } = decodePieces([wireBytes(wire.slice(0, offset))])
        const { error: behind } = decodePieces([wireBytes(wire.slice(0, offset + 1))])
        expect([before, behind]).toEqual([undefined, error])
      }),
      { numRuns: 500 },
    )
  })

  it('is the same under any limits, however the body is cut (property)', () => {
    const limits = fc.record({
      maxChunkLineBytes: fc.integer({ min: 3, max: 20 }),
      maxExtensionBytes: fc.nat(20),
      maxOverheadBytes: fc.nat(30),
      maxTrailerBytes: fc.nat(30),
      maxTrailerCount: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.oneof(body, mutated), limits, fc.integer(), (wire, options, seed) => {
        const outcome = decodePieces([wireBytes(wire)], options)
        for (const pieces of [...splits(wire, { maxCuts: 12 }), ...randomSplits(wire, seed, 4)]) {
          expect(decodePieces(pieces, options)).toEqual(outcome)
        }
      }),
      { numRuns: 500 },
    )
  })
})
