import { HTTPChannel } from '@millrace/channel'
import { listen, type ChannelOptions, type Server } from '@millrace/server'
import type { Exchange } from '../src/exchange.ts'
import type { Site } from '../src/site.ts'
import { siteRequestFactory } from '../src/static-request.ts'
import type { Answered } from './answers.ts'
import { WireClient } from './wire-client.ts'

/** A site on a port of its own, with everything that is observed of it. */
export class LiveSite {
  readonly server: Server
  readonly exchanges: Exchange[]
  readonly errors: unknown[]
  readonly #clients: Set<WireClient> = new Set()

  private constructor(server: Server, exchanges: Exchange[], errors: unknown[]) {
    this.server = server
    this.exchanges = exchanges
    this.errors = errors
  }

  static async start(site: Site, channel: ChannelOptions = {}): Promise<LiveSite> {
    const [exchanges, errors]: [Exchange[], unknown[]] = [[], []]
    const requestFactory = siteRequestFactory(site, {
      onExchange: (exchange) => exchanges.push(exchange),
      onError: (error) => errors.push(error),
    })
    const server = await listen((settings) => new HTTPChannel(settings), {
      channel: { ...channel, requestFactory },
    })
    return new LiveSite(server, exchanges, errors)
  }

  get url(): string {
    return this.server.url
  }

  /** A new connection. */
  connect(): WireClient {
    const client = new WireClient(this.server.port)
    this.#clients.add(client)
    client.socket.on('close', () => this.#clients.delete(client))
    return client
  }

  /** One request on a connection of its own; Host is added where it is missing. */
  async ask(requestLine: string, ...fieldLines: string[]): Promise<Answered> {
    const client = this.connect()
    const known = this.errors.length
    const host = fieldLines.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost']
    const lines = [`${requestLine} HTTP/1.1`, ...host, 'Connection: close', ...fieldLines]
    client.send(`${lines.join('\r\n')}\r\n\r\n`)
    const { status, fields, body } = await client.response(requestLine.split(' ', 1)[0] ?? '')
    const ended = await client.end()
    client.close()
    if (ended !== 'finished') throw new Error('the connection was broken off')
    return { status, fields, body: body.toString('utf8'), error: this.errors[known] }
  }

  /** What was written to a client and is still waiting to leave. */
  bufferedBytes(client: WireClient): number {
    const channel = [...this.server.connections].find((one) => {
      const peer = one.getPeer()
      return 'port' in peer && peer.port === client.socket.localPort
    })
    return channel?.transport.bufferedBytes ?? 0
  }

  /** Drops the clients that are left, and the server. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.server.close({ graceMs: 0 })
  }
}

const live = new Map<Site, Promise<LiveSite>>()

/** Sends one request to a site over a socket; the site stays on its port until {@link closeAll}. */
export async function askOverSocket(
  site: Site,
  requestLine: string,
  ...fieldLines: string[]
): Promise<Answered> {
  let started = live.get(site)
  if (started === undefined) {
    started = LiveSite.start(site)
    live.set(site, started)
  }
  return await (await started).ask(requestLine, ...fieldLines)
}

export async function closeAll(): Promise<void> {
  for (const started of live.values()) await (await started).close()
  live.clear()
}
