import { joinBytes, type SimulatedClient, type SimulatedConnection } from '@millrace/testing'
import type { Part, Script } from './requests.ts'

/** What a client can know of its conversation. */
export interface Conversation {
  readonly connection: SimulatedConnection
  readonly script: Script
  /** How many requests have had their whole response. */
  readonly answered: number
  /** Whether the connection is another protocol's now. */
  readonly switched: boolean
  /** Notes that the client sends `wire` instead, which from this request on is not what was meant. */
  changed(part: number, wire: Uint8Array): void
}

/** A client that also learns when the response to a request is complete. */
export interface HTTPClient extends SimulatedClient {
  exchangeEnded?(): void
}

interface ClientKind {
  readonly name: string
  readonly weight: number
  /** Whether it breaks the rules. */
  readonly bad?: boolean
  make(conversation: Conversation): HTTPClient
}

/** How clients say what they have to say. A new behaviour is one more row. */
export const CLIENTS: readonly ClientKind[] = [
  { name: 'pipelining', weight: 10, make: pipelining },
  { name: 'one by one', weight: 5, make: (conversation) => oneByOne(conversation, false) },
  { name: 'waiting for 100', weight: 3, make: (conversation) => oneByOne(conversation, true) },
  { name: 'mutating', weight: 4, bad: true, make: mutating },
]

function pipelining({ connection, script }: Conversation): HTTPClient {
  return { connectionMade: () => connection.send(script.wire) }
}

/**
 * Says the next thing when everything was answered that it said before. With `waits` it holds a body back that the
 * server is expected to ask for, until there is a sign of life, or for as long as its patience lasts.
 */
function oneByOne(conversation: Conversation, waits: boolean): HTTPClient {
  const { connection, script } = conversation
  const { chance } = connection
  let next = 0
  let held: Part | null = null
  const sendBody = (): void => {
    if (held !== null) connection.send(held.body)
    held = null
  }
  const say = (): void => {
    sendBody()
    if (conversation.answered < next && !conversation.switched) return
    const part = script.parts[next]
    next += 1
    if (part === undefined)
      return next === script.parts.length + 1 ? connection.send(script.garbage) : undefined
    connection.send(part.head)
    held = part
    if (!waits || !part.expects) sendBody()
    else if (chance.of(0.3)) connection.later(sendBody)
  }
  const heard = (): void => {
    sendBody()
    if (connection.transport.bufferedBytes === 0) say()
  }
  return { connectionMade: say, dataReceived: heard, exchangeEnded: heard }
}

/** Sends what no longer is what it was. */
function mutating(conversation: Conversation): HTTPClient {
  const { connection, script } = conversation
  const { chance } = connection
  const { length } = script.wire
  const at = chance.below(length)
  const from = script.parts.findIndex(({ sent }) => at < sent.end)
  const [inserted, dropped] = chance.pick(MUTATIONS)(script.wire.subarray(at), () => chance.below(256))
  const wire = joinBytes([script.wire.subarray(0, at), inserted, script.wire.subarray(at + dropped)])
  conversation.changed(from === -1 ? script.parts.length : from, wire)
  return { connectionMade: () => connection.send(wire) }
}

/** What is put in, and how many octets fall out. */
type Mutation = (behind: Uint8Array, octet: () => number) => [inserted: Uint8Array, dropped: number]

const MUTATIONS: readonly Mutation[] = [
  (_, octet) => [Uint8Array.of(octet()), 1],
  (_, octet) => [Uint8Array.of(octet(), octet(), octet()), 0],
  (_, octet) => [new Uint8Array(), 1 + (octet() % 30)],
  (behind, octet) => [behind.slice(0, 1 + (octet() % 60)), 0],
  (behind) => [new Uint8Array(), behind.length],
  () => [new TextEncoder().encode('\r\n\r\n'), 0],
  () => [Uint8Array.of(10), 0],
]
