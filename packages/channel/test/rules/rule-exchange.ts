import { isDeepStrictEqual } from 'node:util'
import { splits } from '@millrace/testing'
import type { ConnectionLost } from '@millrace/transport'
import { expect } from 'vitest'
import { HTTPChannel, Request } from '../../src/index.ts'
import type { HTTPChannelOptions, ReadState, RequestChannel, RequestHead } from '../../src/index.ts'
import { Conversation, head, statuses, wireBytes } from '../conversation.ts'

/** A request that nobody may answer behind one that was refused. */
export const CANARY = head('GET /canary HTTP/1.1', 'Host: a')

/** How an exchange is to run. */
export interface How {
  /** Answers each request; by default its content is read, and method, target and content come back. */
  readonly answer?: (request: Request) => void
  readonly options?: Partial<HTTPChannelOptions>
  /** Whether the peer finishes sending behind the input. */
  readonly end?: boolean
  /** The most cuts in two; needed for long inputs. */
  readonly maxCuts?: number
}

/** What can be seen of an exchange from both sides. */
export interface Seen {
  readonly wire: string
  readonly statuses: readonly number[]
  /** Method and target of each request that reached the application. */
  readonly calls: readonly string[]
  /** For each request whose content was read: the content, or `null` when it broke off. */
  readonly contents: readonly (string | null)[]
  readonly codes: readonly string[]
  readonly state: ReadState
  readonly closed: boolean
  readonly lost: ConnectionLost | null
}

/** Has its line hook overridden, so heads come to it line by line. */
class HookedChannel extends HTTPChannel {
  override lineReceived(line: Uint8Array): void {
    super.lineReceived(line)
  }
}

type Make = (options: HTTPChannelOptions) => HTTPChannel
const scanning: Make = (options) => new HTTPChannel(options)
const byLines: Make = (options) => new HookedChannel(options)

/** Runs one conversation over `pieces`. */
function converse(pieces: readonly Uint8Array[], make: Make, how: How): Seen {
  const calls: string[] = []
  const contents: (string | null)[] = []
  const process = (request: Request): void => {
    calls.push(`${request.method} ${request.requestTarget}`)
    if (how.answer !== undefined) return how.answer(request)
    readAndEcho(request, contents)
  }
  const requestFactory = (channel: RequestChannel, of: RequestHead): Request =>
    new Processed(channel, of, process)
  const conversation = new Conversation({ requestFactory, ...how.options }, make).send(...pieces)
  if (how.end === true) conversation.transport.deliverEnd()
  const { channel, codes, closed, transport, wire } = conversation
  return {
    wire,
    statuses: statuses(
      wire,
      calls.map((call) => call.split(' ')[0] as string),
    ),
    calls,
    contents,
    codes,
    state: channel.readState,
    closed,
    lost: transport.lostReason,
  }
}

class Processed extends Request {
  readonly #process: (request: Request) => void

  constructor(channel: RequestChannel, of: RequestHead, process: (request: Request) => void) {
    super(channel, of)
    this.#process = process
  }

  override process(): void {
    this.#process(this)
  }
}

function readAndEcho(request: Request, contents: (string | null)[]): void {
  let content = ''
  request.content.deliverTo({
    dataReceived: (chunk) => void (content += Buffer.from(chunk).toString('latin1')),
    contentDone: () => {
      contents.push(content)
      request.finish(Buffer.from(`${request.method} ${request.requestTarget} ${content}`, 'latin1'))
    },
    contentLost: () => void contents.push(null),
  })
}

/**
 * What comes of `wire`, which is the same for every way of cutting it (whole, octet by octet, in two at each position)
 * and for both ways through the channel: heads scanned in one pass, and line by line for whoever overrides a hook.
 */
export function exchange(wire: string, how: How = {}): Seen {
  const seen = converse([wireBytes(wire)], scanning, how)
  for (const pieces of splits(wire, { maxCuts: how.maxCuts ?? Infinity })) {
    for (const make of [scanning, byLines]) {
      const again = converse(pieces, make, how)
      if (!isDeepStrictEqual(again, seen)) expect(again).toEqual(seen) // says where they differ
    }
  }
  return seen
}

/** As {@link exchange}, with a request behind `wire`; cut at few places, for `wire` alone is cut at all of them. */
function exchangeWithCanary(wire: string, how: How): Seen {
  return exchange(wire + CANARY, { ...how, maxCuts: Math.min(how.maxCuts ?? Infinity, 10) })
}

/** `wire` is a bad head: one answer that says close, no call, and whatever follows is not looked at. */
export function expectRefused(wire: string, status: number, how: How = {}): void {
  for (const seen of [exchange(wire, how), exchangeWithCanary(wire, how)]) {
    expect(seen).toMatchObject({ statuses: [status], calls: [], state: 'lingering', closed: true })
    expect(seen.wire).toContain('\r\nConnection: close\r\n')
  }
}

/** `wire` is a good head and bad content: the call is told that it broke off, and the rest is as for a bad head. */
export function expectContentRefused(wire: string, status: number, how: How = {}): void {
  for (const seen of [exchange(wire, how), exchangeWithCanary(wire, how)]) {
    expect(seen).toMatchObject({ statuses: [status], contents: [null], state: 'lingering', closed: true })
    expect(seen.calls).toHaveLength(1)
    expect(seen.wire).toContain('\r\nConnection: close\r\n')
  }
}

/** `wire` holds good requests: each is called with its content and answered, and one behind them is, too. */
export function expectServed(wire: string, contents: readonly string[], how: How = {}): void {
  const seen = exchange(wire, how)
  expect(seen).toMatchObject({ contents, codes: [], state: 'idle', closed: false })
  expect(seen.statuses).toEqual(contents.map(() => 200))
  const next = exchangeWithCanary(wire, how)
  expect(next.calls).toEqual([...seen.calls, 'GET /canary'])
  expect(next.wire).toBe(`${seen.wire}HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nGET /canary `)
}

export { head }
