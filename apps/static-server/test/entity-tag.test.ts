import { describe, expect, it } from 'vitest'
import {
  formatEntityTag,
  isEquivalent,
  isSameBytes,
  parseEntityTag,
  parseEntityTagList,
} from '../src/entity-tag.ts'

const strong = (opaque: string) => ({ weak: false, opaque })
const weak = (opaque: string) => ({ weak: true, opaque })

describe('parseEntityTag', () => {
  it('R8: reads strong and weak tags (RFC 9110 §8.8.3)', () => {
    expect(parseEntityTag('"x"')).toEqual(strong('x'))
    expect(parseEntityTag('W/"x"')).toEqual(weak('x'))
    expect(parseEntityTag('""')).toEqual(strong(''))
  })

  it.each(['x', 'w/"x"', '"x', 'x"', '"a b"', '"x" ', '"a"b"', 'W/x', '"a", "b"', '', '"a\x7f"'])(
    'R8: %j is no tag',
    (text) => {
      expect(parseEntityTag(text)).toBeUndefined()
    },
  )

  it('writes what it reads', () => {
    for (const text of ['"x"', 'W/"x,y"'])
      expect(formatEntityTag(parseEntityTag(text) ?? strong('?'))).toBe(text)
  })
})

describe('parseEntityTagList', () => {
  it('R15: reads blanks around commas, and commas inside a tag', () => {
    expect(parseEntityTagList('"x", "tag" ,"y"')).toEqual([strong('x'), strong('tag'), strong('y')])
    expect(parseEntityTagList('"a,b", W/"tag"')).toEqual([strong('a,b'), weak('tag')])
  })

  it('skips empty members (RFC 9110 §5.6.1.2)', () => {
    expect(parseEntityTagList(',, "a",\t,"b",')).toEqual([strong('a'), strong('b')])
  })

  it('passes over a member that is no tag, and reads the next', () => {
    expect(parseEntityTagList('x, "a"b, "c d", "e"')).toEqual([strong('e')])
    expect(parseEntityTagList('"open')).toEqual([])
  })

  it('costs no more per byte for a long hostile list', () => {
    const started = performance.now()
    for (const unit of ['"', '",', '"a"b,', 'W/', '" ', ' ']) parseEntityTagList(unit.repeat(200_000))
    expect(performance.now() - started).toBeLessThan(2000) // quadratic would take minutes
  })
})

describe('comparison (RFC 9110 §8.8.3.2)', () => {
  it('compares strongly only two strong tags', () => {
    expect(isSameBytes(strong('1'), strong('1'))).toBe(true)
    expect(isSameBytes(weak('1'), weak('1'))).toBe(false)
    expect(isSameBytes(weak('1'), strong('1'))).toBe(false)
    expect(isSameBytes(strong('1'), strong('2'))).toBe(false)
  })

  it('compares weakly by the opaque part alone', () => {
    expect(isEquivalent(weak('1'), strong('1'))).toBe(true)
    expect(isEquivalent(weak('1'), weak('2'))).toBe(false)
  })
})
