import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasToken, splitFieldList } from '../src/index.ts'

describe('splitFieldList', () => {
  it('gives the members in order', () => {
    expect(splitFieldList('a, b,c')).toEqual(['a', 'b', 'c'])
  })

  it('skips empty members (RFC 9110 §5.6.1.2)', () => {
    expect(splitFieldList(', ,a,, \t ,b,')).toEqual(['a', 'b'])
    expect(splitFieldList('')).toEqual([])
    expect(splitFieldList(' , ')).toEqual([])
  })

  it('takes SP and HTAB around members away, and nothing else (RFC 9110 §5.6.3)', () => {
    expect(splitFieldList(' a b \t,\u00a0c')).toEqual(['a b', '\u00a0c'])
  })

  it('does not split inside a quoted string (RFC 9110 §5.6.4)', () => {
    expect(splitFieldList('a="x, y", W/"b,c", d')).toEqual(['a="x, y"', 'W/"b,c"', 'd'])
  })

  it('knows quoted pairs inside a quoted string (RFC 9110 §5.6.4)', () => {
    expect(splitFieldList(String.raw`"a\",b", "c\\", d`)).toEqual([
      String.raw`"a\",b"`,
      String.raw`"c\\"`,
      'd',
    ])
  })

  it('gives a backslash outside of quotes no meaning', () => {
    expect(splitFieldList(String.raw`a\,b`)).toEqual(['a\\', 'b'])
  })

  it('lets an open quoted string go on to the end, also behind a last backslash', () => {
    expect(splitFieldList('a, "b, c')).toEqual(['a', '"b, c'])
    expect(splitFieldList('a, "b,\\')).toEqual(['a', '"b,\\'])
  })

  it('gives back the members of any list (property)', () => {
    const member = fc.stringMatching(/^[a-z]{1,8}(="([a-z, ]|\\["\\,]){0,8}")?$/)
    const separator = fc.constantFrom(',', ', ', ' ,', ',,', ' \t,\t, ')
    fc.assert(
      fc.property(fc.array(member), separator, (members, between) => {
        expect(splitFieldList(members.join(between))).toEqual(members)
      }),
    )
  })

  it('is the plain split of whatever holds no quote (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'B', ',', ' ', '\t', '\\', '=') }), (value) => {
        const members = value.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
        expect(splitFieldList(value)).toEqual(members.filter((member) => member !== ''))
      }),
    )
  })
})

describe('hasToken', () => {
  it('finds a token in any case, on any line, at any place (RFC 9110 §7.6.1)', () => {
    expect(hasToken(['close'], 'close')).toBe(true)
    expect(hasToken(['CLOSE'], 'close')).toBe(true)
    expect(hasToken(['TE', 'keep-alive, Close'], 'close')).toBe(true)
    expect(hasToken([', close ,'], 'CLOSE')).toBe(true)
    expect(hasToken(['close,'], 'close')).toBe(true)
    expect(hasToken(['\tclose '], 'close')).toBe(true)
  })

  it('finds whole members only', () => {
    expect(hasToken(['closed', 'not-close', 'close;x', 'clos e', '"close"', 'keep close'], 'close')).toBe(
      false,
    )
    expect(hasToken([], 'close')).toBe(false)
    expect(hasToken(['', ' ', ','], 'close')).toBe(false)
  })

  it('does not look into quoted strings', () => {
    expect(hasToken(['a="x, close, y"'], 'close')).toBe(false)
  })

  it('agrees with a search among the members (property)', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'A', 'b', ',', ' ', '"', '\\') })
    fc.assert(
      fc.property(fc.array(value), fc.constantFrom('a', 'ab', 'B'), (values, token) => {
        const members = values.flatMap((one) => splitFieldList(one.toLowerCase()))
        expect(hasToken(values, token)).toBe(members.includes(token.toLowerCase()))
      }),
    )
  })
})
