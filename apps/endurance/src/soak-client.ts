import { connect, type Socket } from 'node:net'

const GET = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
const BIG = 'GET /big HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 65536\r\n\r\n'
const CHUNKED = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n'
const CONTENT = 'x'.repeat(65_536)

/** What a client says on a connection, before it leaves in one way or another. */
const SPEECHES: readonly string[] = [
  GET,
  GET.repeat(16),
  BIG,
  `${POST}${CONTENT}`,
  `${POST}${CONTENT.slice(0, 1_000)}`, // the rest never comes
  `${CHUNKED}10000\r\n${CONTENT}\r\n0\r\nX-Sum: 1\r\n\r\n`,
  `${CHUNKED}zz\r\n`,
  GET.slice(0, 20),
  'GET / HTTP/2.0\r\n\r\n',
  `${GET}${BIG}${POST}${CONTENT}${GET}`,
]

/** Makes one connection after the other, says something, listens for a while, and leaves: in order or not. */
export class SoakClient {
  requests = 0
  connections = 0
  receivedBytes = 0
  readonly #port: number
  readonly #random: () => number
  #stopped = false
  readonly #ended: Promise<void>

  /** @param random - numbers from 0 up to 1 */
  constructor(port: number, random: () => number) {
    this.#port = port
    this.#random = random
    this.#ended = this.#run()
  }

  /** Makes no more connections, and waits until the last one is gone. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.#ended
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.connections += 1
      await this.#converse(connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true }))
    }
  }

  #converse(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
      let turns = 1 + Math.floor(this.#random() * 8)
      const speak = (): void => {
        this.requests += 1
        socket.write(SPEECHES[Math.floor(this.#random() * SPEECHES.length)] as string)
      }
      const leave = setTimeout(() => this.#leave(socket), 5 + this.#random() * 200)
      socket.on('error', () => undefined) // the close says enough
      socket.on('close', () => {
        clearTimeout(leave)
        resolve()
      })
      socket.on('end', () => socket.end())
      socket.on('data', (bytes) => {
        this.receivedBytes += bytes.length
        turns -= 1
        if (turns > 0 && socket.writable) speak()
        else if (turns === 0) this.#leave(socket)
      })
      speak()
    })
  }

  /** Resets, closes, or only finishes sending and waits for the rest. */
  #leave(socket: Socket): void {
    const lot = this.#random()
    if (lot < 0.4) socket.resetAndDestroy()
    else if (lot < 0.7) socket.destroy()
    else {
      socket.end()
      setTimeout(() => socket.destroy(), 500)
    }
  }
}
