import { HTTPChannel, type HTTPChannelOptions } from '@millrace/channel'
import { nodeClock } from '@millrace/node-transport'
import { HTTPParser as ScriptParser } from 'http-parser-js'
import type { Kernel } from './kernel.ts'
import { nativeParserClass } from './native-parser.ts'
import { NullTransport } from './null-transport.ts'

/** Octets to method, target and fields that can be read. What they come to is counted. */

/** What one head comes to: lengths of method, target and the last value. */
function sumOf(head: Buffer): number {
  const lines = head.toString('latin1').split('\r\n')
  const [method = '', target = ''] = (lines[0] as string).split(' ')
  const last = lines[lines.length - 3] as string
  return method.length + target.length + last.slice(last.indexOf(':') + 2).length
}

function lastName(head: Buffer): string {
  const line = head.toString('latin1').split('\r\n').at(-3) as string
  return line.slice(0, line.indexOf(':'))
}

/** Far above what any head here needs. */
const ROOM_OCTETS = 65_536
const ROOM: HTTPChannelOptions = {
  clock: nodeClock,
  maxLength: ROOM_OCTETS,
  totalHeadersSize: ROOM_OCTETS,
}

/** A channel that reads heads and dispatches nothing. */
class HeadCounter extends HTTPChannel {
  sum = 0
  readonly #lastName: string
  readonly #readsFields: boolean

  constructor(name: string, readsFields: boolean) {
    super(ROOM)
    this.#lastName = name
    this.#readsFields = readsFields
  }

  override allHeadersReceived(): void {
    const { head } = this
    this.sum += head.method.length + head.requestTarget.length
    if (this.#readsFields) this.sum += (head.headers.get(this.#lastName) as string).length
    this.nextHead()
  }
}

/**
 * The channel up to where it would judge and dispatch the request. Its fields stay octets until somebody reads one.
 *
 * @param readsFields - makes text of all fields, and reads the last
 */
export function readByChannel(head: Buffer, readsFields: boolean): Kernel {
  const channel = new HeadCounter(lastName(head), readsFields)
  channel.makeConnection(new NullTransport())
  const unread = readsFields ? 0 : sumOf(head) - (head.indexOf(' ') + targetLength(head))
  return {
    octets: head.length,
    expected: sumOf(head) - unread,
    run: (times) => {
      channel.sum = 0
      for (let i = 0; i < times; i += 1) channel.dataReceived(head)
      return channel.sum
    },
  }
}

function targetLength(head: Buffer): number {
  return (head.toString('latin1').split(' ')[1] as string).length
}

/** The parser of `node:http`. More than 32 lines come in several calls, without the rest of the head. */
export async function readByNative(head: Buffer): Promise<Kernel> {
  const Parser = await nativeParserClass()
  const parser = new Parser()
  let sum = 0
  let flushed: string[] = []
  let target = ''
  parser.initialize(Parser.REQUEST, {}, ROOM_OCTETS)
  parser[Parser.kOnHeaders] = (fields: string[], url: string) => {
    flushed = flushed.length === 0 ? fields : flushed.concat(fields)
    target += url
  }
  parser[Parser.kOnHeadersComplete] = (
    _major: number,
    _minor: number,
    given: string[] | undefined,
    method: number,
    url: string | undefined,
  ) => {
    const fields = given ?? flushed
    sum += METHOD_LENGTHS[method] as number
    sum += (url ?? target).length + (fields[fields.length - 1] as string).length
    flushed = []
    target = ''
    return 0
  }
  return {
    octets: head.length,
    expected: sumOf(head),
    run: (times) => {
      sum = 0
      for (let i = 0; i < times; i += 1) parser.execute(head, 0, head.length)
      return sum
    },
  }
}

/** llhttp numbers methods: GET is 1. */
const METHOD_LENGTHS = ['DELETE', 'GET', 'HEAD', 'POST'].map((method) => method.length)

/** The parser in JavaScript that `node:http` can be given instead. */
export function readByScript(head: Buffer): Kernel {
  const parser = new ScriptParser()
  let sum = 0
  parser.initialize('REQUEST')
  parser[ScriptParser.kOnHeadersComplete] = ({ method, url, headers }) => {
    sum += (ScriptParser.methods[method] as string).length + url.length
    sum += (headers.at(-1) as string).length
  }
  return {
    octets: head.length,
    expected: sumOf(head),
    run: (times) => {
      sum = 0
      for (let i = 0; i < times; i += 1) parser.execute(head)
      return sum
    },
  }
}

/** A head with this many fields of 40 octets, Host among them. */
export function headOfFields(count: number): Buffer {
  const lines = Array.from(
    { length: count - 1 },
    (_, i) => `X-Field-${String(i).padStart(3, '0')}: ${'v'.repeat(25)}\r\n`,
  )
  return Buffer.from(`GET / HTTP/1.1\r\nHost: ${'h'.repeat(32)}\r\n${lines.join('')}\r\n`, 'latin1')
}

/** A head whose target has this many octets. */
export function headOfTarget(octets: number): Buffer {
  return Buffer.from(`GET /${'t'.repeat(octets - 1)} HTTP/1.1\r\nHost: localhost:8080\r\n\r\n`, 'latin1')
}
