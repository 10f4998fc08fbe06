import { FakeClock } from '@millrace/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deadlines } from '../src/index.ts'

describe('Deadlines, for any use of them', () => {
  it('expire when the plain description says', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const step = fc.record({
      do: fc.constantFrom('advance', 'advance', 'absolute', 'idle', 'touch', 'cancel', 'pause', 'resume'),
      name,
      ms: fc.nat(60),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const time = new FakeClock()
        const seen: string[] = []
        const subject = new Deadlines(time, (gone) => seen.push(`${gone}@${time.now()}`))
        const expected: string[] = []
        const left = new Map<string, { leftMs: number; periodMs: number; idle: boolean }>()
        let paused = false
        for (const { do: what, name: of, ms } of steps) {
          if (what === 'advance') {
            // Millisecond by millisecond, as only the model's simplicity counts here.
            for (let tick = 1; tick <= (paused ? 0 : ms); tick++) {
              for (const [key, entry] of left) {
                if (--entry.leftMs > 0) continue
                expected.push(`${key}@${time.now() + tick}`)
                left.delete(key)
              }
            }
            time.advance(ms)
          } else if (what === 'absolute' || what === 'idle') {
            subject[what](of, ms + 1)
            left.set(of, { leftMs: ms + 1, periodMs: ms + 1, idle: what === 'idle' })
          } else if (what === 'touch') {
            const entry = left.get(of)
            if (entry?.idle === false) continue
            subject.touch(of)
            if (entry !== undefined) entry.leftMs = entry.periodMs
          } else if (what === 'cancel') {
            subject.cancel(of)
            left.delete(of)
          } else {
            subject[what as 'pause' | 'resume']()
            paused = what === 'pause'
          }
          expect(time.pending).toBeLessThanOrEqual(paused ? 0 : 1)
        }
        expect(seen.toSorted()).toEqual(expected.toSorted())
      }),
      { numRuns: 1_000 },
    )
  })
})
