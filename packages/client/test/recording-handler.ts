import { Headers } from '@millrace/headers'
import { FakeClock, MemoryTransport, wireText } from '@millrace/testing'
import type { MemoryTransportOptions } from '@millrace/testing'
import type { Protocol } from '@millrace/transport'
import { HTTPClientChannel } from '../src/index.ts'
import type {
  ClientChannelOptions,
  ClientExchange,
  OutgoingRequest,
  ResponseHandler,
  ResponseHead,
  UpstreamError,
} from '../src/index.ts'

export type Event = readonly [name: string, ...details: unknown[]]

/** Writes down what a response brought; neighbouring pieces of content are one event. */
export class RecordingHandler implements ResponseHandler {
  readonly events: Event[] = []
  error: UpstreamError | null = null
  exchange: ClientExchange | null = null
  switchProtocol?: (head: ResponseHead) => Protocol
  onStart: ((exchange: ClientExchange) => void) | null = null
  onHead: (() => void) | null = null
  onData: ((chunk: Uint8Array) => void) | null = null
  onDone: (() => void) | null = null

  requestStarted(exchange: ClientExchange): void {
    this.exchange = exchange
    this.onStart?.(exchange)
  }

  informationalReceived(head: ResponseHead): void {
    this.events.push(['informational', head.statusCode, [...head.headers]])
  }

  responseReceived({ statusCode, reasonPhrase, minorVersion, headers, framing }: ResponseHead): void {
    this.events.push(['head', statusCode, reasonPhrase, minorVersion, [...headers], framing])
    this.onHead?.()
  }

  dataReceived(chunk: Uint8Array): void {
    const last = this.events.at(-1)
    if (last?.[0] === 'data')
      this.events[this.events.length - 1] = ['data', `${String(last[1])}${wireText(chunk)}`]
    else this.events.push(['data', wireText(chunk)])
    this.onData?.(chunk)
  }

  responseDone(trailers: Headers | undefined): void {
    this.events.push(trailers === undefined ? ['done'] : ['done', [...trailers]])
    this.onDone?.()
  }

  responseLost(error: UpstreamError): void {
    this.error = error
    this.events.push(['lost', error.code, error.statusHint, error.offset])
  }

  /** The status of the final response, the content, and how it ended. */
  get outcome(): unknown[] {
    return this.events.map(([name, detail]) => (name === 'data' ? detail : name === 'head' ? detail : name))
  }

  get content(): string {
    return this.events.flatMap(([name, data]) => (name === 'data' ? [String(data)] : [])).join('')
  }

  get code(): string | undefined {
    return this.error?.code
  }
}

export function get(
  more: Partial<OutgoingRequest> & { readonly fields?: Record<string, string> } = {},
): OutgoingRequest {
  const { fields, ...rest } = more
  return {
    method: 'GET',
    requestTarget: '/',
    headers: new Headers({ Host: 'a.example', ...fields }),
    ...rest,
  }
}

/** A client channel on a memory transport and a clock that stands still. */
export class Connection {
  readonly clock: FakeClock
  readonly transport: MemoryTransport
  readonly channel: HTTPClientChannel
  readonly handlerErrors: unknown[] = []

  constructor(options: Partial<ClientChannelOptions> = {}, transportOptions: MemoryTransportOptions = {}) {
    this.clock = new FakeClock()
    this.transport = new MemoryTransport(transportOptions)
    const onHandlerError = (error: unknown): void => void this.handlerErrors.push(error)
    this.channel = new HTTPClientChannel({ onHandlerError, ...options, clock: this.clock })
    this.transport.connect(this.channel)
  }

  /** Sends a request and gives the handler of its response. */
  send(
    request: OutgoingRequest = get(),
    handler: RecordingHandler = new RecordingHandler(),
  ): RecordingHandler {
    this.channel.request(request, handler)
    return handler
  }

  receive(...pieces: (string | Uint8Array)[]): this {
    for (const piece of pieces) this.transport.deliver(piece)
    return this
  }
}
