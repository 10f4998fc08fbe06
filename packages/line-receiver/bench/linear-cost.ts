import { LineReceiver } from '../src/index.ts'

/** One way of feeding a receiver, for any number of bytes. */
export interface Feeding {
  readonly name: string
  /** The smaller of the two sizes that are compared. */
  readonly bytes: number
  /** Prepares input of about `bytes` bytes, and gives what feeds it to a new receiver. */
  readonly prepare: (bytes: number) => () => void
}

class Counter extends LineReceiver {
  lines = 0
  override lineReceived(_line: Uint8Array): void {
    this.lines++
  }
}

/** Puts a byte in front, within each line: the case in which the original appended, and a naive one copies all. */
class PuttingBack extends Counter {
  override lineReceived(line: Uint8Array): void {
    super.lineReceived(line)
    if (line.length > 1) this.setLineMode(line.subarray(0, 1))
  }
}

const CR = 13
const LF = 10

function linesOf(bytes: number, lineLength: number): Uint8Array {
  const wire = new Uint8Array(bytes).fill(0x61)
  for (let at = lineLength - 2; at < bytes - 1; at += lineLength) {
    wire[at] = CR
    wire[at + 1] = LF
  }
  return wire
}

function feedIn(pieceLength: number, wire: Uint8Array, make: () => Counter): () => void {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < wire.length; at += pieceLength) pieces.push(wire.subarray(at, at + pieceLength))
  return () => {
    const receiver = make()
    for (const piece of pieces) receiver.dataReceived(piece)
    if (receiver.lines === 0) throw new Error('nothing was delivered')
  }
}

const counter = (): Counter => new Counter({ maxLength: 1 << 30 })

/** The ways that were quadratic somewhere, once. */
export const FEEDINGS: readonly Feeding[] = [
  {
    name: '80-byte lines, one read',
    bytes: 65_536,
    prepare: (bytes) => feedIn(bytes, linesOf(bytes, 80), counter),
  },
  {
    name: '80-byte lines, reads of 1000 bytes',
    bytes: 65_536,
    prepare: (bytes) => feedIn(1_000, linesOf(bytes, 80), counter),
  },
  {
    name: 'one line, byte by byte',
    bytes: 16_384,
    prepare: (bytes) => feedIn(1, linesOf(bytes, bytes), counter),
  },
  {
    name: 'one line, reads of 100 bytes',
    bytes: 65_536,
    prepare: (bytes) => feedIn(100, linesOf(bytes, bytes), counter),
  },
  {
    name: 'one line of lone LFs, reads of 100 bytes',
    bytes: 65_536,
    prepare: (bytes) =>
      feedIn(
        100,
        linesOf(bytes, bytes).map((octet) => (octet === 0x61 ? LF : octet)),
        counter,
      ),
  },
  {
    name: '80-byte lines, each puts a byte back',
    bytes: 65_536,
    prepare: (bytes) => feedIn(bytes, linesOf(bytes, 80), () => new PuttingBack({ maxLength: 1 << 30 })),
  },
]

/** Nanoseconds per byte at both sizes: the best of several rounds, taken in turn, as the machine has other work. */
export function compare(feeding: Feeding, factor: number, rounds: number): { small: number; large: number } {
  const runSmall = feeding.prepare(feeding.bytes)
  const runLarge = feeding.prepare(feeding.bytes * factor)
  let small = Infinity
  let large = Infinity
  for (let round = 0; round < rounds; round++) {
    let before = performance.now()
    // As many bytes as the large run, so that both see the same number of collections and interruptions.
    for (let time = 0; time < factor; time++) runSmall()
    small = Math.min(small, performance.now() - before)
    before = performance.now()
    runLarge()
    large = Math.min(large, performance.now() - before)
  }
  const perByte = 1e6 / (feeding.bytes * factor)
  return { small: small * perByte, large: large * perByte }
}
