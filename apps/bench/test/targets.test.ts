import { describe, expect, it } from 'vitest'
import type { Sample } from '../src/samples.ts'
import { judge, TARGETS, type Target } from '../src/targets.ts'
import { WORKLOADS } from '../src/workloads/index.ts'

const RATIO: Target = {
  workload: 'hello',
  contestant: 'a',
  figure: 'requestsPerSecond',
  against: 'b',
  bound: 'at least',
  limit: 2,
}

function samples(a: number, b: number): Sample[] {
  return [
    { workload: 'hello', contestant: 'a', round: 1, figures: { requestsPerSecond: a } },
    { workload: 'hello', contestant: 'b', round: 1, figures: { requestsPerSecond: b } },
  ]
}

function reached(target: Target, a: number, b: number): boolean | undefined {
  return judge([target], samples(a, b))[0]?.reached
}

describe('judge', () => {
  it('takes a lower bound for reached at the exact number, and not below', () => {
    expect(reached(RATIO, 200, 100)).toBe(true)
    expect(reached(RATIO, 199.999, 100)).toBe(false)
  })

  it('takes an upper bound for reached at the exact number, and not above', () => {
    const atMost: Target = { ...RATIO, bound: 'at most' }
    expect(reached(atMost, 200, 100)).toBe(true)
    expect(reached(atMost, 200.001, 100)).toBe(false)
  })

  it('holds the figure itself against the limit where there is no peer', () => {
    const alone: Target = { ...RATIO, against: null, limit: 200 }
    expect(reached(alone, 200, 1)).toBe(true)
    expect(reached(alone, 199, 1)).toBe(false)
  })

  it('tells what was not measured from what was missed, and calls neither reached', () => {
    const [outcome] = judge([{ ...RATIO, against: 'c' }], samples(200, 100))
    expect(outcome).toEqual({ target: { ...RATIO, against: 'c' }, value: null, spread: null, reached: false })
  })
})

describe('TARGETS', () => {
  it.each(TARGETS)('$workload, $contestant, $figure against $against: there is such a thing', (target) => {
    const workload = WORKLOADS.find(({ name }) => name === target.workload)
    const names = (workload?.contestants ?? []).map(({ name }) => name)
    expect(names).toContain(target.contestant)
    if (target.against !== null) expect(names).toContain(target.against)
  })
})
