import { splits } from '@millrace/testing'
import { expect } from 'vitest'
import { HTTPChannel, STRICT } from '../src/index.ts'
import type { HTTPChannelOptions, Leniency, Request, RequestHead } from '../src/index.ts'
import { Conversation, observe, unanswered, wireBytes } from './conversation.ts'

/** Sees every field, so that heads take the way through the hooks. */
export class HookedChannel extends HTTPChannel {
  readonly fields: string[] = []
  override headerReceived(line: Uint8Array): boolean {
    this.fields.push(Buffer.from(line).toString('latin1'))
    return super.headerReceived(line)
  }
}

export const plain = (options: HTTPChannelOptions): HTTPChannel => new HTTPChannel(options)
export const hooked = (options: HTTPChannelOptions): HTTPChannel => new HookedChannel(options)

/** The one outcome of `wire` with these flags, however it is cut, on both ways through the channel. */
export function outcome(
  wire: string,
  leniency: Partial<Leniency>,
  options: Partial<HTTPChannelOptions> = {},
): { statuses: number[]; codes: string[]; used: unknown; wire: string; closed: boolean } {
  const whole = new Conversation({ ...options, leniency }, plain).send(wireBytes(wire))
  const seen = observe(whole)
  const used = whole.channel.leniencies
  for (const pieces of splits(wire, { maxCuts: 40 })) {
    for (const make of [plain, hooked]) {
      const conversation = new Conversation({ ...options, leniency }, make).send(...pieces)
      expect(observe(conversation)).toEqual(seen)
      expect(conversation.channel.leniencies).toEqual(used)
    }
  }
  return { statuses: whole.statuses, codes: whole.codes, used, wire: whole.wire, closed: whole.closed }
}

/** The head of the last request that the wire brings. */
export function headOf(wire: string, leniency: Partial<Leniency>): RequestHead {
  const { conversation, requests } = unanswered({ leniency })
  conversation.send(wireBytes(wire))
  return (requests.at(-1) as Request).head
}

/** All flags. */
export function allOn(): Leniency {
  return Object.fromEntries(Object.keys(STRICT).map((name) => [name, true])) as unknown as Leniency
}
