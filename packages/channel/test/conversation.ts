import { FakeClock, MemoryTransport, wireBytes } from '@millrace/testing'
import type { HTTPChannelOptions, Request, RequestChannel, RequestHead } from '../src/index.ts'
import { HTTPChannel, RemoteProtocolError, Request as BaseRequest } from '../src/index.ts'

/** Answers with what was asked, once the content is read: method, target, content. */
export class EchoRequest extends BaseRequest {
  override process(): void {
    const pieces: string[] = []
    this.content.deliverTo({
      dataReceived: (chunk) => void pieces.push(Buffer.from(chunk).toString('latin1')),
      contentDone: (trailers) => {
        const extra = trailers === undefined ? '' : ` ${JSON.stringify([...trailers])}`
        this.setHeader('Content-Type', 'text/plain')
        this.finish(`${this.method} ${this.requestTarget} ${pieces.join('')}${extra}`)
      },
      contentLost: () => undefined,
    })
  }
}

export const echo = (channel: RequestChannel, head: RequestHead): Request => new EchoRequest(channel, head)

/** A channel on a memory transport and a clock that stands still. */
export class Conversation<TChannel extends HTTPChannel = HTTPChannel> {
  readonly clock = new FakeClock({ wallTimeMs: Date.UTC(1994, 10, 6, 8, 49, 37) })
  readonly transport: MemoryTransport
  readonly errors: unknown[] = []
  readonly channel: TChannel

  constructor(
    options: Partial<HTTPChannelOptions> = {},
    make: (options: HTTPChannelOptions) => TChannel = (all) => new HTTPChannel(all) as TChannel,
    transport: MemoryTransport = new MemoryTransport(),
  ) {
    this.transport = transport
    this.channel = make({
      requestFactory: echo,
      onError: (error) => void this.errors.push(error),
      sendDate: false,
      ...options,
      clock: this.clock,
    })
    this.transport.connect(this.channel)
  }

  send(...pieces: (Uint8Array | string)[]): this {
    for (const piece of pieces) this.transport.deliver(piece)
    return this
  }

  /** Whether our direction was closed. */
  get closed(): boolean {
    this.transport.settle()
    return this.transport.writeClosed
  }

  get wire(): string {
    return this.transport.writtenText
  }

  /** The codes of the errors that the channel reported. */
  get codes(): string[] {
    return this.errors.map((error) => (error instanceof RemoteProtocolError ? error.code : String(error)))
  }

  /** The status codes of the responses, read off the wire by their status lines. */
  get statuses(): number[] {
    return statuses(this.wire)
  }
}

/** A conversation whose requests are left for the test to answer. */
export function unanswered(
  options: Partial<HTTPChannelOptions> = {},
  transport: MemoryTransport = new MemoryTransport(),
): { conversation: Conversation; requests: Request[] } {
  class Unanswered extends BaseRequest {
    override process(): void {}
  }
  const requests: Request[] = []
  const requestFactory = (channel: RequestChannel, of: RequestHead): Request => {
    const request = new Unanswered(channel, of)
    requests.push(request)
    return request
  }
  return { conversation: new Conversation({ requestFactory, ...options }, undefined, transport), requests }
}

/** @param methods - those that the responses answer, where one of them is HEAD */
export function statuses(wire: string, methods: readonly string[] = []): number[] {
  const found: number[] = []
  let finals = 0
  let rest = wire
  while (rest.length > 0) {
    const head = /^HTTP\/1\.1 ([0-9]{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest)
    if (head === null) throw new Error(`no response head at ${JSON.stringify(rest.slice(0, 40))}`)
    const status = Number(head[1])
    found.push(status)
    rest = rest.slice(head[0].length)
    if (status < 200) continue
    finals += 1
    if (methods[finals - 1] === 'HEAD') continue
    const length = /^content-length: ([0-9]+)\r$/im.exec(head[2] as string)
    if (length !== null) rest = rest.slice(Number(length[1]))
    else if (/^transfer-encoding: chunked\r$/im.test(head[2] as string))
      rest = rest.slice(rest.indexOf('0\r\n\r\n') + 5)
    else if (status !== 204 && status !== 304 && /^connection: close\r$/im.test(head[2] as string)) rest = ''
  }
  return found
}

/** Everything that can be observed of a conversation: what was sent, which errors were reported, how it stands. */
export function observe(conversation: Conversation): unknown {
  const { channel, errors } = conversation
  return {
    wire: conversation.wire,
    errors: errors.map((error) =>
      error instanceof RemoteProtocolError
        ? [error.code, error.statusHint, error.phase, error.offset]
        : String(error),
    ),
    state: channel.readState,
    closed: conversation.closed,
  }
}

export function head(...lines: string[]): string {
  return lines.map((line) => `${line}\r\n`).join('') + '\r\n'
}

export { wireBytes }
