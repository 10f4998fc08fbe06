import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NodeClock, nodeClock } from '../src/index.ts'

const DAY_MS = 86_400_000

describe('NodeClock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('runs a call once, after its delay and not before', () => {
    const ran: number[] = []
    nodeClock.callLater(100, () => ran.push(nodeClock.now()))
    const start = nodeClock.now()
    vi.advanceTimersByTime(99)
    expect(ran).toEqual([])
    vi.advanceTimersByTime(1)
    expect(ran).toEqual([start + 100])
    vi.advanceTimersByTime(1_000)
    expect(ran).toHaveLength(1)
  })

  it('never runs a call before callLater returns', () => {
    let ran = false
    nodeClock.callLater(0, () => (ran = true))
    expect(ran).toBe(false)
    vi.advanceTimersByTime(1)
    expect(ran).toBe(true)
  })

  it('never runs a call early when a timer fires early', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000.9)
    let ran = false
    nodeClock.callLater(10, () => (ran = true))
    now.mockReturnValue(1_010.4)
    vi.advanceTimersByTime(10)
    expect(ran).toBe(false)
    now.mockReturnValue(1_011.4)
    vi.advanceTimersByTime(1)
    expect(ran).toBe(true)
  })

  it('keeps delays that are too long for a timer of Node', () => {
    let ran = false
    nodeClock.callLater(60 * DAY_MS, () => (ran = true))
    vi.advanceTimersByTime(60 * DAY_MS - 1)
    expect(ran).toBe(false)
    vi.advanceTimersByTime(1)
    expect(ran).toBe(true)
  })

  it('does not run a cancelled call, whenever it was cancelled', () => {
    let ran = 0
    const call = nodeClock.callLater(60 * DAY_MS, () => (ran += 1))
    vi.advanceTimersByTime(59 * DAY_MS)
    expect(call.active).toBe(true)
    call.cancel()
    call.cancel()
    expect(call.active).toBe(false)
    vi.advanceTimersByTime(2 * DAY_MS)
    expect(ran).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('runs calls of one delay in their order, each at its own time, with one timer', () => {
    const ran: string[] = []
    for (const name of ['a', 'b', 'c']) {
      nodeClock.callLater(100, () => ran.push(`${name}@${nodeClock.now() - start}`))
      vi.advanceTimersByTime(30)
    }
    const start = nodeClock.now() - 90
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(9)
    expect(ran).toEqual([])
    vi.advanceTimersByTime(1)
    expect(ran).toEqual(['a@100'])
    vi.advanceTimersByTime(60)
    expect(ran).toEqual(['a@100', 'b@130', 'c@160'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps the others when the first, the middle or the last of one delay is cancelled', () => {
    for (const cancelled of [0, 1, 2]) {
      const ran: number[] = []
      const calls = [0, 1, 2].map((index) => nodeClock.callLater(50, () => ran.push(index)))
      calls[cancelled]?.cancel()
      vi.advanceTimersByTime(50)
      expect(ran).toEqual([0, 1, 2].filter((index) => index !== cancelled))
      expect(vi.getTimerCount()).toBe(0)
    }
  })

  it('does not run a call that one before it cancelled', () => {
    const ran: string[] = []
    nodeClock.callLater(10, () => {
      ran.push('first')
      second.cancel()
    })
    const second = nodeClock.callLater(10, () => ran.push('second'))
    nodeClock.callLater(10, () => ran.push('third'))
    vi.advanceTimersByTime(10)
    expect(ran).toEqual(['first', 'third'])
  })

  it('lets a call make another of the same delay, for which it is not too early or too late', () => {
    const ran: number[] = []
    const start = nodeClock.now()
    const note = (): void => void ran.push(nodeClock.now() - start)
    nodeClock.callLater(100, () => {
      note()
      nodeClock.callLater(100, note)
    })
    vi.advanceTimersByTime(40)
    nodeClock.callLater(100, note)
    vi.advanceTimersByTime(160)
    expect(ran).toEqual([100, 140, 200])
  })

  it('runs a call without delay that a call without delay made in the next turn', () => {
    const clock = new NodeClock()
    let ran = 0
    let call = clock.callLater(0, again)
    function again(): void {
      ran += 1
      call = clock.callLater(0, again)
    }
    vi.advanceTimersByTime(5)
    call.cancel()
    expect(ran).toBeGreaterThan(1)
    expect(ran).toBeLessThan(10)
  })

  it('is no longer active inside the call', () => {
    const states: boolean[] = []
    const call = nodeClock.callLater(1, () => states.push(call.active))
    vi.advanceTimersByTime(1)
    expect(states).toEqual([false])
  })

  it('hands what a callback throws to onError', () => {
    const errors: unknown[] = []
    const mistake = new Error('a mistake')
    const clock = new NodeClock({ onError: (error) => void errors.push(error) })
    clock.callLater(1, () => {
      throw mistake
    })
    vi.advanceTimersByTime(1)
    expect(errors).toEqual([mistake])
  })

  it('prints what a callback throws when nobody takes it', () => {
    const print = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const mistake = new Error('a mistake')
    nodeClock.callLater(1, () => {
      throw mistake
    })
    vi.advanceTimersByTime(1)
    const printed = print.mock.calls.map(([text]) => String(text))
    print.mockRestore()
    expect(printed).toEqual([expect.stringMatching(/^Error: a mistake\n +at /)])
  })

  it.each([-1, Number.NaN, Infinity])('throws a RangeError for a delay of %s ms', (delayMs) => {
    expect(() => nodeClock.callLater(delayMs, () => {})).toThrow(RangeError)
  })

  it('does not keep the process alive', () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    nodeClock.callLater(60 * DAY_MS, () => {})
    vi.advanceTimersByTime(59 * DAY_MS)
    const refs = timers.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())
    timers.mockRestore()
    expect(refs).toEqual([false, false, false])
  })

  it('tells the wall time of the system', () => {
    vi.setSystemTime(new Date('1994-11-06T08:49:37Z'))
    expect(nodeClock.wallTimeMs()).toBe(784_111_777_000)
  })
})
