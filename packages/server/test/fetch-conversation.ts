import { HTTPChannel, type HTTPChannelOptions } from '@millrace/channel'
import { FakeClock, MemoryTransport, type MemoryTransportOptions } from '@millrace/testing'
import { FetchExchange, type FetchErrorHandler, type FetchHandler } from '../src/fetch-exchange.ts'
import { adoptPlatformRequest } from '../src/fetch-request.ts'
import { OriginCache } from '../src/request-url.ts'

interface ConversationOptions {
  readonly channel?: Partial<HTTPChannelOptions>
  readonly transport?: MemoryTransportOptions
  /** What `onError` answers. */
  readonly onError?: FetchErrorHandler
}

/** A Fetch-style handler on a channel in memory. */
export class FetchConversation {
  readonly clock = new FakeClock()
  readonly transport: MemoryTransport
  readonly channel: HTTPChannel
  /** What `onError` of the application saw. */
  readonly errors: unknown[] = []

  constructor(handler: FetchHandler, options: ConversationOptions = {}) {
    adoptPlatformRequest()
    const onError: FetchErrorHandler = (error, request, context) => {
      this.errors.push(error)
      return options.onError?.(error, request, context)
    }
    const application = { handler, onError, origins: new OriginCache() }
    this.transport = new MemoryTransport(options.transport)
    this.channel = new HTTPChannel({
      clock: this.clock,
      sendDate: false,
      requestFactory: (channel, head) => new FetchExchange(channel, head, application),
      ...options.channel,
    })
    this.transport.connect(this.channel)
  }

  /** Sends wire text, and lets everything happen that follows from it. */
  async send(...pieces: string[]): Promise<this> {
    for (const piece of pieces) this.transport.deliver(piece)
    return await this.settle()
  }

  /** Lets promises, streams and immediates run out: nothing here waits for anything else. */
  async settle(): Promise<this> {
    for (let turn = 0; turn < 10; turn += 1) {
      this.transport.settle()
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    return this
  }

  /** All that was written. */
  get wire(): string {
    return this.transport.writtenText
  }

  /** What the last response has behind its head. */
  get content(): string {
    return this.wire.slice(this.wire.lastIndexOf('\r\n\r\n') + 4)
  }
}

/** A request without content. */
export function get(target: string, ...fields: string[]): string {
  return request('GET', target, fields)
}

/** A request whose content has a known length. */
export function post(target: string, content: string, ...fields: string[]): string {
  return request('POST', target, [`Content-Length: ${content.length}`, ...fields]) + content
}

function request(method: string, target: string, fields: string[]): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: example.com', ...fields, '', ''].join('\r\n')
}
