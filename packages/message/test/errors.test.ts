import { readFileSync } from 'node:fs'
import { wireBytes } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { MESSAGE_RULES } from '../src/errors.ts'
import {
  checkHost,
  decideRequestFraming,
  MessageError,
  parseHost,
  parseRequestLine,
  parseRequestTarget,
  parseStatusLine,
} from '../src/index.ts'
import type { MessageErrorCode } from '../src/index.ts'

const origin = parseRequestTarget('GET', '/')
const requestLine = (text: string) => () => parseRequestLine(wireBytes(text))
const statusLine = (text: string) => () => parseStatusLine(wireBytes(text))
const target = (method: string, text: string) => () => parseRequestTarget(method, text)
const host = (hostValues: string[]) => () => checkHost({ minorVersion: 1, target: origin, hostValues })
const framing =
  (transferEncoding: string[], contentLength: string[] = [], minorVersion = 1) =>
  () =>
    decideRequestFraming({ minorVersion, transferEncoding, contentLength })

/** One input for each code. */
const PROVOKED: Readonly<Record<MessageErrorCode, () => unknown>> = {
  ERR_REQUEST_LINE: requestLine('GET /'),
  ERR_METHOD: requestLine('G@T / HTTP/1.1'),
  ERR_METHOD_TOO_LONG: requestLine(`${'M'.repeat(65)} / HTTP/1.1`),
  ERR_TARGET_CHARACTER: requestLine('GET /\x01 HTTP/1.1'),
  ERR_TARGET_FRAGMENT: target('GET', '/#'),
  ERR_TARGET_FORM: target('GET', '*'),
  ERR_TARGET_AUTHORITY: target('GET', 'http:///'),
  ERR_TARGET_USERINFO: target('GET', 'http://u@a/'),
  ERR_CONNECT_PORT: target('CONNECT', 'a'),
  ERR_VERSION: requestLine('GET / HTTP/1'),
  ERR_VERSION_UNSUPPORTED: requestLine('GET / HTTP/2.0'),
  ERR_STATUS_LINE: statusLine('HTTP/1.1'),
  ERR_STATUS_CODE: statusLine('HTTP/1.1 20'),
  ERR_REASON_PHRASE: statusLine('HTTP/1.1 200 \x00'),
  ERR_HOST: () => parseHost('a b'),
  ERR_HOST_MISSING: host([]),
  ERR_HOST_REPEATED: host(['a', 'a']),
  ERR_HOST_EMPTY: host(['']),
  ERR_CONTENT_LENGTH: framing([], ['x']),
  ERR_CONTENT_LENGTH_REPEATED: framing([], ['1', '1']),
  ERR_CONTENT_LENGTH_TOO_LARGE: framing([], ['9007199254740992']),
  ERR_TRANSFER_ENCODING: framing(['']),
  ERR_TRANSFER_ENCODING_VERSION: framing(['chunked'], [], 0),
  ERR_TRANSFER_ENCODING_WITH_LENGTH: framing(['chunked'], ['1']),
  ERR_TRANSFER_CODING: framing(['gzip, chunked']),
  ERR_CHUNKED_NOT_FINAL: framing(['gzip']),
  ERR_CHUNKED_REPEATED: framing(['chunked, chunked']),
  ERR_CHUNKED_PARAMETERS: framing(['chunked;a']),
}

describe('MessageError', () => {
  it.each(Object.entries(PROVOKED))(
    '%s comes with its status, its section and its message',
    (code, provoke) => {
      const { message, statusHint, section } = MESSAGE_RULES[code as MessageErrorCode]
      expect(provoke).toThrow(MessageError)
      expect(provoke).toThrow(
        expect.objectContaining({ name: 'MessageError', code, message, statusHint, section }),
      )
    },
  )

  it('has a row in the README for each code, with its status and section', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const rows = [...readme.matchAll(/^\| `(ERR_[A-Z_]+)` \| (\d+) \| (RFC [^|]+) \|/gm)]
    const documented = rows.map(([, code, status, section]) => [code, Number(status), section])
    const table = Object.entries(MESSAGE_RULES).map(([code, rule]) => [code, rule.statusHint, rule.section])
    expect(documented).toEqual(table)
  })
})
