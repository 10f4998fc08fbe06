import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Readable, type Transform } from 'node:stream'
import { decodeLatin1 } from '@millrace/headers'
import { LineReceiver } from '@millrace/line-receiver'
import split from 'split2'
import type { Kernel } from './kernel.ts'

/** Lines of 80 octets with their CRLF come in reads of 64 KiB; the length of each is counted. */

const LINE = `${'x'.repeat(78)}\r\n`
const READ_OCTETS = 65_536
const READS = 40 // the lines end together with the last read
const WIRE = Buffer.from(LINE.repeat((READ_OCTETS * READS) / LINE.length), 'latin1')
const PIECES = Array.from({ length: READS }, (_, i) => WIRE.subarray(i * READ_OCTETS, (i + 1) * READ_OCTETS))
const EXPECTED = (WIRE.length / LINE.length) * (LINE.length - 2)

class LineCounter extends LineReceiver {
  sum = 0
  override lineReceived(line: Uint8Array): void {
    this.sum += line.length
  }
}

/** Lines as views of octets. */
export function linesByMillrace(): Kernel {
  return countedBy(LineCounter)
}

/** The same, with text made of each line, as the peers do. */
export function textByMillrace(): Kernel {
  return countedBy(
    class extends LineCounter {
      override lineReceived(line: Uint8Array): void {
        this.sum += decodeLatin1(line, 0, line.length).length
      }
    },
  )
}

function countedBy(Counter: typeof LineCounter): Kernel {
  return {
    octets: WIRE.length,
    expected: EXPECTED,
    run: (times) => {
      const receiver = new Counter()
      for (let i = 0; i < times; i += 1) for (const piece of PIECES) receiver.dataReceived(piece)
      return receiver.sum
    },
  }
}

function input(): Readable {
  return Readable.from(PIECES, { objectMode: false })
}

/** Lines as text, by its event, which is its fastest way. */
export function linesByReadline(): Kernel {
  return {
    octets: WIRE.length,
    expected: EXPECTED,
    run: async (times) => {
      let sum = 0
      for (let i = 0; i < times; i += 1) {
        const lines = createInterface({ input: input(), crlfDelay: Infinity })
        lines.on('line', (line) => (sum += line.length))
        await once(lines, 'close')
      }
      return sum
    },
  }
}

/** Lines as text. */
export function linesBySplit2(): Kernel {
  return {
    octets: WIRE.length,
    expected: EXPECTED,
    run: async (times) => {
      let sum = 0
      for (let i = 0; i < times; i += 1) {
        const lines: Transform = input().pipe(split())
        lines.on('data', (line: string) => (sum += line.length))
        await once(lines, 'end')
      }
      return sum
    },
  }
}
