import { connect, type Socket } from 'node:net'

/** A response as it came over the wire. */
export interface WireResponse {
  readonly status: number
  /** Lower-cased names; a name that occurs twice is an error. */
  readonly fields: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A client that sends exactly what it is told and holds the server to its framing. */
export class WireClient {
  readonly socket: Socket
  #pieces: Buffer[] = []
  #length = 0
  #ended: 'open' | 'finished' | 'broken' = 'open'
  #wake: () => void = () => {}

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.on('data', (bytes) => {
      this.#pieces.push(bytes)
      this.#length += bytes.length
      this.#wake()
    })
    this.socket.on('end', () => this.#finish('finished'))
    this.socket.on('error', () => this.#finish('broken'))
    this.socket.on('close', () => this.#finish('broken'))
  }

  /** Sends text, one octet for each character. */
  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** The next response, to a request with this method. Rejects when it is cut short. */
  async response(method: string): Promise<WireResponse> {
    const head = await this.#take('a head', () => {
      const end = this.#joined().indexOf('\r\n\r\n')
      return end === -1 ? undefined : end + 4
    })
    const { status, fields } = parseHead(head.toString('latin1'))
    const length = Number(fields['content-length'] ?? 0)
    const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
    return { status, fields, body: hasBody ? await this.bytes(length) : Buffer.alloc(0) }
  }

  /** The next `count` bytes. Rejects when there are fewer. */
  async bytes(count: number): Promise<Buffer> {
    return await this.#take(`${count} bytes`, () => (this.#length < count ? undefined : count))
  }

  /** Resolves when anything has arrived. */
  async arrival(): Promise<void> {
    while (this.#length === 0 && this.#ended === 'open') await this.#more()
  }

  /** How the server ended the connection, and that it sent nothing more. */
  async end(): Promise<'finished' | 'broken'> {
    while (this.#ended === 'open') await this.#more()
    if (this.#length > 0) throw new Error(`unexpected: ${this.#excerpt()}`)
    return this.#ended
  }

  close(): void {
    this.socket.destroy()
  }

  async #take(what: string, ready: () => number | undefined): Promise<Buffer> {
    for (;;) {
      const count = ready()
      if (count !== undefined) {
        const received = this.#joined()
        this.#pieces = [received.subarray(count)]
        this.#length -= count
        return received.subarray(0, count)
      }
      if (this.#ended !== 'open') throw new Error(`${what} expected, ${this.#ended} after ${this.#excerpt()}`)
      await this.#more()
    }
  }

  #joined(): Buffer {
    const received = Buffer.concat(this.#pieces)
    this.#pieces = [received]
    return received
  }

  #excerpt(): string {
    return `${this.#length} bytes: ${JSON.stringify(this.#joined().toString('latin1', 0, 200))}`
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  #finish(how: 'finished' | 'broken'): void {
    if (this.#ended === 'open') this.#ended = how
    this.#wake()
  }
}

function parseHead(head: string): Pick<WireResponse, 'status' | 'fields'> {
  const [statusLine = '', ...lines] = head.slice(0, -4).split('\r\n')
  const match = /^HTTP\/1\.1 ([2-5]\d\d) [\x20-\x7e]*$/.exec(statusLine)
  if (match === null) throw new Error(`no status line: ${JSON.stringify(statusLine)}`)
  const fields: Record<string, string> = {}
  for (const line of lines) {
    const field = /^([\w-]+): ([\x20-\x7e]*)$/.exec(line)
    if (field === null) throw new Error(`no field line: ${JSON.stringify(line)}`)
    const name = (field[1] ?? '').toLowerCase()
    if (name in fields) throw new Error(`${name} occurs twice`)
    fields[name] = field[2] ?? ''
  }
  return { status: Number(match[1]), fields }
}
