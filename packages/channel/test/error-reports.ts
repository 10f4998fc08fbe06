import { expect } from 'vitest'
import { HTTPChannel } from '../src/index.ts'
import type { ErrorContext, ErrorHook, HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

export const GET = head('GET / HTTP/1.1', 'Host: a')
export const POST = head('POST /up HTTP/1.1', 'Host: a', 'Content-Length: 5')
export const CHUNKED = head('POST /up HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')

/** Sees every line, so that heads take the way through the hooks. */
class HookedChannel extends HTTPChannel {
  override headerReceived(line: Uint8Array): boolean {
    return super.headerReceived(line)
  }
}

export const makers: [string, (options: HTTPChannelOptions) => HTTPChannel][] = [
  ['scanned', (options) => new HTTPChannel(options)],
  ['through the line hooks', (options) => new HookedChannel(options)],
]

export interface Report {
  readonly error: unknown
  readonly context: ErrorContext
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** An `onError` that keeps what it was told. */
export function reporter(answer: ErrorHook = () => undefined): { reports: Report[]; onError: ErrorHook } {
  const reports: Report[] = []
  const onError: ErrorHook = (error, context) => {
    reports.push({ error, context })
    return answer(error, context)
  }
  return { reports, onError }
}

/** What the hook is told of one conversation, which has one error. */
export function reportOf(
  pieces: readonly (Uint8Array | string)[],
  options: Partial<HTTPChannelOptions> = {},
  make?: (options: HTTPChannelOptions) => HTTPChannel,
): Report {
  const { reports, onError } = reporter()
  new Conversation({ ...options, onError }, make).send(...pieces)
  expect(reports).toHaveLength(1)
  return reports[0] as Report
}
