import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { HTTPChannel, Request } from '@millrace/channel'
import { listen, nodeClock } from '@millrace/node-transport'
import { afterEach } from 'vitest'
import { Gateway, Proxy, ReverseProxy, serveProxy } from '../src/index.ts'
import type { GatewayOptions, RunningProxy } from '../src/index.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

export function atEnd(close: () => unknown): void {
  closers.push(close)
}

/** One end of a TCP connection, as text: one character for each octet. */
export class RawConnection {
  readonly socket: Socket
  received = ''
  ended = false
  /** What broke the connection, `null` while nothing did. */
  error: Error | null = null
  #closed = false
  #waiting: (() => void)[] = []

  constructor(socket: Socket) {
    this.socket = socket
    atEnd(() => socket.destroy())
    socket.on('data', (bytes) => this.#happened(() => (this.received += bytes.toString('latin1'))))
    socket.on('end', () => this.#happened(() => (this.ended = true)))
    socket.on('error', (error) => (this.error = error))
    socket.on('close', () => this.#happened(() => (this.#closed = true)))
  }

  get closed(): boolean {
    return this.#closed
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** Resolves with all that was received, as soon as that matches. */
  async until(pattern: RegExp | string | ((received: string) => boolean)): Promise<string> {
    const matches = (): boolean => {
      if (typeof pattern === 'function') return pattern(this.received)
      return typeof pattern === 'string' ? this.received.includes(pattern) : pattern.test(this.received)
    }
    while (!matches()) {
      if (this.#closed) throw new Error(`closed before ${String(pattern)}: ${JSON.stringify(this.received)}`)
      await this.#next()
    }
    return this.received
  }

  /** Resolves with all that was received, when the other side has finished sending or broken the connection. */
  async untilEnd(): Promise<string> {
    while (!this.ended && !this.#closed) await this.#next()
    return this.received
  }

  async untilClosed(): Promise<string> {
    while (!this.#closed) await this.#next()
    return this.received
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #happened(what: () => void): void {
    what()
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

async function start(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  atEnd(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A server that is written out octet by octet. */
export class RawOrigin {
  readonly connections: RawConnection[] = []
  readonly port: number

  private constructor(port: number, connections: RawConnection[]) {
    this.port = port
    this.connections = connections
  }

  /** @param talk - runs for each connection */
  static async start(talk: (connection: RawConnection) => unknown): Promise<RawOrigin> {
    const connections: RawConnection[] = []
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      const connection = new RawConnection(socket)
      connections.push(connection)
      void Promise.resolve(talk(connection)).catch(() => {}) // the proxy may have left: what it did is what is tested
    })
    return new RawOrigin(await start(server), connections)
  }

  /** Answers every request with the same octets, as soon as its head is there. */
  static answering(response: string): Promise<RawOrigin> {
    return RawOrigin.start(async (connection) => {
      for (let count = 1; ; count += 1) {
        await connection.until((received) => received.split('\r\n\r\n').length > count)
        connection.send(response)
      }
    })
  }

  /** All that came, over all connections. */
  get received(): string {
    return this.connections.map(({ received }) => received).join('')
  }
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createTcpServer()
  const port = await start(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function nodeOrigin(listener: RequestListener): Promise<number> {
  return start(createServer(listener))
}

/** A server of ours. */
export async function ourOrigin(answer: (request: Request) => void | Promise<void>): Promise<number> {
  class Answering extends Request {
    override process(): void | Promise<void> {
      return answer(this)
    }
  }
  const options = {
    clock: nodeClock,
    requestFactory: (...args: ConstructorParameters<typeof Request>): Request => new Answering(...args),
  }
  const listener = await listen(() => new HTTPChannel(options), { host: '127.0.0.1' })
  atEnd(async () => {
    await listener.close()
    for (const transport of listener.connections) transport.abortConnection()
  })
  return listener.port
}

export interface TestProxy extends RunningProxy {
  readonly gateway: Gateway
  readonly failures: unknown[]
  /** Connects to the proxy and sends. */
  send(text: string): RawConnection
}

export async function forwardProxy(options: GatewayOptions = {}): Promise<TestProxy> {
  return proxy(options, (gateway) => new Proxy(gateway))
}

export async function reverseProxy(
  port: number,
  options: GatewayOptions = {},
  preserveHost = false,
): Promise<TestProxy> {
  const origin = { host: '127.0.0.1', port, secure: false }
  return proxy(options, (gateway) => new ReverseProxy(gateway, origin, preserveHost))
}

export async function proxy(
  options: GatewayOptions,
  make: (gateway: Gateway) => Proxy | ReverseProxy,
): Promise<TestProxy> {
  const failures: unknown[] = []
  const gateway = new Gateway({
    pseudonym: 'test',
    onUpstreamError: (error) => failures.push(error),
    ...options,
  })
  const running = await serveProxy(gateway, () => make(gateway), { host: '127.0.0.1' })
  atEnd(() => running.close(0))
  const send = (text: string): RawConnection =>
    new RawConnection(connect({ port: running.port, host: '127.0.0.1', allowHalfOpen: true })).send(text)
  return { ...running, gateway, failures, send }
}

/** A head: lines, and the empty line behind them. */
export function head(...lines: string[]): string {
  return lines.map((line) => `${line}\r\n`).join('') + '\r\n'
}

/** The field lines of a message whose name matches, in order. */
export function fieldLines(message: string, name: string): string[] {
  const section = message.slice(0, message.indexOf('\r\n\r\n')).split('\r\n').slice(1)
  return section.filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
}

export const OK = head('HTTP/1.1 200 OK', 'Content-Length: 2') + 'ok'
