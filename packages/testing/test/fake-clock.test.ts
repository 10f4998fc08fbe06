import { describe, expect, it } from 'vitest'
import { FakeClock } from '../src/index.ts'

describe('FakeClock', () => {
  it('stands still until it is moved', () => {
    const clock = new FakeClock()
    expect(clock.now()).toBe(0)
    clock.advance(1.5)
    expect(clock.now()).toBe(1.5)
  })

  it('begins when it is told to', () => {
    const clock = new FakeClock({ nowMs: 100, wallTimeMs: 5_000 })
    expect([clock.now(), clock.wallTimeMs()]).toEqual([100, 5_000])
    clock.advance(20)
    expect([clock.now(), clock.wallTimeMs()]).toEqual([120, 5_020])
  })

  it('tells a wall time that is easy to recognise by default', () => {
    expect(new Date(new FakeClock().wallTimeMs()).toUTCString()).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })

  it('lets the wall time jump without touching what is due', () => {
    const clock = new FakeClock()
    clock.callLater(10, () => {})
    clock.setWallTimeMs(1_000)
    expect([clock.wallTimeMs(), clock.now(), clock.dueTimesMs]).toEqual([1_000, 0, [10]])
    clock.advance(10)
    expect(clock.wallTimeMs()).toBe(1_010)
  })

  it('runs what falls due, each call at its exact time, in order', () => {
    const clock = new FakeClock()
    const ran: [string, number][] = []
    for (const [name, delayMs] of [
      ['late', 30],
      ['early', 10],
      ['next', 20],
      ['never', 41],
    ] as const) {
      clock.callLater(delayMs, () => ran.push([name, clock.now()]))
    }
    clock.advance(40)
    expect(ran).toEqual([
      ['early', 10],
      ['next', 20],
      ['late', 30],
    ])
    expect(clock.now()).toBe(40)
    expect(clock.dueTimesMs).toEqual([41])
  })

  it('runs calls of the same time in the order of scheduling', () => {
    const clock = new FakeClock()
    const ran: number[] = []
    for (const number of [1, 2, 3]) clock.callLater(5, () => ran.push(number))
    clock.advance(5)
    expect(ran).toEqual([1, 2, 3])
  })

  it('runs a call exactly at its time and not before', () => {
    const clock = new FakeClock()
    let ran = 0
    clock.callLater(10, () => (ran += 1))
    clock.advance(9.999)
    expect(ran).toBe(0)
    clock.advance(0.001)
    expect(ran).toBe(1)
    clock.advance(100)
    expect(ran).toBe(1)
  })

  it('runs calls that are scheduled by calls, within the same advance', () => {
    const clock = new FakeClock()
    const times: number[] = []
    const again = (): void => {
      times.push(clock.now())
      if (times.length < 3) clock.callLater(10, again)
    }
    clock.callLater(10, again)
    clock.advance(25)
    expect(times).toEqual([10, 20])
    clock.advance(5)
    expect(times).toEqual([10, 20, 30])
  })

  it('runs a call without delay at the next advance, of 0 too', () => {
    const clock = new FakeClock()
    let ran = false
    clock.callLater(0, () => (ran = true))
    expect(ran).toBe(false)
    clock.advance(0)
    expect(ran).toBe(true)
  })

  it('does not run a cancelled call', () => {
    const clock = new FakeClock()
    let ran = false
    const call = clock.callLater(10, () => (ran = true))
    expect(call.active).toBe(true)
    call.cancel()
    call.cancel()
    expect(call.active).toBe(false)
    expect(clock.pending).toBe(0)
    clock.advance(20)
    expect(ran).toBe(false)
  })

  it('lets a call cancel another one of the same time, but not itself', () => {
    const clock = new FakeClock()
    let ran = false
    const first = clock.callLater(10, () => {
      expect(first.active).toBe(false)
      first.cancel()
      second.cancel()
    })
    const second = clock.callLater(10, () => (ran = true))
    clock.advance(10)
    expect(ran).toBe(false)
    expect(clock.pending).toBe(0)
  })

  it('counts what is still to come', () => {
    const clock = new FakeClock()
    clock.callLater(20, () => {})
    clock.callLater(10, () => {})
    expect(clock.pending).toBe(2)
    expect(clock.dueTimesMs).toEqual([10, 20])
    clock.advance(10)
    expect(clock.pending).toBe(1)
  })

  it('lets out what a call throws, at the time of the call, and can go on', () => {
    const clock = new FakeClock()
    let ran = false
    clock.callLater(10, () => {
      throw new Error('a mistake')
    })
    clock.callLater(20, () => (ran = true))
    expect(() => clock.advance(100)).toThrow('a mistake')
    expect(clock.now()).toBe(10)
    clock.advance(10)
    expect(ran).toBe(true)
  })

  it('throws when callbacks keep scheduling each other without delay', () => {
    const clock = new FakeClock()
    const again = (): void => void clock.callLater(0, again)
    again()
    expect(() => clock.advance(1)).toThrow('without delay')
  })

  it('takes ten thousand calls at one instant', () => {
    const clock = new FakeClock()
    let ran = 0
    for (let count = 0; count < 10_000; count += 1) clock.callLater(1, () => (ran += 1))
    clock.advance(1)
    expect(ran).toBe(10_000)
  })

  it('throws when a callback advances it', () => {
    const clock = new FakeClock()
    clock.callLater(1, () => clock.advance(1))
    expect(() => clock.advance(1)).toThrow(Error)
  })

  it.each([-1, Number.NaN, Infinity])('throws a RangeError for %s ms', (ms) => {
    const clock = new FakeClock()
    expect(() => clock.callLater(ms, () => {})).toThrow(RangeError)
    expect(() => clock.advance(ms)).toThrow(RangeError)
  })
})
