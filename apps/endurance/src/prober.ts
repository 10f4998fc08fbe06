import { connect } from 'node:net'

/** A client like any other, who asks now and then while somebody else makes trouble. */
export class Prober {
  /** How long each answer took, in milliseconds; Infinity for one that never came. */
  readonly latenciesMs: number[] = []
  readonly #port: number
  readonly #timer: NodeJS.Timeout
  readonly #pending: Set<Promise<void>> = new Set()

  constructor(port: number, everyMs = 200) {
    this.#port = port
    this.#timer = setInterval(() => this.#ask(), everyMs)
  }

  /** Asks no more, and waits for the last answer. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#pending)
  }

  #ask(): void {
    const asked = this.#answer().then((ms) => {
      this.latenciesMs.push(ms)
      this.#pending.delete(asked)
    })
    this.#pending.add(asked)
  }

  #answer(): Promise<number> {
    const beganMs = performance.now()
    return new Promise((resolve) => {
      const socket = connect(this.#port, '127.0.0.1')
      let answer = ''
      const giveUp = setTimeout(() => socket.destroy(), 10_000)
      socket.on('error', () => undefined) // the close says enough
      socket.on('data', (bytes) => (answer += bytes.toString('latin1')))
      socket.on('close', () => {
        clearTimeout(giveUp)
        resolve(answer.endsWith('hello\n') ? performance.now() - beganMs : Infinity)
      })
      socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
    })
  }
}
