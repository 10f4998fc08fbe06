import { formatHttpDate } from '@millrace/message'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluatePreconditions, isRangeWanted } from '../src/preconditions.ts'
import type { Validators } from '../src/validators.ts'
import { fieldsOf } from './fields.ts'

const LAST_MODIFIED = 1_700_000_000_000
const NOW_MS = 1_800_000_000_000
const TAG: Validators = { entityTag: { weak: false, opaque: 'tag' }, lastModifiedMs: LAST_MODIFIED }
const WEAK: Validators = { ...TAG, entityTag: { weak: true, opaque: 'tag' } }
const NONE: Validators = { entityTag: undefined, lastModifiedMs: undefined }

const SAME = formatHttpDate(LAST_MODIFIED)
const LATER = formatHttpDate(LAST_MODIFIED + 60_000)
const EARLIER = formatHttpDate(LAST_MODIFIED - 60_000)

const get = (lines: string[], validators: Validators = TAG): string =>
  evaluatePreconditions('GET', fieldsOf(...lines), validators, NOW_MS)

describe('evaluatePreconditions', () => {
  it('performs a request without preconditions', () => {
    expect(get([])).toBe('perform')
  })

  it('R13: If-None-Match with the tag → 304', () => {
    expect(get(['If-None-Match: "tag"'])).toBe('not-modified')
    expect(get(['If-None-Match: "other"'])).toBe('perform')
  })

  it('R14: If-None-Match compares weakly, either way (§13.1.2)', () => {
    expect(get(['If-None-Match: W/"tag"'])).toBe('not-modified')
    expect(get(['If-None-Match: "tag"'], WEAK)).toBe('not-modified')
  })

  it('R15: If-None-Match is a list, in one line or several', () => {
    expect(get(['If-None-Match: "x", "tag" ,"y"'])).toBe('not-modified')
    expect(get(['If-None-Match: "a,b", "tag"'])).toBe('not-modified')
    expect(get(['If-None-Match: "x"', 'If-None-Match: "tag"'])).toBe('not-modified')
    expect(get(['If-None-Match: "x,tag"'])).toBe('perform')
  })

  it('R16: If-None-Match * → 304, also for what has no tag', () => {
    expect(get(['If-None-Match: *'])).toBe('not-modified')
    expect(get(['If-None-Match: *'], NONE)).toBe('not-modified')
  })

  it('R17: a miss of If-None-Match makes If-Modified-Since ignored (§13.1.3)', () => {
    expect(get(['If-None-Match: "x"', `If-Modified-Since: ${LATER}`])).toBe('perform')
  })

  it('R18: a hit of If-None-Match makes an old If-Modified-Since ignored', () => {
    expect(get(['If-None-Match: "tag"', 'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT'])).toBe(
      'not-modified',
    )
  })

  it('R19: If-Modified-Since at or after Last-Modified → 304', () => {
    expect(get([`If-Modified-Since: ${SAME}`])).toBe('not-modified')
    expect(get([`If-Modified-Since: ${LATER}`])).toBe('not-modified')
    expect(get([`If-Modified-Since: ${EARLIER}`])).toBe('perform')
  })

  it.each(['yesterday', '2099-01-01T00:00:00Z', ''])('R20: If-Modified-Since %j is ignored', (date) => {
    expect(get([`If-Modified-Since: ${date}`])).toBe('perform')
  })

  it('R21: If-Modified-Since in each of the three forms', () => {
    for (const date of [SAME, 'Tuesday, 14-Nov-23 22:13:20 GMT', 'Tue Nov 14 22:13:20 2023']) {
      expect(get([`If-Modified-Since: ${date}`])).toBe('not-modified')
    }
  })

  it('R22: a repeated If-Modified-Since is ignored', () => {
    expect(get([`If-Modified-Since: ${LATER}`, `If-Modified-Since: ${LATER}`])).toBe('perform')
  })

  it('R23: If-Modified-Since is ignored for other methods (§13.1.3)', () => {
    expect(evaluatePreconditions('PUT', fieldsOf(`If-Modified-Since: ${LATER}`), TAG, NOW_MS)).toBe('perform')
    expect(evaluatePreconditions('HEAD', fieldsOf(`If-Modified-Since: ${LATER}`), TAG, NOW_MS)).toBe(
      'not-modified',
    )
  })

  it('R16: a hit of If-None-Match fails other methods with 412 (§13.1.2)', () => {
    expect(evaluatePreconditions('PUT', fieldsOf('If-None-Match: *'), TAG, NOW_MS)).toBe('failed')
  })

  it('R24: If-Match compares strongly (§13.1.1)', () => {
    expect(get(['If-Match: "tag"'])).toBe('perform')
    expect(get(['If-Match: *'])).toBe('perform')
    expect(get(['If-Match: "x"'])).toBe('failed')
    expect(get(['If-Match: W/"tag"'])).toBe('failed')
    expect(get(['If-Match: "tag"'], WEAK)).toBe('failed')
    expect(get(['If-Match: tag'])).toBe('failed')
  })

  it('R25: If-Match makes If-Unmodified-Since ignored (§13.1.4)', () => {
    expect(get(['If-Match: "tag"', `If-Unmodified-Since: ${EARLIER}`])).toBe('perform')
  })

  it('R26: If-Unmodified-Since before Last-Modified → 412', () => {
    expect(get([`If-Unmodified-Since: ${EARLIER}`])).toBe('failed')
    expect(get([`If-Unmodified-Since: ${SAME}`])).toBe('perform')
    expect(get(['If-Unmodified-Since: yesterday'])).toBe('perform')
    expect(get([`If-Unmodified-Since: ${EARLIER}`], NONE)).toBe('perform')
  })

  it('R27: a miss of If-Match goes before a hit of If-None-Match (§13.2.2)', () => {
    expect(get(['If-Match: "x"', 'If-None-Match: "tag"'])).toBe('failed')
  })

  it('ignores dates for what has none', () => {
    expect(get([`If-Modified-Since: ${LATER}`], NONE)).toBe('perform')
  })

  it('follows the steps of §13.2.2 for every combination', () => {
    const option = (lines: string[]) => fc.option(fc.constantFrom(...lines), { nil: undefined })
    const request = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'PUT'),
      match: option(['"tag"', '"x"', '*', 'W/"tag"']),
      unmodified: option([SAME, EARLIER, LATER, 'x']),
      noneMatch: option(['"tag"', '"x"', '*', 'W/"tag"']),
      modified: option([SAME, EARLIER, LATER, 'x']),
    })
    fc.assert(
      fc.property(request, ({ method, match, unmodified, noneMatch, modified }) => {
        const lines = [
          ['If-Match', match],
          ['If-Unmodified-Since', unmodified],
          ['If-None-Match', noneMatch],
          ['If-Modified-Since', modified],
        ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
        const isRead = method !== 'PUT'
        // The steps in the words of the RFC, with each condition spelled out for these few values.
        const step = (): string => {
          if (match !== undefined && match !== '"tag"' && match !== '*') return 'failed'
          if (match === undefined && unmodified === EARLIER) return 'failed'
          if (noneMatch !== undefined && noneMatch !== '"x"') return isRead ? 'not-modified' : 'failed'
          if (noneMatch === undefined && isRead && (modified === SAME || modified === LATER))
            return 'not-modified'
          return 'perform'
        }
        expect(evaluatePreconditions(method, fieldsOf(...lines), TAG, NOW_MS)).toBe(step())
      }),
      { numRuns: 1000 },
    )
  })
})

describe('isRangeWanted', () => {
  const wanted = (lines: string[], validators: Validators = TAG, nowMs: number = NOW_MS): boolean =>
    isRangeWanted(fieldsOf(...lines), validators, nowMs)

  it('is so without If-Range', () => {
    expect(wanted([])).toBe(true)
  })

  it('R51: If-Range with the strong tag, and nothing else (§13.1.5)', () => {
    expect(wanted(['If-Range: "tag"'])).toBe(true)
    expect(wanted(['If-Range: "x"'])).toBe(false)
    expect(wanted(['If-Range: W/"tag"'])).toBe(false)
    expect(wanted(['If-Range: "tag"'], WEAK)).toBe(false)
    expect(wanted(['If-Range: "tag"'], NONE)).toBe(false)
    expect(wanted(['If-Range: "x", "tag"'])).toBe(false)
  })

  it('R52: If-Range with the exact date only', () => {
    expect(wanted([`If-Range: ${SAME}`])).toBe(true)
    expect(wanted([`If-Range: ${LATER}`])).toBe(false)
    expect(wanted([`If-Range: ${EARLIER}`])).toBe(false)
    expect(wanted([`If-Range: ${SAME}`], NONE)).toBe(false)
  })

  it('R52: a date of this very second is no strong validator (§8.8.2.2)', () => {
    expect(wanted([`If-Range: ${SAME}`], TAG, LAST_MODIFIED + 999)).toBe(false)
    expect(wanted([`If-Range: ${SAME}`], TAG, LAST_MODIFIED + 1000)).toBe(true)
  })

  it('R22: a repeated or malformed If-Range does not hold', () => {
    expect(wanted(['If-Range: "tag"', 'If-Range: "tag"'])).toBe(false)
    expect(wanted(['If-Range: tag'])).toBe(false)
    expect(wanted(['If-Range:'])).toBe(false)
  })
})
