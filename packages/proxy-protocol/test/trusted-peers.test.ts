import { describe, expect, it } from 'vitest'
import { peerMatcher } from '../src/index.ts'
import { Filtered, ipv4, ipv6, PROXY } from './filter.ts'

describe('the list of trusted peers', () => {
  const accepts = (trusted: readonly string[], peer: Parameters<typeof ipv4>[0]): boolean => {
    const address = peer.includes(':') ? ipv6(peer, 1) : ipv4(peer, 1)
    return new Filtered({ trusted }, { peer: address }).errors.length === 0
  }

  it.each([
    [['10.0.0.9'], '10.0.0.9', '10.0.0.8'],
    [['10.0.0.0/8'], '10.255.255.255', '11.0.0.0'],
    [['192.0.2.128/25'], '192.0.2.128', '192.0.2.127'],
    [['192.0.2.8/31'], '192.0.2.9', '192.0.2.10'],
    [['192.0.2.8/32'], '192.0.2.8', '192.0.2.9'],
    [['0.0.0.0/0'], '255.255.255.255', '::1'],
    [['::1'], '::1', '::2'],
    [['2001:db8::/32'], '2001:db8:ffff::1', '2001:db9::'],
    [['fe80::/10'], 'febf::1', 'fec0::'],
    [['fe80::/10'], 'fe80::1%eth0', 'fec0::1%eth0'],
    [['::/0'], '2001:db8::1', '::ffff:10.0.0.1'],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', '::ffff:11.1.2.3'],
    [['::ffff:10.0.0.0/104'], '10.1.2.3', '11.1.2.3'],
    [['::ffff:10.0.0.1'], '10.0.0.1', '10.0.0.2'],
    [['192.0.2.1', '10.0.0.0/8'], '10.0.0.1', '192.0.2.2'],
  ])('%j has %s, and not %s', (trusted, inside, outside) => {
    expect(accepts(trusted, inside)).toBe(true)
    expect(accepts(trusted, outside)).toBe(false)
  })

  it('has peers on unix sockets as `unix`', () => {
    const peer = { family: 'unix', path: '/run/millrace.sock' } as const
    expect(new Filtered({ trusted: ['unix'] }, { peer }).errors).toEqual([])
    expect(new Filtered({ trusted: ['0.0.0.0/0', '::/0'] }, { peer }).codes).toEqual(['ERR_PROXY_UNTRUSTED'])
    expect(new Filtered({ trusted: ['unix'] }).codes).toEqual(['ERR_PROXY_UNTRUSTED'])
  })

  it('has nobody of an unknown kind, and nobody when it is empty', () => {
    const everybody = ['0.0.0.0/0', '::/0', 'unix']
    const codesOf = (peer: Parameters<typeof accepts>[1]): string[] =>
      new Filtered({ trusted: everybody }, { peer: ipv4(peer, 0) }).codes
    expect(
      new Filtered({ trusted: everybody }, { peer: { family: 'memory', name: 'a' } }).codes,
    ).toHaveLength(1)
    expect(codesOf('1.2.3.4')).toHaveLength(0)
    expect(new Filtered({ trusted: [] }).codes).toHaveLength(1)
  })

  it('may be a function of the peer', () => {
    const asked: unknown[] = []
    const filtered = new Filtered({ trusted: (peer) => asked.push(peer) > 1 })
    expect(asked).toEqual([PROXY])
    expect(filtered.codes).toEqual(['ERR_PROXY_UNTRUSTED'])
  })

  it('can be asked without a connection', () => {
    const isTrusted = peerMatcher(['10.0.0.0/8', 'unix'])
    expect(isTrusted(ipv4('10.1.2.3', 1))).toBe(true)
    expect(isTrusted({ family: 'unix', path: '/run/proxy.sock' })).toBe(true)
    expect(isTrusted(ipv4('11.1.2.3', 1))).toBe(false)
    expect(() => peerMatcher(['10.0.0.0/33'])).toThrow(TypeError)
  })
})
