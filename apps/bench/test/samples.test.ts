import { describe, expect, it } from 'vitest'
import { median, spread } from '../src/median.ts'
import { compare, summarise, summariseAll, type Sample } from '../src/samples.ts'

function sample(round: number, contestant: string, requestsPerSecond: number): Sample {
  return { workload: 'hello', contestant, round, figures: { requestsPerSecond } }
}

describe('median and spread', () => {
  it('takes the middle of an odd count, and the mean of the two in the middle of an even one', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 7])).toBe(6)
  })

  it('refuses nothing', () => {
    expect(() => median([])).toThrow(RangeError)
  })

  it('tells the spread as a share of the median', () => {
    expect(spread([90, 100, 110])).toBeCloseTo(0.2)
    expect(spread([0, 0])).toBe(0)
  })
})

describe('summarise', () => {
  it('puts the rounds of one contestant together', () => {
    const samples = [sample(1, 'a', 90), sample(1, 'b', 1), sample(2, 'a', 110), sample(3, 'a', 100)]
    expect(summarise(samples, 'hello', 'a', 'requestsPerSecond')).toEqual({ median: 100, spread: 0.2 })
  })

  it('has nothing for another workload, contestant or figure', () => {
    const samples = [sample(1, 'a', 90)]
    expect(summarise(samples, 'page', 'a', 'requestsPerSecond')).toBeNull()
    expect(summarise(samples, 'hello', 'b', 'requestsPerSecond')).toBeNull()
    expect(summarise(samples, 'hello', 'a', 'milliseconds')).toBeNull()
  })
})

describe('summariseAll', () => {
  it('has each contestant of each workload once, with all its figures', () => {
    expect(summariseAll([sample(1, 'a', 90), sample(1, 'b', 7), sample(2, 'a', 110)])).toEqual([
      {
        workload: 'hello',
        contestant: 'a',
        figures: { requestsPerSecond: { median: 100, spread: 0.2 } },
      },
      { workload: 'hello', contestant: 'b', figures: { requestsPerSecond: { median: 7, spread: 0 } } },
    ])
  })
})

describe('compare', () => {
  it('takes ratios within a round: a slow round of the machine does not count', () => {
    const samples = [
      ...[sample(1, 'a', 100), sample(1, 'b', 200)],
      ...[sample(2, 'a', 10), sample(2, 'b', 20)],
      ...[sample(3, 'a', 100), sample(3, 'b', 210)],
    ]
    expect(compare(samples, 'hello', 'b', 'a', 'requestsPerSecond')?.median).toBe(2)
  })

  it('leaves out rounds in which one of them failed', () => {
    const samples = [sample(1, 'a', 100), sample(2, 'a', 50), sample(2, 'b', 200)]
    expect(compare(samples, 'hello', 'b', 'a', 'requestsPerSecond')).toEqual({ median: 4, spread: 0 })
  })

  it('has nothing when they met in no round', () => {
    expect(compare([sample(1, 'a', 1), sample(2, 'b', 1)], 'hello', 'b', 'a', 'requestsPerSecond')).toBeNull()
  })
})
