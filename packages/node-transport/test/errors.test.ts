import { describe, expect, it } from 'vitest'
import { connectError, listenError } from '../src/errors.ts'
import { TransportError } from '../src/index.ts'
import type { TransportErrorCode } from '../src/index.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

describe('TransportError', () => {
  it.each<[TransportErrorCode, number]>([
    ['ERR_LISTEN_IN_USE', 500],
    ['ERR_LISTEN_DENIED', 500],
    ['ERR_LISTEN_UNAVAILABLE', 500],
    ['ERR_LISTEN_FAILED', 500],
    ['ERR_CONNECT_REFUSED', 502],
    ['ERR_CONNECT_UNREACHABLE', 502],
    ['ERR_CONNECT_NAME', 502],
    ['ERR_CONNECT_TLS', 502],
    ['ERR_CONNECT_TIMEOUT', 504],
    ['ERR_CONNECT_FAILED', 502],
  ])('%s hints at status %i', (code, status) => {
    const error = new TransportError(code, 'example.com:80')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'TransportError', code, statusHint: status, offset: undefined })
    expect(error.message).toMatch(/^example\.com:80: /)
    expect(error.section).toMatch(/^RFC 9110 §15\.6\.[135]$/)
    expect('cause' in error).toBe(false)
  })

  it.each([
    ['EADDRINUSE', 'ERR_LISTEN_IN_USE'],
    ['EACCES', 'ERR_LISTEN_DENIED'],
    ['EPERM', 'ERR_LISTEN_DENIED'],
    ['EADDRNOTAVAIL', 'ERR_LISTEN_UNAVAILABLE'],
    ['ENOTFOUND', 'ERR_LISTEN_UNAVAILABLE'],
    ['EAI_AGAIN', 'ERR_LISTEN_UNAVAILABLE'],
    ['EMFILE', 'ERR_LISTEN_FAILED'],
  ])('tells %s of a listen as %s', (systemCode, code) => {
    const cause = systemError(systemCode)
    expect(listenError('*:80', cause)).toMatchObject({ code, cause })
  })

  it.each([
    ['ECONNREFUSED', 'ERR_CONNECT_REFUSED'],
    ['ENOENT', 'ERR_CONNECT_REFUSED'],
    ['EHOSTUNREACH', 'ERR_CONNECT_UNREACHABLE'],
    ['ENETUNREACH', 'ERR_CONNECT_UNREACHABLE'],
    ['ENOTFOUND', 'ERR_CONNECT_NAME'],
    ['EAI_AGAIN', 'ERR_CONNECT_NAME'],
    ['ETIMEDOUT', 'ERR_CONNECT_TIMEOUT'],
    ['EMFILE', 'ERR_CONNECT_FAILED'],
  ])('tells %s of a connect as %s', (systemCode, code) => {
    const cause = systemError(systemCode)
    expect(connectError('example.com:80', cause, false)).toMatchObject({ code, cause })
  })

  it('tells whatever fails in the handshake as ERR_CONNECT_TLS', () => {
    expect(connectError('example.com:443', systemError('ECONNRESET'), true).code).toBe('ERR_CONNECT_TLS')
  })

  it('takes what is no error of the system as a failure', () => {
    expect(listenError('*:80', 'a text').code).toBe('ERR_LISTEN_FAILED')
    expect(connectError('example.com:80', new Error('no code'), false).code).toBe('ERR_CONNECT_FAILED')
  })
})
