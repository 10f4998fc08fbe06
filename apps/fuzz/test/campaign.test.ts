import { wireBytes } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { describeFailure, fuzz } from '../src/campaign.ts'
import { escapeWire } from '../src/escape.ts'
import { minimise } from '../src/minimise.ts'
import { Violation, type FuzzCase, type Target } from '../src/target.ts'

const ENDLESS = { inputs: 1_000, milliseconds: Infinity }

/** Holds noise, and is wrong about inputs with a zero in them. */
const flawed: Target<FuzzCase> = {
  name: 'flawed',
  generate: (chance) => ({ wire: Uint8Array.from({ length: 200 }, () => chance.below(256)) }),
  check: ({ wire }) => {
    if (wire.includes(0)) throw new Violation('a zero')
    return 'accepted'
  },
}

describe('fuzz', () => {
  it('stops after ten failures, each made small', async () => {
    const { failures, accepted, inputs } = await fuzz(flawed, 1, ENDLESS)
    expect(failures).toHaveLength(10)
    expect(accepted).toBe(inputs - 10)
    for (const { smallest } of failures) expect(smallest.wire).toEqual(Uint8Array.of(0))
  })

  it('has a failure again by its seed', async () => {
    const [failure] = (await fuzz(flawed, 1, ENDLESS)).failures
    const again = await fuzz(flawed, failure?.seed as number, { inputs: 1, milliseconds: Infinity })
    expect(again.failures[0]).toEqual(failure)
    expect(describeFailure('flawed', again.failures[0] as typeof failure & object)).toBe(
      `FAILURE of flawed: a zero\n  again: --target flawed --seed ${failure?.seed} --inputs 1\n  how:   {}\n  wire:  '\\x00'`,
    )
  })

  it('counts an exception that escapes as a failure', async () => {
    const target = { ...flawed, check: () => (undefined as unknown as { no: () => never }).no() }
    const { failures } = await fuzz(target, 1, { inputs: 1, milliseconds: Infinity })
    expect(failures[0]?.message).toContain('TypeError')
  })

  it('takes no more inputs than it is told to', async () => {
    const target = { ...flawed, check: () => 'rejected' as const }
    const { inputs, rejected } = await fuzz(target, 1, { inputs: 321, milliseconds: Infinity })
    expect([inputs, rejected]).toEqual([321, 321])
  })
})

describe('minimise', () => {
  it('leaves what the failure needs', () => {
    const wire = wireBytes('GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n')
    const smallest = minimise(wire, (smaller) =>
      /:[^]*\0[^]*\n/.test(Buffer.from(smaller).toString('latin1')),
    )
    expect(escapeWire(smallest)).toBe("':\\x00\\n'")
  })
})

describe('escapeWire', () => {
  it('writes a literal that means the same octets', () => {
    const wire = Uint8Array.from({ length: 256 }, (_, octet) => octet)
    const literal = escapeWire(wire)
    expect(literal).toMatch(/^'[ -~]*'$/)
    const octets = literal
      .slice(1, -1)
      .replace(/\\(?:x(..)|(.))/g, (_, hex: string | undefined, char: string) =>
        hex === undefined
          ? ({ r: '\r', n: '\n', t: '\t' }[char] ?? char)
          : String.fromCharCode(parseInt(hex, 16)),
      )
    expect(octets).toBe(Buffer.from(wire).toString('latin1'))
  })
})
