import { describe, expect, it } from 'vitest'
import { FieldSyntaxError, HeaderError, Headers, parseFieldLine } from '../src/index.ts'
import type { FieldSyntaxCode, HeaderErrorCode } from '../src/index.ts'
import { octets, thrownBy } from './support.ts'

const PEER_ERRORS: Readonly<Record<FieldSyntaxCode, { readonly line: string; readonly offset: number }>> = {
  ERR_FIELD_NO_COLON: { line: 'Host', offset: 4 },
  ERR_FIELD_NAME: { line: 'Ho(st: a', offset: 2 },
  ERR_FIELD_NAME_SPACE: { line: 'Host : a', offset: 4 },
  ERR_FIELD_VALUE: { line: 'Host: a\0b', offset: 7 },
  ERR_FIELD_FOLD: { line: ' Host: a', offset: 0 },
}

const CALLER_ERRORS: Readonly<Record<HeaderErrorCode, () => void>> = {
  ERR_HEADER_NAME: () => new Headers([['a b', 'c']]),
  ERR_HEADER_VALUE: () => new Headers([['a', 'b\nc']]),
}

describe('FieldSyntaxError', () => {
  for (const [code, { line, offset }] of Object.entries(PEER_ERRORS)) {
    it(`says ${code}, status 400, a section and the offset`, () => {
      const error = thrownBy(() => parseFieldLine(octets(line)))
      expect(error).toBeInstanceOf(FieldSyntaxError)
      expect(error).toMatchObject({ name: 'FieldSyntaxError', code, statusHint: 400, offset })
      expect((error as FieldSyntaxError).section).toMatch(/^RFC \d{4} §[\d.]+$/)
      expect((error as FieldSyntaxError).message).not.toBe('')
    })
  }

  it('may have no offset', () => {
    expect(new FieldSyntaxError('ERR_FIELD_FOLD').offset).toBeUndefined()
  })
})

describe('HeaderError', () => {
  for (const [code, act] of Object.entries(CALLER_ERRORS)) {
    it(`says ${code}, status 500, and is a TypeError`, () => {
      const error = thrownBy(act)
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toBeInstanceOf(HeaderError)
      expect(error).toMatchObject({ name: 'HeaderError', code, statusHint: 500, offset: 1 })
      expect((error as HeaderError).section).toMatch(/^RFC \d{4} §[\d.]+$/)
    })
  }

  it('does not show the value, which may be a secret', () => {
    const error = thrownBy(() => new Headers([['Authorization', 'Basic c2VjcmV0\n']]))
    expect((error as Error).message).toBe('not a field value: "Authorization" with U+000A at index 14')
  })

  it('shows a bad name escaped, so that it cannot forge lines of a log', () => {
    const error = thrownBy(() => new Headers([['a\r\nb\u202e', 'c']]))
    expect((error as Error).message).toBe(String.raw`not a field name: "a\r\nbU+202E"`)
  })

  it('cuts a long name', () => {
    const error = thrownBy(() => new Headers([[`${'a'.repeat(40)} `, 'c']]))
    expect((error as Error).message).toBe(`not a field name: "${'a'.repeat(40)}"...`)
  })
})
