import { FakeClock, MemoryTransport } from '@millrace/testing'
import { HTTPClientChannel, Pool } from '../src/index.ts'
import type { Origin, OutgoingRequest, PendingRequest, PoolOptions } from '../src/index.ts'
import { get, RecordingHandler } from './recording-handler.ts'

export const A: Origin = { host: 'a.example', port: 80, secure: false }
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** A pool whose connections are made when the test says so. */
export class PoolTest {
  readonly clock = new FakeClock()
  readonly transports: MemoryTransport[] = []
  readonly dialled: Origin[] = []
  readonly handlerErrors: unknown[] = []
  readonly pool: Pool
  #dials: { resolve: (channel: HTTPClientChannel) => void; reject: (error: unknown) => void }[] = []

  constructor(options: Partial<PoolOptions> = {}) {
    this.pool = new Pool({
      clock: this.clock,
      onHandlerError: (error) => void this.handlerErrors.push(error),
      connect: (origin) => {
        this.dialled.push(origin)
        return new Promise((resolve, reject) => this.#dials.push({ resolve, reject }))
      },
      ...options,
    })
  }

  send(request: OutgoingRequest = get(), origin: Origin = A): RecordingHandler & { pending: PendingRequest } {
    const handler = new RecordingHandler() as RecordingHandler & { pending: PendingRequest }
    handler.pending = this.pool.request(origin, request, handler)
    return handler
  }

  /** Lets the connection that was asked for first stand. */
  async connected(): Promise<MemoryTransport> {
    const transport = new MemoryTransport()
    const channel = new HTTPClientChannel({ clock: this.clock })
    transport.connect(channel)
    this.transports.push(transport)
    this.#dials.shift()!.resolve(channel)
    await turn()
    return transport
  }

  async refused(error: unknown = new Error('refused')): Promise<void> {
    this.#dials.shift()!.reject(error)
    await turn()
  }
}

export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
