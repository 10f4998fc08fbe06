import { FakeClock } from '@millrace/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { Deadlines } from '../src/index.ts'

let clock: FakeClock
let deadlines: Deadlines
let expired: string[]
beforeEach(() => {
  clock = new FakeClock()
  expired = []
  deadlines = new Deadlines(clock, (name) => expired.push(`${name}@${clock.now()}`))
})

describe('a suspended deadline', () => {
  it('does not pass, and has afterwards what it had', () => {
    deadlines.absolute('a', 100)
    clock.advance(60)
    deadlines.suspend('a')
    clock.advance(10_000)
    expect(expired).toEqual([])
    deadlines.proceed('a')
    clock.advance(39)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['a@10100'])
  })

  it('earns what its bytes bring meanwhile, and begins again when touched', () => {
    deadlines.minimumRate('rate', { bytesPerSecond: 10, graceMs: 100 })
    deadlines.idle('idle', 100)
    clock.advance(90)
    for (const name of ['rate', 'idle']) deadlines.suspend(name)
    deadlines.progress('rate', 1)
    deadlines.touch('idle')
    for (const name of ['rate', 'idle']) deadlines.proceed(name)
    clock.advance(99)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['idle@190'])
    clock.advance(10)
    expect(expired).toEqual(['idle@190', 'rate@200'])
  })

  it('does not hold up the others', () => {
    deadlines.absolute('a', 10)
    deadlines.absolute('b', 20)
    deadlines.suspend('a')
    clock.advance(20)
    expect(expired).toEqual(['b@20'])
    expect(deadlines.has('a')).toBe(true)
  })

  it('is suspended and let go on once, however often it is said', () => {
    deadlines.absolute('a', 100)
    deadlines.suspend('a')
    clock.advance(50)
    deadlines.suspend('a')
    deadlines.proceed('a')
    clock.advance(50)
    deadlines.proceed('a')
    clock.advance(50)
    expect(expired).toEqual(['a@150'])
    for (const name of ['a', 'never']) {
      deadlines.suspend(name)
      deadlines.proceed(name)
    }
    expect(deadlines.size).toBe(0)
  })

  it('may be suspended and let go on while all are paused', () => {
    deadlines.absolute('a', 100)
    deadlines.pause()
    deadlines.suspend('a')
    clock.advance(1_000)
    deadlines.proceed('a')
    deadlines.resume()
    clock.advance(99)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['a@1100'])
  })
})
