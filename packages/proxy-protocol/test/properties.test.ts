import { joinBytes, wireText } from '@millrace/testing'
import type { Address } from '@millrace/transport'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeProxyHeaderV1, encodeProxyHeaderV2 } from '../src/index.ts'
import type { EncodeV2Options, ProxyEndpoints, ProxyHeader } from '../src/index.ts'
import { formatAddress } from '../src/ip-address.ts'
import { Filtered, read } from './filter.ts'

const port = fc.integer({ min: 0, max: 65_535 })

function address(family: 'IPv4' | 'IPv6'): fc.Arbitrary<Address> {
  const length = family === 'IPv4' ? 4 : 16
  // Zeros are likely: they are what the spelling of IPv6 is about.
  const octets = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), {
    minLength: length,
    maxLength: length,
  })
  return fc
    .tuple(octets, port)
    .map(([host, number]) => ({ family, host: formatAddress(Uint8Array.from(host)), port: number }))
}

const path = fc
  .string({ unit: 'binary', maxLength: 27 })
  .map((text): Address => ({ family: 'unix', path: text.replaceAll('\0', '') }))

const pairOf = (end: fc.Arbitrary<Address>): fc.Arbitrary<ProxyEndpoints> =>
  fc.record({ source: end, destination: end })

const internet = fc.oneof(pairOf(address('IPv4')), pairOf(address('IPv6')))

const options: fc.Arbitrary<EncodeV2Options> = fc.record(
  {
    transport: fc.constantFrom('stream', 'dgram'),
    alpn: fc.constantFrom('http/1.1', 'h2', '\xff'),
    authority: fc.domain(),
    uniqueId: fc.uint8Array({ maxLength: 128 }),
    tlvs: fc.array(
      fc.record({ type: fc.integer({ min: 0xe0, max: 0xef }), value: fc.uint8Array({ maxLength: 40 }) }),
      { maxLength: 5 },
    ),
    checksum: fc.boolean(),
  },
  { requiredKeys: [] },
)

const rest = fc.uint8Array({ maxLength: 50 })

/** Cuts at any number of places. */
const cuts = fc.array(fc.nat(), { maxLength: 6 })

function cut(wire: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [
    0,
    ...places.map((place) => place % (wire.length + 1)).sort((one, other) => one - other),
    wire.length,
  ]
  return at
    .slice(1)
    .map((end, index) => wire.subarray(at[index], end))
    .filter((piece) => piece.length > 0)
}

function headerOf(wire: Uint8Array, behind: Uint8Array, places: readonly number[]): ProxyHeader {
  const outcome = read(cut(joinBytes([wire, behind]), places))
  if (outcome === 'more' || 'code' in outcome) throw new Error(JSON.stringify(outcome))
  expect(outcome.rest).toBe(wireText(behind))
  return outcome.header
}

describe('what was written', () => {
  it('is read again from a line', () => {
    fc.assert(
      fc.property(internet, rest, cuts, (endpoints, behind, places) => {
        expect(headerOf(encodeProxyHeaderV1(endpoints), behind, places)).toMatchObject({
          version: 1,
          endpoints,
        })
      }),
    )
  })

  it('is read again from a binary header', () => {
    fc.assert(
      fc.property(
        fc.oneof(internet, pairOf(path)),
        options,
        rest,
        cuts,
        (endpoints, said, behind, places) => {
          const {
            transport = 'stream',
            alpn = null,
            authority = null,
            uniqueId = null,
            tlvs = [],
            checksum,
          } = said
          const header = headerOf(encodeProxyHeaderV2(endpoints, said), behind, places)
          expect(header).toMatchObject({
            version: 2,
            command: 'proxy',
            endpoints,
            transport,
            alpn,
            authority,
          })
          expect(header.uniqueId).toEqual(uniqueId)
          expect(header.tlvs.filter(({ type }) => type >= 0xe0)).toEqual(tlvs)
          expect(header.tlvs.some(({ type }) => type === 3)).toBe(checksum === true)
        },
      ),
    )
  })
})

describe('what was changed on its way', () => {
  const header = fc.oneof(
    internet.map((ends) => encodeProxyHeaderV1(ends)),
    fc.tuple(internet, options).map(([ends, said]) => encodeProxyHeaderV2(ends, said)),
    fc.constantFrom(encodeProxyHeaderV1(null), encodeProxyHeaderV2(null)),
  )
  const change = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 3 }),
    insert: fc.uint8Array({ maxLength: 3 }),
  })

  function mutate(
    wire: Uint8Array,
    changes: readonly { at: number; remove: number; insert: Uint8Array }[],
  ): Uint8Array {
    let bytes = wire
    for (const { at, remove, insert } of changes) {
      const place = at % (bytes.length + 1)
      bytes = joinBytes([bytes.subarray(0, place), insert, bytes.subarray(place + remove)])
    }
    return bytes
  }

  const outcomeOf = (pieces: readonly Uint8Array[], mode: 'required' | 'forbidden'): unknown => {
    const filtered = new Filtered({ mode })
    // The memory transport throws what the filter lets through.
    filtered.send(...pieces)
    filtered.transport.deliverEnd()
    const { errors, above, transport } = filtered
    if (errors.length > 0) expect(filtered.brokenOff).toBe(true)
    return {
      errors: errors.map(({ code, offset }) => [code, offset]),
      received: above.receivedText,
      peer: above.transport?.getPeer(),
      written: transport.writes.length,
    }
  }

  it.each(['required', 'forbidden'] as const)(
    'never throws, and comes out the same however it is cut (%s)',
    (mode) => {
      fc.assert(
        fc.property(
          header,
          fc.array(change, { minLength: 1, maxLength: 4 }),
          rest,
          cuts,
          (wire, changes, behind, places) => {
            const mutated = joinBytes([mutate(wire, changes), behind])
            const whole = outcomeOf(cut(mutated, []), mode)
            expect(outcomeOf(cut(mutated, places), mode)).toEqual(whole)
            expect(
              outcomeOf(
                Array.from(mutated, (octet) => Uint8Array.of(octet)),
                mode,
              ),
            ).toEqual(whole)
          },
        ),
        { numRuns: 2_000 },
      )
    },
  )

  it('never throws for random octets behind a signature', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('PROXY ', '\r\n\r\n\0\r\nQUIT\n', '\r\n\r\n\0\r\nQUIT\n\x21\x11\0'),
        fc.uint8Array({ maxLength: 150 }),
        (start, random) => {
          outcomeOf([joinBytes([Buffer.from(start, 'latin1'), random])], 'required')
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
