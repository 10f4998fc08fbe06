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

/** What we do with entries that the RFC leaves open, and why; docs/choices.md says more. */
interface Choice {
  readonly choice: string
  readonly because: string
  /** The ids of entries, by their status codes and what the channel reads afterwards. */
  readonly outcomes: Readonly<Record<string, readonly number[]>>
}

const entries = fixture<Entry>('requests.json')
const choices = fixture<Choice>('choices.json')
const chosen = new Map(
  choices.flatMap(({ outcomes }) =>
    Object.entries(outcomes).flatMap(([outcome, ids]) => ids.map((id) => [id, outcome] as const)),
  ),
)

function fixture<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')) as T[]
}

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

  it('has one choice for each entry that the RFC leaves open, with its reason', () => {
    const ids = choices.flatMap(({ outcomes }) => Object.values(outcomes).flat())
    const open = entries.filter((entry) => entry.expect === 'either').map((entry) => entry.id)
    expect(ids.toSorted((a, b) => a - b)).toEqual(open)
    for (const { because } of choices) expect(because).toMatch(/^\S.+\.$/)
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
    } else {
      expect([...codes, whole.channel.readState].join(' ')).toBe(chosen.get(id))
    }
  })
})
