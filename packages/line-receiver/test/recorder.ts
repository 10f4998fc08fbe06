import { MemoryTransport, wireText } from '@millrace/testing'
import { LineReceiver } from '../src/index.ts'
import type { LineBuffer } from '../src/index.ts'

/** Writes down what is delivered, and does inside the hook what the test asks for. */
export class Recorder extends LineReceiver {
  /** `line:…`, `raw:…`, `long:…`, `part:…`, in order. */
  readonly events: string[] = []
  /** Runs inside each hook, after the event was written down. */
  onEvent: (event: string, text: string) => void = () => {}

  override lineReceived(line: Uint8Array): void {
    this.#record('line', line)
  }
  override rawDataReceived(bytes: Uint8Array): void {
    this.#record('raw', bytes)
  }
  override lineLengthExceeded(line: Uint8Array): void {
    this.#record('long', line)
    super.lineLengthExceeded(line)
  }
  protected override partialLineReceived(from: number): void {
    this.#record('part', this.lineBuffer.bytes.subarray(from, this.lineBuffer.end))
  }

  /** What was delivered as lines, as text. */
  get lines(): string[] {
    return this.texts('line')
  }
  /** The texts of all events of one kind. */
  texts(kind: string): string[] {
    return this.events
      .filter((event) => event.startsWith(`${kind}:`))
      .map((event) => event.slice(kind.length + 1))
  }
  get buffer(): LineBuffer {
    return this.lineBuffer
  }
  get isTerminal(): boolean {
    return this.terminal
  }

  #record(kind: string, bytes: Uint8Array): void {
    const text = wireText(bytes)
    this.events.push(`${kind}:${text}`)
    this.onEvent(kind, text)
  }
}

/** A connected recorder. */
export function connect(recorder: Recorder = new Recorder()): {
  recorder: Recorder
  transport: MemoryTransport
} {
  const transport = new MemoryTransport()
  transport.connect(recorder)
  return { recorder, transport }
}

/** Delivers piece by piece, as reads do; what comes after the end of the connection is not read. */
export function feed(recorder: LineReceiver, pieces: Iterable<Uint8Array>): void {
  for (const piece of pieces) recorder.dataReceived(piece)
}

/** Five lines; {@link stopping} acts at the third. */
export const WIRE = 'one\r\ntwo\r\nstop\r\nfour\r\nfive\r\n'

/** A connected recorder that runs `action` inside the hook of the line `stop`. */
export function stopping(action: (recorder: Recorder) => void): ReturnType<typeof connect> {
  const connected = connect()
  const { recorder } = connected
  recorder.onEvent = (kind, text) => {
    if (kind === 'line' && text === 'stop') action(recorder)
  }
  return connected
}
