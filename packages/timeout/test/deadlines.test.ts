import { FakeClock } from '@millrace/testing'
import type { Clock } from '@millrace/transport'
import { beforeEach, describe, expect, it } from 'vitest'
import { Deadlines } from '../src/index.ts'

let clock: FakeClock
let timers: number[]
let expired: string[]
let deadlines: Deadlines
let onExpired: (name: string) => void

beforeEach(() => {
  clock = new FakeClock()
  timers = []
  expired = []
  onExpired = () => {}
  const watched: Clock = {
    now: () => clock.now(),
    wallTimeMs: () => clock.wallTimeMs(),
    callLater: (delayMs, callback) => {
      timers.push(delayMs)
      return clock.callLater(delayMs, callback)
    },
  }
  deadlines = new Deadlines(watched, (name) => {
    expired.push(`${name}@${clock.now()}`)
    onExpired(name)
  })
})

describe('Deadlines.absolute', () => {
  it('expires once, when the period is over and not before', () => {
    deadlines.absolute('head', 100)
    expect([deadlines.size, deadlines.has('head')]).toEqual([1, true])
    clock.advance(99)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['head@100'])
    expect([deadlines.size, deadlines.has('head')]).toEqual([0, false])
    clock.advance(1_000)
    expect(expired).toEqual(['head@100'])
    expect(clock.pending).toBe(0)
  })

  it('is postponed by nothing but setting it afresh', () => {
    deadlines.absolute('head', 100)
    expect(() => deadlines.touch('head')).toThrow(TypeError)
    expect(() => deadlines.progress('head', 1)).toThrow(TypeError)
    clock.advance(50)
    deadlines.absolute('head', 100)
    clock.advance(99)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['head@150'])
  })

  it('takes 0 for a period: over at the next turn of the clock', () => {
    deadlines.absolute('now', 0)
    expect(expired).toEqual([])
    clock.advance(0)
    expect(expired).toEqual(['now@0'])
  })
})

describe('Deadlines.idle', () => {
  it('expires when it was not touched for the period', () => {
    deadlines.idle('body', 100)
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(99)
      deadlines.touch('body')
    }
    clock.advance(99)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['body@496'])
  })

  it('ignores a touch when it is not set, or has passed', () => {
    deadlines.touch('body')
    deadlines.idle('body', 10)
    clock.advance(10)
    deadlines.touch('body')
    expect([deadlines.size, clock.pending]).toEqual([0, 0])
  })

  it('is not a minimum rate', () => {
    deadlines.idle('body', 10)
    expect(() => deadlines.progress('body', 1)).toThrow(TypeError)
  })
})

describe('Deadlines.minimumRate', () => {
  it('expires after the grace when nothing came', () => {
    deadlines.minimumRate('rate', { bytesPerSecond: 240, graceMs: 5_000 })
    clock.advance(4_999)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['rate@5000'])
  })

  it('stays away at exactly the rate, and comes one byte below it', () => {
    deadlines.minimumRate('rate', { bytesPerSecond: 100, graceMs: 1_000 })
    for (let second = 0; second < 60; second++) {
      deadlines.progress('rate', 100)
      clock.advance(1_000)
    }
    expect(expired).toEqual([])
    deadlines.progress('rate', 99)
    clock.advance(990 + 1_000)
    expect(expired).toEqual(['rate@61990'])
  })

  it('catches a byte now and then', () => {
    deadlines.minimumRate('rate', { bytesPerSecond: 240, graceMs: 5_000 })
    for (let turn = 0; turn < 100 && expired.length === 0; turn++) {
      deadlines.progress('rate', 1)
      clock.advance(1_000)
    }
    expect(clock.now()).toBe(6_000)
  })

  it('never spins on the fractions that a rate makes', () => {
    deadlines.minimumRate('rate', { bytesPerSecond: 7, graceMs: 0 })
    for (let byte = 0; byte < 50; byte++) {
      deadlines.progress('rate', 1)
      clock.advance(142)
    }
    expect(expired).toEqual([])
    clock.advance(1_000)
    expect(expired).toEqual(['rate@7143'])
    expect(timers.length).toBeLessThan(60)
  })

  it('ignores progress when it is not set, and cannot be touched', () => {
    deadlines.progress('rate', 10)
    deadlines.minimumRate('rate', { bytesPerSecond: 1, graceMs: 0 })
    expect(() => deadlines.touch('rate')).toThrow(TypeError)
  })

  it.each([-1, NaN, Infinity])('rejects a progress of %d bytes', (bytes) => {
    deadlines.minimumRate('rate', { bytesPerSecond: 1, graceMs: 0 })
    expect(() => deadlines.progress('rate', bytes)).toThrow(RangeError)
  })

  it.each([0, -1, NaN, Infinity])('rejects a rate of %d', (bytesPerSecond) => {
    expect(() => deadlines.minimumRate('rate', { bytesPerSecond, graceMs: 0 })).toThrow(RangeError)
    expect(deadlines.size).toBe(0)
  })
})

describe('Deadlines together', () => {
  it.each([-1, NaN, Infinity])('reject the period %d', (period) => {
    expect(() => deadlines.absolute('a', period)).toThrow(RangeError)
    expect(() => deadlines.idle('a', period)).toThrow(RangeError)
    expect(() => deadlines.minimumRate('a', { bytesPerSecond: 1, graceMs: period })).toThrow(RangeError)
    expect(deadlines.size).toBe(0)
  })

  it('expire each by itself, the earliest first, also when the clock comes late', () => {
    deadlines.absolute('c', 30)
    deadlines.absolute('a', 10)
    deadlines.idle('b', 20)
    const late = clock.dueTimesMs
    expect(late).toEqual([10])
    clock.advance(100)
    expect(expired).toEqual(['a@10', 'b@20', 'c@30'])
  })

  it('expire in the order of their times when one wake finds several', () => {
    const lateClock: Clock = {
      now: () => clock.now(),
      wallTimeMs: () => 0,
      callLater: (delayMs, callback) => clock.callLater(delayMs + 500, callback),
    }
    const order: string[] = []
    const several = new Deadlines(lateClock, (name) => order.push(name))
    several.absolute('third', 30)
    several.absolute('first', 10)
    several.absolute('second', 20)
    clock.advance(1_000)
    expect(order).toEqual(['first', 'second', 'third'])
  })

  it('share one timer, which later deadlines, touches and progress do not move', () => {
    deadlines.absolute('head', 100)
    for (let turn = 0; turn < 100; turn++) {
      deadlines.idle('idle', 200)
      deadlines.touch('idle')
      deadlines.minimumRate('rate', { bytesPerSecond: 1, graceMs: 300 })
      deadlines.progress('rate', 5)
    }
    expect(timers).toEqual([100])
    expect(clock.pending).toBe(1)
  })

  it('let the timer sleep on when it wakes for nothing', () => {
    deadlines.idle('idle', 100)
    clock.advance(60)
    deadlines.touch('idle')
    clock.advance(60)
    expect(timers).toEqual([100, 60])
    deadlines.cancel('idle')
    clock.advance(60)
    expect([expired.length, clock.pending, timers.length]).toEqual([0, 0, 2])
  })

  it('can be cancelled, one or all, and clear leaves nothing on the clock', () => {
    deadlines.absolute('a', 10)
    deadlines.absolute('b', 20)
    deadlines.cancel('a')
    deadlines.cancel('never set')
    clock.advance(15)
    expect(expired).toEqual([])
    deadlines.clear()
    expect([deadlines.size, clock.pending]).toEqual([0, 0])
    clock.advance(100)
    expect(expired).toEqual([])
  })

  it('may be set, cancelled and cleared by the callback', () => {
    deadlines.absolute('a', 10)
    deadlines.absolute('b', 10)
    deadlines.absolute('c', 30)
    onExpired = (name) => {
      if (name === 'a') {
        deadlines.cancel('b')
        deadlines.absolute('d', 0)
      } else if (name === 'd') deadlines.clear()
    }
    clock.advance(100)
    expect(expired).toEqual(['a@10', 'd@10'])
    expect(clock.pending).toBe(0)
  })

  it('may be touched by the callback of another that passed at the same moment', () => {
    deadlines.absolute('a', 10)
    deadlines.idle('b', 10)
    onExpired = (name) => {
      if (name === 'a') deadlines.touch('b')
    }
    clock.advance(100)
    expect(expired).toEqual(['a@10', 'b@20'])
  })

  it('wait for the next turn when the callback sets them with 0', () => {
    onExpired = (name) => {
      if (expired.length < 3) deadlines.absolute(name, 0)
    }
    deadlines.absolute('again', 0)
    clock.advance(0)
    expect(expired).toHaveLength(3)
    expect(timers).toEqual([0, 0, 0])
  })

  it('stay when the callback of another throws', () => {
    onExpired = (name) => {
      if (name === 'a') throw new Error('in the callback')
    }
    deadlines.absolute('a', 10)
    deadlines.absolute('b', 10)
    deadlines.absolute('c', 20)
    expect(() => clock.advance(10)).toThrow('in the callback')
    clock.advance(10)
    expect(expired).toEqual(['a@10', 'b@10', 'c@20'])
  })
})

describe('Deadlines.pause', () => {
  it('stops time for all of them, and leaves no timer', () => {
    deadlines.absolute('head', 100)
    deadlines.idle('body', 200)
    deadlines.minimumRate('rate', { bytesPerSecond: 1_000, graceMs: 300 })
    clock.advance(60)
    deadlines.pause()
    deadlines.pause()
    expect([deadlines.paused, clock.pending]).toEqual([true, 0])
    clock.advance(100_000)
    deadlines.resume()
    deadlines.resume()
    expect(deadlines.paused).toBe(false)
    clock.advance(1_000)
    expect(expired).toEqual(['head@100100', 'body@100200', 'rate@100300'])
  })

  it('counts over several pauses', () => {
    deadlines.absolute('head', 100)
    for (let turn = 0; turn < 9; turn++) {
      clock.advance(10)
      deadlines.pause()
      clock.advance(1_000)
      deadlines.resume()
    }
    clock.advance(9)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['head@9100'])
  })

  it('holds those that are set, touched or cancelled meanwhile', () => {
    deadlines.idle('body', 100)
    deadlines.absolute('gone', 100)
    clock.advance(50)
    deadlines.pause()
    clock.advance(500)
    deadlines.touch('body')
    deadlines.absolute('head', 20)
    deadlines.cancel('gone')
    clock.advance(500)
    expect(clock.pending).toBe(0)
    deadlines.resume()
    clock.advance(1_000)
    expect(expired).toEqual(['head@1070', 'body@1150'])
  })

  it('holds back those due at the same moment, from inside the callback', () => {
    deadlines.absolute('a', 10)
    deadlines.absolute('b', 10)
    onExpired = (name) => {
      if (name === 'a') deadlines.pause()
    }
    clock.advance(500)
    expect(expired).toEqual(['a@10'])
    deadlines.resume()
    clock.advance(0)
    expect(expired).toEqual(['a@10', 'b@500'])
  })

  it('puts no timer on the clock when there is nothing to wait for', () => {
    deadlines.pause()
    deadlines.resume()
    expect(clock.pending).toBe(0)
  })
})
