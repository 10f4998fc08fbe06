import { ChunkedDecoder } from '@millrace/chunked'
import type { Kernel } from './kernel.ts'
import { nativeParserClass } from './native-parser.ts'

/** A chunked body comes in reads of about 64 KiB; what it holds is counted. Its last chunk never comes. */

const READ_OCTETS = 65_536
const READS = 16

/** One read: as many whole chunks as fit, one at least. */
function wireOf(chunkOctets: number): { wire: Buffer; content: number } {
  const chunk = `${chunkOctets.toString(16)}\r\n${'.'.repeat(chunkOctets)}\r\n`
  const count = Math.max(1, Math.floor(READ_OCTETS / chunk.length))
  return { wire: Buffer.from(chunk.repeat(count), 'latin1'), content: count * chunkOctets }
}

export function decodeByMillrace(chunkOctets: number): Kernel {
  const { wire, content } = wireOf(chunkOctets)
  let sum = 0
  return {
    octets: wire.length * READS,
    expected: content * READS,
    run: (times) => {
      sum = 0
      for (let i = 0; i < times; i += 1) {
        const decoder = new ChunkedDecoder(
          (data) => void (sum += data.length),
          () => {},
        )
        for (let read = 0; read < READS; read += 1) decoder.dataReceived(wire)
      }
      return sum
    },
  }
}

const HEAD = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')

export async function decodeByNative(chunkOctets: number): Promise<Kernel> {
  const { wire, content } = wireOf(chunkOctets)
  const Parser = await nativeParserClass()
  let sum = 0
  const takeBody = (data: Buffer): void => void (sum += data.length)
  return {
    octets: wire.length * READS,
    expected: content * READS,
    run: (times) => {
      sum = 0
      for (let i = 0; i < times; i += 1) {
        const parser = new Parser()
        parser.initialize(Parser.REQUEST, {})
        parser[Parser.kOnHeadersComplete] = () => 0
        parser[Parser.kOnBody] = takeBody
        parser.execute(HEAD, 0, HEAD.length)
        for (let read = 0; read < READS; read += 1) parser.execute(wire, 0, wire.length)
      }
      return sum
    },
  }
}
