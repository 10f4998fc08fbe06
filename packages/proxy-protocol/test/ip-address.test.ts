import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseIPv4, parseIPv6, unmapped } from '../src/ip-address.ts'

const octets = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })

describe('parseIPv6', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:2:0:0:3', '1::2:2:0:0:3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['1::3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
    ['ABCD:00ef::', 'abcd:ef::'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['::ffff:102:304', '::ffff:1.2.3.4'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('reads %s, which is spelled %s (RFC 5952)', (text, spelled) => {
    expect(formatAddress(parseIPv6(text)!)).toBe(spelled)
  })

  it.each([
    '',
    ':',
    ':::',
    '1:',
    ':1',
    '1:::2',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    '::1%lo',
    '[::1]',
    ' ::1',
    '::1.2.3',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '::01.2.3.4',
    '1:2:3:4:5:6:7:1.2.3.4',
    '-1::',
  ])('refuses %j', (text) => {
    expect(parseIPv6(text)).toBeUndefined()
  })
})

describe('addresses', () => {
  it('are spelled so that they are read as what they were', () => {
    const readAgain = (address: Uint8Array): void => {
      const parse = address.length === 4 ? parseIPv4 : parseIPv6
      expect(parse(formatAddress(address))).toEqual(address)
    }
    fc.assert(fc.property(fc.oneof(octets(4), octets(16)), readAgain))
  })

  it('are those that Node knows', () => {
    const text = fc.string()
    const likely = fc.string({
      unit: fc.constantFrom('0', '1', 'f', '25', ':', '::', '.', '1.2.3.4'),
      maxLength: 20,
    })
    fc.assert(
      fc.property(fc.oneof(text, likely), (candidate) => {
        expect(parseIPv4(candidate) !== undefined).toBe(isIP(candidate) === 4)
        expect(parseIPv6(candidate) !== undefined).toBe(isIP(candidate) === 6 && !candidate.includes('%'))
      }),
      { numRuns: 2_000 },
    )
  })

  it('are taken out of their mapped form', () => {
    expect(formatAddress(unmapped(parseIPv6('::ffff:1.2.3.4')!))).toBe('1.2.3.4')
    expect(formatAddress(unmapped(parseIPv6('::fffe:1.2.3.4')!))).toBe('::fffe:102:304')
  })
})
