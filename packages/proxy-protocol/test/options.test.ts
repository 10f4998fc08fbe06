import { FakeClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PROXY_PROTOCOL_OPTIONS, ProxyHeaderReader, ProxyProtocol } from '../src/index.ts'
import type { ProxyProtocolOptions } from '../src/index.ts'
import { Filtered } from './filter.ts'

const make = (options: object): ProxyProtocol => {
  const all = { clock: new FakeClock(), trusted: ['::1'], ...options } as ProxyProtocolOptions
  return new ProxyProtocol(() => new Filtered().above, all)
}

describe('ProxyProtocolOptions', () => {
  it('has the defaults that its docstring names', () => {
    expect(DEFAULT_PROXY_PROTOCOL_OPTIONS).toEqual({
      mode: 'required',
      untrusted: 'refuse',
      versions: [1, 2],
      maxHeaderBytes: 4_096,
      headerTimeoutMs: 5_000,
    })
  })

  it.each([
    { clock: undefined },
    { mode: 'detect' },
    { untrusted: 'accept' },
    { trusted: undefined },
    { versions: [] },
    { versions: [3] },
    { trusted: ['localhost'] },
    { trusted: ['10.0.0.0/33'] },
    { trusted: ['10.0.0.1/8'] },
    { trusted: ['10.0.0.0/'] },
    { trusted: ['10.0.0.0/08'] },
    { trusted: ['10.0.0.0/-1'] },
    { trusted: ['10.0.0/8'] },
    { trusted: ['10.0.0.0/8/8'] },
    { trusted: ['::1/129'] },
    { trusted: ['::1/64'] },
    { trusted: ['fe80::1%eth0'] },
    { trusted: ['[::1]'] },
    { trusted: [''] },
    { trusted: ['unix:/run/a'] },
  ])('refuses %j with a TypeError', (options) => {
    expect(() => make(options)).toThrow(TypeError)
  })

  it.each([
    { maxHeaderBytes: 15 },
    { maxHeaderBytes: 65_552 },
    { maxHeaderBytes: 100.5 },
    { headerTimeoutMs: -1 },
    { headerTimeoutMs: Infinity },
    { headerTimeoutMs: Number.NaN },
  ])('refuses %j with a RangeError', (options) => {
    expect(() => make(options)).toThrow(RangeError)
  })

  it.each([
    { maxHeaderBytes: 16 },
    { maxHeaderBytes: 65_551 },
    { headerTimeoutMs: 0 },
    { headerTimeoutMs: null },
    { mode: 'forbidden', trusted: undefined },
  ])('takes %j', (options) => {
    expect(make(options)).toBeInstanceOf(ProxyProtocol)
  })

  it('is checked once for each object', () => {
    let reads = 0
    const options = {
      clock: new FakeClock(),
      get trusted(): readonly string[] {
        reads += 1
        return ['::1']
      },
    }
    for (let connections = 0; connections < 3; connections += 1) {
      new ProxyProtocol(() => new Filtered().above, options)
    }
    expect(reads).toBe(1)
  })
})

describe('ProxyHeaderReader', () => {
  it('checks its options', () => {
    expect(() => new ProxyHeaderReader({ maxHeaderBytes: 0 })).toThrow(RangeError)
    expect(() => new ProxyHeaderReader({ versions: [] })).toThrow(TypeError)
  })

  it('takes nothing of what comes behind a header', () => {
    const reader = new ProxyHeaderReader()
    expect(reader.read(Buffer.from('PROXY UNKNOWN\r\nGET'))).toBe(15)
    expect(reader.read(Buffer.from('more'))).toBe(0)
    expect(reader.receivedBytes).toBe(15)
  })
})
