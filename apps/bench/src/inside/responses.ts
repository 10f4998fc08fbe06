import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { HTTPChannel, Request, type RequestHead } from '@millrace/channel'
import { nodeClock } from '@millrace/node-transport'
import type { Kernel } from './kernel.ts'
import { NullTransport } from './null-transport.ts'

/** A head with three fields and 12 octets of content, to octets. The Date adds a fourth. */

const CONTENT = 'Hello World\n'
const WRITTEN = Buffer.byteLength(
  `HTTP/1.1 200 OK\r\nDate: ${new Date(0).toUTCString()}\r\nContent-Type: text/plain\r\n` +
    `Cache-Control: no-cache\r\nContent-Length: 12\r\n\r\n${CONTENT}`,
)

/** Responses in one turn of the event loop: what they leave for its end must not pile up. */
const IN_TURN = 16

/** Resolves in the next turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A channel whose exchanges are no longer than their responses. */
class ResponseChannel extends HTTPChannel {
  /** The head of the one request that was received. */
  received: RequestHead | null = null

  override allHeadersReceived(): void {
    this.received = this.head
  }
  override responseBegins(): void {}
  override dropContent(): void {}
  override requestDone(): void {
    this.output.flush()
  }
}

export function respondByMillrace(): Kernel {
  const transport = new NullTransport()
  const channel = new ResponseChannel({ clock: nodeClock })
  channel.makeConnection(transport)
  channel.dataReceived(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
  const head = channel.received as RequestHead
  return {
    octets: WRITTEN,
    expected: WRITTEN,
    run: async (times) => {
      transport.written = 0
      for (let i = 0; i < times; i += 1) {
        if (i % IN_TURN === 0) await turn()
        const request = new Request(channel, head)
        request.setHeader('Content-Type', 'text/plain')
        request.setHeader('Cache-Control', 'no-cache')
        request.setHeader('Content-Length', '12')
        request.finish(CONTENT)
      }
      return transport.written
    },
  }
}

/** Makes octets of text, as a socket would, and counts them. */
class StubSocket extends Writable {
  written = 0
  readonly #last = Buffer.alloc(65_536)

  constructor() {
    super({ decodeStrings: false })
  }

  override _write(chunk: string | Buffer, encoding: BufferEncoding, done: () => void): void {
    this.written += typeof chunk === 'string' ? this.#last.write(chunk, 0, encoding) : chunk.copy(this.#last)
    done()
  }
}

export function respondByNode(): Kernel {
  const socket = new StubSocket()
  const request = new IncomingMessage(socket as unknown as Socket)
  request.method = 'GET'
  request.httpVersionMajor = 1
  request.httpVersionMinor = 1
  const kept = 'Connection: keep-alive\r\n'.length
  return {
    octets: WRITTEN,
    expected: WRITTEN + kept,
    run: async (times) => {
      socket.written = 0
      for (let i = 0; i < times; i += 1) {
        if (i % IN_TURN === 0) await turn()
        const response = new ServerResponse(request)
        response.assignSocket(socket as unknown as Socket)
        response.setHeader('Content-Type', 'text/plain')
        response.setHeader('Cache-Control', 'no-cache')
        response.setHeader('Content-Length', 12)
        response.end(CONTENT)
        response.detachSocket(socket as unknown as Socket)
      }
      return socket.written
    },
  }
}
