import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ChannelEvents } from '@millrace/channel'
import { afterEach, describe, expect, it } from 'vitest'
import { serve, type Server } from '../src/index.ts'

const NAMES = ['connection', 'head', 'body', 'response', 'error', 'close'] as const

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Subscribes to every event, for one test. */
function subscribed(): { name: string; event: ChannelEvents['head'] }[] {
  const seen: { name: string; event: ChannelEvents['head'] }[] = []
  for (const name of NAMES) {
    const listener = (event: unknown): void => {
      ;(event as ChannelEvents['head']).channel.transport.getPeer() // it is asked of the system, which forgets it
      seen.push({ name, event: event as ChannelEvents['head'] })
    }
    subscribe(`millrace.channel.${name}`, listener)
    ends.push(() => unsubscribe(`millrace.channel.${name}`, listener))
  }
  return seen
}

async function serving(events?: object): Promise<Server> {
  const server = await serve(async (request) => new Response(await request.text()), {
    ...(events === undefined ? {} : { channel: { events } }),
  })
  ends.push(() => server.close())
  return server
}

describe('events in node:diagnostics_channel', () => {
  it('tell of a request to whoever subscribed, also after the server was started', async () => {
    const server = await serving()
    const seen = subscribed()
    const response = await fetch(`${server.url}/a`, {
      method: 'POST',
      body: 'hello',
      headers: { connection: 'close' },
    })
    expect(await response.text()).toBe('hello')
    await server.close()
    expect(seen.map(({ name }) => name)).toEqual(['connection', 'head', 'body', 'response', 'close'])
    const [connection, head, body, answer, close] = seen.map(({ event }) => event)
    expect(new Set(seen.map(({ event }) => event.channel)).size).toBe(1)
    expect(connection?.channel.transport.getPeer()).toMatchObject({ host: '127.0.0.1' })
    expect(head?.request).toBe(answer?.request)
    expect(body?.byteCount).toBe(5)
    expect(answer?.request.code).toBe(200)
    expect(close).toMatchObject({ receivedBytes: head!.byteCount + 5, sentBytes: answer!.byteCount })
  })

  it('stay away when the channels got sinks of their own', async () => {
    const seen = subscribed()
    const server = await serving({})
    await (await fetch(server.url)).text()
    expect(seen).toEqual([])
  })
})
