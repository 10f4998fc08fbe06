import { describe, expect, it } from 'vitest'
import { ConcurrencyLimit } from '../src/concurrency-limit.ts'

describe('ConcurrencyLimit', () => {
  it('F10: runs as many jobs at a time as it may, in order, and one more only after one ended', async () => {
    const limit = new ConcurrencyLimit(2)
    let running = 0
    let most = 0
    const order: number[] = []
    const job = (number: number) => async (): Promise<number> => {
      order.push(number)
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
      return number
    }
    const results = await Promise.all([0, 1, 2, 3, 4].map((number) => limit.run(job(number))))
    expect([results, order, most]).toEqual([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], 2])
  })

  it('F10: gives the event loop a turn between two jobs', async () => {
    const limit = new ConcurrencyLimit(1)
    const seen: string[] = []
    const job = (name: string) => async (): Promise<void> => {
      seen.push(name)
      setImmediate(() => seen.push('turn'))
    }
    await Promise.all([limit.run(job('one')), limit.run(job('two'))])
    expect(seen).toEqual(['one', 'turn', 'two'])
  })

  it('goes on after a job that failed', async () => {
    const limit = new ConcurrencyLimit(1)
    await expect(limit.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(await limit.run(() => Promise.resolve('next'))).toBe('next')
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d', (limit) => {
    expect(() => new ConcurrencyLimit(limit)).toThrow(RangeError)
  })
})
