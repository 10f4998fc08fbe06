import { bench, describe } from 'vitest'
import { ChunkedDecoder } from '../src/index.ts'

/** The part of Node's own parser that is used here; it is not documented, and typed nowhere. */
interface NodeParser {
  initialize(type: number, resource: object): void
  execute(bytes: Buffer, start: number, length: number): number | Error
  [hook: number]: unknown
}

interface NodeParserClass {
  new (): NodeParser
  readonly REQUEST: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

// Named by a variable: the module has no types.
const nodeParserModule: string = 'node:_http_common'
const { HTTPParser: NativeParser } = (await import(nodeParserModule)) as { HTTPParser: NodeParserClass }
const READS = 20
const READ_BYTES = 65_536

let seen = 0

function startNodeParser(): NodeParser {
  const parser = new NativeParser()
  parser.initialize(NativeParser.REQUEST, {})
  parser[NativeParser.kOnHeadersComplete] = () => 0
  parser[NativeParser.kOnBody] = (data: Buffer) => (seen += data.length)
  parser[NativeParser.kOnMessageComplete] = () => {}
  const head = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  parser.execute(head, 0, head.length)
  return parser
}

describe.each([16, 256, 16_384])('chunks of %d octets, reads of 64 KiB', (chunkSize) => {
  const chunk = `${chunkSize.toString(16)}\r\n${'x'.repeat(chunkSize)}\r\n`
  const read = Buffer.from(chunk.repeat(Math.floor(READ_BYTES / chunk.length)), 'latin1')

  bench('ChunkedDecoder', () => {
    const decoder = new ChunkedDecoder(
      (data) => (seen += data.length),
      () => {},
    )
    for (let count = 0; count < READS; count += 1) decoder.dataReceived(read)
  })

  bench('node:http, its parser alone', () => {
    const parser = startNodeParser()
    for (let count = 0; count < READS; count += 1) parser.execute(read, 0, read.length)
  })
})
