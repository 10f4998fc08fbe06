import { isForbiddenTrailer } from '@millrace/chunked'
import { createServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { doneEvent, headEvent } from '../log.ts'
import type { Field } from '../oracle/grammar.ts'
import { wireText } from '../escape.ts'

/** What `node:http` makes of some bytes. */
export interface NodeReading {
  /** Heads and contents in turn, in the words of `log.ts`; the last content may be missing. */
  readonly events: readonly string[]
  /** Code of the error that ended it, `null` when nothing did. */
  readonly code: string | null
}

/** A socket that goes nowhere. */
class Pipe extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done()
  }
}

/** A server of `node:http`, with its checks that have a switch off, that is fed through `connection`: its public way in. */
export class NodeServer {
  readonly #requests: IncomingMessage[] = []
  #code: string | null = null
  readonly #server = createServer({
    requireHostHeader: false,
    maxHeaderSize: 1_048_576,
    requestTimeout: 0,
    headersTimeout: 0,
  })

  constructor() {
    this.#server.maxHeadersCount = 0
    for (const event of ['request', 'checkContinue', 'checkExpectation', 'connect'])
      this.#server.on(event, (request: IncomingMessage) => this.#requests.push(request))
    this.#server.on(
      'clientError',
      (error: NodeJS.ErrnoException) => (this.#code ??= error.code ?? error.message),
    )
  }

  /** Feeds one connection; nothing is answered. All of it happens before this returns. */
  read(wire: Uint8Array): NodeReading {
    this.#requests.length = 0
    this.#code = null
    const pipe = new Pipe()
    this.#server.emit('connection', pipe)
    pipe.emit('data', Buffer.from(wire))
    const events: string[] = []
    for (const request of this.#requests) {
      const { method, url, httpVersion, rawHeaders } = request
      events.push(headEvent(`${method} ${url} ${httpVersion}`, pairs(rawHeaders)))
      if (!request.complete) break
      const trailers = pairs(request.rawTrailers).filter(([name]) => !isForbiddenTrailer(name))
      events.push(doneEvent(contentOf(request), trailers))
    }
    pipe.destroy()
    return { events, code: this.#code }
  }
}

function contentOf(request: IncomingMessage): string {
  let content = ''
  for (let chunk = request.read() as Buffer | null; chunk !== null; chunk = request.read() as Buffer | null)
    content += wireText(chunk)
  return content
}

function pairs(raw: readonly string[]): Field[] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] as string, raw[2 * at + 1] as string])
}
