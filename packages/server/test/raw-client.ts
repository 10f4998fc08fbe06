import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { Deferred } from './deferred.ts'

/** A client that sends what it is told, and shows what comes back as wire text. */
export class RawClient {
  readonly socket: Socket
  /** All that was received. */
  received = ''
  /** Resolves when the connection is gone, with all that was received. */
  readonly closed: Promise<string>
  #changed = new Deferred()

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1')
      this.#wake()
    })
    socket.on('error', () => undefined) // the close says enough
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve(this.received)
        this.#wake()
      })
    })
  }

  /** Connects to `target`: a port, or the path of a unix socket. Like most clients it closes when the server does. */
  static async connect(target: number | string, options: Partial<NetConnectOpts> = {}): Promise<RawClient> {
    const place = typeof target === 'number' ? { port: target, host: '127.0.0.1' } : { path: target }
    const client = new RawClient(connect({ ...place, ...options } as NetConnectOpts))
    await new Promise<void>((resolve, reject) => {
      client.socket.once('connect', resolve)
      client.socket.once('error', (error: NodeJS.ErrnoException) => {
        // Broken off between the handshake and the event that tells of it: it was connected.
        if (error.code === 'ECONNRESET') resolve()
        else reject(error)
      })
    })
    return client
  }

  /** Sends wire text: one character is one octet. */
  send(wire: string): void {
    this.socket.write(wire, 'latin1')
  }

  /** Waits until what was received ends, or matches, like this. @throws {Error} when the connection is gone before */
  async until(expected: string | RegExp): Promise<string> {
    while (
      !(typeof expected === 'string' ? this.received.endsWith(expected) : expected.test(this.received))
    ) {
      if (this.socket.destroyed)
        throw new Error(`the connection was closed after ${JSON.stringify(this.received)}`)
      await this.#changed.promise
    }
    return this.received
  }

  #wake(): void {
    const changed = this.#changed
    this.#changed = new Deferred()
    changed.resolve()
  }
}
