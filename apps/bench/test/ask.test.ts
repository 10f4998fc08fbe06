import { describe, expect, it } from 'vitest'
import { parseAnswer } from '../src/ask.ts'

describe('parseAnswer', () => {
  const WITH_LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
  const CHUNKED =
    'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n'

  it('reads content with a length', () => {
    expect(parseAnswer(WITH_LENGTH)).toEqual({ status: 200, content: 'hello' })
  })

  it('reads chunked content', () => {
    expect(parseAnswer(CHUNKED)).toEqual({ status: 404, content: 'hello!' })
  })

  it.each([WITH_LENGTH, CHUNKED])('waits for the last octet', (wire) => {
    for (let length = 0; length < wire.length; length += 1) {
      expect(parseAnswer(wire.slice(0, length))).toBeNull()
    }
  })
})
