import { readFileSync } from 'node:fs'
import { randomSplits, splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { HTTPChannel } from '../src/index.ts'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, observe, statuses, wireBytes } from './conversation.ts'

interface Entry {
  readonly id: number
  readonly expect: 'accept' | 'reject' | 'either'
  readonly why: string
  readonly wire: string
}

const entries = JSON.parse(
  readFileSync(new URL('fixtures/requests.json', import.meta.url), 'utf8'),
) as Entry[]

/** Sees every line, so that heads take the way through the hooks. */
class HookedChannel extends HTTPChannel {
  override headerReceived(line: Uint8Array): boolean {
    return super.headerReceived(line)
  }
}

function converse(pieces: readonly Uint8Array[], hooked: boolean): Conversation {
  const make = (options: HTTPChannelOptions): HTTPChannel =>
    hooked ? new HookedChannel(options) : new HTTPChannel(options)
  return new Conversation({}, make).send(...pieces)
}

function* cuts(wire: Uint8Array, seed: number): Iterable<Uint8Array[]> {
  yield [wire]
  yield* [...splits(wire)].slice(1, 2)
  yield* randomSplits(wire, seed, 3)
}

describe('the corpus of raw requests', () => {
  it('is whole', () => {
    expect(entries).toHaveLength(419)
  })

  it.each(entries)('#$id: $expect ($why)', ({ id, expect: expected, wire }) => {
    const whole = converse([wireBytes(wire)], false)
    const seen = observe(whole)
    for (const pieces of cuts(wireBytes(wire), id + 1)) {
      expect(observe(converse(pieces, false))).toEqual(seen)
      expect(observe(converse(pieces, true))).toEqual(seen)
    }
    const codes = statuses(whole.wire)
    if (expected === 'accept') {
      expect(codes.length).toBeGreaterThan(0)
      expect(codes.every((code) => code >= 200 && code < 300)).toBe(true)
    } else if (expected === 'reject') {
      expect(codes.at(-1)).toBeGreaterThanOrEqual(400)
      expect(codes.filter((code) => code >= 400)).toHaveLength(1)
      expect(whole.closed).toBe(true)
    }
  })
})
