import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatContentRange, parseByteRanges, planRange } from '../src/byte-range.ts'

const plan = (value: string, size = 64): string => {
  const result = planRange([value], size)
  return result.kind === 'part' ? formatContentRange(size, result.start, result.length) : result.kind
}

describe('planRange', () => {
  it.each([
    ['R31', 'bytes=0-9', 'bytes 0-9/64'],
    ['R32', 'bytes=60-', 'bytes 60-63/64'],
    ['R33', 'bytes=-5', 'bytes 59-63/64'],
    ['R34', 'bytes=-100', 'bytes 0-63/64'],
    ['R34', 'bytes=-64', 'bytes 0-63/64'],
    ['R35', 'bytes=-0', 'unsatisfiable'],
    ['R36', 'bytes=0-0', 'bytes 0-0/64'],
    ['R36', 'bytes=63-63', 'bytes 63-63/64'],
    ['R37', 'bytes=64-', 'unsatisfiable'],
    ['R37', 'bytes=64-70', 'unsatisfiable'],
    ['R38', 'bytes=0-999', 'bytes 0-63/64'],
    ['R39', 'bytes=0-99999999999999999999999', 'bytes 0-63/64'],
    ['R39', 'bytes=99999999999999999999999-', 'unsatisfiable'],
    ['R39', 'bytes=-99999999999999999999999', 'bytes 0-63/64'],
    ['R39', 'bytes=00000000000000000000000000001-2', 'bytes 1-2/64'],
    ['R39', 'bytes=9007199254740993-9007199254740992', 'whole'],
    ['R39', 'bytes=9007199254740992-9007199254740993', 'unsatisfiable'],
    ['R41', 'BYTES=0-9', 'bytes 0-9/64'],
    ['R41', 'bytes =0-9', 'whole'],
    ['R42', 'items=0-5', 'whole'],
    ['R44', 'bytes=0-9,100-', 'bytes 0-9/64'],
    ['R44', 'bytes=-0,5-5', 'bytes 5-5/64'],
    ['R45', 'bytes=64-,100-200,-0', 'unsatisfiable'],
  ])('%s: %s → %s', (_rule, value, expected) => {
    expect(plan(value)).toBe(expected)
  })

  it.each([
    '5-4',
    '-',
    '',
    'a-b',
    '1_0-',
    '+1-5',
    '0x1-5',
    '0-9,a-b',
    '0 - 9',
    '--1',
    '1',
    '1-2-3',
    ',,',
    '٣-',
    '0-9;a',
  ])('R40: bytes=%s is invalid as a whole → ignored', (set) => expect(plan(`bytes=${set}`)).toBe('whole'))

  it('R43: skips empty members of the list', () => {
    expect(parseByteRanges('bytes=0-9,,20-29')).toHaveLength(2)
    expect(plan('bytes=,,5-5 ,\t,')).toBe('bytes 5-5/64')
  })

  it('R50: several satisfiable ranges → the whole', () => {
    expect(plan('bytes=0-0,-1')).toBe('whole')
    expect(plan(`bytes=${'0-,'.repeat(100)}`)).toBe('whole')
  })

  it.each(['bytes=0-', 'bytes=-1', 'bytes=-0', 'bytes=5-9'])(
    'R46: %s of nothing → the whole of it',
    (value) => {
      expect(plan(value, 0)).toBe('whole')
    },
  )

  it('R59: a repeated Range is ignored', () => {
    expect(planRange(['bytes=0-9', 'bytes=0-9'], 64)).toEqual({ kind: 'whole' })
  })

  it('R39, F8: is exact beyond 4 GiB', () => {
    expect(plan('bytes=4294967296-4294967305', 5 * 2 ** 30)).toBe('bytes 4294967296-4294967305/5368709120')
  })

  it('selects for any numbers what the RFC says, at any size (§14.1.2)', () => {
    const position = fc.oneof(fc.bigInt({ min: 0n, max: 200n }), fc.bigInt({ min: 0n, max: 10n ** 30n }))
    fc.assert(
      fc.property(
        position,
        fc.option(position, { nil: undefined }),
        fc.integer({ min: 1, max: 150 }),
        (first, last, size) => {
          const value = `bytes=${first}-${last ?? ''}`
          const end = last === undefined || last >= BigInt(size) ? BigInt(size) - 1n : last
          const isReversed = last !== undefined && last < first
          const satisfied = first < BigInt(size) ? `bytes ${first}-${end}/${size}` : 'unsatisfiable'
          expect(plan(value, size)).toBe(isReversed ? 'whole' : satisfied)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('costs no more per byte for a long hostile value', () => {
    const started = performance.now()
    for (const unit of ['1', ' ', '\t', ',', '0-,', '-', '1 ']) {
      plan(`bytes=${unit.repeat(100_000)}`)
      plan(`bytes=1${unit.repeat(100_000)}x`)
    }
    expect(performance.now() - started).toBeLessThan(2000) // quadratic would take minutes
  })
})

describe('formatContentRange', () => {
  it('R37: names the size alone for a 416', () => {
    expect(formatContentRange(64)).toBe('bytes */64')
  })
})
