import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { bench, describe } from 'vitest'
import { LineReceiver } from '../src/index.ts'

const READS = 20
const READ_BYTES = 65_536

class Counter extends LineReceiver {
  bytes = 0
  override lineReceived(line: Uint8Array): void {
    this.bytes += line.length
  }
}

describe.each([20, 80, 400])('lines of %d bytes, reads of 64 KiB', (lineLength) => {
  const lines = `${'x'.repeat(lineLength - 2)}\r\n`.repeat(Math.ceil((READS * READ_BYTES) / lineLength))
  const wire = Buffer.from(lines, 'latin1')
  const reads = Array.from({ length: READS }, (_, index) =>
    wire.subarray(index * READ_BYTES, (index + 1) * READ_BYTES),
  )

  bench('LineReceiver', () => {
    const receiver = new Counter()
    for (const read of reads) receiver.dataReceived(read)
  })

  bench('node:readline, line event', async () => {
    const reader = createInterface({
      input: Readable.from(reads, { objectMode: false }),
      crlfDelay: Infinity,
    })
    let bytes = 0
    reader.on('line', (line) => (bytes += line.length))
    await new Promise((resolve) => reader.once('close', resolve))
  })

  bench('node:readline, for await', async () => {
    const reader = createInterface({
      input: Readable.from(reads, { objectMode: false }),
      crlfDelay: Infinity,
    })
    let bytes = 0
    for await (const line of reader) bytes += line.length
  })
})
