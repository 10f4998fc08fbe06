import { describe, expect, it } from 'vitest'
import { Gateway } from '../src/index.ts'

describe('Gateway', () => {
  it('has a name of its own, so that two proxies on one way are not taken for a circle', () => {
    const [one, other] = [new Gateway().pseudonym, new Gateway().pseudonym]
    expect(one).toMatch(/^millrace-[0-9a-f]{8}$/)
    expect(other).not.toBe(one)
  })

  it('P38: refuses a name that would break Via', () => {
    for (const pseudonym of ['', 'a b', 'a,b', 'a\r\nX: y'])
      expect(() => new Gateway({ pseudonym })).toThrow(TypeError)
  })

  it('P41: allows tunnels to port 443 alone, unless told otherwise', () => {
    const allowed = (gateway: Gateway): number[] =>
      [25, 443, 8443].filter((port) => gateway.allowsTunnelTo(port))
    expect(allowed(new Gateway())).toEqual([443])
    expect(allowed(new Gateway({ connectPorts: [8443] }))).toEqual([8443])
    expect(allowed(new Gateway({ connectPorts: 'all' }))).toEqual([25, 443, 8443])
    for (const port of [0, 65_536, 1.5, NaN])
      expect(() => new Gateway({ connectPorts: [port] })).toThrow(RangeError)
  })

  it.each(['tunnelIdleTimeoutMs', 'connectTimeoutMs', 'expectTimeoutMs', 'halfCloseTimeoutMs'])(
    'refuses a bad %s at construction',
    (name) => {
      for (const value of [-1, NaN, Infinity]) expect(() => new Gateway({ [name]: value })).toThrow(name)
    },
  )
})
