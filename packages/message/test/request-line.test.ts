import { describe, expect, it } from 'vitest'
import { wireBytes } from '@millrace/testing'
import { parseRequestLine } from '../src/index.ts'

describe('parseRequestLine', () => {
  it('reads method, target and version (RFC 9112 §3)', () => {
    expect(parseRequestLine(wireBytes('GET /a?b HTTP/1.1'))).toEqual({
      method: 'GET',
      requestTarget: '/a?b',
      majorVersion: 1,
      minorVersion: 1,
    })
  })
})
