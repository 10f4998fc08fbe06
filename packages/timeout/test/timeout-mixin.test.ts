import { FakeClock } from '@millrace/testing'
import type { DelayedCall, Transport } from '@millrace/transport'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { TimeoutMixin } from '../src/index.ts'
import type { Constructor, Timeout } from '../src/index.ts'

class Host {
  closed = 0
  readonly transport = { loseConnection: () => void this.closed++ } as unknown as Transport
}

const TimedHost: typeof Host & Constructor<Timeout> = TimeoutMixin(Host)

/** Writes down when the timeout runs. */
class Timed extends TimedHost {
  readonly expiries: number[] = []
  readonly timers: number[] = []
  onExpiry: () => void = () => {}
  override timeoutConnection(): void {
    this.expiries.push(this.clock.now())
    this.onExpiry()
  }
  override callLater(delayMs: number, callback: () => void): DelayedCall {
    this.timers.push(delayMs)
    return super.callLater(delayMs, callback)
  }
}

let clock: FakeClock
let timed: Timed
beforeEach(() => {
  clock = new FakeClock({ nowMs: 5_000 })
  timed = new Timed()
  timed.clock = clock
})

describe('TimeoutMixin.setTimeout', () => {
  it('runs timeoutConnection once, when the period is over and not before', () => {
    timed.setTimeout(100)
    clock.advance(99)
    expect(timed.expiries).toEqual([])
    clock.advance(1)
    expect(timed.expiries).toEqual([5_100])
    clock.advance(10_000)
    expect(timed.expiries).toEqual([5_100])
    expect(clock.pending).toBe(0)
  })

  it('gives the period until now, and none at first', () => {
    expect(timed.timeOut).toBe(null)
    expect(timed.setTimeout(100)).toBe(null)
    expect(timed.setTimeout(200)).toBe(100)
    expect(timed.timeOut).toBe(200)
    expect(timed.setTimeout(null)).toBe(200)
    expect(timed.setTimeout(0)).toBe(null)
    expect(timed.setTimeout(null)).toBe(0)
  })

  it('still knows the period after it passed', () => {
    timed.setTimeout(100)
    clock.advance(100)
    expect(timed.setTimeout(null)).toBe(100)
  })

  it('counts a longer period from now', () => {
    timed.setTimeout(100)
    clock.advance(50)
    timed.setTimeout(200)
    clock.advance(199)
    expect(timed.expiries).toEqual([])
    clock.advance(1)
    expect(timed.expiries).toEqual([5_250])
  })

  it('counts a shorter period from now', () => {
    timed.setTimeout(1_000)
    clock.advance(50)
    timed.setTimeout(20)
    clock.advance(20)
    expect(timed.expiries).toEqual([5_070])
    expect(clock.pending).toBe(0)
  })

  it('takes 0 for a period: over at the next turn of the clock, not at once', () => {
    timed.setTimeout(0)
    expect(timed.expiries).toEqual([])
    timed.resetTimeout()
    clock.advance(0)
    expect(timed.expiries).toEqual([5_000])
  })

  it('cancels with null, also a period of 0, and leaves no timer behind', () => {
    for (const period of [0, 100]) {
      timed.setTimeout(period)
      timed.resetTimeout()
      timed.setTimeout(null)
      expect(clock.pending).toBe(0)
    }
    clock.advance(1_000)
    expect(timed.expiries).toEqual([])
  })

  it('takes null when nothing is armed, and after the period passed', () => {
    timed.setTimeout(null)
    timed.setTimeout(10)
    clock.advance(10)
    timed.setTimeout(null)
    expect(timed.expiries).toEqual([5_010])
  })

  it.each([-1, NaN, Infinity])('rejects the period %d and keeps the one before', (period) => {
    timed.setTimeout(100)
    expect(() => timed.setTimeout(period)).toThrow(RangeError)
    expect(timed.timeOut).toBe(100)
    clock.advance(100)
    expect(timed.expiries).toEqual([5_100])
  })
})

describe('TimeoutMixin.resetTimeout', () => {
  it('lets the period begin again', () => {
    timed.setTimeout(100)
    for (let turn = 0; turn < 5; turn++) {
      clock.advance(99)
      timed.resetTimeout()
    }
    clock.advance(99)
    expect(timed.expiries).toEqual([])
    clock.advance(1)
    expect(timed.expiries).toEqual([5_000 + 5 * 99 + 100])
  })

  it('does nothing when no timeout was set, was cancelled, or has passed', () => {
    timed.resetTimeout()
    timed.setTimeout(10)
    timed.setTimeout(null)
    timed.resetTimeout()
    expect(clock.pending).toBe(0)
    timed.setTimeout(10)
    clock.advance(10)
    timed.resetTimeout()
    expect(clock.pending).toBe(0)
    expect(timed.expiries).toHaveLength(1)
  })

  it('counts the period that timeOut was set to', () => {
    timed.setTimeout(100)
    timed.timeOut = 30
    timed.resetTimeout()
    clock.advance(30)
    expect(timed.expiries).toEqual([5_030])
  })

  it('is a store: a thousand resets make no timer', () => {
    timed.setTimeout(100)
    for (let turn = 0; turn < 1_000; turn++) timed.resetTimeout()
    expect(timed.timers).toEqual([100])
    clock.advance(60)
    timed.resetTimeout()
    clock.advance(60)
    expect(timed.timers).toEqual([100, 60])
    expect(timed.expiries).toEqual([])
    clock.advance(40)
    expect(timed.expiries).toEqual([5_160])
    expect(timed.timers).toEqual([100, 60])
  })

  it('makes a timer for each period at most, however many reads come', () => {
    timed.setTimeout(1_000)
    for (let ms = 0; ms < 100_000; ms += 10) {
      clock.advance(10)
      timed.resetTimeout()
    }
    expect(timed.timers.length).toBeLessThanOrEqual(102)
    expect(clock.pending).toBe(1)
  })
})

describe('TimeoutMixin.timeoutConnection', () => {
  it('closes the connection unless overridden', () => {
    const host = new (class extends TimedHost {})()
    host.clock = clock
    host.setTimeout(10)
    clock.advance(10)
    expect(host.closed).toBe(1)
  })

  it('may arm the next timeout', () => {
    timed.onExpiry = () => {
      if (timed.expiries.length < 3) timed.setTimeout(10)
    }
    timed.setTimeout(100)
    clock.advance(1_000)
    expect(timed.expiries).toEqual([5_100, 5_110, 5_120])
  })

  it('may throw: the clock gets it, and no timeout is left armed', () => {
    timed.onExpiry = () => {
      throw new Error('in the hook')
    }
    timed.setTimeout(10)
    expect(() => clock.advance(10)).toThrow('in the hook')
    expect(clock.pending).toBe(0)
  })
})

describe('TimeoutMixin.clock', () => {
  it('must be set before the first timeout', () => {
    const early = new Timed()
    expect(() => early.setTimeout(1)).toThrow(TypeError)
    expect(() => early.callLater(1, () => {})).toThrow(TypeError)
    expect(() => early.clock).toThrow(TypeError)
    expect(early.timeOut).toBe(null)
    early.setTimeout(null)
  })

  it('may not be changed under an armed timeout', () => {
    timed.setTimeout(10)
    expect(() => (timed.clock = new FakeClock())).toThrow(TypeError)
    timed.clock = clock
    timed.setTimeout(null)
    timed.clock = new FakeClock()
    expect(timed.clock.now()).toBe(0)
  })

  it('begins a period when timeNow says, if that is overridden', () => {
    class Behind extends Timed {
      override timeNow(): number {
        return super.timeNow() - 5
      }
    }
    const behind = new Behind()
    behind.clock = clock
    behind.setTimeout(20)
    clock.advance(10)
    behind.resetTimeout()
    clock.advance(14)
    expect(behind.expiries).toEqual([])
    clock.advance(1)
    expect(behind.expiries).toEqual([5_025])
  })

  it('runs what callLater is given, after the delay', () => {
    const ran: number[] = []
    timed.callLater(20, () => ran.push(clock.now()))
    timed.callLater(30, () => ran.push(clock.now())).cancel()
    clock.advance(100)
    expect(ran).toEqual([5_020])
  })

  it('may wake the timer early: it sleeps on for the rest', () => {
    const early = new FakeClock()
    const hasty = new Timed()
    hasty.clock = {
      now: () => early.now(),
      wallTimeMs: () => early.wallTimeMs(),
      callLater: (delayMs, callback) => early.callLater(Math.max(1, Math.floor(delayMs / 2)), callback),
    }
    hasty.setTimeout(100)
    early.advance(99)
    expect(hasty.expiries).toEqual([])
    early.advance(1)
    expect(hasty.expiries).toEqual([100])
  })
})

describe('TimeoutMixin on a clock with fractions', () => {
  it('never spins: a rest that is lost in rounding is waited for', () => {
    const time = new FakeClock({ nowMs: 1e9 + 0.1 })
    const subject = new Timed()
    subject.clock = time
    subject.setTimeout(0.3)
    for (let turn = 0; turn < 100; turn++) {
      time.advance(0.1)
      subject.resetTimeout()
    }
    time.advance(2)
    expect(subject.expiries).toHaveLength(1)
    expect(subject.timers.length).toBeLessThan(20)
  })
})

describe('TimeoutMixin, for any use of it', () => {
  it('expires when a timer that is armed anew at each reset would', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('advance' as const), ms: fc.nat(80) }),
      fc.record({ do: fc.constant('set' as const), ms: fc.option(fc.nat(100)) }),
      fc.record({ do: fc.constant('reset' as const), ms: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const time = new FakeClock()
        const subject = new Timed()
        subject.clock = time
        const expected: number[] = []
        let period: number | null = null
        let due: number | null = null
        for (const { do: what, ms } of steps) {
          if (what === 'set') {
            subject.setTimeout(ms)
            period = ms
            due = ms === null ? null : time.now() + ms
          } else if (what === 'reset') {
            subject.resetTimeout()
            if (due !== null && period !== null) due = time.now() + period
          } else {
            const end = time.now() + (ms ?? 0)
            time.advance(ms ?? 0)
            if (due !== null && due <= end) {
              expected.push(due)
              due = null
            }
          }
          expect(time.pending).toBe(due === null ? 0 : 1)
        }
        expect(subject.expiries).toEqual(expected)
        expect(time.pending).toBe(due === null ? 0 : 1)
      }),
      { numRuns: 1_000 },
    )
  })
})
