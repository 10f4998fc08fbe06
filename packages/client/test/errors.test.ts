import { describe, expect, it } from 'vitest'
import { RequestError, UpstreamError } from '../src/index.ts'
import type { RequestErrorCode, UpstreamErrorCode } from '../src/index.ts'

const UPSTREAM: Record<UpstreamErrorCode, number> = {
  ERR_UPSTREAM_CONNECT: 502,
  ERR_UPSTREAM_CONNECT_TIMEOUT: 504,
  ERR_UPSTREAM_QUEUE_FULL: 503,
  ERR_UPSTREAM_QUEUE_TIMEOUT: 503,
  ERR_UPSTREAM_STALE: 502,
  ERR_UPSTREAM_CLOSED: 502,
  ERR_UPSTREAM_TRUNCATED: 502,
  ERR_UPSTREAM_HEAD: 502,
  ERR_UPSTREAM_HEAD_TOO_LARGE: 502,
  ERR_UPSTREAM_FIELD_COUNT: 502,
  ERR_UPSTREAM_STATUS: 502,
  ERR_UPSTREAM_INFORMATIONAL_COUNT: 502,
  ERR_UPSTREAM_SWITCH: 502,
  ERR_UPSTREAM_FRAMING: 502,
  ERR_UPSTREAM_CONTENT: 502,
  ERR_UPSTREAM_HEAD_TIMEOUT: 504,
  ERR_UPSTREAM_IDLE_TIMEOUT: 504,
  ERR_UPSTREAM_SEND_TIMEOUT: 504,
}

const REQUEST: RequestErrorCode[] = [
  'ERR_REQUEST_METHOD',
  'ERR_REQUEST_TARGET',
  'ERR_REQUEST_HOST',
  'ERR_REQUEST_FRAMING_FIELD',
  'ERR_REQUEST_BUSY',
  'ERR_REQUEST_FINISHED',
  'ERR_REQUEST_LENGTH_EXCEEDED',
  'ERR_REQUEST_LENGTH_SHORT',
  'ERR_REQUEST_TRAILERS',
  'ERR_REQUEST_CONSUMED',
]

describe('UpstreamError', () => {
  it.each(Object.entries(UPSTREAM))('%s has the status %d of a gateway (P37)', (code, statusHint) => {
    const error = new UpstreamError(code as UpstreamErrorCode, 7, 'cause')
    expect(error).toMatchObject({ name: 'UpstreamError', code, statusHint, offset: 7, cause: 'cause' })
    expect(error.section).toMatch(/^RFC 9\d\d\d §/)
    expect(error.message).not.toBe('')
    expect(new UpstreamError(code as UpstreamErrorCode)).not.toHaveProperty('cause')
  })
})

describe('RequestError', () => {
  it.each(REQUEST)('%s is a mistake of the caller', (code) => {
    const error = new RequestError(code)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ name: 'RequestError', code, statusHint: 500, offset: undefined })
    expect(error.message).not.toBe('')
  })
})
