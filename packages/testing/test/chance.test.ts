import { describe, expect, it } from 'vitest'
import { Chance } from '../src/index.ts'

describe('Chance', () => {
  it('gives the same answers for the same seed', () => {
    const answers = (seed: number): number[] => {
      const chance = new Chance(seed)
      return Array.from({ length: 20 }, () => chance.next())
    }
    expect(answers(3)).toEqual(answers(3))
    expect(answers(3)).not.toEqual(answers(4))
  })

  it('lets happen what must, and never what cannot', () => {
    const chance = new Chance(1)
    const sure = Array.from({ length: 100 }, () => chance.of(1))
    const impossible = Array.from({ length: 100 }, () => chance.of(0))
    expect(new Set([...sure])).toEqual(new Set([true]))
    expect(new Set([...impossible])).toEqual(new Set([false]))
  })

  it('draws every number below the end, and no other', () => {
    const chance = new Chance(1)
    const drawn = Array.from({ length: 200 }, () => chance.below(4))
    expect([...new Set(drawn)].sort()).toEqual([0, 1, 2, 3])
  })

  it('prefers few', () => {
    const chance = new Chance(1)
    const drawn = Array.from({ length: 1_000 }, () => chance.few(1_000))
    expect(drawn.filter((number) => number < 10).length).toBeGreaterThan(400)
    expect(drawn.filter((number) => number >= 10).length).toBeGreaterThan(400)
    expect(Math.max(...Array.from({ length: 100 }, () => chance.few(3)))).toBe(2)
  })

  it('picks each of the choices', () => {
    const chance = new Chance(1)
    const picked = Array.from({ length: 100 }, () => chance.pick(['a', 'b', 'c']))
    expect([...new Set(picked)].sort()).toEqual(['a', 'b', 'c'])
  })

  it('draws the rows of a table by their weights', () => {
    const chance = new Chance(1)
    const table = [
      { name: 'often', weight: 9 },
      { name: 'seldom', weight: 1 },
      { name: 'never', weight: 0 },
    ]
    const drawn = Array.from({ length: 1_000 }, () => chance.draw(table).name)
    const often = drawn.filter((name) => name === 'often').length
    expect(often).toBeGreaterThan(850)
    expect(often).toBeLessThan(950)
    expect(drawn).not.toContain('never')
  })
})
