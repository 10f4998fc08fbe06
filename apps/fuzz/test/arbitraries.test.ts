import { STRICT, type LeniencyFlag } from '@millrace/channel'
import { DEFAULT_CHUNKED_LIMITS } from '@millrace/chunked'
import { wireBytes } from '@millrace/testing'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Target } from '../src/target.ts'
import { channelTarget } from '../src/targets/channel.ts'
import { chunkedTarget } from '../src/targets/chunked.ts'
import { clientTarget } from '../src/targets/client.ts'
import { differentialTarget } from '../src/targets/differential.ts'
import { changed, chunkedBody, noise, requests, response } from './arbitraries.ts'

const cutSeed = fc.nat(1_000_000)
const channelCase = fc.record({
  wire: fc.oneof({ weight: 9, arbitrary: changed(requests) }, noise).map(wireBytes),
  limits: fc.constantFrom(0, 0, 1, 2, 3),
  leniency: fc.subarray(Object.keys(STRICT) as LeniencyFlag[]),
  handling: fc.constantFrom('read' as const, 'ignore' as const, 'begin' as const, 'pause' as const),
  ending: fc.constantFrom('nothing' as const, 'end' as const, 'time' as const),
  cutSeed,
})
const clientCase = fc.record({
  wire: fc.oneof({ weight: 9, arbitrary: changed(response) }, noise).map(wireBytes),
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'CONNECT'),
  upgrade: fc.constantFrom('', '', 'x', 'websocket, x'),
  taker: fc.constantFrom('none' as const, 'takes' as const, 'closes' as const),
  limits: fc.constantFrom(0, 0, 1, 2),
  ends: fc.boolean(),
  pauses: fc.boolean(),
  cutSeed,
})
const chunkedCase = fc.record({
  wire: fc.oneof({ weight: 9, arbitrary: changed(chunkedBody) }, noise).map(wireBytes),
  limits: fc.constant(DEFAULT_CHUNKED_LIMITS),
  cutSeed,
})

function holds<TCase extends { readonly wire: Uint8Array }>(
  target: Target<TCase>,
  input: fc.Arbitrary<TCase>,
  numRuns: number,
): void {
  fc.assert(
    fc.property(input, (made) => void target.check(made, false)),
    { numRuns },
  )
}

describe('for everything that the grammar has, and what is near it', () => {
  it('the channel does as the rules say, however it is cut (property)', { timeout: 60_000 }, () => {
    holds(channelTarget(), channelCase, 2_000)
  })
  it('the client does as the rules say, however it is cut (property)', { timeout: 60_000 }, () => {
    holds(clientTarget(), clientCase, 2_000)
  })
  it('the decoders do as the rules say, however they are cut (property)', { timeout: 60_000 }, () => {
    holds(chunkedTarget(), chunkedCase, 2_000)
  })
  it('the channel and node:http agree on what both take (property)', { timeout: 60_000 }, () => {
    holds(
      differentialTarget(),
      channelCase.map((input) => ({
        ...input,
        limits: 0,
        leniency: [],
        handling: 'read' as const,
        ending: 'nothing' as const,
      })),
      1_000,
    )
  })
})
